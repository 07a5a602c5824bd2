import { describe, expect, it } from "vitest";
import { createHitCollector } from "../../src/access/collect-hits.ts";
import type { TableLayout } from "../../src/adapter.ts";
import { createRandom } from "../random.ts";

const texts: TableLayout = {
  name: "Text",
  columns: [
    { name: "id", type: "text" },
    { name: "body", type: "text" },
  ],
  primaryKey: ["id"],
  indexes: [],
};

describe("createHitCollector", () => {
  it("STORE-24 answers the best of any number of hits, those that are as good in the order of insertion, seed 1", () => {
    const random = createRandom(1);
    const rows = Array.from({ length: 3000 }, (_, place) => {
      const others = Array.from({ length: random.int(6) }, () => random.pick(["x", "y", "ab"]));
      return { place, words: ["ab", ...others] };
    });
    const scoreOf = (words: readonly string[]): number => words.filter((word) => word === "ab").length / words.length;
    const wanted = [...rows].sort(
      (left, right) => scoreOf(right.words) - scoreOf(left.words) || left.place - right.place,
    );
    for (const limit of [1, 7, 500, 5000]) {
      const search = { table: "Text", indexed: ["body"], columns: ["body"], text: "A", limit };
      const collector = createHitCollector(texts, search);
      for (const { place, words } of [...rows].sort(() => random.int(3) - 1)) {
        collector.add({ place, row: [String(place), words.join(" ")] });
      }
      const found = collector.rows().map(([id]) => Number(id));
      expect(found).toEqual(wanted.slice(0, limit).map(({ place }) => place));
    }
  });
});

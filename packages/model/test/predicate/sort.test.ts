import { describe, expect, test } from "vitest";
import {
  buildSort,
  compareRows,
  compareText,
  type SortDirection,
  type SortKey,
  type SortProducer,
  type Values,
} from "../../src/index.ts";
import { item } from "./shop-model.ts";

type By = (direction: SortDirection) => Builder;
interface Builder {
  readonly count: By;
  readonly name: By;
  readonly nonsense: By;
  readonly shop: By;
}

const build = (producer: (s: Builder) => Builder): SortKey[] => buildSort(item, producer as unknown as SortProducer);

const sorted = (rows: readonly Values[], ...keys: readonly SortKey[]): unknown[] =>
  [...rows].sort(compareRows(item, keys)).map(({ id }) => id);

describe("a sort", () => {
  test("MODEL-12 names fields and directions in order", () => {
    expect(build((s) => s.count("DESCENDING").name("ASCENDING"))).toEqual([
      { field: "count", direction: "DESCENDING" },
      { field: "name", direction: "ASCENDING" },
    ]);
    expect(build((s) => s)).toEqual([]);
  });

  test.each<[string, (s: Builder) => Builder]>([
    ["Invalid field for model. field: nonsense, model: Item", (s) => s.nonsense("ASCENDING")],
    ["Invalid field for model. field: shop, model: Item", (s) => s.shop("ASCENDING")],
    ["sort by name takes ASCENDING or DESCENDING, not UP", (s) => s.name("UP" as never)],
  ])("MODEL-12 says what is wrong: %s", (message, producer) => {
    expect(() => build(producer)).toThrow(new TypeError(message));
  });

  const rows: Values[] = [
    { id: "a", count: 2, name: "x", isNew: true, tags: ["b"] },
    { id: "b", count: null, name: "\ue000", isNew: false, tags: null },
    { id: "c", count: 10, name: "𝄞", isNew: null, tags: ["a"] },
    { id: "d", count: 2, name: null, isNew: true, tags: ["a", "b"] },
  ];

  test.each<[string, string, string]>([
    ["count", "badc", "cadb"],
    ["name", "dabc", "cbad"],
    ["isNew", "cbad", "adbc"],
    ["tags", "bdca", "acdb"],
  ])("MODEL-12 by %s: null first ascending, last descending, ties as they were", (field, ascending, descending) => {
    expect(sorted(rows, { field, direction: "ASCENDING" }).join("")).toBe(ascending);
    expect(sorted(rows, { field, direction: "DESCENDING" }).join("")).toBe(descending);
  });

  test("MODEL-12 a later key decides ties of an earlier one", () => {
    const keys: SortKey[] = [
      { field: "count", direction: "DESCENDING" },
      { field: "name", direction: "ASCENDING" },
    ];
    expect(sorted(rows, ...keys)).toEqual(["c", "d", "a", "b"]);
  });

  test("MODEL-12 text has the order of its UTF-8 bytes", () => {
    const texts = ["", "a", "ab", "b", "\uffff", "\ue000", "𝄞", "𝄟", "a𝄞", "a\uffff", "é", "Z"];
    for (const left of texts) {
      for (const right of texts) {
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(compareText(left, right)), `${left} ${right}`).toBe(bytes);
      }
    }
  });
});

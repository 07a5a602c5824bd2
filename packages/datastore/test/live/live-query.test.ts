import type { SortKey } from "@tributary/model";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it } from "vitest";
import { createLiveQuery } from "../../src/live/live-query.ts";

const [model] = parseSchema("type Note @model { id: ID! @primaryKey, rank: Int, name: String }").models;
if (model === undefined) throw new Error("no model");
const note = model;

const recordOf = (id: string, rank: number | null, name = "") => ({
  values: { id, rank, name },
  version: 0,
  changedAt: null,
});

function start(sort: readonly SortKey[], ...initial: readonly (readonly [string, number | null])[]) {
  let made = 0;
  const live = createLiveQuery(
    note,
    sort,
    initial.map(([id, rank]) => ({ key: id, record: recordOf(id, rank) })),
    ({ values }) => {
      made += 1;
      return { id: String(values.id) };
    },
  );
  return {
    live,
    ids: () =>
      live
        .items()
        .map(({ id }) => id)
        .join(""),
    made: () => made,
  };
}

const byRank: readonly SortKey[] = [{ field: "rank", direction: "ASCENDING" }];

describe("a live query", () => {
  it("LIVE-1 keeps its order as records come, move and go, ties in order of arrival", () => {
    const { live, ids } = start(byRank, ["a", 1], ["b", 3]);
    live.place("c", recordOf("c", 2));
    expect(ids()).toBe("acb");
    live.place("d", recordOf("d", 2));
    expect(ids()).toBe("acdb");
    live.place("a", recordOf("a", 9));
    expect(ids()).toBe("cdba");
    live.place("c", recordOf("c", 2, "renamed"));
    expect(ids()).toBe("cdba");
    expect(live.place("d", null)).toBe(true);
    expect(live.place("nobody", null)).toBe(false);
    expect(ids()).toBe("cba");
  });

  it("LIVE-1 without a sort keeps the order of arrival", () => {
    const { live, ids } = start([], ["b", 1], ["a", 2]);
    live.place("c", recordOf("c", 0));
    live.place("b", recordOf("b", 7));
    expect(ids()).toBe("bac");
  });

  it("LIVE-2 makes an item for the record that changed, and keeps the others", () => {
    const many = Array.from({ length: 1000 }, (_, i) => [`n${i}`, i] as const);
    const { live, made } = start(byRank, ...many);
    const before = live.items();
    live.place("n500", recordOf("n500", 500, "renamed"));
    const after = live.items();
    expect(made()).toBe(1001);
    expect(after.filter((item, i) => item !== before[i])).toEqual([{ id: "n500" }]);
    expect(before).toHaveLength(1000);
  });

  it.each([11, 12, 13])("LIVE-3 equals a sort of what is in it (seed %i)", (seed) => {
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const { live, ids } = start(byRank);
    const held = new Map<string, { rank: number | null; arrival: number }>();
    let moves = 0;
    for (let i = 0; i < 2000; i++) {
      const id = String.fromCharCode(97 + random(26));
      const rank = random(4) === 0 ? null : random(6);
      if (random(3) === 0) {
        live.place(id, null);
        held.delete(id);
      } else {
        moves += held.has(id) ? 1 : 0;
        live.place(id, recordOf(id, rank));
        held.set(id, { rank, arrival: held.get(id)?.arrival ?? i });
      }
      const sorted = [...held].sort(([, a], [, b]) => (a.rank ?? -1) - (b.rank ?? -1) || a.arrival - b.arrival);
      expect(ids()).toBe(sorted.map(([key]) => key).join(""));
    }
    expect(moves).toBeGreaterThan(300);
  });
});

import { modelNamed } from "@tributary/schema";
import { describe, expect, it } from "vitest";
import { necessaryValues, plainValueIn } from "../../src/filter/necessary-values.ts";
import { readFilter } from "../../src/filter/read-filter.ts";
import { shopSchema } from "../shop-schema.ts";

const task = modelNamed(shopSchema, "Task") ?? expect.unreachable("the schema has a Task");
const found = (filter: object) => necessaryValues(readFilter(task, filter, 100));

describe("necessaryValues", () => {
  it("RT-10 finds what must be equal, in every part that must hold", () => {
    expect(found({ boardId: { eq: "b" } })).toEqual([{ field: "boardId", values: ["b"] }]);
    expect(found({ boardId: { in: ["b", "c", "b"] } })).toEqual([{ field: "boardId", values: ["b", "c"] }]);
    expect(found({ boardId: { eq: null } })).toEqual([{ field: "boardId", values: [null] }]);
    expect(found({ boardId: { eq: "b" }, not: { boardId: { eq: "c" }, done: { eq: true } } })).toEqual([
      { field: "boardId", values: ["b"] },
    ]);
    expect(found({ boardId: { in: ["a", "b"] }, and: [{ boardId: { eq: "a" } }, { done: { eq: true } }] })).toEqual([
      { field: "boardId", values: ["a"] },
      { field: "done", values: [true] },
    ]);
  });

  it("RT-10 of alternatives it takes the fields that all of them bind", () => {
    const alternatives = [
      { boardId: { eq: "a" }, stars: { eq: 1 } },
      { boardId: { in: ["a", "b"] }, title: { gt: "x" } },
    ];
    expect(found({ or: alternatives })).toEqual([{ field: "boardId", values: ["a", "b"] }]);
    expect(found({ or: [{ boardId: { eq: "a" } }, { stars: { eq: 1 } }] })).toEqual([]);
  });

  it("RT-10 says nothing where a record of any value may pass", () => {
    for (const filter of [
      {},
      { stars: { gt: 1 } },
      { stars: { ne: 1 } },
      { not: { stars: { eq: 1 } } },
      { not: { and: [{ stars: { eq: 1 } }, { or: [{ boardId: { in: ["a"] } }] }] } },
      { or: [{ boardId: { eq: "a" } }, { not: { boardId: { eq: "a" } } }] },
      { tags: { contains: "a" } },
      { _deleted: { eq: true } },
    ]) {
      expect(found(filter), JSON.stringify(filter)).toEqual([]);
    }
  });

  it("RT-10 looks values up as filters see them", () => {
    expect(plainValueIn({ a: "x", b: [1] }, "a")).toBe("x");
    expect(plainValueIn({ a: "x" }, "toString")).toBeNull();
    expect(plainValueIn({ b: [1] }, "b")).toBeUndefined();
  });
});

import type { Values } from "@tributary/model";
import { describe, expect, it } from "vitest";
import { automerge } from "../src/automerge.ts";

describe("automerge", () => {
  it.each<[string, Values, Values, Values]>([
    ["a stored scalar wins, whichever field it is", { jersey: 5, name: "a" }, { jersey: 55, name: "b" }, {}],
    ["a stored falsy scalar is stored", { jersey: 0, name: "" }, { jersey: 1, name: "b" }, {}],
    ["clearing what is stored is dropped", { jersey: 5, scores: [1] }, { jersey: null, scores: null }, {}],
    ["where nothing is stored the write wins", { jersey: null }, { jersey: 55, name: "b" }, { jersey: 55, name: "b" }],
    [
      "a list goes behind the stored one, duplicates stay",
      { scores: [1, 2] },
      { scores: [2, 3] },
      { scores: [1, 2, 2, 3] },
    ],
    ["an empty list adds nothing", { scores: [1] }, { scores: [] }, {}],
    [
      "a list does not take the place of a scalar, nor a scalar of a list",
      { data: 1, scores: [1] },
      { data: [1], scores: 2 },
      {},
    ],
    [
      "objects are merged by members, all the way down",
      { data: { a: 1, in: { b: 2, n: null }, list: [1], kept: true } },
      { data: { a: 9, in: { b: 9, n: 3, c: 4 }, list: [2] } },
      { data: { a: 1, in: { b: 2, n: 3, c: 4 }, list: [1, 2], kept: true } },
    ],
    ["an object whose members all lose is as it was", { data: { a: 1, in: { b: 2 } } }, { data: { in: { b: 3 } } }, {}],
  ])("Q3 %s", (_, stored, written, expected) => {
    expect(automerge(stored, written)).toEqual(expected);
  });
});

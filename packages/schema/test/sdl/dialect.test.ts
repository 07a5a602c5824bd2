import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../read-sdl.ts";

const v1 = 'type A @model @key(name: "byB", fields: ["b"]) { b: Int }';
const v2 = 'type A @model { b: Int @index(name: "byB") }';
const either = "type A @model @auth(rules: [{ allow: public }]) { b: Int @default(value: 1) @crdt(type: REGISTER) }";

describe("the dialect", () => {
  it.each<[string, "v1" | "v2" | undefined, "v1" | "v2"]>([
    [v1, undefined, "v1"],
    [v2, undefined, "v2"],
    [either, undefined, "v2"],
    [either, "v1", "v1"],
    [v1, "v1", "v1"],
  ])("SCHEMA-27: of %s with %s asked for is %s", (sdl, dialect, expected) => {
    expect(parseSchema(sdl, dialect === undefined ? {} : { dialect }).dialect).toBe(expected);
  });

  it("SCHEMA-27: mixing both is refused, naming both places", () => {
    const sdl = `type A @model @key(name: "byB", fields: ["b"]) {
  b: Int
  c: Int @index(name: "byC")
  d: C @hasOne
}
type C @model { a: Int }`;
    expect(problemsOf(sdl)).toEqual([
      "3:10 @index belongs to the second dialect, but @key at 1:15 to the first. Write the whole schema in one dialect.",
      "4:8 @hasOne belongs to the second dialect, but @key at 1:15 to the first. Write the whole schema in one dialect.",
    ]);
  });

  it("SCHEMA-27: a directive of another dialect than asked for is refused", () => {
    expect(problemsOf(v1, { dialect: "v2" })).toEqual([
      "1:15 @key belongs to the first dialect, but the second (v2) is asked for. Write the whole schema in one dialect.",
    ]);
    expect(problemsOf(v2, { dialect: "v1" })).toEqual([
      "1:24 @index belongs to the second dialect, but the first (v1) is asked for. Write the whole schema in one dialect.",
    ]);
  });
});

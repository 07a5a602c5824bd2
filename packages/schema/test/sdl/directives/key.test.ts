import { describe, expect, it } from "vitest";
import { modelOf, problemsOf } from "../../read-sdl.ts";

const fields = "{ a: ID! b: Int! c: String }";
const modelWith = (keys: string) => modelOf(`type A @model ${keys} ${fields}`, "A");
const problemsWith = (keys: string): readonly string[] => problemsOf(`type A @model ${keys} ${fields}`);

describe("@key", () => {
  it("SCHEMA-34: without a name is the primary key", () => {
    expect(modelWith('@key(fields: ["b", "a"])')).toMatchObject({
      primaryKey: ["b", "a"],
      hasCustomKey: true,
      indexes: [],
    });
    expect(modelWith('@key(fields: ["b", "a"])').fields.map(({ name }) => name)).not.toContain("id");
  });

  it("SCHEMA-35: with a name is an index, and several may stand on a type", () => {
    const model = modelWith(
      '@key(fields: ["a"]) @key(name: "byC", fields: ["c", "createdAt"], queryField: "ofC") @key(name: "byB", fields: ["b"])',
    );
    expect(model.primaryKey).toEqual(["a"]);
    expect(model.indexes).toEqual([
      { name: "byC", fields: ["c", "createdAt"], queryField: "ofC" },
      { name: "byB", fields: ["b"], queryField: null },
    ]);
  });

  it("SCHEMA-33: an index leaves the key id alone", () => {
    expect(modelWith('@key(name: "byC", fields: ["c"])')).toMatchObject({ primaryKey: ["id"], hasCustomKey: false });
  });

  it.each<[string, string]>([
    [
      '@key(fields: ["c"])',
      "1:29 Field A.c may be null, so it cannot be part of the primary key. Declare it as c: String!.",
    ],
    ['@key(fields: ["x"])', '1:29 There is no field "x" in A for the primary key. A has a, b, c.'],
    ["@key(fields: [])", "1:15 @key on A has no usable fields. Name at least one field of the model."],
    [
      '@key(name: "byC")',
      '1:15 Argument "fields" of @key is missing. Give fields: a list, each entry a String that is a GraphQL name.',
    ],
    [
      '@key(fields: ["a"]) @key(fields: ["b"])',
      "1:35 A has two primary keys, the first at 1:15. Keep one @key without a name; give the other a name to make it an index.",
    ],
    [
      '@key(name: "x", fields: ["a"]) @key(name: "x", fields: ["b"])',
      '1:46 A has two indexes named "x", the first at 1:15. Give each index a name of its own; letter case does not tell them apart.',
    ],
  ])("SCHEMA-34: %s is refused", (keys, problem) => {
    expect(problemsWith(keys)).toEqual([problem]);
  });
});

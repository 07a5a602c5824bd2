import { describe, expect, it } from "vitest";
import { modelOf, problemsOf } from "../../read-sdl.ts";

const indexesOf = (fields: string) => modelOf(`type Item @model { ${fields} } enum E { X }`, "Item").indexes;
const problemsWith = (fields: string): readonly string[] =>
  problemsOf(`type Item @model {\n${fields}\n}\ntype T { a: Int }`);

describe("@index", () => {
  it("SCHEMA-35: goes by its field, then the sort fields, null or not", () => {
    expect(indexesOf('a: Int @index(name: "byA", sortKeyFields: ["b", "c"]) b: E! c: String')).toMatchObject([
      { name: "byA", fields: ["a", "b", "c"] },
    ]);
  });

  it("SCHEMA-35: may sort by implied fields", () => {
    expect(indexesOf('a: Int @index(name: "byA", sortKeyFields: ["createdAt", "id"])')).toMatchObject([
      { fields: ["a", "createdAt", "id"] },
    ]);
  });

  it.each<[string, string | null]>([
    ['@index(name: "byShop", sortKeyFields: ["b"])', "itemsByShopIDAndB"],
    ['@index(name: "byShop")', "itemsByShopID"],
    ['@index(name: "byShop", queryField: "ofShop")', "ofShop"],
    ['@index(name: "byShop", queryField: null)', null],
  ])("SCHEMA-36: %s has the query %s", (directive, queryField) => {
    expect(indexesOf(`shopID: ID ${directive} b: Int`)[0]?.queryField).toBe(queryField);
  });

  it("SCHEMA-36: takes the derived name when it has none", () => {
    expect(indexesOf("shopID: ID @index")).toEqual([
      { name: "itemsByShopID", fields: ["shopID"], queryField: "itemsByShopID" },
    ]);
  });

  it.each<[string, string]>([
    [
      'a: [Int] @index(name: "x")',
      "2:10 Field Item.a is a list, so it cannot be part of the index. Use a field that holds one scalar or enum value.",
    ],
    [
      'a: AWSJSON @index(name: "x")',
      "2:12 Field Item.a holds JSON, so it cannot be part of the index. Use a field that holds one scalar or enum value.",
    ],
    [
      'a: T @index(name: "x")',
      "2:6 Field Item.a holds an embedded type, so it cannot be part of the index. Use a field that holds one scalar or enum value.",
    ],
    [
      'a: Int @index(name: "x", sortKeyFields: ["nothing"])',
      '2:42 There is no field "nothing" in Item for the index. Item has a, id, createdAt, updatedAt.',
    ],
    [
      'a: Int @index(name: "x", sortKeyFields: ["b", "b"])\nb: Int',
      "2:47 Field Item.b stands twice in the same index. Name each field once.",
    ],
    [
      'a: Int @index(name: "x")\nb: Int @index(name: "X")',
      '3:8 Item has two indexes named "X", the first at 2:8. Give each index a name of its own; letter case does not tell them apart.',
    ],
    [
      'a: Int @index(name: "a b")',
      '2:8 "a b" is no name for an index of Item. Use 1 to 255 letters, digits, "_", "-" and ".".',
    ],
  ])("SCHEMA-35: %s is refused", (fields, problem) => {
    expect(problemsWith(fields)).toEqual([problem]);
  });
});

import { freezeSchema, modelNamed, type SchemaDescription, type UnhashedSchema } from "@tributary/schema";
import { describe, expect, it } from "vitest";
import { fixture, read } from "./read-sdl.ts";

const base = `
  type Post @model @auth(rules: [{ allow: owner }, { allow: public, operations: [read] }]) {
    id: ID!
    title: String! @index(name: "byTitle", sortKeyFields: ["size"])
    size: Int
    tags: [String]
    status: Status
    place: Place
  }
  enum Status { OPEN CLOSED }
  type Place { name: String }
`;
const hashOf = (from: string, to: string): string => {
  expect(base).toContain(from);
  return read(base.replace(from, to)).hash;
};
const authHashOf = (from: string, to: string): string => {
  expect(base).toContain(from);
  return read(base.replace(from, to)).authHash;
};

describe("freezeSchema", () => {
  it("SCHEMA-1: freezes to the last leaf", () => {
    const assertFrozen = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      Object.values(value).forEach(assertFrozen);
    };
    const schema = read(fixture("chat-v1.graphql"));
    assertFrozen(schema);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  it.each<[string, string, string]>([
    ["a comment", "title: String!", "# about the title\n title: String!"],
    ["a description", "title: String!", '"""the title""" title: String!'],
    [
      "the order of rules",
      "{ allow: owner }, { allow: public, operations: [read] }",
      "{ allow: public, operations: [read] }, { allow: owner }",
    ],
    ["what rules say", "operations: [read]", "operations: [read, update]"],
    ["the order of fields", "size: Int\n    tags: [String]", "tags: [String]\n    size: Int"],
    ["the order of enum values", "OPEN CLOSED", "CLOSED OPEN"],
    ["operation names", "@model", '@model(queries: { get: "findPost" })'],
    ["a default", "size: Int", "size: Int @default(value: 3)"],
    ["the name of a query", '["size"])', '["size"], queryField: "postsOf")'],
    ["a relation over declared fields", "place: Place", 'place: Place twin: Post @hasOne(fields: ["id"])'],
  ])("SCHEMA-4: %s leaves the hash alone", (_, from, to) => {
    expect(hashOf(from, to)).toBe(read(base).hash);
  });

  it("SCHEMA-4: the order of types leaves the hash alone", () => {
    const [first, second] = ["type A @model { a: Int }", "type B @model { b: Int }"];
    expect(read(`${first} ${second}`).hash).toBe(read(`${second} ${first}`).hash);
  });

  it.each<[string, string, string]>([
    ["a field's name", "tags: [String]", "labels: [String]"],
    ["a field's type", "place: Place", "place: String"],
    ["a field's nullability", "tags: [String]", "tags: [String]!"],
    ["the nullability of elements", "tags: [String]", "tags: [String!]"],
    ["a list", "place: Place", "place: [Place]"],
    ["a crdt kind", "tags: [String]", "tags: [String] @crdt(type: SET)"],
    ["a key", "id: ID!", 'id: ID! @primaryKey(sortKeyFields: ["title"])'],
    ["an index's name", "byTitle", "byName"],
    ["an index's fields", ', sortKeyFields: ["size"]', ""],
    ["a field more", "size: Int", "size: Int weight: Int"],
    ["facets", "size: Int", "size: Int @auth(rules: [{ allow: owner }])"],
    ["an enum's values", "OPEN CLOSED", "OPEN CLOSED HELD"],
    ["an embedded field", "name: String", "name: String!"],
    ["timestamps", "@model", "@model(timestamps: { updatedAt: null })"],
    ["an owner field", "{ allow: owner }", '{ allow: owner, ownerField: "author" }'],
  ])("SCHEMA-5: %s changes the hash", (_, from, to) => {
    expect(hashOf(from, to)).not.toBe(read(base).hash);
  });

  it.each<[string, string, string]>([
    [
      "the order of rules",
      "{ allow: owner }, { allow: public, operations: [read] }",
      "{ allow: public, operations: [read] }, { allow: owner }",
    ],
    ["what rules say about writing", "operations: [read]", "operations: [read, update]"],
    ["rules that only write", "{ allow: owner }", "{ allow: owner }, { allow: private, operations: [create] }"],
    ["a field's type", "tags: [String]", "tags: [Int]"],
    ["a field more", "size: Int", "size: Int weight: Int"],
    [
      "field rules with the same readers",
      "size: Int",
      "size: Int @auth(rules: [{ allow: owner, operations: [read] }, { allow: public }])",
    ],
  ])("SCHEMA-6: %s leaves the digest of readers alone", (_, from, to) => {
    expect(authHashOf(from, to)).toBe(read(base).authHash);
  });

  it.each<[string, string, string]>([
    ["a rule more", "{ allow: owner }", "{ allow: owner }, { allow: private }"],
    ["a rule less", "{ allow: owner }, ", ""],
    ["an owner field", "{ allow: owner }", '{ allow: owner, ownerField: "author" }'],
    ["an identity claim", "{ allow: owner }", '{ allow: owner, identityClaim: "email" }'],
    ["a part of read", "operations: [read]", "operations: [get]"],
    ["a field's readers", "size: Int", "size: Int @auth(rules: [{ allow: owner }])"],
    ["a field nobody may read", "size: Int", "size: Int @auth(rules: [{ allow: owner, operations: [update] }])"],
  ])("SCHEMA-6: %s changes the digest of readers", (_, from, to) => {
    expect(authHashOf(from, to)).not.toBe(read(base).authHash);
  });

  it.each<[string, (model: Mutable) => void, RegExp]>([
    ["a key of no field", (model) => (model.primaryKey = ["nothing"]), /Post: the primary key names "nothing"/],
    ["an empty key", (model) => (model.primaryKey = []), /Post: the primary key is empty/],
    [
      "an index of no field",
      (model) => (model.indexes[0]!.fields = ["nothing"]),
      /Post: index "byTitle" names "nothing"/,
    ],
    [
      "a field in no facet",
      (model) => model.facets[0]!.fields.pop(),
      /Post: its facets do not hold every stored field/,
    ],
    ["a field in two facets", (model) => model.facets.push({ name: "x", fields: ["size"] }), /Post: its facets/],
    ["a facet of no field", (model) => model.facets[0]!.fields.push("nothing"), /Post: facet "" names "nothing"/],
    ["a key outside facet 0", (model) => (model.facets[0]!.name = "x"), /Post: facet 0/],
    ["two fields of one name", (model) => model.fields.push(model.fields[0]), /Post: two fields share a name/],
  ])("SCHEMA-3: refuses %s", (_, spoil, message) => {
    const { hash: _hash, authHash: _authHash, ...copy } = structuredClone(read(base)) as SchemaDescription;
    const model = modelNamed(copy as SchemaDescription, "Post");
    spoil(model as unknown as Mutable);
    expect(() => freezeSchema(copy as UnhashedSchema)).toThrow(message);
  });
});

/** A model opened for spoiling. */
interface Mutable {
  primaryKey: string[];
  fields: unknown[];
  indexes: { fields: string[] }[];
  facets: { name: string; fields: string[] }[];
}

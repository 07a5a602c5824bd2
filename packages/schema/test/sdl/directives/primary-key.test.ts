import { describe, expect, it } from "vitest";
import { modelOf, problemsOf, spelledFields } from "../../read-sdl.ts";

const problemsWith = (fields: string): readonly string[] =>
  problemsOf(`type A @model {\n${fields}\n}\nenum E { X }\ntype T { a: Int }\ntype B @model { a: Int }`);

describe("the key id", () => {
  it("SCHEMA-33: is implied", () => {
    const model = modelOf("type A @model { a: Int }", "A");
    expect(model).toMatchObject({ primaryKey: ["id"], hasCustomKey: false });
    expect(spelledFields(model)).toContain("id: ID!*");
  });

  it("SCHEMA-33: is used when declared", () => {
    const model = modelOf("type A @model { a: Int id: String! }", "A");
    expect(model).toMatchObject({ primaryKey: ["id"], hasCustomKey: false });
    expect(spelledFields(model).slice(0, 2)).toEqual(["a: Int", "id: String!"]);
  });

  it("SCHEMA-33: is not added beside another key", () => {
    const model = modelOf("type A @model { a: Int! @primaryKey }", "A");
    expect(model).toMatchObject({ primaryKey: ["a"], hasCustomKey: true });
    expect(spelledFields(model).join()).not.toMatch(/\bid\b/);
  });

  it.each<[string, string]>([
    ["id: ID", "2:1 Field A.id may be null, so it cannot be part of the primary key. Declare it as id: ID!."],
    [
      "id: [ID!]!",
      "2:1 Field A.id is a list, so it cannot be part of the primary key. Use a field that holds one scalar or enum value.",
    ],
    [
      "id: T!",
      "2:1 Field A.id holds an embedded type, so it cannot be part of the primary key. Use a field that holds one scalar or enum value.",
    ],
  ])("SCHEMA-33: %s cannot be it", (field, problem) => {
    expect(problemsWith(field)).toEqual([problem]);
  });
});

describe("@primaryKey", () => {
  it("SCHEMA-34: names the partition field, then the sort fields", () => {
    const model = modelOf(
      'type A @model { b: Int! c: E! a: ID! @primaryKey(sortKeyFields: ["c", "b"]) } enum E { X }',
      "A",
    );
    expect(model).toMatchObject({ primaryKey: ["a", "c", "b"], hasCustomKey: true });
    expect(modelOf("type A @model { id: ID! @primaryKey }", "A").hasCustomKey).toBe(true);
  });

  it.each<[string, string]>([
    ["a: ID @primaryKey", "2:7 Field A.a may be null, so it cannot be part of the primary key. Declare it as a: ID!."],
    [
      'a: ID! @primaryKey(sortKeyFields: ["b"])\nb: Int',
      "2:36 Field A.b may be null, so it cannot be part of the primary key. Declare it as b: Int!.",
    ],
    [
      'a: ID! @primaryKey(sortKeyFields: ["bb", "ccc"])\nbbb: Int!',
      '2:36 There is no field "bb" in A for the primary key. A has a, bbb.',
    ],
    [
      'a: ID! @primaryKey(sortKeyFields: ["titel"])\ntitle: Int!',
      '2:36 There is no field "titel" in A for the primary key. Did you mean "title"?',
    ],
    [
      'a: ID! @primaryKey(sortKeyFields: ["createdAt"])',
      '2:36 There is no field "createdAt" in A for the primary key. Declare it: createdAt: AWSDateTime!.',
    ],
    [
      "a: [ID!]! @primaryKey",
      "2:11 Field A.a is a list, so it cannot be part of the primary key. Use a field that holds one scalar or enum value.",
    ],
    [
      "a: AWSJSON! @primaryKey",
      "2:13 Field A.a holds JSON, so it cannot be part of the primary key. Use a field that holds one scalar or enum value.",
    ],
    [
      "a: T! @primaryKey",
      "2:7 Field A.a holds an embedded type, so it cannot be part of the primary key. Use a field that holds one scalar or enum value.",
    ],
    [
      "a: B! @primaryKey @hasOne",
      "2:7 Field A.a is a relation, so it cannot be part of the primary key. Name the field that holds the foreign key.",
    ],
    [
      'a: ID! @primaryKey(sortKeyFields: ["a"])',
      "2:36 Field A.a stands twice in the same primary key. Name each field once.",
    ],
    [
      "a: String! @primaryKey @crdt(type: TEXT)",
      "2:12 Field A.a is of kind TEXT, so it cannot be part of the primary key. Remove its @crdt.",
    ],
  ])("SCHEMA-34: %s is refused", (fields, problem) => {
    expect(problemsWith(fields)[0]).toBe(problem);
  });

  it("SCHEMA-34: there is one", () => {
    expect(problemsWith("a: ID! @primaryKey\nb: ID! @primaryKey")).toEqual([
      "3:8 A has two primary keys, the first at 2:8. Keep one @primaryKey, and name further fields in its sortKeyFields.",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { fieldOf, modelOf, problemsOf, read, spelledFields } from "../../read-sdl.ts";

const sdl = `
  type Post @model @auth(rules: [{ allow: public, operations: [read] }, { allow: owner }]) {
    tags: [Tag] @manyToMany(relationName: "postTags")
  }
  type Tag @model @auth(rules: [{ allow: public, operations: [create] }]) {
    label: String! @primaryKey(sortKeyFields: ["number"])
    number: Int!
    posts: [Post] @manyToMany(relationName: "PostTags")
  }
`;

describe("@manyToMany", () => {
  it("SCHEMA-54: makes a join model with an id, both keys and both relations", () => {
    expect(read(sdl).models.map(({ name }) => name)).toEqual(["Post", "Tag", "PostTags"]);
    const join = modelOf(sdl, "PostTags");
    expect(spelledFields(join)).toEqual([
      "id: ID!*",
      "postId: ID!*",
      "tagLabel: String!*",
      "tagnumber: Int!*",
      "post: Post!*",
      "tag: Tag!*",
      "createdAt: AWSDateTime!**",
      "updatedAt: AWSDateTime!**",
      "owner: String*",
    ]);
    expect(join).toMatchObject({ primaryKey: ["id"], hasCustomKey: false, pluralName: "PostTags" });
    expect(fieldOf(sdl, "PostTags.tag").relation).toEqual({
      kind: "belongsTo",
      model: "Tag",
      keys: ["tagLabel", "tagnumber"],
    });
  });

  it("SCHEMA-54: indexes each side and joins the rules of both", () => {
    const join = modelOf(sdl, "PostTags");
    expect(join.indexes).toEqual([
      { name: "byPost", fields: ["postId"], queryField: "postTagsByPostId" },
      { name: "byTag", fields: ["tagLabel", "tagnumber"], queryField: "postTagsByTagLabelAndTagnumber" },
    ]);
    expect(join.auth).toMatchObject([
      { allow: "public", operations: ["read", "create"] },
      { allow: "owner", operations: ["create", "update", "delete", "read"] },
    ]);
    expect(join.operations.queries.list).toBe("listPostTags");
  });

  it("SCHEMA-54: both fields lead through it", () => {
    expect(fieldOf(sdl, "Post.tags").relation).toEqual({ kind: "manyToMany", model: "Tag", through: "PostTags" });
    expect(fieldOf(sdl, "Tag.posts").relation).toEqual({ kind: "manyToMany", model: "Post", through: "PostTags" });
  });

  const side = (name: string): string => `@manyToMany(relationName: "${name}")`;

  it.each<[string, string, string]>([
    [
      "a single side",
      `type A @model { bs: [B] ${side("x")} }\ntype B @model { a: Int }`,
      '1:25 @manyToMany(relationName: "X") stands on A.bs only. Add @manyToMany(relationName: "X") to a list of A in B.',
    ],
    [
      "a third side",
      `type A @model { bs: [B] ${side("x")} }\ntype B @model { as: [A] ${side("x")}\ncs: [A] ${side("x")} }`,
      '3:9 @manyToMany(relationName: "X") stands on a third field, B.cs. Give each pair of fields a relation name of its own.',
    ],
    [
      "sides that do not face each other",
      `type A @model { bs: [B] ${side("x")} }\ntype B @model { cs: [C] ${side("x")} }\ntype C @model { a: Int }`,
      '2:25 @manyToMany(relationName: "X") ties A.bs at 1:25 to B.cs, which do not face each other. Make them lists of each other\'s models: [B] and [A].',
    ],
    [
      "a model tied to itself",
      `type A @model { as: [A] ${side("x")}\nbs: [A] ${side("x")} }`,
      '2:9 @manyToMany(relationName: "X") ties A to itself. Write the join model yourself, with two @belongsTo fields.',
    ],
    [
      "the name of a declared type",
      `type A @model { bs: [B] ${side("b")} }\ntype B @model { as: [A] ${side("b")} }`,
      '1:25 The join model "B" has the name of a type declared at 2:6. Choose another relationName.',
    ],
    [
      "a reserved name",
      `type A @model { bs: [B] ${side("query")} }\ntype B @model { as: [A] ${side("query")} }`,
      '1:25 Type "Query" is reserved for the generated API. Remove it: its fields are generated from the models. Rename those with @model(queries:, mutations:, subscriptions:).',
    ],
  ])("SCHEMA-58: %s is refused", (_, schema, problem) => {
    expect(problemsOf(schema)).toEqual([problem]);
  });
});

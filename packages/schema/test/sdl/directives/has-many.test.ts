import { describe, expect, it } from "vitest";
import { fieldOf, modelOf, problemsOf, spelledFields } from "../../read-sdl.ts";

describe("@hasMany", () => {
  const plain = "type Post @model { comments: [Comment] @hasMany } type Comment @model { text: String }";

  it("SCHEMA-50: gives the other model a foreign key and an index over it", () => {
    expect(fieldOf(plain, "Post.comments").relation).toEqual({
      kind: "hasMany",
      model: "Comment",
      keys: ["postCommentsId"],
      index: "gsi-Post.comments",
      limit: 100,
    });
    const comment = modelOf(plain, "Comment");
    expect(spelledFields(comment).at(-1)).toBe("postCommentsId: ID*");
    expect(comment.indexes).toEqual([{ name: "gsi-Post.comments", fields: ["postCommentsId"], queryField: null }]);
    expect(comment.facets[0]?.fields).toContain("postCommentsId");
  });

  it("SCHEMA-50: one field for each part of the key, required where the list is", () => {
    const sdl = `
      type Order @model { customerEmail: AWSEmail! @primaryKey(sortKeyFields: ["number"]) number: Int! lines: [Line]! @hasMany }
      type Line @model { text: String }
    `;
    expect(spelledFields(modelOf(sdl, "Line")).slice(-2)).toEqual([
      "orderLinesCustomerEmail: AWSEmail!*",
      "orderLinesNumber: Int!*",
    ]);
    expect(fieldOf(sdl, "Order.lines").relation).toMatchObject({
      keys: ["orderLinesCustomerEmail", "orderLinesNumber"],
    });
  });

  it("SCHEMA-50: uses a declared field and a declared index", () => {
    const sdl = `
      type Post @model { comments: [Comment] @hasMany }
      type Comment @model { postCommentsId: String! @index(name: "byPost", sortKeyFields: ["text"]) text: String }
    `;
    const comment = modelOf(sdl, "Comment");
    expect(spelledFields(comment)[0]).toBe("postCommentsId: String!");
    expect(comment.indexes.map(({ name }) => name)).toEqual(["byPost"]);
    expect(fieldOf(sdl, "Post.comments").relation).toMatchObject({ index: "byPost", keys: ["postCommentsId"] });
  });

  it("SCHEMA-50: refuses a declared field that does not fit", () => {
    expect(problemsOf("type Post @model { cs: [C] @hasMany }\ntype C @model { postCsId: Int }")).toEqual([
      "1:28 Field C.postCsId is of type Int, but id of the key of Post is of type ID. Give both the same type.",
    ]);
    expect(problemsOf("type Post @model { cs: [C] @hasMany }\ntype C @model { postCsId: [ID] }")).toEqual([
      "2:17 Field C.postCsId is no single scalar or enum, so it cannot hold a key. Name fields that hold one value each.",
    ]);
  });

  const indexed = (directive: string, post = ""): string => `
type Post @model { id: ID! slug: String${post} comments: [Comment]
${directive} }
type Comment @model { postID: ID @index(name: "byPost", sortKeyFields: ["at"]) at: AWSDateTime }`;

  it.each<[string, unknown]>([
    ['@hasMany(indexName: "byPost")', { keys: ["postID"], index: "byPost", limit: 100 }],
    ['@hasMany(indexName: "byPost", fields: ["id"], limit: 7)', { keys: ["postID"], index: "byPost", limit: 7 }],
    [
      '@hasMany(indexName: "byPost", fields: ["slug"])',
      { keys: ["postID"], index: "byPost", limit: 100, from: ["slug"] },
    ],
    ['@hasMany(fields: ["slug"])', { keys: ["id"], index: null, limit: 100, from: ["slug"] }],
  ])("SCHEMA-51: %s goes by that index", (directive, relation) => {
    const sdl = indexed(directive);
    expect(fieldOf(sdl, "Post.comments").relation).toEqual({
      kind: "hasMany",
      model: "Comment",
      ...(relation as object),
    });
    expect(modelOf(sdl, "Comment").indexes).toHaveLength(1);
  });

  it("SCHEMA-51: several fields go by as many parts of the index", () => {
    const sdl = indexed('@hasMany(indexName: "byPost", fields: ["id", "at"])', " at: AWSDateTime");
    expect(fieldOf(sdl, "Post.comments").relation).toMatchObject({ keys: ["postID", "at"], from: ["id", "at"] });
  });

  it.each<[string, string]>([
    ['@hasMany(indexName: "byPots")', '3:1 There is no index "byPots" in Comment. Did you mean "byPost"?'],
    ['@hasMany(indexName: "x")', '3:1 There is no index "x" in Comment. Comment has byPost.'],
    [
      '@hasMany(indexName: "byPost", fields: ["nothing"])',
      '3:40 There is no field "nothing" in Post for the relation. Declare it, or use one of id, slug, createdAt, updatedAt.',
    ],
    [
      '@hasMany(indexName: "byPost", fields: ["comments"])',
      "3:40 Field Post.comments is no single scalar or enum, so it cannot hold a key. Name fields that hold one value each.",
    ],
    [
      '@hasMany(indexName: "byPost", fields: ["id", "slug"])',
      '3:1 Field Post.slug is of type String, but at of index "byPost" is of type AWSDateTime. Give both the same type.',
    ],
    [
      '@hasMany(indexName: "byPost", fields: ["id", "slug", "id"])',
      '3:1 The relation gives 3 fields for the 2 of index "byPost" (postID, at). Give one field for each.',
    ],
    [
      '@hasMany(indexName: "byPost", fields: [])',
      "3:1 The relation to Comment names no fields. Name at least one field.",
    ],
    [
      "@hasMany(limit: 0)",
      "3:1 The limit of related records is 0. Give a number of at least 1, or leave it out for 100.",
    ],
    [
      "@hasMany @hasOne",
      "3:10 @hasOne stands on Post.comments beside @hasMany. Keep one relation directive on the field.",
    ],
    ["@hasOne", "3:1 @hasOne stands on Post.comments, which is a list. Declare it as comments: Comment."],
  ])("SCHEMA-58: %s is refused", (directive, problem) => {
    expect(problemsOf(indexed(directive))).toEqual([problem]);
  });

  it("SCHEMA-58: a model without indexes is told to add one", () => {
    expect(problemsOf('type A @model { bs: [B] @hasMany(indexName: "x") } type B @model { a: Int }')).toEqual([
      '1:25 There is no index "x" in B. Add an index to B.',
    ]);
  });

  it("SCHEMA-58: what is no list of models is refused", () => {
    const rest = "type B { a: Int } type C @model { a: Int }";
    expect(problemsOf(`type A @model { bs: [B] @hasMany } ${rest}`)).toEqual([
      "1:25 @hasMany stands on A.bs, whose type B is no model. Add @model to type B, or remove @hasMany.",
    ]);
    expect(problemsOf(`type A @model { bs: [String] @hasMany } ${rest}`)).toEqual([
      "1:30 @hasMany stands on A.bs, whose type String is no model. Remove @hasMany.",
    ]);
    expect(problemsOf(`type A @model { c: C @hasMany } ${rest}`)).toEqual([
      "1:22 @hasMany stands on A.c, which is no list. Declare it as c: [C].",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { fieldOf, modelOf, problemsOf, spelledFields } from "../../read-sdl.ts";

const v1 = { dialect: "v1" } as const;
const relationOf = (sdl: string, path: string): unknown => fieldOf(sdl, path, v1).relation;
const fieldsOf = (sdl: string, model: string): readonly string[] => spelledFields(modelOf(sdl, model, v1));

describe("@connection over fields", () => {
  const sdl = (comments: string, post: string, extra = ""): string => `
type Post @model { id: ID! ${extra} comments: [Comment] ${comments} }
type Comment @model @key(name: "byPost", fields: ["postID", "at"]) { postID: ID at: Int post: Post ${post} }`;
  const byKey = '@connection(fields: ["postID"])';

  it("SCHEMA-55: leads to many by an index", () => {
    const schema = sdl('@connection(keyName: "byPost", fields: ["id"], limit: 5)', byKey);
    expect(relationOf(schema, "Post.comments")).toEqual({
      kind: "hasMany",
      model: "Comment",
      keys: ["postID"],
      index: "byPost",
      limit: 5,
    });
  });

  it("SCHEMA-55: leads to one by its key", () => {
    const schema = sdl('@connection(keyName: "byPost", fields: ["id"])', byKey);
    expect(relationOf(schema, "Comment.post")).toEqual({ kind: "belongsTo", model: "Post", keys: ["postID"] });
    expect(fieldsOf(schema, "Comment").slice(0, 4)).toEqual(["postID: ID", "at: Int", "post: Post", "id: ID!*"]);
  });

  it("SCHEMA-55: an optional field has one where no list leads back", () => {
    const schema = (field: string): string => `
      type Project @model { teamID: ID! team: ${field} @connection(fields: ["teamID"]) }
      type Team @model { id: ID! name: String }`;
    expect(relationOf(schema("Team"), "Project.team")).toEqual({ kind: "hasOne", model: "Team", keys: ["teamID"] });
    expect(relationOf(schema("Team!"), "Project.team")).toMatchObject({ kind: "belongsTo" });
  });

  it("SCHEMA-55: to many by the other's key, to one that shares the key", () => {
    const schema = `
      type Post @model { id: ID! lines: [Line] @connection(fields: ["id"]) body: Body @connection(fields: ["id"]) }
      type Line @model @key(fields: ["post", "n"]) { post: ID! n: Int! }
      type Body @model { text: String }`;
    expect(relationOf(schema, "Post.lines")).toEqual({
      kind: "hasMany",
      model: "Line",
      keys: ["post"],
      index: null,
      limit: 100,
    });
    expect(relationOf(schema, "Post.body")).toEqual({ kind: "hasOne", model: "Body", keys: ["id"] });
  });

  it.each<[string, string]>([
    [
      '@connection(keyName: "byPots", fields: ["id"])',
      '2:49 There is no index "byPots" in Comment. Did you mean "byPost"?',
    ],
    [
      '@connection(keyName: "byPost")',
      '2:49 @connection on Post.comments has keyName but no fields. Name the fields of Post to look up, as in fields: ["id"].',
    ],
    [
      '@connection(keyName: "byPost", fields: ["x"])',
      '2:89 There is no field "x" in Post for the relation. Declare it, or use one of id, createdAt, updatedAt.',
    ],
    [
      '@connection(keyName: "byPost", fields: [])',
      "2:49 The relation to Comment names no fields. Name at least one field.",
    ],
    [
      "@connection(limit: -1)",
      "2:49 The limit of related records is -1. Give a number of at least 1, or leave it out for 100.",
    ],
  ])("SCHEMA-58: %s is refused", (comments, problem) => {
    expect(problemsOf(sdl(comments, byKey))).toEqual([problem]);
  });

  it("SCHEMA-58: an index cannot lead to one", () => {
    const schema = sdl(
      '@connection(keyName: "byPost", fields: ["id"])',
      '\n@connection(keyName: "x", fields: ["postID"])',
    );
    expect(problemsOf(schema)).toEqual([
      '4:1 @connection on Comment.post leads to one record but names the index "x". Remove keyName, and name the fields that hold the key of Post.',
    ]);
  });

  it("SCHEMA-58: what is no model is refused", () => {
    expect(problemsOf("type A @model { b: B @connection } type B { a: Int }")).toEqual([
      "1:22 @connection stands on A.b, whose type B is no model. Add @model to type B, or remove @connection.",
    ]);
  });
});

describe("@connection alone", () => {
  it("SCHEMA-56: a list keeps the key in the other model, indexed", () => {
    const sdl = "type Post @model { comments: [Comment] @connection } type Comment @model { text: String }";
    expect(relationOf(sdl, "Post.comments")).toEqual({
      kind: "hasMany",
      model: "Comment",
      keys: ["postCommentsId"],
      index: "gsi-Post.comments",
      limit: 100,
    });
    expect(fieldsOf(sdl, "Comment").at(-1)).toBe("postCommentsId: ID*");
    expect(modelOf(sdl, "Comment", v1).indexes).toEqual([
      { name: "gsi-Post.comments", fields: ["postCommentsId"], queryField: null },
    ]);
  });

  it("SCHEMA-56: a single field keeps it here, required where the field is", () => {
    const sdl = "type Project @model { team: Team @connection lead: Team! @connection } type Team @model { a: Int }";
    expect(relationOf(sdl, "Project.team")).toEqual({ kind: "belongsTo", model: "Team", keys: ["projectTeamId"] });
    expect(fieldsOf(sdl, "Project").slice(-2)).toEqual(["projectTeamId: ID*", "projectLeadId: ID!*"]);
  });

  it("SCHEMA-56: keyField names the key, declared or not, and sortField sorts", () => {
    const sdl = `type Post @model { comments: [Comment] @connection(keyField: "postID", sortField: "at") }
      type Comment @model { postID: String! at: AWSDateTime }`;
    expect(relationOf(sdl, "Post.comments")).toMatchObject({ keys: ["postID"], index: "gsi-Post.comments" });
    expect(modelOf(sdl, "Comment", v1).indexes).toEqual([
      { name: "gsi-Post.comments", fields: ["postID", "at"], queryField: null },
    ]);
    const implied = 'type A @model { b: B @connection(keyField: "bID") } type B @model { a: Int }';
    expect(fieldsOf(implied, "A").at(-1)).toBe("bID: ID*");
  });

  it("SCHEMA-56: sortField completes a key of two parts", () => {
    const sdl = `type A @model { n: Int b: B @connection(keyField: "bID", sortField: "n") }
      type B @model @key(fields: ["id", "n"]) { id: ID! n: Int! }`;
    expect(relationOf(sdl, "A.b")).toEqual({ kind: "belongsTo", model: "B", keys: ["bID", "n"] });
  });

  it.each<[string, string]>([
    ['@key(fields: ["n"]) { n: Int! }', "n: Int"],
    ['@key(fields: ["id", "n"]) { id: ID! n: Int! }', "id: ID, n: Int"],
  ])("SCHEMA-56: a key of %s needs declared fields", (key, parts) => {
    expect(problemsOf(`type A @model { b: B @connection } type B @model ${key}`)).toEqual([
      `1:22 The connection has one foreign key of type ID, but the key of B is (${parts}). ` +
        "Declare fields for it and name them: @connection(fields: [...]).",
    ]);
  });

  it("SCHEMA-58: a declared key field that does not fit is refused", () => {
    expect(problemsOf('type A @model { bID: Int b: B @connection(keyField: "bID") } type B @model { a: Int }')).toEqual(
      ["1:31 Field A.bID is of type Int, but id of the key of B is of type ID. Give both the same type."],
    );
  });
});

describe("@connection by name", () => {
  const pair = (left: string, right: string): string =>
    `type Post @model { ${left} }\ntype Comment @model { ${right} }`;

  it("SCHEMA-57: list and single share the key of the single side", () => {
    const sdl = pair(
      'comments: [Comment] @connection(name: "PC", limit: 9)',
      'post: Post! @connection(name: "PC") at: Int',
    );
    expect(relationOf(sdl, "Post.comments")).toEqual({
      kind: "hasMany",
      model: "Comment",
      keys: ["commentPostId"],
      index: "gsi-Post.comments",
      limit: 9,
    });
    expect(relationOf(sdl, "Comment.post")).toEqual({ kind: "belongsTo", model: "Post", keys: ["commentPostId"] });
    expect(fieldsOf(sdl, "Comment").at(-1)).toBe("commentPostId: ID!*");
  });

  it("SCHEMA-57: keyField and sortField of either side count", () => {
    const sdl = pair(
      'comments: [Comment] @connection(name: "PC", keyField: "postID", sortField: "at")',
      'post: Post @connection(name: "PC") at: Int',
    );
    expect(relationOf(sdl, "Comment.post")).toMatchObject({ keys: ["postID"] });
    expect(modelOf(sdl, "Comment", v1).indexes).toEqual([
      { name: "gsi-Post.comments", fields: ["postID", "at"], queryField: null },
    ]);
  });

  it("SCHEMA-57: sortField of the single side counts too", () => {
    const sdl = pair(
      'comments: [Comment] @connection(name: "PC")',
      'post: Post @connection(name: "PC", keyField: "postID", sortField: "at") at: Int',
    );
    expect(modelOf(sdl, "Comment", v1).indexes).toMatchObject([{ fields: ["postID", "at"] }]);
  });

  it("SCHEMA-57: two single fields have a key each; the optional one has the required one", () => {
    const sdl = pair('comment: Comment @connection(name: "PC")', 'post: Post! @connection(name: "PC")');
    expect(relationOf(sdl, "Post.comment")).toEqual({ kind: "hasOne", model: "Comment", keys: ["postCommentId"] });
    expect(relationOf(sdl, "Comment.post")).toEqual({ kind: "belongsTo", model: "Post", keys: ["commentPostId"] });
  });

  it("SCHEMA-57: the same name may tie other models", () => {
    const sdl = `${pair('cs: [Comment] @connection(name: "x")', 'post: Post @connection(name: "x")')}
      type A @model { bs: [B] @connection(name: "x") } type B @model { a: A @connection(name: "x") }`;
    expect(relationOf(sdl, "B.a")).toMatchObject({ keys: ["bAId"] });
    expect(relationOf(sdl, "Comment.post")).toMatchObject({ keys: ["commentPostId"] });
  });

  it.each<[string, string, string]>([
    [
      'comments: [Comment] @connection(name: "PC")',
      'posts: [Post] @connection(name: "PC")',
      '2:37 @connection(name: "PC") ties the lists Post.comments and Comment.posts. Write a model that joins the two, with a @key for each side.',
    ],
    [
      'comments: [Comment] @connection(name: "PC")',
      "at: Int",
      '1:40 @connection(name: "PC") stands on Post.comments only. Add @connection(name: "PC") to a field of type Post in Comment, or leave the name out.',
    ],
    [
      'comments: [Comment] @connection(name: "PC")',
      'post: Post @connection(name: "PC")\nsecond: Post @connection(name: "PC")',
      '3:14 @connection(name: "PC") stands on a third field, Comment.second. Give each pair of fields a connection name of its own.',
    ],
  ])("SCHEMA-57: %s with %s is refused", (left, right, problem) => {
    expect(problemsOf(pair(left, right))).toEqual([problem]);
  });
});

import { describe, expect, it } from "vitest";
import { fieldOf, modelOf, problemsOf, spelledFields } from "../../read-sdl.ts";

describe("@belongsTo", () => {
  it("SCHEMA-53: uses the key that a has-many keeps", () => {
    const sdl = "type Comment @model { post: Post! @belongsTo } type Post @model { comments: [Comment] @hasMany }";
    expect(fieldOf(sdl, "Comment.post").relation).toEqual({
      kind: "belongsTo",
      model: "Post",
      keys: ["postCommentsId"],
    });
    expect(spelledFields(modelOf(sdl, "Comment")).at(-1)).toBe("postCommentsId: ID*");
  });

  it("SCHEMA-53: also where it goes by an index", () => {
    const sdl = `type Comment @model { postID: ID! @index(name: "byPost", sortKeyFields: ["at"]) at: Int post: Post @belongsTo }
      type Post @model { comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"]) }`;
    expect(fieldOf(sdl, "Comment.post").relation).toMatchObject({ keys: ["postID"] });
  });

  it("SCHEMA-53: keeps a key of its own facing a has-one", () => {
    const sdl = "type Project @model { team: Team @hasOne } type Team @model { project: Project! @belongsTo }";
    expect(fieldOf(sdl, "Team.project").relation).toEqual({
      kind: "belongsTo",
      model: "Project",
      keys: ["teamProjectId"],
    });
    expect(spelledFields(modelOf(sdl, "Team")).at(-1)).toBe("teamProjectId: ID!*");
    expect(fieldOf(sdl, "Project.team").relation).toMatchObject({ keys: ["projectTeamId"] });
  });

  it("SCHEMA-53: uses the fields named, with nothing facing it", () => {
    const sdl =
      'type Comment @model { postID: ID post: Post @belongsTo(fields: ["postID"]) } type Post @model { a: Int }';
    expect(fieldOf(sdl, "Comment.post").relation).toEqual({ kind: "belongsTo", model: "Post", keys: ["postID"] });
    expect(modelOf(sdl, "Comment").fields).toHaveLength(5);
  });

  it("SCHEMA-53: of several relations back, the first counts", () => {
    const sdl =
      "type Message @model { user: User @belongsTo } type User @model { sent: [Message] @hasMany got: [Message] @hasMany }";
    expect(fieldOf(sdl, "Message.user").relation).toMatchObject({ keys: ["userSentId"] });
  });

  it("SCHEMA-53: a model may belong to itself", () => {
    const sdl = "type Folder @model { parent: Folder @belongsTo children: [Folder] @hasMany }";
    expect(fieldOf(sdl, "Folder.parent").relation).toMatchObject({ keys: ["folderChildrenId"] });
  });

  it("SCHEMA-53: with nothing to go by it is refused", () => {
    expect(problemsOf("type Comment @model { post: Post @belongsTo } type Post @model { a: Int }")).toEqual([
      "1:34 @belongsTo on Comment.post has no relation back from Post. Add @hasMany or @hasOne to a field of Post, " +
        "or name the fields of Comment that hold its key: @belongsTo(fields: [...]).",
    ]);
    const sdl = `type Comment @model { slug: String @index(name: "bySlug") post: Post\n@belongsTo }
      type Post @model { slug: String comments: [Comment] @hasMany(indexName: "bySlug", fields: ["slug"]) }`;
    expect(problemsOf(sdl)).toEqual([
      "2:1 @belongsTo on Comment.post faces Post.comments, which goes by other fields than the key. " +
        "Name the fields of Comment that hold the key of Post: @belongsTo(fields: [...]).",
    ]);
  });
});

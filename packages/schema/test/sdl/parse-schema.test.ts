import { modelNamed, SchemaError } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it } from "vitest";
import { fixture, problemsOf, spelledFields } from "../read-sdl.ts";

describe("parseSchema", () => {
  it("SCHEMA-20: reads the chat schema of the first dialect as it is", () => {
    const schema = parseSchema(fixture("chat-v1.graphql"));
    expect(schema.dialect).toBe("v1");
    expect(schema.models.map(({ name }) => name)).toEqual(["User", "ChatRoom", "ChatData"]);
    const user = modelNamed(schema, "User");
    expect(user && spelledFields(user)).toEqual([
      "id: ID!",
      "username: String!",
      "email: String",
      "bio: String",
      "profileImage: String",
      "isVerified: Boolean",
      "createdAt: AWSDateTime",
      "chats: AWSJSON",
      "ChatRooms: [ChatRoom]",
      "updatedAt: AWSDateTime!**",
    ]);
    expect(user?.fields.find(({ name }) => name === "ChatRooms")?.relation).toEqual({
      kind: "hasMany",
      model: "ChatRoom",
      keys: ["userID"],
      index: "byUser",
      limit: 100,
    });
    expect(modelNamed(schema, "ChatRoom")?.indexes).toEqual([{ name: "byUser", fields: ["userID"], queryField: null }]);
    expect(modelNamed(schema, "ChatData")?.operations.queries).toEqual({
      get: "getChatData",
      list: "listChatDatas",
      sync: "syncChatData",
    });
  });

  it("SCHEMA-20: keeps the order of declaration, implied fields behind", () => {
    const schema = parseSchema(`
      type B @model @auth(rules: [{ allow: owner }]) { z: Int a: Int as: [A] @hasMany }
      type A @model @auth(rules: [{ allow: owner }]) { y: Int b: B @belongsTo }
    `);
    expect(schema.models.map(spelledFields)).toEqual([
      [
        "z: Int",
        "a: Int",
        "as: [A]",
        "id: ID!*",
        "createdAt: AWSDateTime!**",
        "updatedAt: AWSDateTime!**",
        "owner: String*",
      ],
      [
        "y: Int",
        "b: B",
        "id: ID!*",
        "createdAt: AWSDateTime!**",
        "updatedAt: AWSDateTime!**",
        "bAsId: ID*",
        "owner: String*",
      ],
    ]);
  });

  it("SCHEMA-20: describes declared and implied fields in full", () => {
    const sdl = "type Post @model { tags: [String!] }";
    const post = modelNamed(parseSchema(sdl), "Post");
    const common = { isList: false, isElementRequired: false, crdt: "REGISTER", relation: null, auth: [] };
    const stamp = {
      type: { kind: "scalar", name: "AWSDateTime" },
      isRequired: true,
      isReadOnly: true,
      isImplied: true,
    };
    expect(post?.fields).toStrictEqual([
      {
        ...common,
        name: "tags",
        type: { kind: "scalar", name: "String" },
        isList: true,
        isElementRequired: true,
        isRequired: false,
        isReadOnly: false,
        isImplied: false,
        crdt: "LIST",
      },
      {
        ...common,
        name: "id",
        type: { kind: "scalar", name: "ID" },
        isRequired: true,
        isReadOnly: false,
        isImplied: true,
      },
      { ...common, ...stamp, name: "createdAt" },
      { ...common, ...stamp, name: "updatedAt" },
    ]);
  });

  it("SCHEMA-10: reports all problems at once, in order, each with line, column, what and what to do", () => {
    const sdl = `type Post @model {
  title: Strng
  title: String
  status: Status @default(value: "OPNE")
  comments: [Comment] @hasMany(indexName: "byPst", fields: ["id"])
}

type Comment @model {
  postID: ID @index(name: "byPost", sortKeyField: ["at"])
}

enum Status { OPEN OPEN }`;
    expect(problemsOf(sdl)).toEqual([
      '2:10 Type "Strng" of Post.title is unknown. Did you mean "String"?',
      "3:3 Field Post.title is declared twice, first at 2:3. Remove or rename one of them.",
      '4:34 Default "OPNE" of Post.status is no value of enum Status. Did you mean "OPEN"?',
      '5:23 There is no index "byPst" in Comment. Did you mean "byPost"?',
      '9:37 Argument "sortKeyField" of @index is unknown. Did you mean "sortKeyFields"?',
      '12:20 Enum Status has the value "OPEN" twice. Remove one of them.',
    ]);
  });

  it("SCHEMA-10: names the file it was told", () => {
    const parse = () => parseSchema("type Post @model { a: Strng }", { file: "app/chat.graphql" });
    expect(parse).toThrow(/^app\/chat\.graphql:1:23 Type "Strng"/);
    expect(() => parseSchema("type Post @model { a: Strng }")).toThrow(/^schema\.graphql:1:23 /);
  });

  it("SCHEMA-11: a syntax error is a problem with its place", () => {
    expect(problemsOf("type Post @model {\n  title: }\n}")).toEqual([
      '2:10 Expected Name, found "}". Correct the GraphQL syntax here.',
    ]);
    expect(problemsOf('type Post @model {\n  title: String @default(value: "x)\n}')[0]).toMatch(
      /^2:\d+ Unterminated string\. /,
    );
    expect(problemsOf("type A @model { a: Int } type $ { a: Int }")[0]).toMatch(/^1:31 /);
  });

  it.each(["", "  \n", "# nothing here\n", ",,\n# x"])("SCHEMA-11: %j is empty", (sdl) => {
    expect(problemsOf(sdl)).toEqual(["1:1 The schema is empty. Declare at least one type with @model."]);
  });

  it("SCHEMA-11: a schema without models is refused", () => {
    const hint = "Add @model to the types whose records are to be stored.";
    expect(problemsOf("enum A { B }\ntype Post { a: Int }")).toEqual([`2:6 The schema has no models. ${hint}`]);
    expect(problemsOf("enum A { B }")).toEqual([`1:6 The schema has no models. ${hint}`]);
  });

  it("SCHEMA-11: nesting beyond what can be read is an error", () => {
    const sdl = `type Post @model { a: Int @default(value: ${"[".repeat(100_000)}`;
    expect(() => parseSchema(sdl)).toThrow(SchemaError);
    expect(problemsOf(sdl)[0]).toMatch(/nested too deeply/);
  });

  it("SCHEMA-13: what could not be read is not complained about again", () => {
    const sdl = `type Post @modle {
  id: ID!
  place: Plce
  key: Strng! @primaryKey(sortKeyFields: ["place"])
  comments: [Comment] @hasMny
  tags: [Tag] @manyToMany
  other: String @index(name: "byKey", sortKeyFields: ["key"])
}
type Comment @model { post: Post @belongsTo(fields: ["postKy"]) text: String }
type Tag @model { posts: [Post] @manyToMany(relationName: 5) }`;
    expect(problemsOf(sdl)).toEqual([
      '1:11 Directive @modle is unknown. Did you mean "@model"?',
      '3:10 Type "Plce" of Post.place is unknown. Declare it as a type or an enum, or use a scalar: ' +
        "ID, String, Int, Float, Boolean, AWSDate, AWSTime, AWSDateTime, AWSTimestamp, AWSEmail, AWSJSON, AWSURL, AWSPhone, AWSIPAddress.",
      '4:8 Type "Strng" of Post.key is unknown. Did you mean "String"?',
      '5:23 Directive @hasMny is unknown. Did you mean "@hasMany"?',
      '6:15 Argument "relationName" of @manyToMany is missing. Give relationName: a String that is a GraphQL name.',
      '9:54 There is no field "postKy" in Comment for the relation. Declare it, or use one of text, id, createdAt, updatedAt.',
      '10:59 Argument "relationName" of @manyToMany is 5, but takes a String. Give a String.',
    ]);
  });
});

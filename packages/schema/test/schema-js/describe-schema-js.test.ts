import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import { SchemaError } from "@tributary/schema";
import { describeSchemaJs } from "@tributary/schema/schema-js";
import { describe, expect, it } from "vitest";
import { amplifyFixtures, exportedSchema } from "../codegen/amplify-fixtures.ts";
import { read, spelledFields } from "../read-sdl.ts";
import { heldBy, told } from "./told.ts";

type SchemaJs = Readonly<Record<string, unknown>>;

/** Amplify's generator takes no notice of `keyField`, and tells foreign keys that the API does not have. */
const truthful = amplifyFixtures.filter(({ name }) => name !== "v1/key-fields");

describe.each(truthful)("the schema.js of $name", ({ dialect, sdl, expected }) => {
  const file = exportedSchema(expected("schema.js"));
  const held = heldBy(file);

  it("SCHEMA-80: means what its SDL means", () => {
    expect(told(describeSchemaJs(file, { dialect }), held)).toEqual(told(read(sdl), held));
  });
});

/** A part of an object by the keys that lead to it. */
function part(whole: unknown, ...keys: readonly string[]): SchemaJs {
  return keys.reduce<unknown>((at, key) => (at as SchemaJs)[key], whole) as SchemaJs;
}

/** A copy of `whole` with the value under `keys` replaced, or taken out when it is undefined. */
function withPart(whole: SchemaJs, keys: readonly string[], value: unknown): SchemaJs {
  const [key = "", ...rest] = keys;
  const inner = rest.length === 0 ? value : withPart((whole[key] ?? {}) as SchemaJs, rest, value);
  const { [key]: _, ...others } = whole;
  return inner === undefined ? others : { ...whole, [key]: inner };
}

function fileOf(name: string): SchemaJs {
  const found = amplifyFixtures.find((fixture) => fixture.name === name);
  if (found === undefined) throw new Error(`There is no fixture ${name}.`);
  return exportedSchema(found.expected("schema.js"));
}

const blog = fileOf("v2/blog");
const modelOf = (description: SchemaDescription, name: string): ModelDescription => {
  const found = description.models.find((model) => model.name === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
};

describe("forms of a schema.js", () => {
  it("SCHEMA-81: single names and lists of them mean the same", () => {
    const single = (association: SchemaJs): SchemaJs => {
      const { targetNames, ...others } = association;
      const first = (names: unknown): unknown => (Array.isArray(names) ? names[0] : names);
      const target = targetNames === undefined ? {} : { targetName: first(targetNames) };
      const back = others.associatedWith === undefined ? {} : { associatedWith: first(others.associatedWith) };
      return { ...others, ...back, ...target };
    };
    let rewritten = 0;
    const file = JSON.parse(JSON.stringify(blog), (key, value: unknown) => {
      if (key !== "association") return value;
      rewritten++;
      return single(value as SchemaJs);
    }) as SchemaJs;
    expect(rewritten).toBe(4);
    expect(describeSchemaJs(file, { dialect: "v2" })).toEqual(describeSchemaJs(blog));
  });

  it("SCHEMA-81: the dialect is told by the form, unless it is given", () => {
    const dialectOf = (name: string): string => describeSchemaJs(fileOf(name)).dialect;
    expect([dialectOf("v2/blog"), dialectOf("v1/blog"), dialectOf("v1/auth-and-options")]).toEqual(["v2", "v1", "v1"]);
    expect(describeSchemaJs(fileOf("v1/keys")).dialect).toBe("v2");
    const early = withPart(
      fileOf("v2/one-way"),
      ["models", "Album", "fields", "songs", "association", "associatedWith"],
      "albumSongsId",
    );
    expect(describeSchemaJs(early).dialect).toBe("v2");
    expect(describeSchemaJs(fileOf("v1/keys"), { dialect: "v1" }).dialect).toBe("v1");
  });

  it("SCHEMA-81: foreign keys that only an association names are fields", () => {
    const post = modelOf(describeSchemaJs(fileOf("v1/blog")), "Post");
    expect(spelledFields(post)).toContain("postBlogId: ID*");
  });

  it("SCHEMA-81: foreign keys that only an index names are fields", () => {
    const attributes = [{ type: "key", properties: { name: "byPost", fields: ["postId", "content"] } }];
    const commented = withPart(blog, ["models", "Comment", "attributes"], attributes);
    const unlinked = withPart(commented, ["models", "Comment", "fields", "post"], undefined);
    const comments = ["models", "Post", "fields", "comments", "association", "associatedWith"];
    const description = describeSchemaJs(withPart(unlinked, comments, "postId"), { dialect: "v2" });
    expect(spelledFields(modelOf(description, "Comment"))).toContain("postId: ID*");
    const relation = modelOf(description, "Post").fields.find(({ name }) => name === "comments")?.relation;
    expect(relation).toMatchObject({ kind: "hasMany", keys: ["postId"], index: "byPost" });
  });

  it("SCHEMA-81: files without embedded types, enums, attributes and timestamps are complete", () => {
    const id = { name: "id", isArray: false, type: "ID", isRequired: true, attributes: [] };
    const file = { models: { A: { name: "A", pluralName: "As", fields: { id } } }, codegenVersion: "3.2.0" };
    expect(spelledFields(modelOf(describeSchemaJs(file), "A"))).toEqual([
      "id: ID!",
      "createdAt: AWSDateTime!**",
      "updatedAt: AWSDateTime!**",
    ]);
  });

  it("SCHEMA-81: what other services read means nothing", () => {
    const searchable = { type: "searchable", properties: { queries: { search: "find" } } };
    const attributes = [...(part(blog, "models", "Post").attributes as readonly unknown[]), searchable];
    const file = withPart(blog, ["models", "Post", "attributes"], attributes);
    expect(describeSchemaJs(file)).toEqual(describeSchemaJs(blog));
  });

  it("SCHEMA-81: a model that is not synced is told", () => {
    const file = withPart(blog, ["models", "Post", "syncable"], false);
    expect(modelOf(describeSchemaJs(file), "Post").isSyncable).toBe(false);
  });

  it("SCHEMA-80: the hash is that of the SDL where everything it covers is told", () => {
    const same = ["v2/blog", "v2/composite-keys", "v2/many-to-many-keys", "v2/scalars", "v1/blog", "v1/chat"];
    for (const name of same) {
      const fixture = amplifyFixtures.find((candidate) => candidate.name === name);
      const { hash, authHash } = read(fixture?.sdl ?? "");
      const { dialect = "v2" } = fixture ?? {};
      expect([name, describeSchemaJs(fileOf(name), { dialect })]).toMatchObject([name, { hash, authHash }]);
    }
  });
});

describe("a schema.js that cannot be read", () => {
  const problemsOf = (file: unknown): readonly string[] => {
    try {
      describeSchemaJs(file);
    } catch (error) {
      if (error instanceof SchemaError) return error.message.split("\n");
      throw error;
    }
    throw new Error("The file was accepted.");
  };
  const post = ["models", "Post"];
  const title = [...post, "fields", "title"];
  const comments = [...post, "fields", "comments"];

  it.each<[readonly string[], unknown, string]>([
    [
      ["codegenVersion"],
      "2.1.0",
      'codegenVersion is "2.1.0", but only files of version 3.2 and later ones of 3 can be read. Generate the model files again.',
    ],
    [
      ["codegenVersion"],
      undefined,
      "codegenVersion is missing, but only files of version 3.2 and later ones of 3 can be read. Generate the model files again.",
    ],
    [["models"], {}, "models is empty. Generate the file from a schema that has types with @model."],
    [["models"], [], "models is a list, but takes an object. Give an object."],
    [[...post, "name"], "Posts", 'models.Post.name is "Posts". Give the name under which it stands: "Post".'],
    [[...post, "pluralName"], undefined, "models.Post.pluralName is missing. Give a text."],
    [[...post, "syncable"], "yes", 'models.Post.syncable is "yes", but takes true or false. Give true or false.'],
    [
      [...title, "type"],
      "Strng",
      'models.Post.fields.title.type is "Strng", which is no scalar. Did you mean "String"?',
    ],
    [
      [...title, "type"],
      { enum: "Mood" },
      'models.Post.fields.title.type.enum is "Mood", which the file does not hold. Generate the model files again.',
    ],
    [
      [...title, "type"],
      7,
      "models.Post.fields.title.type is neither a scalar nor names a type. Give the name of a scalar, or an object with model, nonModel or enum.",
    ],
    [
      [...comments, "association"],
      undefined,
      "models.Post.fields.comments holds a model without an association. Generate the file again.",
    ],
    [
      [...comments, "association", "connectionType"],
      "HAS_SOME",
      'models.Post.fields.comments.association.connectionType is "HAS_SOME", but takes one of HAS_MANY, HAS_ONE, BELONGS_TO. Give one of HAS_MANY, HAS_ONE, BELONGS_TO.',
    ],
    [
      [...comments, "isArray"],
      false,
      "models.Post.fields.comments is HAS_MANY, but no list. HAS_MANY goes with lists, HAS_ONE and BELONGS_TO with single fields.",
    ],
    [
      [...comments, "association", "associatedWith"],
      ["author"],
      'models.Post.fields.comments.association names "author", which Comment does not have. Generate the file again.',
    ],
    [
      [...post, "fields", "blog", "association", "targetNames"],
      ["a", "b"],
      "models.Post.fields.blog.association names (a, b), but the key of Blog is (id). Name one field for each part of the key.",
    ],
    [
      [...post, "attributes"],
      [{ type: "key", properties: { name: "byRank", fields: ["title", "rank"] } }],
      'models.Post.attributes[0].properties.fields names "rank", which is no field in Post. Generate the file again.',
    ],
    [
      [...post, "attributes"],
      [{ type: "key", properties: { name: "byComments", fields: ["comments"] } }],
      'models.Post.attributes[0].properties.fields names "comments", which is no single scalar or enum in Post. Generate the file again.',
    ],
    [
      [...post, "fields", "id", "isRequired"],
      false,
      'models.Post.fields.id names "id", which may be null in Post. Generate the file again.',
    ],
    [
      [...post, "attributes"],
      [
        { type: "key", properties: { fields: ["id"] } },
        { type: "key", properties: { fields: ["id"] } },
      ],
      "models.Post.attributes[1].properties is a second primary key of Post. Give it a name, or remove it.",
    ],
    [
      [...post, "attributes"],
      [{ type: "auth", properties: { rules: [{ allow: "groups" }] } }],
      "models.Post.attributes[0].properties.rules[0] names no groups. Give groups or groupsField.",
    ],
    [
      [...post, "fields", "_version"],
      { name: "_version", isArray: false, type: "Int", isRequired: false, attributes: [] },
      'models.Post.fields._version begins with "_", which is reserved for metadata. Choose another name.',
    ],
    [
      ["nonModels", "Box"],
      { name: "Box", fields: { post: { name: "post", isArray: false, type: { model: "Post" }, isRequired: false } } },
      "nonModels.Box.fields.post holds model Post, but Box is no model. Hold the key of Post instead.",
    ],
    [
      ["nonModels", "Box"],
      { name: "Box", fields: { box: { name: "box", isArray: false, type: { nonModel: "Box" }, isRequired: false } } },
      "nonModels.Box contains itself: Box -> Box. Make one of them a model.",
    ],
  ])("SCHEMA-82: %j as %j is told with its path", (path, value, line) => {
    expect(problemsOf(withPart(blog, path, value))).toEqual([`schema.js ${line}`]);
  });

  it.each([undefined, null, 7, "schema", []])("SCHEMA-82: %j is no schema.js", (value) => {
    expect(problemsOf(value)).toContain("schema.js models is missing. Give an object.");
  });

  it("SCHEMA-82: all problems are told at once", () => {
    const file = withPart(withPart(blog, [...title, "type"], "X"), [...post, "syncable"], 1);
    expect(problemsOf(file)).toHaveLength(2);
  });
});

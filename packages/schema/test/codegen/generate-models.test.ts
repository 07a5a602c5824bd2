import { SchemaError } from "@tributary/schema";
import { amplifyVersion, generateModels, type ModelTarget, withoutOwnDirectives } from "@tributary/schema/codegen";
import { describe, expect, test } from "vitest";
import { amplifyFixtures, exportedSchema } from "./amplify-fixtures.ts";

function generated(sdl: string, target: ModelTarget, file: string): string {
  const found = generateModels(sdl, target).find(({ name }) => name === file);
  if (found === undefined) throw new Error(`There is no ${file}.`);
  return found.text;
}

/** Text with all white space told alike, and none where it separates nothing. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

test("SCHEMA-70 there are schemas of both dialects to compare", () => {
  expect(amplifyFixtures.filter(({ dialect }) => dialect === "v1").length).toBeGreaterThanOrEqual(5);
  expect(amplifyFixtures.filter(({ dialect }) => dialect === "v2").length).toBeGreaterThanOrEqual(15);
});

describe.each(amplifyFixtures)("$name", ({ sdl, expected }) => {
  test("SCHEMA-70 schema.js holds what Amplify's generator writes, in the same order", () => {
    const ours = exportedSchema(generated(sdl, "javascript", "schema.js"));
    const theirs = exportedSchema(expected("schema.js"));
    expect(ours).toEqual(theirs);
    expect(JSON.stringify(ours.models)).toBe(JSON.stringify(theirs.models));
  });

  test.each(["schema.d.ts", "index.d.ts", "index.js"])("SCHEMA-70 %s says the same in the same order", (file) => {
    expect(squeezed(generated(sdl, "javascript", file))).toBe(squeezed(expected(file)));
  });

  test("SCHEMA-70 the introspection is the same", () => {
    const file = "model-introspection.json";
    expect(JSON.parse(generated(sdl, "introspection", file))).toEqual(JSON.parse(expected(file)));
  });
});

describe("where Amplify's generator writes what does not work", () => {
  const exported = (sdl: string): unknown => exportedSchema(generated(sdl, "javascript", "schema.js"));

  test("SCHEMA-71 enums keep the name they are declared with", () => {
    const sdl = "type A @model { s: HTTPStatus t: [my_kind!] } enum HTTPStatus { OK } enum my_kind { a }";
    expect(generated(sdl, "javascript", "index.js")).toContain('const HTTPStatus = {\n  "OK": "OK"\n};');
    expect(generated(sdl, "javascript", "index.d.ts")).toContain('export enum my_kind {\n  A = "a"\n}');
  });

  test("SCHEMA-71 enum values that would share a name keep their own", () => {
    const sdl = "type A @model { s: S } enum S { some_more someMore _ other }";
    expect(generated(sdl, "javascript", "index.js")).toContain(
      'const S = {\n  "some_more": "some_more",\n  "someMore": "someMore",\n  "_": "_",\n  "OTHER": "other"\n};',
    );
    expect(exported(sdl)).toMatchObject({ enums: { S: { values: ["some_more", "someMore", "_", "other"] } } });
  });

  test("SCHEMA-71 what the generator refuses to tell belongs to the other model", () => {
    const required = `type A @model { id: ID! bID: ID! b: B! @connection(fields: ["bID"]) } type B @model { id: ID! }`;
    const optional = `type A @model { b: B @connection(name: "x") } type B @model { a: A @connection(name: "x") }`;
    const alone = `type A @model { bID: ID b: B @belongsTo(fields: ["bID"]) } type B @model { b: Int }`;
    for (const [sdl, target] of [
      [required, { targetName: "bID" }],
      [optional, { targetName: "aBId" }],
      [alone, { targetNames: ["bID"] }],
    ] as const)
      expect(exported(sdl)).toMatchObject({
        models: { A: { fields: { b: { association: { connectionType: "BELONGS_TO", ...target } } } } },
      });
  });

  test("SCHEMA-71 single values stand for lists of one", () => {
    const single = `type A @model @auth(rules: { allow: groups, groups: "x", operations: read }) {
      a: ID! @primaryKey(sortKeyFields: "b")
      b: ID!
    }`;
    const listed = single
      .replace("{ allow", "[{ allow")
      .replace("read }", "[read] }]")
      .replace('"x"', '["x"]')
      .replace('"b"', '["b"]');
    expect(exported(single)).toEqual(exported(listed));
  });
});

test("SCHEMA-72 a schema with mistakes gives no file but all of them, with their places", () => {
  const targets: readonly ModelTarget[] = ["javascript", "typescript", "introspection"];
  for (const target of targets) {
    const wrong = () => generateModels("type A @model {\n a: Strng\n b: Int @hasMny }", target, { file: "my.graphql" });
    expect(wrong).toThrow(SchemaError);
    expect(wrong).toThrow(/^my\.graphql:2:5 .*\nmy\.graphql:3:9 /);
  }
});

test("SCHEMA-72 the dialect can be asked for", () => {
  const sdl = "type A @model { a: Int }";
  expect(generated(sdl, "javascript", "index.d.ts")).toContain("__modelMeta__");
  const [, declarations] = generateModels(sdl, "javascript", { dialect: "v1" });
  expect(declarations?.text).toContain("type AMetaData = {");
});

test("SCHEMA-72 kinds of merging leave model files alone, and Amplify's tools need not know them", () => {
  const plain = "type A @model {\n  text: String\n}\n";
  const merged = plain.replace("String", "String @crdt(type: TEXT)");
  expect(generateModels(merged, "javascript")).toEqual(generateModels(plain, "javascript"));
  expect(withoutOwnDirectives(merged).trim()).toBe(plain.trim());
  expect(withoutOwnDirectives(plain)).toBe(plain);
});

describe("SCHEMA-73 the version", () => {
  test.each(amplifyFixtures)("of $name is Amplify's", ({ sdl, expected }) => {
    expect(amplifyVersion(sdl)).toBe(exportedSchema(expected("schema.js")).version);
  });

  test("changes with fields and relations, not with rules, enums and comments", () => {
    const sdl = `type A @model @auth(rules: [{ allow: public }]) { a: [Int] e: E bs: [B] @hasMany }
      type B @model { b: String } enum E { X }`;
    const version = amplifyVersion(sdl);
    for (const [from, to] of [
      ["public", "private"],
      ["X", "X Y"],
      ["type B", "# comment\ntype B"],
    ] as const)
      expect([to, amplifyVersion(sdl.replace(from, to))]).toEqual([to, version]);
    for (const [from, to] of [
      ["[Int]", "[Int!]"],
      ["[Int]", "[Int]!"],
      ["b: String", "b: ID"],
      ["b: String", "c: String"],
      ["@hasMany", "@hasMany(limit: 5)"],
    ] as const)
      expect([to, amplifyVersion(sdl.replace(from, to))]).not.toEqual([to, version]);
  });
});

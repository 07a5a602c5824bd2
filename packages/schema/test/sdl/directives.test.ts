import { describe, expect, it } from "vitest";
import { directiveNames } from "../../src/sdl/directives.ts";
import { modelOf, problemsOf } from "../read-sdl.ts";

describe("directives", () => {
  it("SCHEMA-28: the known ones are those of both dialects", () => {
    expect([...directiveNames].sort()).toEqual([
      "auth",
      "belongsTo",
      "connection",
      "crdt",
      "default",
      "hasMany",
      "hasOne",
      "index",
      "key",
      "manyToMany",
      "model",
      "primaryKey",
      "versioned",
    ]);
  });

  it("SCHEMA-28: an unknown one is refused", () => {
    expect(problemsOf("type A @model { a: Int @idx }")).toEqual([
      "1:24 Directive @idx is unknown. Known are @model, @auth, @primaryKey, @index, @hasOne, @hasMany, @belongsTo, @manyToMany, @default, @crdt, @key, @connection, @versioned.",
    ]);
  });

  it.each([
    "searchable",
    "function",
    "http",
    "predictions",
    "mapsTo",
    "aws_api_key",
    "aws_iam",
    "aws_oidc",
    "aws_cognito_user_pools",
    "aws_lambda",
    "aws_subscribe",
    "deprecated",
  ])("SCHEMA-28: @%s is known to mean nothing here", (name) => {
    expect(problemsOf(`type A @model { a: Int @${name} }`)).toEqual([
      expect.stringMatching(new RegExp(`^1:24 @${name} is not supported\\. (Remove|Use)`)),
    ]);
  });

  it("SCHEMA-28: one that stands where it does not belong is refused", () => {
    expect(problemsOf('type A @model @index(name: "x") { a: Int @model }')).toEqual([
      "1:15 @index stands on type A. Move it: @index belongs on fields of models.",
      "1:42 @model stands on A.a. Move it: @model belongs on types.",
    ]);
  });

  it("SCHEMA-28: one that stands twice is refused, naming the first place", () => {
    expect(problemsOf("type A @model @model { a: Int @crdt(type: REGISTER) @crdt(type: REGISTER) }")).toEqual([
      "1:15 @model stands twice on type A, first at 1:8. Keep one of them.",
      "1:53 @crdt stands twice on A.a, first at 1:31. Keep one of them.",
    ]);
    expect(
      modelOf('type A @model { a: Int @index(name: "x") @index(name: "y", queryField: "y") }', "A").indexes,
    ).toHaveLength(2);
  });
});

describe("arguments", () => {
  const argumentOf = (directive: string): readonly string[] =>
    problemsOf(`type A @model { a: Int ${directive} b: Int }`);

  it("SCHEMA-28: an unknown one is refused", () => {
    expect(argumentOf('@index(nam: "x")')).toEqual(['1:31 Argument "nam" of @index is unknown. Did you mean "name"?']);
    expect(argumentOf('@index(constructor: "x")')).toEqual([
      '1:31 Argument "constructor" of @index is unknown. It takes name, sortKeyFields, queryField.',
    ]);
  });

  it("SCHEMA-28: a missing one is refused", () => {
    expect(argumentOf("@crdt")).toEqual([
      '1:24 Argument "type" of @crdt is missing. Give type: one of REGISTER, TEXT, RICH_TEXT, COUNTER, LIST, SET.',
    ]);
  });

  it("SCHEMA-28: one given twice is refused", () => {
    expect(argumentOf('@index(name: "x", name: "y")')).toEqual([
      '1:42 Argument "name" of @index is given twice. Keep one of them.',
    ]);
  });

  it.each<[string, string]>([
    ["@index(name: 5)", '1:37 Argument "name" of @index is 5, but takes a String. Give a String.'],
    ["@index(name: null)", '1:37 Argument "name" of @index is null, but takes a String. Give a String.'],
    [
      '@index(sortKeyFields: ["b", 1])',
      '1:52 An entry of argument "sortKeyFields" of @index is 1, but takes a String. Give a String.',
    ],
    [
      '@index(queryField: "a b")',
      '1:43 Argument "queryField" of @index is "a b", which is no GraphQL name. Use letters, digits and _ only.',
    ],
    [
      "@crdt(type: SETT)",
      '1:36 Argument "type" of @crdt is SETT, which is not one of REGISTER, TEXT, RICH_TEXT, COUNTER, LIST, SET. Did you mean "SET"?',
    ],
    [
      '@crdt(type: "SET")',
      '1:36 Argument "type" of @crdt is "SET", but takes one of REGISTER, TEXT, RICH_TEXT, COUNTER, LIST, SET. Give one of REGISTER, TEXT, RICH_TEXT, COUNTER, LIST, SET.',
    ],
    [
      `@index(name: { a: "${"x".repeat(80)}" })`,
      `1:37 Argument "name" of @index is {a: "${"x".repeat(52)}..., but takes a String. Give a String.`,
    ],
  ])("SCHEMA-28: %s is of the wrong type", (directive, problem) => {
    expect(argumentOf(directive)).toEqual([problem]);
  });

  it("SCHEMA-28: fields of object arguments are checked in the same way", () => {
    expect(
      problemsOf(
        "type A @model(queries: { gett: 1, list: 2 }, subscriptions: [], timestamps: { createdAt: 3 }) { a: Int }",
      ),
    ).toEqual([
      '1:26 Field "gett" of argument "queries" of @model is unknown. Did you mean "get"?',
      '1:41 Field "list" of argument "queries" of @model is 2, but takes a String. Give a String.',
      '1:61 Argument "subscriptions" of @model is [], but takes an object with onCreate, onUpdate, onDelete, level. Give an object with onCreate, onUpdate, onDelete, level.',
      '1:90 Field "createdAt" of argument "timestamps" of @model is 3, but takes a String. Give a String.',
    ]);
    expect(problemsOf("type A @model @auth(rules: [{ provider: oidc }]) { a: Int }")).toEqual([
      '1:29 Field "allow" of argument "rules" of @auth is missing. Give allow: one of public, private, owner, groups, custom.',
    ]);
  });

  it("SCHEMA-28: a single value stands for a list of one", () => {
    expect(
      modelOf('type A @model { a: Int @index(name: "x", sortKeyFields: "b") b: Int }', "A").indexes[0]?.fields,
    ).toEqual(["a", "b"]);
  });
});

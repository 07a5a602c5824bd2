import { describe, expect, it } from "vitest";
import { problemsOf, read } from "../read-sdl.ts";

const model = "type A @model { a: Int }\n";

describe("reserved names", () => {
  it.each(["Query", "Mutation", "Subscription"])("SCHEMA-25: type %s belongs to the generated API", (name) => {
    expect(problemsOf(`${model}type ${name} { a: Int }`)).toEqual([
      `2:6 Type "${name}" is reserved for the generated API. Remove it: its fields are generated from the models. ` +
        "Rename those with @model(queries:, mutations:, subscriptions:).",
    ]);
    expect(problemsOf(`${model}enum ${name} { A }`)).toHaveLength(1);
  });

  it("SCHEMA-25: scalars and names beginning with __ are no names for types", () => {
    expect(problemsOf(`${model}type AWSDate @model { a: Int }`)).toEqual([
      '2:6 "AWSDate" is a scalar that every schema has. Choose another name, or leave the definition out.',
    ]);
    expect(problemsOf(`${model}type __B @model { a: Int }`)).toEqual([
      '2:6 Type "__B" begins with "__", which GraphQL reserves. Choose another name.',
    ]);
  });

  it.each(["_version", "_deleted", "_lastChangedAt"])("SCHEMA-25: field %s is metadata", (name) => {
    expect(problemsOf(`type A @model { ${name}: Int }`)).toEqual([
      `1:17 Field A.${name} is metadata that every record has. Remove the field, or choose another name.`,
    ]);
  });

  it("SCHEMA-25: fields of models neither begin with _ nor bear a filter's words", () => {
    expect(problemsOf("type A @model { _a: Int }")[0]).toMatch(/begins with "_", which is reserved for metadata/);
    for (const word of ["and", "or", "not"])
      expect(problemsOf(`type A @model { ${word}: Int }`)).toEqual([
        `1:17 Field A.${word} has the name of a filter's "${word}". Choose another name.`,
      ]);
  });

  it("SCHEMA-25: fields of embedded types may, short of __", () => {
    expect(read(`${model}type B { _a: Int and: Int }`).embedded[0]?.fields).toHaveLength(2);
    expect(problemsOf(`${model}type B { __a: Int }`)[0]).toMatch(/Field B\.__a begins with "__"/);
  });

  it.each<[string, string]>([
    ["a timestamp", 'type A @model(timestamps: { createdAt: "_at" }) { a: Int }'],
    ["an owner field", 'type A @model @auth(rules: [{ allow: owner, ownerField: "_own" }]) { a: Int }'],
    ["a foreign key", 'type A @model { bs: [B] @connection(keyField: "_a") } type B @model { a: Int }'],
  ])("SCHEMA-25: %s has no reserved name either", (_, sdl) => {
    expect(problemsOf(sdl)[0]).toMatch(/begins with "_", which is reserved for metadata/);
  });
});

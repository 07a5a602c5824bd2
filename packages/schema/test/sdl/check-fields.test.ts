import { describe, expect, it } from "vitest";
import { problemsOf, read } from "../read-sdl.ts";

describe("embedded types", () => {
  it("SCHEMA-22: may contain each other", () => {
    const schema = read("type A @model { b: [B!] } type B { c: C d: C } type C { e: Int }");
    expect(schema.embedded.map(({ name }) => name)).toEqual(["B", "C"]);
  });

  it("SCHEMA-22: never contain themselves, and each circle is reported once", () => {
    const hint = "Make one of them a model, or hold the inner value as AWSJSON.";
    expect(problemsOf("type A @model { b: B }\ntype B { c: [C] }\ntype C { d: D b: B }\ntype D { d: D }")).toEqual([
      `3:15 Field C.b makes an embedded type contain itself: B -> C -> B. ${hint}`,
      `4:10 Field D.d makes an embedded type contain itself: D -> D. ${hint}`,
    ]);
  });

  it("SCHEMA-22: hold no models", () => {
    expect(problemsOf("type A @model { b: B }\ntype B { a: [A] }")).toEqual([
      "2:10 Field B.a holds model A, but B is no model itself. Add @model to B, or hold the key of A instead.",
    ]);
  });

  it("SCHEMA-22: bear no directives", () => {
    expect(
      problemsOf('type A @model { b: B }\ntype B @auth(rules: []) { a: Int @index(name: "x") c: Int @nothing }'),
    ).toEqual([
      "2:8 @auth stands on type B, but the type is no model. Remove it, or make the type a model with @model.",
      "2:34 @index stands on B.a, but the type is no model. Remove it, or make the type a model with @model.",
      expect.stringMatching(/^2:59 Directive @nothing is unknown\. Known are @model, /),
    ]);
  });
});

describe("fields of models", () => {
  it("SCHEMA-58: a field that holds a model says how", () => {
    const b = "type B @model { a: Int }";
    expect(problemsOf(`type A @model { b: B bs: [B] }\n${b}`)).toEqual([
      "1:17 Field A.b holds model B without a relation directive. Add @belongsTo or @hasOne.",
      "1:22 Field A.bs holds model B without a relation directive. Add @hasMany or @manyToMany.",
    ]);
    expect(problemsOf(`type A @model { b: B }\n${b}`, { dialect: "v1" })).toEqual([
      "1:17 Field A.b holds model B without a relation directive. Add @connection.",
    ]);
  });

  const protectedField = (field: string, model = "@model"): string =>
    `type A ${model} @auth(rules: [{ allow: public }]) { ${field} @auth(rules: [{ allow: owner }]) b: Int }`;

  it("SCHEMA-40: a key field has no readers of its own", () => {
    expect(problemsOf(protectedField("id: ID!"))).toEqual([
      "1:51 Field A.id is part of the key, but its @auth gives it other readers. Remove its @auth.",
    ]);
  });

  it("SCHEMA-40: a required field has none while the model has subscriptions", () => {
    expect(problemsOf(protectedField("a: Int!"), { allowUnsupported: true })).toEqual([
      "1:51 Field A.a is required, but its @auth hides it from readers of A. " +
        "Make it optional, give it the readers of the model, or set @model(subscriptions: { level: off }).",
    ]);
    expect(read(protectedField("a: Int")).models).toHaveLength(1);
    expect(read(protectedField("a: Int!", "@model(subscriptions: { level: off })")).models).toHaveLength(1);
    expect(read(protectedField("a: Int!", "@model(subscriptions: { level: public })")).models).toHaveLength(1);
  });
});

import { describe, expect, it } from "vitest";
import { problemsOf, read } from "../read-sdl.ts";

describe("generated names", () => {
  it.each<[string, string]>([
    [
      "type ModelAConnection { a: Int }",
      'The name "ModelAConnection" is needed by both type ModelAConnection and the API of model A.',
    ],
    ["enum CreateAInput { B }", 'The name "CreateAInput" is needed by both type CreateAInput and the API of model A.'],
    [
      "type ModelStringInput @model { a: Int }",
      'The name "ModelStringInput" is needed by both the generated API and type ModelStringInput.',
    ],
    [
      "enum ModelSortDirection { UP }",
      'The name "ModelSortDirection" is needed by both the generated API and type ModelSortDirection.',
    ],
    [
      "type CreateA { a: Int }",
      'The name "CreateAInput" is needed by both the API of model A and the input of type CreateA.',
    ],
    [
      "type B { a: Int } type BInput { a: Int }",
      'The name "BInput" is needed by both type BInput and the input of type B.',
    ],
    [
      "enum E { X } type ModelEInput { a: Int }",
      'The name "ModelEInput" is needed by both type ModelEInput and the filters over E.',
    ],
  ])("SCHEMA-26: %s is refused", (sdl, message) => {
    const problems = problemsOf(`type A @model { a: Int }\n${sdl}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.replace(/^\S+ /, "")).toBe(`${message} Rename one of the declared types.`);
  });

  it("SCHEMA-26: two models whose plurals are equal are refused, at the second", () => {
    expect(problemsOf("type Person @model { a: Int }\ntype People @model { a: Int }")).toEqual([
      '2:6 The query "listPeople" would be generated for both Person and People. Rename one with @model(queries: { list: ... }).',
      '2:6 The query "syncPeople" would be generated for both Person and People. Rename one of the types.',
    ]);
  });

  it("SCHEMA-26: names given to operations collide too", () => {
    const sdl = `type A @model(queries: { get: "find" }, mutations: { create: "make" }, subscriptions: { onCreate: ["made"] }) { a: Int }
type B @model(queries: { get: "find" }, mutations: { create: "make" }, subscriptions: { onUpdate: ["made"] }) { a: Int }
type C @model { a: Int @index(name: "x", queryField: "getC") @index(name: "y", queryField: "find") }`;
    expect(problemsOf(sdl)).toEqual([
      '2:6 The query "find" would be generated for both A and B. Rename one with @model(queries: { get: ... }).',
      '2:6 The mutation "make" would be generated for both A and B. Rename one with @model(mutations: { create: ... }).',
      '2:6 The subscription "made" would be generated for both A and B. Rename one with @model(subscriptions: { onUpdate: ... }).',
      '3:24 The query "getC" would be generated twice for C. Give one of the indexes another queryField.',
      '3:62 The query "find" would be generated for both A and C. Give one of the indexes another queryField.',
    ]);
  });

  it("SCHEMA-26: what is switched off collides with nothing", () => {
    const sdl = "type Person @model { a: Int } type People @model(queries: null) { a: Int }";
    expect(read(sdl).models).toHaveLength(2);
  });
});

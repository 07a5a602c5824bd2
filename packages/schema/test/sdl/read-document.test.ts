import { embeddedNamed } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it } from "vitest";
import { problemsOf, read } from "../read-sdl.ts";

const model = "type A @model { a: Int }\n";

describe("declarations", () => {
  it.each<[string, string]>([
    [
      "input X { a: Int }",
      'Input "X" cannot stand in a schema of models. Remove it: inputs are generated. For a value inside a record declare a type without @model.',
    ],
    [
      "interface X { a: Int }",
      'Interface "X" cannot stand in a schema of models. Declare a type, and repeat the common fields in it.',
    ],
    [
      "union X = A",
      'Union "X" cannot stand in a schema of models. Declare a type with an optional field for each member.',
    ],
    ["scalar X", 'Scalar "X" cannot stand in a schema of models. Use one of the AWS scalars; AWSJSON holds anything.'],
    [
      "directive @x on OBJECT",
      'Directive "x" cannot stand in a schema of models. Remove it: the directives of a schema are built in.',
    ],
    [
      "schema { query: A }",
      "A schema definition cannot stand in a schema of models. Remove it: the root types are generated.",
    ],
    [
      "extend type A { b: Int }",
      'Extension of type "A" cannot stand in a schema of models. Write its parts into the declaration itself.',
    ],
    [
      "extend enum A { b }",
      'Extension of enum "A" cannot stand in a schema of models. Write its parts into the declaration itself.',
    ],
    [
      "query Q { a }",
      'An operation "Q" cannot stand in a schema of models. Keep queries and mutations in the app, not in the schema.',
    ],
    [
      "{ a }",
      "An operation cannot stand in a schema of models. Keep queries and mutations in the app, not in the schema.",
    ],
    [
      "fragment F on A { a }",
      'Fragment "F" cannot stand in a schema of models. Keep queries and mutations in the app, not in the schema.',
    ],
  ])("SCHEMA-23: %s is refused", (sdl, problem) => {
    const problems = problemsOf(model + sdl);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^2:\d+ /);
    expect(problems[0]?.replace(/^\S+ /, "")).toBe(problem);
  });

  it("SCHEMA-23: @model on anything but a type is refused", () => {
    expect(problemsOf(`${model}interface X @model { a: Int }`)[1]).toBe(
      '2:13 @model stands on interface "X". Make it a type: only types can be models.',
    );
    expect(problemsOf(`${model}enum X @model { A B @default }`)).toEqual([
      "2:8 @model stands on enum X. Remove it: enums take no directives.",
      "2:21 @default stands on an enum value. Remove it: enums take no directives.",
    ]);
  });

  it("SCHEMA-23: a type that implements an interface, has no fields, or fields with arguments is refused", () => {
    expect(problemsOf(`${model}type X implements Node @model { a: Int }`)).toEqual([
      "2:19 Type X implements Node. Remove it: interfaces are not supported.",
    ]);
    expect(problemsOf(`${model}type X @model`)).toEqual(["2:6 Type X has no fields. Give it at least one field."]);
    expect(problemsOf(`${model}type X @model { a(b: Int): Int }`)).toEqual([
      "2:17 Field X.a takes arguments, but fields are stored values. Remove the arguments.",
    ]);
    expect(problemsOf(`${model}enum X`)).toEqual(["2:6 Enum X has no values. Give it at least one value."]);
  });

  it("SCHEMA-23: the sandbox line means nothing", () => {
    const line = "input AMPLIFY { globalAuthRule: AuthRule = { allow: public } }\n";
    expect(parseSchema(line + model)).toEqual(parseSchema(model));
    expect(problemsOf(`${model}input AMPLIFY { globalAuthRul: AuthRule }`)).toEqual([
      '2:17 Setting "globalAuthRul" of input AMPLIFY is unknown. Did you mean "globalAuthRule"?',
    ]);
  });

  it("SCHEMA-24: a name declared twice is refused, naming the first place", () => {
    expect(problemsOf(`${model}type A @model { b: Int }`)).toEqual([
      '2:6 Type "A" is declared twice, first at 1:6. Remove or rename one of them.',
    ]);
    expect(problemsOf(`${model}enum A { B }`)).toEqual([
      '2:6 Type "A" is declared twice, first at 1:6. Remove or rename one of them.',
    ]);
    expect(problemsOf(`${model}type B @model { a: Int a: Int }`)).toEqual([
      "2:24 Field B.a is declared twice, first at 2:17. Remove or rename one of them.",
    ]);
    expect(problemsOf(`${model}enum B { C D C }`)).toEqual([
      '2:14 Enum B has the value "C" twice. Remove one of them.',
    ]);
  });

  it("SCHEMA-24: names that differ only in letter case are refused", () => {
    expect(problemsOf(`${model}type a @model { a: Int }`)).toEqual([
      '2:6 Type "a" differs only in letter case from "A" at 1:6. Remove or rename one of them.',
    ]);
    expect(problemsOf("type A @model {\n userID: ID\n userId: ID\n}")).toEqual([
      "3:2 Field A.userId differs only in letter case from A.userID. Rename one of them.",
    ]);
  });

  it("SCHEMA-10: a place is that of the name, not of the description", () => {
    expect(problemsOf('"""\nlong\n"""\ntype Query { a: Int }\ntype A @model {\n "of it"\n  _a: Int }')).toEqual([
      expect.stringMatching(/^4:6 Type "Query" is reserved/),
      expect.stringMatching(/^7:3 Field A\._a begins with "_"/),
    ]);
  });

  it("SCHEMA-20: types without @model are embedded, and their values are registers", () => {
    const schema = read("type A @model { b: B } type B { c: [String!] }");
    expect(schema.models.map(({ name }) => name)).toEqual(["A"]);
    expect(embeddedNamed(schema, "B")?.fields).toMatchObject([
      { name: "c", isList: true, isElementRequired: true, crdt: "REGISTER", isImplied: false, relation: null },
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { fieldOf, problemsOf } from "../../read-sdl.ts";

const rest = "enum E { X } type T { a: Int } type M @model { a: Int }";

describe("@crdt", () => {
  it.each<[string, string]>([
    ["REGISTER", "String"],
    ["REGISTER", "[String]"],
    ["REGISTER", "[T]"],
    ["TEXT", "String!"],
    ["RICH_TEXT", "AWSJSON"],
    ["RICH_TEXT", "String"],
    ["COUNTER", "Int"],
    ["COUNTER", "Float!"],
    ["LIST", "[AWSJSON]"],
    ["LIST", "[E!]"],
    ["SET", "[String!]!"],
    ["SET", "[E]"],
  ])("SCHEMA-41: %s goes with %s", (kind, type) => {
    expect(fieldOf(`type A @model { f: ${type} @crdt(type: ${kind}) } ${rest}`, "A.f").crdt).toBe(kind);
  });

  it.each<[string, string, string]>([
    ["TEXT", "Int", "TEXT is for a single String; use REGISTER."],
    ["TEXT", "[String]", "TEXT is for a single String; use REGISTER."],
    ["TEXT", "AWSURL", "TEXT is for a single String; use REGISTER."],
    ["RICH_TEXT", "T", "RICH_TEXT is for a single String or AWSJSON; use REGISTER."],
    ["COUNTER", "String", "COUNTER is for a single Int or Float; use REGISTER."],
    ["COUNTER", "[Int]", "COUNTER is for a single Int or Float; use REGISTER."],
    ["LIST", "String", "LIST is for lists of scalars or enums; use REGISTER, or make the field such a list."],
    ["LIST", "[T]", "LIST is for lists of scalars or enums; use REGISTER, or make the field such a list."],
    [
      "SET",
      "E",
      "SET is for lists of scalars or enums other than AWSJSON; use REGISTER, or make the field such a list.",
    ],
    [
      "SET",
      "[AWSJSON]",
      "SET is for lists of scalars or enums other than AWSJSON; use REGISTER, or make the field such a list.",
    ],
  ])("SCHEMA-41: %s does not go with %s", (kind, type, hint) => {
    const spelled = type.replace(/!/g, "");
    expect(problemsOf(`type A @model {\nf: ${type}\n@crdt(type: ${kind}) } ${rest}`)).toEqual([
      `3:1 A.f is of type ${spelled}, which cannot be of kind ${kind}. ${hint}`,
    ]);
  });

  it("SCHEMA-41: relations have none", () => {
    expect(problemsOf(`type A @model {\nf: M @hasOne @crdt(type: REGISTER) } ${rest}`)).toEqual([
      "2:14 @crdt stands on A.f, which is a relation. Remove it: the foreign key is merged, and always as a register.",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { fieldOf, problemsOf } from "../../read-sdl.ts";

const rest = "enum E { OPEN CLOSED } type T { a: Int } type M @model { a: Int }";
const defaultOf = (type: string, value: string): unknown =>
  fieldOf(`type A @model { f: ${type} @default(value: ${value}) } ${rest}`, "A.f").defaultValue;
const problemsWith = (type: string, value: string): readonly string[] =>
  problemsOf(`type A @model {\nf: ${type}\n@default(value: ${value}) } ${rest}`);

describe("@default", () => {
  it.each<[string, string, unknown]>([
    ["String", '"x"', "x"],
    ["String!", '""', ""],
    ["ID", '"7"', "7"],
    ["ID", "7", "7"],
    ["Int", '"5"', 5],
    ["Int", "-5", -5],
    ["Float", '"1.5"', 1.5],
    ["Float", "2", 2],
    ["Float", "2.5", 2.5],
    ["Boolean", '"false"', false],
    ["Boolean", "true", true],
    ["AWSTimestamp", "10", 10],
    ["AWSDate", '"2024-02-29"', "2024-02-29"],
    ["AWSJSON", '"{\\"a\\": [1]}"', { a: [1] }],
    ["AWSJSON", '"null"', null],
    ["E", '"OPEN"', "OPEN"],
    ["E", "CLOSED", "CLOSED"],
  ])("SCHEMA-42: a %s may be %s", (type, text, value) => {
    expect(defaultOf(type, text)).toEqual(value);
  });

  it("SCHEMA-42: a field without has none", () => {
    expect(Object.hasOwn(fieldOf("type A @model { f: Int }", "A.f"), "defaultValue")).toBe(false);
  });

  it.each<[string, string, string]>([
    ["Int", '"x"', 'Default "x" of A.f does not fit its type Int. Give a whole number of 32 bits.'],
    ["Int", "1.5", "Default 1.5 of A.f does not fit its type Int. Give a whole number of 32 bits."],
    ["Int", "true", "Default true of A.f does not fit its type Int. Give a whole number of 32 bits."],
    ["String", "5", "Default 5 of A.f does not fit its type String. Give any text."],
    ["String", "null", "Default null of A.f does not fit its type String. Give any text."],
    ["Boolean", '"yes"', 'Default "yes" of A.f does not fit its type Boolean. Give true or false.'],
    [
      "AWSDateTime",
      '"now"',
      'Default "now" of A.f does not fit its type AWSDateTime. Give a date and time with a zone, such as 2024-02-29T12:30:24Z.',
    ],
    ["AWSJSON", "[1]", "Default [1] of A.f does not fit its type AWSJSON. Give JSON of at most 64 levels."],
    ["E", '"OPNE"', 'Default "OPNE" of A.f is no value of enum E. Did you mean "OPEN"?'],
    ["E", "5", "Default 5 of A.f is no value of enum E. Use one of OPEN, CLOSED."],
  ])("SCHEMA-42: a %s may not be %s", (type, text, problem) => {
    expect(problemsWith(type, text)).toEqual([`3:17 ${problem}`]);
  });

  it.each<[string, string]>([
    ["[String]", "a list"],
    ["T", "an embedded type"],
    ["M @hasOne", "a relation"],
  ])("SCHEMA-42: %s takes none", (type, what) => {
    expect(problemsWith(type, '"x"')).toEqual([
      `3:1 @default stands on A.f, which is ${what}. Use it on a single scalar or enum.`,
    ]);
  });
});

import type { ScalarName } from "@tributary/schema";
import { describe, expect, it } from "vitest";
import { fieldOf, problemsOf } from "../read-sdl.ts";

const scalars: readonly ScalarName[] = [
  "ID",
  "String",
  "Int",
  "Float",
  "Boolean",
  "AWSDate",
  "AWSTime",
  "AWSDateTime",
  "AWSTimestamp",
  "AWSEmail",
  "AWSJSON",
  "AWSURL",
  "AWSPhone",
  "AWSIPAddress",
];
const rest = "enum E { X } type T { a: Int } type M @model { a: Int }";

describe("field types", () => {
  it.each(scalars)("SCHEMA-21: %s is a scalar", (name) => {
    expect(fieldOf(`type A @model { f: ${name} }`, "A.f").type).toEqual({ kind: "scalar", name });
  });

  it("SCHEMA-21: enums, embedded types and models are told apart", () => {
    const typeOf = (type: string): unknown => fieldOf(`type A @model { f: ${type} } ${rest}`, "A.f").type;
    expect(typeOf("E")).toEqual({ kind: "enum", name: "E" });
    expect(typeOf("T")).toEqual({ kind: "embedded", name: "T" });
    expect(typeOf("M @hasOne")).toEqual({ kind: "model", name: "M" });
  });

  it.each<[string, boolean, boolean, boolean]>([
    ["Int", false, false, false],
    ["Int!", false, true, false],
    ["[Int]", true, false, false],
    ["[Int]!", true, true, false],
    ["[Int!]", true, false, true],
    ["[Int!]!", true, true, true],
  ])("SCHEMA-21: %s has list %s, required %s, elements required %s", (type, isList, isRequired, isElementRequired) => {
    expect(fieldOf(`type A @model { f: ${type} }`, "A.f")).toMatchObject({ isList, isRequired, isElementRequired });
  });

  it("SCHEMA-21: lists of lists are refused", () => {
    expect(problemsOf("type A @model { f: [[Int]!] }")).toEqual([
      "1:21 A.f is a list of lists, which a field cannot hold. Use a list of an embedded type that holds the inner list, or AWSJSON.",
    ]);
  });

  it.each<[string, string]>([
    ["strng", "String"],
    ["DateTime", "AWSDateTime"],
    ["JSON", "AWSJSON"],
    ["Url", "AWSURL"],
    ["Commnet", "Comment"],
    ["Sttaus", "Status"],
    ["Plac", "Place"],
  ])("SCHEMA-12: type %s is unknown, %s is meant", (given, meant) => {
    const sdl = `type A @model { f: ${given} } type Comment @model { a: Int } enum Status { A } type Place { a: Int }`;
    expect(problemsOf(sdl)).toEqual([`1:20 Type "${given}" of A.f is unknown. Did you mean "${meant}"?`]);
  });

  it.each<[string, string]>([
    ["LIST", "[String]"],
    ["LIST", "[E!]!"],
    ["LIST", "[AWSJSON]"],
    ["REGISTER", "[T]"],
    ["REGISTER", "String"],
    ["REGISTER", "AWSJSON"],
    ["REGISTER", "T"],
    ["REGISTER", "[M] @hasMany"],
  ])("SCHEMA-41: a field is a %s when it is a %s", (crdt, type) => {
    expect(fieldOf(`type A @model { f: ${type} } ${rest}`, "A.f").crdt).toBe(crdt);
  });
});

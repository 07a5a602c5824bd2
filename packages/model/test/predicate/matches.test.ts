import { describe, expect, test } from "vitest";
import { fieldsOf, type JsonValue, matches, type Predicate, type PredicateOperator } from "../../src/index.ts";
import { bare, item, lamp } from "./shop-model.ts";

const field = (name: string, op: PredicateOperator, value: JsonValue): Predicate => ({
  kind: "field",
  field: name,
  op,
  value,
});

describe("a condition", () => {
  /** What the condition says of `lamp`, and of `bare`, in which the field is null. */
  test.each<[string, PredicateOperator, JsonValue, boolean, boolean]>([
    ["name", "eq", "lamp", true, false],
    ["name", "eq", "Lamp", false, false],
    ["name", "eq", null, false, true],
    ["name", "ne", "lamp", false, true],
    ["name", "ne", null, true, false],
    ["name", "lt", "lamq", true, false],
    ["name", "lt", "lamp", false, false],
    ["name", "le", "lamp", true, false],
    ["name", "le", "lam", false, false],
    ["name", "gt", "lam", true, false],
    ["name", "gt", "lamp", false, false],
    ["name", "ge", "lamp", true, false],
    ["name", "ge", "lamq", false, false],
    ["name", "ge", null, false, false],
    ["name", "between", ["a", "m"], true, false],
    ["name", "between", ["m", "z"], false, false],
    ["name", "in", ["chair", "lamp"], true, false],
    ["name", "in", [null], false, true],
    ["name", "in", [], false, false],
    ["name", "notIn", ["chair", "lamp"], false, true],
    ["name", "notIn", [null], true, false],
    ["name", "contains", "am", true, false],
    ["name", "contains", "AM", false, false],
    ["name", "notContains", "am", false, true],
    ["name", "beginsWith", "la", true, false],
    ["name", "beginsWith", "am", false, false],
    ["constructor", "eq", "ACME", true, false],
    ["size", "eq", "LARGE", true, false],
    ["size", "beginsWith", "LA", true, false],
    ["count", "eq", 3, true, false],
    ["count", "eq", "3", false, false],
    ["count", "ne", 3, false, true],
    ["count", "lt", 5, true, true],
    ["count", "lt", 0, false, false],
    ["count", "le", 3, true, true],
    ["count", "le", -1, false, false],
    ["count", "gt", 2, true, false],
    ["count", "gt", -1, true, true],
    ["count", "ge", 0, true, true],
    ["count", "ge", 4, false, false],
    ["count", "between", [1, 3], true, false],
    ["count", "between", [-1, 1], false, true],
    ["count", "in", [1, 3], true, false],
    ["count", "notIn", [1, 3], false, true],
    ["price", "gt", 1.25, true, false],
    ["price", "eq", 1.5, true, false],
    ["isNew", "eq", true, true, false],
    ["isNew", "ne", true, false, true],
    ["isNew", "gt", false, true, false],
    ["isNew", "le", false, false, true],
    ["tags", "contains", "red", true, false],
    ["tags", "contains", "re", false, false],
    ["tags", "notContains", "red", false, true],
    ["tags", "notContains", "blue", true, true],
    ["tags", "eq", ["red", "old"], true, false],
    ["tags", "eq", ["old", "red"], false, false],
    ["tags", "ne", null, true, false],
    ["tags", "in", [["red", "old"]], true, false],
    ["marks", "contains", 2, true, false],
    ["marks", "contains", "2", false, false],
    ["data", "eq", { a: [1], b: 2 }, true, false],
    ["data", "eq", { a: [1] }, false, false],
    ["box", "eq", { label: "x", width: 5 }, true, false],
    ["box", "eq", null, false, true],
  ])("MODEL-8 %s %s %j is %s, of null %s", (name, op, value, ofLamp, ofBare) => {
    expect(matches(item, field(name, op, value), lamp)).toBe(ofLamp);
    expect(matches(item, field(name, op, value), bare)).toBe(ofBare);
    const not: Predicate = { kind: "not", of: field(name, op, value) };
    expect(matches(item, not, lamp)).toBe(!ofLamp);
    expect(matches(item, not, bare)).toBe(!ofBare);
  });

  test("MODEL-8 a field that a row does not have is null", () => {
    expect(matches(item, field("name", "eq", null), {})).toBe(true);
    expect(matches(item, field("constructor", "eq", null), {})).toBe(true);
  });

  test("MODEL-8 text is ordered by code point", () => {
    const held = { name: "\ue000" };
    expect(matches(item, field("name", "lt", "𝄞"), held)).toBe(true);
    expect(matches(item, field("name", "gt", "𝄞"), held)).toBe(false);
  });
});

describe("a group", () => {
  const yes = field("name", "eq", "lamp");
  const no = field("name", "eq", "chair");

  test.each<[Predicate, boolean]>([
    [{ kind: "all" }, true],
    [{ kind: "not", of: { kind: "all" } }, false],
    [{ kind: "and", of: [] }, true],
    [{ kind: "and", of: [yes, yes] }, true],
    [{ kind: "and", of: [yes, no] }, false],
    [{ kind: "or", of: [] }, false],
    [{ kind: "or", of: [no, no] }, false],
    [{ kind: "or", of: [no, yes] }, true],
    [{ kind: "not", of: { kind: "or", of: [no, { kind: "and", of: [yes, no] }] } }, true],
  ])("MODEL-9 %j is %s", (predicate, expected) => {
    expect(matches(item, predicate, lamp)).toBe(expected);
  });

  test("MODEL-9 names the fields it looks at", () => {
    const predicate: Predicate = {
      kind: "or",
      of: [yes, { kind: "not", of: { kind: "and", of: [field("count", "gt", 1), { kind: "all" }, no] } }],
    };
    expect([...fieldsOf(predicate)]).toEqual(["name", "count"]);
  });
});

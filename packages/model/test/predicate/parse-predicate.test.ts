import { describe, expect, test } from "vitest";
import { type JsonValue, type Predicate, PredicateError, parsePredicate } from "../../src/index.ts";
import { createRandom, type Random } from "../random.ts";
import { item, schema } from "./shop-model.ts";

const parse = (json: unknown): Predicate => parsePredicate(schema, item, json);
const field = (name: unknown, op: unknown, value: unknown): unknown => ({ kind: "field", field: name, op, value });

describe("a predicate from outside", () => {
  test.each<unknown>([
    { kind: "all" },
    { kind: "and", of: [] },
    { kind: "not", of: { kind: "or", of: [field("name", "eq", null), field("count", "between", [1, 2])] } },
    field("tags", "eq", ["a", null]),
    field("tags", "contains", "a"),
    field("tags", "in", [["a"], null]),
    field("data", "eq", { any: ["thing"] }),
    field("data", "eq", "text"),
    field("box", "eq", { width: 1 }),
    field("size", "in", ["SMALL", null]),
    field("isNew", "ne", true),
    field("count", "lt", null),
  ])("MODEL-11 is taken as it stands: %j", (json) => {
    expect(parse(json)).toEqual(json);
  });

  test("MODEL-11 keeps nothing but what a predicate has, with operands in canonical form", () => {
    expect(parse({ kind: "all", extra: 1 })).toEqual({ kind: "all" });
    expect(JSON.stringify(parse({ ...(field("data", "eq", { b: -0, a: 1 }) as object), extra: 1 }))).toBe(
      '{"kind":"field","field":"data","op":"eq","value":{"a":1,"b":0}}',
    );
  });

  test.each<[unknown, string]>([
    [null, "predicate is no predicate: null"],
    ["text", 'predicate is no predicate: "text"'],
    [["x"], "predicate.kind is undefined"],
    [{ kind: "xor", of: [] }, 'predicate.kind is "xor"; it must be all, and, or, not or field'],
    [{ kind: { a: 1 } }, "predicate.kind is an object"],
    [{ kind: "and", of: { kind: "all" } }, "predicate.of must be a list of predicates"],
    [{ kind: "or", of: [{ kind: "all" }, { kind: "not" }] }, "predicate.of[1].of is no predicate: undefined"],
    [field("nonsense", "eq", 1), 'predicate.field: Item has no field "nonsense"'],
    [field("toString", "eq", 1), "predicate.field"],
    [field("__proto__", "eq", 1), "predicate.field"],
    [field(["name"], "eq", 1), "predicate.field: Item has no field a list of 1"],
    [field("shop", "eq", 1), 'Item has no field "shop"'],
    [field("name", "matches", 1), 'predicate.op: there is no operator "matches"'],
    [field("name", "constructor", 1), "predicate.op"],
    [field("name", "eq", 1), "eq on name takes a value of the field's type or null, not 1"],
    [field("name", "eq", undefined), "eq on name takes"],
    [field("data", "eq", undefined), "eq on data takes"],
    [field("name", "eq", ["a"]), "not a list of 1"],
    [field("tags", "eq", "a"), "eq on tags takes"],
    [field("tags", "eq", [1]), "eq on tags takes"],
    [field("tags", "contains", ["a"]), "contains on tags takes"],
    [field("count", "gt", "1"), "gt on count takes"],
    [field("count", "between", [1]), "between on count takes [from, to]"],
    [field("count", "between", [1, 2, 3]), "between on count takes [from, to]"],
    [field("count", "between", [1, null]), "between on count takes [from, to]"],
    [field("count", "between", 1), "between on count takes [from, to]"],
    [field("count", "in", 1), "in on count takes a list of values"],
    [field("count", "in", ["1"]), "in on count takes a list of values"],
    [field("name", "beginsWith", null), "beginsWith on name takes text, not null"],
    [field("box", "eq", []), "eq on box takes"],
    [field("isNew", "eq", "true"), "eq on isNew takes"],
    [field("data", "eq", JSON.parse('{"a":{"__proto__":{}}}')), "has the key __proto__"],
  ])("MODEL-11 is refused, with the path to what is wrong: %j", (json, message) => {
    expect(() => parse({ kind: "and", of: [{ kind: "all" }, json] })).toThrow(
      message.replace("predicate.", "predicate.of[1].").replace("predicate is", "predicate.of[1] is"),
    );
    expect(() => parse(json)).toThrow(PredicateError);
  });

  test("MODEL-11 is refused when it is too deep or too large, at little cost", () => {
    const nested = (levels: number): unknown => {
      let json: unknown = { kind: "all" };
      for (let i = 0; i < levels; i++) json = { kind: "not", of: json };
      return json;
    };
    const many = (count: number): unknown => ({
      kind: "or",
      of: Array.from({ length: count }, () => ({ kind: "all" })),
    });
    expect(() => parse(nested(32))).not.toThrow();
    expect(() => parse(nested(33))).toThrow("nested deeper than 32");
    expect(() => parse(nested(100_000))).toThrow(PredicateError);
    expect(() => parse(many(999))).not.toThrow();
    expect(() => parse(many(1000))).toThrow("more than 1000 parts");
    const values = Array.from({ length: 999 }, (_, i) => i);
    expect(() => parse(field("count", "in", values))).not.toThrow();
    expect(() => parse(field("count", "in", [...values, 1]))).toThrow("more than 1000 parts");
    let deep: JsonValue = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    for (const json of [
      deep,
      field("data", "eq", deep),
      field(deep, "eq", 1),
      { kind: deep },
      field("name", deep, 1),
    ]) {
      expect(() => parse(json)).toThrow(PredicateError);
    }
  });

  test("MODEL-11 shows no more of what is wrong than a line, seed 9", () => {
    expect(() => parse(field("x".repeat(100_000), "eq", 1))).toThrow(/^.{1,200}$/);
    const random = createRandom(9);
    let refused = 0;
    for (let i = 0; i < 3000; i++) {
      try {
        parse(randomJson(random, 4));
      } catch (error) {
        if (!(error instanceof PredicateError)) throw error;
        expect(error.message.length).toBeLessThan(400);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(1000);
    expect(refused).toBeLessThan(3000);
  });
});

function randomJson(random: Random, depth: number): unknown {
  const part = (): unknown => randomJson(random, depth - 1);
  const scalar = (): unknown =>
    random.chance(0.1) ? undefined : random.pick<unknown>([null, 1, Number.NaN, "name", true, "lamp", "and"]);
  if (depth === 0) return random.chance(0.5) ? { kind: "all" } : scalar();
  switch (random.int(6)) {
    case 0:
      return scalar();
    case 1:
      return [part(), part()];
    case 2:
      return { kind: random.pick(["and", "or"]), of: [part(), part()] };
    case 3:
      return { kind: "not", of: part() };
    default:
      return field(
        random.pick(["name", "count", "tags", "data", "x"]),
        random.pick(["eq", "in", "between", "lt", "contains"]),
        random.chance(0.7) ? random.pick<unknown>(["a", 1, [1, 2], ["a"], null]) : part(),
      );
  }
}

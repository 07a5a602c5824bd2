import {
  compareRows,
  type JsonValue,
  matches,
  type Predicate,
  type PredicateOperator,
  type SortKey,
  type Values,
} from "@tributary/model";
import { type FieldDescription, storedFields } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it } from "vitest";
import type { StorageAdapter } from "../src/adapter.ts";
import { planPredicate, planSort } from "../src/plan-query.ts";
import { createRecordTable } from "../src/record-table.ts";
import { indexedDb, memory, sqlite } from "./databases.ts";
import { auth, modelOf } from "./note-schema.ts";
import { createRandom, type Random } from "./random.ts";

const schema = parseSchema(`
  type Thing @model ${auth} {
    id: ID! name: String int: Int float: Float flag: Boolean
    date: AWSDate time: AWSTime dateTime: AWSDateTime timestamp: AWSTimestamp email: AWSEmail json: AWSJSON
    url: AWSURL phone: AWSPhone ip: AWSIPAddress mood: Mood place: Place
    ids: [ID] strings: [String] ints: [Int] floats: [Float] flags: [Boolean] jsons: [AWSJSON] moods: [Mood] places: [Place]
    kept: String @index(name: "byKept", sortKeyFields: ["int"])
  }
  enum Mood { glad sad }
  type Place { street: String number: Int }
`);
const model = modelOf(schema, "Thing");
const fields = storedFields(model);
const operators: readonly PredicateOperator[] = [
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "between",
  "in",
  "notIn",
  "contains",
  "notContains",
  "beginsWith",
];

const texts = [
  "",
  "a",
  "A",
  "ab",
  "abc",
  "b",
  "ä",
  "z",
  "ß",
  "\u{ffff}",
  "\u{1f600}",
  "\u{1f600}x",
  "\u{10ffff}",
  "%",
  "_",
  "a%",
  "'",
  '"',
  '"a"',
  "\\",
  "a\u0000b",
  "\u0000",
  "0",
  "1",
  "5",
  "10",
  "-1",
  "true",
  "null",
  "[1]",
  '{"number":1}',
  " ",
  "2024-01-02",
];
const numbers = [0, 1, -1, 5, 10, 2, 1.5, -0.1, 0.1, 1e-7, 1e21, 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1, 1 / 3];
const places: readonly JsonValue[] = [{ number: 1, street: "a" }, { number: null, street: "b" }, {}];
const anything: readonly JsonValue[] = [
  null,
  true,
  false,
  0,
  1,
  5,
  "a",
  "ab",
  '"a"',
  [],
  ["a", 1, null],
  [true],
  { a: [1] },
  "null",
  { number: 1, street: "a" },
];

/** A value that a record may hold in one element of this field. */
function elementValue(random: Random, field: FieldDescription): JsonValue {
  const { type } = field;
  if (type.kind === "embedded") return random.pick(places);
  if (type.kind === "enum") return random.pick(["glad", "sad"]);
  switch (type.name) {
    case "Int":
    case "AWSTimestamp":
      return random.pick(numbers.filter(Number.isInteger));
    case "Float":
      return random.int(3) === 0 ? (random.next() - 0.5) * 10 ** random.int(12) : random.pick(numbers);
    case "Boolean":
      return random.int(2) === 0;
    case "AWSJSON":
      return random.pick(anything);
    default:
      return random.pick(texts) + (random.int(3) === 0 ? random.pick(texts) : "");
  }
}

function fieldValue(random: Random, field: FieldDescription): JsonValue {
  if (field.name === "id" || random.int(5) > 0) {
    if (!field.isList) return elementValue(random, field);
    return Array.from({ length: random.int(4) }, () => (random.int(6) === 0 ? null : elementValue(random, field)));
  }
  return null;
}

/** An operand: mostly what the field may hold, now and then what it never does. */
function operand(random: Random, field: FieldDescription, rows: readonly Values[], wantsElement: boolean): JsonValue {
  const roll = random.int(10);
  if (roll === 0) return null;
  if (roll === 1) return random.pick([...texts, ...numbers, ...anything]);
  if (roll < 6) {
    const held = random.pick(rows)[field.name] ?? null;
    if (!wantsElement || !Array.isArray(held)) return held;
    return held.length === 0 ? elementValue(random, field) : random.pick(held as readonly JsonValue[]);
  }
  const value = wantsElement ? elementValue(random, field) : fieldValue(random, field);
  return typeof value === "string" && value !== "" && random.int(2) === 0 ? [...value][0]! : value;
}

function fieldPredicate(
  random: Random,
  field: FieldDescription,
  op: PredicateOperator,
  rows: readonly Values[],
): Predicate {
  const draw = (wantsElement: boolean): JsonValue => operand(random, field, rows, wantsElement);
  const value: JsonValue =
    op === "in" || op === "notIn"
      ? Array.from({ length: random.pick([0, 1, 2, 3, 70]) }, () => draw(false))
      : op === "between"
        ? [draw(false), draw(false)]
        : op === "beginsWith"
          ? String(random.pick(texts))
          : draw(op === "contains" || op === "notContains");
  return { kind: "field", field: field.name, op, value };
}

function nested(random: Random, rows: readonly Values[], depth: number): Predicate {
  const roll = random.int(depth > 3 ? 1 : 5);
  if (roll < 2) return fieldPredicate(random, random.pick(fields), random.pick(operators), rows);
  if (roll === 2) return { kind: "not", of: nested(random, rows, depth + 1) };
  if (random.int(12) === 0) return { kind: "all" };
  const of = Array.from({ length: random.int(4) }, () => nested(random, rows, depth + 1));
  return { kind: roll === 3 ? "and" : "or", of };
}

describe("planPredicate", () => {
  for (const seed of [1, 2, 3]) {
    it(`REC-1 selects what the evaluator selects: every operator on every type, and nested, seed ${seed}`, async () => {
      const random = createRandom(seed);
      const table = createRecordTable(model, []);
      const values = Array.from({ length: 80 }, (_, i): Values => {
        const row = Object.fromEntries(fields.map((field) => [field.name, fieldValue(random, field)]));
        return { ...row, id: `${i}${row.id as string}` };
      });
      const adapters: StorageAdapter[] = [sqlite.place()(), indexedDb.place()(), memory.place()()];
      for (const adapter of adapters) {
        await adapter.open();
        await adapter.create([table.layout]);
        await adapter.commit({
          writes: values.map((row) => ({ kind: "insert", table: "Thing", row: table.encode(row, [], []) })),
        });
        expect((await adapter.scan({ table: "Thing" })).map(table.decode)).toEqual(values);
      }
      const predicates: Predicate[] = [];
      for (const field of fields) {
        for (const op of operators) {
          for (let i = 0; i < 12; i++) predicates.push(fieldPredicate(random, field, op, values));
        }
      }
      for (let i = 0; i < 800; i++) predicates.push(nested(random, values, 0));
      const hits = new Map<string, { some: boolean; none: boolean }>();
      for (const predicate of predicates) {
        const wanted = values.filter((row) => matches(model, predicate, row)).map((row) => row.id);
        const where = planPredicate(model, predicate);
        for (const adapter of adapters) {
          const found = await adapter.scan({
            table: "Thing",
            columns: ["id"],
            ...(where === undefined ? {} : { where }),
          });
          expect(
            found.map(([id]) => id),
            `${adapter.name}: ${JSON.stringify(predicate)}`,
          ).toEqual(wanted);
        }
        if (predicate.kind !== "field") continue;
        const seen = hits.get(predicate.op) ?? { some: false, none: false };
        hits.set(predicate.op, {
          some: seen.some || wanted.length > 0,
          none: seen.none || wanted.length < values.length,
        });
      }
      expect([...hits.keys()].sort()).toEqual([...operators].sort());
      for (const [op, seen] of hits) expect(seen, op).toEqual({ some: true, none: true });
      for (const adapter of adapters) await adapter.close();
    });

    it(`REC-1 sorts as the evaluator sorts, seed ${seed}`, async () => {
      const random = createRandom(seed);
      const table = createRecordTable(model, []);
      const sortable = fields.filter((field) => field.type.kind !== "scalar" || field.type.name !== "AWSJSON");
      const values = Array.from({ length: 120 }, (_, i): Values => {
        const row = Object.fromEntries(fields.map((field) => [field.name, fieldValue(random, field)]));
        return { ...row, id: String(i) };
      });
      for (const adapter of [sqlite.place()(), indexedDb.place()(), memory.place()()]) {
        await adapter.open();
        await adapter.create([table.layout]);
        await adapter.commit({
          writes: values.map((row) => ({ kind: "insert", table: "Thing", row: table.encode(row, [], []) })),
        });
        for (let i = 0; i < 60; i++) {
          const sort: SortKey[] = Array.from({ length: 1 + random.int(3) }, () => ({
            field: random.pick(sortable).name,
            direction: random.pick(["ASCENDING", "DESCENDING"] as const),
          }));
          const wanted = [...values].sort(compareRows(model, sort)).map((row) => row.id);
          const found = await adapter.scan({ table: "Thing", columns: ["id"], order: planSort(sort) });
          expect(
            found.map(([id]) => id),
            `${adapter.name}: ${JSON.stringify(sort)}`,
          ).toEqual(wanted);
        }
        await adapter.close();
      }
    });
  }
});

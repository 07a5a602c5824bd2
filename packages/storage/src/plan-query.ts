/**
 * Turns predicates and sorts on a model's fields into conditions and orders on its table.
 *
 * The meaning is that of the predicate evaluator; what columns compare differently is spelled out here. A null number or
 * boolean counts as 0 in `lt le gt ge between`, so those conditions also take null when 0 would do.
 */
import type { JsonValue, Predicate, SortKey } from "@tributary/model";
import { type FieldDescription, fieldNamed, type ModelDescription } from "@tributary/schema";
import type { Cell, Comparison, Condition, Order } from "./adapter.ts";
import { columnTypeOf, fieldCell } from "./record-table.ts";

type Range = "lt" | "le" | "gt" | "ge";

/** Undefined stands for "every row". */
export function planPredicate(model: ModelDescription, predicate: Predicate): Condition | undefined {
  switch (predicate.kind) {
    case "all":
      return undefined;
    case "and":
    case "or": {
      const of = predicate.of.map((part) => planPredicate(model, part));
      const planned = of.filter((part) => part !== undefined);
      if (predicate.kind === "or" && planned.length < of.length) return undefined;
      if (predicate.kind === "and" && planned.length === 0) return undefined;
      return planned.length === 1 ? planned[0] : { kind: predicate.kind, of: planned };
    }
    case "not": {
      const inner = planPredicate(model, predicate.of);
      return inner === undefined ? { kind: "or", of: [] } : { kind: "not", of: inner };
    }
    case "field":
      return planField(model, predicate);
  }
}

export function planSort(sort: readonly SortKey[]): Order[] {
  return sort.map((key) => ({ column: key.field, direction: key.direction === "ASCENDING" ? "asc" : "desc" }));
}

/** Both conditions; either may be absent. */
export function both(left: Condition | undefined, right: Condition | undefined): Condition | undefined {
  if (left === undefined) return right;
  return right === undefined ? left : { kind: "and", of: [left, right] };
}

function planField(model: ModelDescription, predicate: Extract<Predicate, { kind: "field" }>): Condition {
  const field = fieldNamed(model, predicate.field);
  if (field === undefined) throw new RangeError(`${model.name} has no field ${predicate.field} to plan a predicate on`);
  const { value, op } = predicate;
  const column = field.name;
  switch (op) {
    case "eq":
    case "ne":
      return compare(column, op, wholeCell(field, value));
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return planRange(field, op, value);
    case "between": {
      const [from, to] = asList(value);
      return { kind: "and", of: [planRange(field, "ge", from ?? null), planRange(field, "le", to ?? null)] };
    }
    case "in":
      return { kind: "in", column, values: asList(value).map((one) => wholeCell(field, one)) };
    case "notIn":
      return { kind: "not", of: { kind: "in", column, values: asList(value).map((one) => wholeCell(field, one)) } };
    case "contains":
      return planContains(field, value);
    case "notContains":
      return { kind: "not", of: planContains(field, value) };
    case "beginsWith":
      return { kind: "hasPrefix", column, value: String(value) };
  }
}

/** A list field is compared whole, as JSON text; anything else by its cell. */
function wholeCell(field: FieldDescription, value: JsonValue): Cell {
  if (value !== null && field.isList) return JSON.stringify(value);
  return fieldCell(field, value);
}

function planContains(field: FieldDescription, value: JsonValue): Condition {
  if (field.isList) return { kind: "hasElement", column: field.name, value: fieldCell(field, value) };
  return { kind: "hasSubstring", column: field.name, value: String(value) };
}

function planRange(field: FieldDescription, op: Range, value: JsonValue): Condition {
  const type = columnTypeOf(field);
  const isNumeric = type === "integer" || type === "real" || type === "boolean";
  const operand = fieldCell(field, isNumeric && value === null ? 0 : value);
  const range = compare(field.name, op, operand);
  if (!isNumeric || typeof operand !== "number" || !holds(op, 0, operand)) return range;
  return { kind: "or", of: [range, compare(field.name, "eq", null)] };
}

function holds(op: Range, left: number, right: number): boolean {
  switch (op) {
    case "lt":
      return left < right;
    case "le":
      return left <= right;
    case "gt":
      return left > right;
    case "ge":
      return left >= right;
  }
}

function compare(column: string, op: Comparison, value: Cell): Condition {
  return { kind: "compare", column, op, value };
}

function asList(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [value];
}

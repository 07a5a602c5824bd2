/**
 * The evaluator: what a predicate means. Stores that plan predicates answer the same.
 *
 * Equality is strict, null a value like others, and a field that the row lacks is null. The ranges `lt le gt ge between` take a null number or boolean as 0 and never
 * match null text. Text compares by Unicode code point.
 */
import { fieldNamed, type ModelDescription } from "@tributary/schema";
import type { JsonValue, Values } from "../json-value.ts";
import { jsTypeOf } from "../validation/scalar.ts";
import { compareText } from "./compare-text.ts";
import { isInOrder, type OrderOperator } from "./is-in-order.ts";
import type { FieldPredicate, Predicate } from "./predicate.ts";

export function matches(model: ModelDescription, predicate: Predicate, values: Values): boolean {
  switch (predicate.kind) {
    case "all":
      return true;
    case "and":
      return predicate.of.every((part) => matches(model, part, values));
    case "or":
      return predicate.of.some((part) => matches(model, part, values));
    case "not":
      return !matches(model, predicate.of, values);
    case "field":
      return matchesField(model, predicate, heldIn(values, predicate.field));
  }
}

/** Fields may be named as what every object inherits. */
function heldIn(values: Values, field: string): JsonValue {
  return Object.hasOwn(values, field) ? (values[field] ?? null) : null;
}

function matchesField(model: ModelDescription, { field, op, value }: FieldPredicate, held: JsonValue): boolean {
  switch (op) {
    case "eq":
      return isEqual(held, value);
    case "ne":
      return !isEqual(held, value);
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return isInRange(model, field, op, held, value);
    case "between": {
      const [from, to] = asList(value);
      return isInRange(model, field, "ge", held, from ?? null) && isInRange(model, field, "le", held, to ?? null);
    }
    case "in":
      return asList(value).some((one) => isEqual(held, one));
    case "notIn":
      return !asList(value).some((one) => isEqual(held, one));
    case "contains":
      return contains(held, value);
    case "notContains":
      return !contains(held, value);
    case "beginsWith":
      return typeof held === "string" && held.startsWith(String(value));
  }
}

function isEqual(left: JsonValue, right: JsonValue): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object") return false;
  return JSON.stringify(left) === JSON.stringify(right);
}

function isInRange(
  model: ModelDescription,
  field: string,
  op: OrderOperator,
  held: JsonValue,
  bound: JsonValue,
): boolean {
  const compared = isNumeric(model, field)
    ? asNumber(held) - asNumber(bound)
    : typeof held === "string" && typeof bound === "string"
      ? compareText(held, bound)
      : Number.NaN;
  return isInOrder(op, compared);
}

function isNumeric(model: ModelDescription, field: string): boolean {
  const description = fieldNamed(model, field);
  if (description === undefined || description.isList || description.type.kind !== "scalar") return false;
  const type = jsTypeOf(description.type.name);
  return type === "number" || type === "boolean";
}

function asNumber(value: JsonValue): number {
  return value === null ? 0 : Number(value);
}

function contains(held: JsonValue, value: JsonValue): boolean {
  if (Array.isArray(held)) return held.some((element) => isEqual(element, value));
  return typeof held === "string" && held.includes(String(value));
}

function asList(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [value];
}

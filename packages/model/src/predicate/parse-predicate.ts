/** Takes a predicate from outside: every node checked, depth and size bounded. */
import { type FieldDescription, fieldNamed, type ModelDescription, type SchemaDescription } from "@tributary/schema";
import type { JsonValue } from "../json-value.ts";
import { jsTypeOf } from "../validation/scalar.ts";
import { type Predicate, PredicateError, type PredicateOperator, predicateOperators } from "./predicate.ts";

const MAX_DEPTH = 32;
const MAX_NODES = 1000;

/** Throws a `PredicateError` that names the path to what is wrong. */
export function parsePredicate(_schema: SchemaDescription, model: ModelDescription, json: unknown): Predicate {
  let nodes = 0;
  const parse = (node: unknown, path: string, depth: number): Predicate => {
    nodes += 1;
    if (depth > MAX_DEPTH) throw new PredicateError(`the predicate is nested deeper than ${MAX_DEPTH} at ${path}`);
    if (nodes > MAX_NODES) throw new PredicateError(`the predicate has more than ${MAX_NODES} parts`);
    if (typeof node !== "object" || node === null)
      throw new PredicateError(`${path} is no predicate: ${JSON.stringify(node)}`);
    const { kind, of } = node as { readonly kind?: unknown; readonly of?: unknown };
    switch (kind) {
      case "all":
        return { kind };
      case "and":
      case "or":
        if (!Array.isArray(of)) throw new PredicateError(`${path}.of must be a list of predicates`);
        return { kind, of: of.map((part, i) => parse(part, `${path}.of[${i}]`, depth + 1)) };
      case "not":
        return { kind, of: parse(of, `${path}.of`, depth + 1) };
      case "field":
        return parseField(model, node as Readonly<Record<string, unknown>>, path);
      default:
        throw new PredicateError(`${path}.kind is ${JSON.stringify(kind)}; it must be all, and, or, not or field`);
    }
  };
  return parse(json, "predicate", 0);
}

function parseField(model: ModelDescription, node: Readonly<Record<string, unknown>>, path: string): Predicate {
  const { field: name, op, value } = node;
  const field = typeof name === "string" ? fieldNamed(model, name) : undefined;
  if (field === undefined || field.relation !== null) {
    throw new PredicateError(`${path}.field: ${model.name} has no field ${JSON.stringify(name)}`);
  }
  const operator = predicateOperators.find((known) => known === op);
  if (operator === undefined) throw new PredicateError(`${path}.op: there is no operator ${JSON.stringify(op)}`);
  assertOperand(field, operator, value, path);
  return { kind: "field", field: field.name, op: operator, value: value as JsonValue };
}

function assertOperand(field: FieldDescription, op: PredicateOperator, value: unknown, path: string): void {
  const fail = (what: string): never => {
    throw new PredicateError(`${path}.value: ${op} on ${field.name} takes ${what}, not ${JSON.stringify(value)}`);
  };
  if (op === "between") {
    if (!Array.isArray(value) || value.length !== 2 || !value.every((one) => isOperand(field, one))) fail("[from, to]");
  } else if (op === "in" || op === "notIn") {
    if (!Array.isArray(value) || !value.every((one) => one === null || isOperand(field, one))) fail("a list of values");
  } else if (op === "eq" || op === "ne") {
    const isWhole = field.isList ? value === null || Array.isArray(value) : value === null || isOperand(field, value);
    if (!isWhole) fail("a value of the field's type or null");
  } else if (op === "beginsWith") {
    if (typeof value !== "string") fail("text");
  } else if (!(value === null || isOperand(field, value))) {
    fail("a value of the field's type");
  }
}

function isOperand(field: FieldDescription, value: unknown): boolean {
  const { type } = field;
  if (type.kind === "enum") return typeof value === "string";
  if (type.kind !== "scalar") return typeof value === "object";
  const expected = jsTypeOf(type.name);
  return expected === "json" || typeof value === expected;
}

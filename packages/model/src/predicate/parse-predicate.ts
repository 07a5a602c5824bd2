/** Takes a predicate from outside: every node checked, depth and size bounded, operands in canonical form. */
import { type FieldDescription, fieldNamed, type ModelDescription, type SchemaDescription } from "@tributary/schema";
import type { JsonValue } from "../json-value.ts";
import { canonicalValue } from "../validation/canonical.ts";
import { jsTypeOf } from "../validation/scalar.ts";
import { shapeProblem } from "../validation/value-shape.ts";
import { type Predicate, PredicateError, type PredicateOperator, predicateOperators } from "./predicate.ts";

const MAX_DEPTH = 32;

/** Groups, conditions, and values in the list of an operand, together. */
const MAX_PARTS = 1000;

/** So much of a value is shown in a message. */
const MAX_SHOWN = 80;

/** Throws a `PredicateError` that names the path to what is wrong, and nothing else whatever `json` is. */
export function parsePredicate(_schema: SchemaDescription, model: ModelDescription, json: unknown): Predicate {
  let parts = 0;
  const count = (more: number): void => {
    parts += more;
    if (parts > MAX_PARTS) throw new PredicateError(`the predicate has more than ${MAX_PARTS} parts`);
  };
  const parse = (node: unknown, path: string, depth: number): Predicate => {
    count(1);
    if (depth > MAX_DEPTH) throw new PredicateError(`the predicate is nested deeper than ${MAX_DEPTH} at ${path}`);
    if (typeof node !== "object" || node === null) throw new PredicateError(`${path} is no predicate: ${show(node)}`);
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
        return parseField(model, node as Readonly<Record<string, unknown>>, path, count);
      default:
        throw new PredicateError(`${path}.kind is ${show(kind)}; it must be all, and, or, not or field`);
    }
  };
  return parse(json, "predicate", 0);
}

function parseField(
  model: ModelDescription,
  node: Readonly<Record<string, unknown>>,
  path: string,
  count: (more: number) => void,
): Predicate {
  const { field: name, op, value } = node;
  const field = typeof name === "string" ? fieldNamed(model, name) : undefined;
  if (field === undefined || field.relation !== null) {
    throw new PredicateError(`${path}.field: ${model.name} has no field ${show(name)}`);
  }
  const operator = predicateOperators.find((known) => known === op);
  if (operator === undefined) throw new PredicateError(`${path}.op: there is no operator ${show(op)}`);
  const problem = shapeProblem(value);
  if (problem !== null) throw new PredicateError(`${path}.value ${problem}`);
  if (Array.isArray(value)) count(value.length);
  assertOperand(field, operator, value, path);
  return { kind: "field", field: field.name, op: operator, value: canonicalValue(value as JsonValue) };
}

function assertOperand(field: FieldDescription, op: PredicateOperator, value: unknown, path: string): void {
  const fail = (what: string): never => {
    throw new PredicateError(`${path}.value: ${op} on ${field.name} takes ${what}, not ${show(value)}`);
  };
  switch (op) {
    case "between":
      if (!isListOf(value, (one) => isOperand(field, one)) || value.length !== 2) fail("[from, to]");
      return;
    case "in":
    case "notIn":
      if (!isListOf(value, (one) => isWhole(field, one))) fail("a list of values");
      return;
    case "eq":
    case "ne":
      if (!isWhole(field, value)) fail("a value of the field's type or null");
      return;
    case "beginsWith":
      if (typeof value !== "string") fail("text");
      return;
    default:
      if (value !== null && !isOperand(field, value)) fail("a value of the field's type");
  }
}

function isListOf(value: unknown, isElement: (one: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && value.every(isElement);
}

/** What the whole field can be: a list, where it is one. */
function isWhole(field: FieldDescription, value: unknown): boolean {
  if (value === null) return true;
  return field.isList ? isListOf(value, (one) => one === null || isOperand(field, one)) : isOperand(field, value);
}

/** What the field, or an element of it, can be. */
function isOperand(field: FieldDescription, value: unknown): boolean {
  const { type } = field;
  if (type.kind === "enum") return typeof value === "string";
  if (type.kind !== "scalar") return typeof value === "object" && value !== null && !Array.isArray(value);
  const expected = jsTypeOf(type.name);
  return expected === "json" ? value !== undefined : typeof value === expected;
}

/** For messages: simple values as JSON, others by what they are. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

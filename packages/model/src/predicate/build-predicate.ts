/** Predicates and sorts in Amplify's form: `m => m.and(m => [m.room.eq('x'), m.likes.gt(3)])`. */
import { fieldNamed, type ModelDescription } from "@tributary/schema";
import type { JsonValue } from "../json-value.ts";
import { canonicalValue } from "../validation/canonical.ts";
import { compareText } from "./compare-text.ts";
import { type Predicate, type PredicateOperator, predicateOperators } from "./predicate.ts";

/** A finished condition; only `buildPredicate` looks inside. */
export interface FinishedPredicate {
  readonly predicate: Predicate;
}

/** The operators of one field. */
export interface FieldOperators {
  eq(value: unknown): FinishedPredicate;
  ne(value: unknown): FinishedPredicate;
  lt(value: unknown): FinishedPredicate;
  le(value: unknown): FinishedPredicate;
  gt(value: unknown): FinishedPredicate;
  ge(value: unknown): FinishedPredicate;
  between(from: unknown, to: unknown): FinishedPredicate;
  in(values: readonly unknown[]): FinishedPredicate;
  notIn(values: readonly unknown[]): FinishedPredicate;
  contains(value: unknown): FinishedPredicate;
  notContains(value: unknown): FinishedPredicate;
  beginsWith(value: string): FinishedPredicate;
}

export interface PredicateGroups {
  and(parts: (m: PredicateBuilder) => readonly FinishedPredicate[]): FinishedPredicate;
  or(parts: (m: PredicateBuilder) => readonly FinishedPredicate[]): FinishedPredicate;
  not(part: (m: PredicateBuilder) => FinishedPredicate): FinishedPredicate;
}

/** What a predicate function is given: a member a field, and the groups. */
export type PredicateBuilder = PredicateGroups & {
  readonly [field: string]: FieldOperators & PredicateGroups["and"] & PredicateGroups["not"];
};

export type PredicateProducer = (m: PredicateBuilder) => FinishedPredicate;

/** Throws a `TypeError` for a form that is no predicate. */
export function buildPredicate(model: ModelDescription, producer: PredicateProducer): Predicate {
  return finished(producer(builderFor(model)));
}

function builderFor(model: ModelDescription): PredicateBuilder {
  const groups: PredicateGroups = {
    and: (parts) => ({ predicate: { kind: "and", of: finishedGroup("and", parts(builder)) } }),
    or: (parts) => ({ predicate: { kind: "or", of: finishedGroup("or", parts(builder)) } }),
    not: (part) => ({ predicate: { kind: "not", of: finished(part(builder)) } }),
  };
  const builder = new Proxy(groups, {
    get(target, name) {
      if (typeof name !== "string") return undefined;
      if (Object.hasOwn(target, name)) return target[name as keyof PredicateGroups];
      const field = fieldNamed(model, name);
      if (field === undefined) throw new TypeError(`Invalid field for model. field: ${name}, model: ${model.name}`);
      if (field.relation !== null) {
        throw new TypeError(`Predication on releated models is not supported in this context. field: ${name}`);
      }
      return operatorsFor(name);
    },
  }) as PredicateBuilder;
  return builder;
}

function operatorsFor(field: string): FieldOperators {
  const made: Partial<Record<PredicateOperator, (...args: unknown[]) => FinishedPredicate>> = {};
  for (const op of predicateOperators) {
    made[op] = (...args) => ({ predicate: { kind: "field", field, op, value: operandOf(op, args) } });
  }
  return made as unknown as FieldOperators;
}

function operandOf(op: PredicateOperator, args: readonly unknown[]): JsonValue {
  const count = op === "between" ? 2 : 1;
  if (args.length !== count) {
    throw new TypeError(
      `Incorrect usage of \`${op}()\`: Exactly ${count === 1 ? "one argument is" : "two arguments are"} required.`,
    );
  }
  const [first, second] = args.map((arg) => canonicalValue((arg ?? null) as JsonValue));
  if (op === "in" || op === "notIn") {
    if (!Array.isArray(first))
      throw new TypeError(`Incorrect usage of \`${op}()\`: The first argument must be an array.`);
    return first as JsonValue;
  }
  if (op !== "between") return first ?? null;
  if (isGreater(first ?? null, second ?? null)) {
    throw new TypeError(
      "Incorrect usage of `between()`: The first argument must be less than or equal to the second argument.",
    );
  }
  return [first ?? null, second ?? null];
}

function isGreater(left: JsonValue, right: JsonValue): boolean {
  if (typeof left === "string" && typeof right === "string") return compareText(left, right) > 0;
  return typeof left === "number" && typeof right === "number" && left > right;
}

function finishedGroup(kind: "and" | "or", parts: unknown): readonly Predicate[] {
  if (!Array.isArray(parts)) {
    throw new TypeError(`Invalid predicate. \`${kind}\` groups must return an array of child conditions.`);
  }
  return parts.map(finished);
}

function finished(part: unknown): Predicate {
  const predicate = (part as FinishedPredicate | undefined)?.predicate;
  if (typeof predicate !== "object") {
    throw new TypeError(
      "Invalid predicate. Terminate your predicate with a valid condition (e.g. `p => p.field.eq('value')`).",
    );
  }
  return predicate;
}

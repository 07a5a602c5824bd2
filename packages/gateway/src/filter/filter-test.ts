/**
 * What a filter asks of a record, as a tree.
 *
 * Most of it is predicates, which the store evaluates. What predicates cannot say (whether a record is deleted, how long a text
 * is, what the text of a JSON value holds) is evaluated here, on records that were read. So a test can be weakened to the best
 * predicate that every record which passes the test meets.
 */
import { type JsonValue, matches, type Predicate, type PredicateOperator, type Values } from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";

export type FilterTest =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "predicate"; readonly predicate: Predicate }
  /** Asks whether the record is deleted: what it answers for a live one and for a deleted one. */
  | { readonly kind: "deletion"; readonly live: boolean; readonly deleted: boolean }
  /** Asks what no predicate can, of one field. */
  | { readonly kind: "value"; readonly field: string; readonly accepts: (values: Values) => boolean }
  | { readonly kind: "and" | "or"; readonly of: readonly FilterTest[] }
  | { readonly kind: "not"; readonly of: FilterTest };

export const always: FilterTest = { kind: "constant", value: true };
export const never: FilterTest = { kind: "constant", value: false };

export function compared(field: string, op: PredicateOperator, value: JsonValue): FilterTest {
  return { kind: "predicate", predicate: { kind: "field", field, op, value } };
}

export function passes(
  model: ModelDescription,
  test: FilterTest,
  record: { readonly values: Values; readonly isDeleted: boolean },
): boolean {
  switch (test.kind) {
    case "constant":
      return test.value;
    case "predicate":
      return matches(model, test.predicate, record.values);
    case "deletion":
      return record.isDeleted ? test.deleted : test.live;
    case "value":
      return test.accepts(record.values);
    case "and":
      return test.of.every((part) => passes(model, part, record));
    case "or":
      return test.of.some((part) => passes(model, part, record));
    case "not":
      return !passes(model, test.of, record);
  }
}

/** The test as it is for records that are all deleted or all live: no part of it asks about deletion any more. */
export function decideDeletion(test: FilterTest, isDeleted: boolean): FilterTest {
  switch (test.kind) {
    case "constant":
    case "predicate":
    case "value":
      return test;
    case "deletion":
      return (isDeleted ? test.deleted : test.live) ? always : never;
    case "not":
      return negate(decideDeletion(test.of, isDeleted));
    case "and":
      return allOf(test.of.map((part) => decideDeletion(part, isDeleted)));
    case "or":
      return anyOf(test.of.map((part) => decideDeletion(part, isDeleted)));
  }
}

export function allOf(tests: readonly FilterTest[]): FilterTest {
  const of = tests.filter((test) => !(test.kind === "constant" && test.value));
  if (of.some((test) => test.kind === "constant")) return never;
  const [only] = of;
  if (only === undefined) return always;
  return of.length === 1 ? only : { kind: "and", of };
}

export function anyOf(tests: readonly FilterTest[]): FilterTest {
  const of = tests.filter((test) => !(test.kind === "constant" && !test.value));
  if (of.some((test) => test.kind === "constant")) return always;
  const [only] = of;
  if (only === undefined) return never;
  return of.length === 1 ? only : { kind: "or", of };
}

export function negate(test: FilterTest): FilterTest {
  if (test.kind === "constant") return test.value ? never : always;
  return test.kind === "not" ? test.of : { kind: "not", of: test };
}

export function isAlways(test: FilterTest): boolean {
  return test.kind === "constant" && test.value;
}

export function isNever(test: FilterTest): boolean {
  return test.kind === "constant" && !test.value;
}

/** Whether a predicate can say all of it. */
export function isExact(test: FilterTest): boolean {
  switch (test.kind) {
    case "constant":
    case "predicate":
      return true;
    case "deletion":
    case "value":
      return false;
    case "not":
      return isExact(test.of);
    case "and":
    case "or":
      return test.of.every(isExact);
  }
}

/** A predicate that holds for every record that passes, and for others only where the test is not exact. */
export function weakened(test: FilterTest): Predicate {
  return bound(test, true);
}

/** The narrowest predicate above the test (`isUpper`), or the widest below it. */
function bound(test: FilterTest, isUpper: boolean): Predicate {
  switch (test.kind) {
    case "constant":
      return constantPredicate(test.value);
    case "predicate":
      return test.predicate;
    case "deletion":
    case "value":
      return constantPredicate(isUpper);
    case "not":
      return { kind: "not", of: bound(test.of, !isUpper) };
    case "and":
    case "or":
      return { kind: test.kind, of: test.of.map((part) => bound(part, isUpper)) };
  }
}

function constantPredicate(value: boolean): Predicate {
  return value ? { kind: "all" } : { kind: "not", of: { kind: "all" } };
}

/** The fields that no predicate can ask about as the test does. */
export function inexactFields(test: FilterTest): string[] {
  switch (test.kind) {
    case "constant":
    case "predicate":
    case "deletion":
      return [];
    case "value":
      return [test.field];
    case "not":
      return inexactFields(test.of);
    case "and":
    case "or":
      return [...new Set(test.of.flatMap(inexactFields))];
  }
}

/**
 * The values that a record must hold for a test to pass, where the test says so: what tests can be looked up by.
 *
 * Each answer is necessary, none is sufficient: a test passes only records that hold one of the values in the field.
 */
import type { JsonValue } from "@tributary/model";
import type { FilterTest } from "./filter-test.ts";

/** A value that is equal only to itself. */
export type PlainValue = string | number | boolean | null;

export interface NecessaryValues {
  readonly field: string;
  /** None when no record passes. */
  readonly values: readonly PlainValue[];
}

/** One entry a field. Empty when nothing can be said. */
export function necessaryValues(test: FilterTest): NecessaryValues[] {
  switch (test.kind) {
    case "predicate": {
      const { predicate } = test;
      if (predicate.kind !== "field") return [];
      if (predicate.op === "eq") return valuesOf(predicate.field, [predicate.value]);
      return predicate.op === "in" && Array.isArray(predicate.value) ? valuesOf(predicate.field, predicate.value) : [];
    }
    case "and":
      return fewestPerField(test.of.flatMap(necessaryValues));
    case "or":
      return ofAlternatives(test.of.map(necessaryValues));
    case "constant":
    case "deletion":
    case "value":
    case "not":
      return [];
  }
}

/** What `values` holds in a field; null for what is not there. Fields may be named as what every object inherits. */
export function plainValueIn(values: Readonly<Record<string, JsonValue>>, field: string): PlainValue | undefined {
  const held = Object.hasOwn(values, field) ? (values[field] ?? null) : null;
  return isPlain(held) ? held : undefined;
}

function valuesOf(field: string, values: readonly JsonValue[]): NecessaryValues[] {
  return values.every(isPlain) ? [{ field, values: [...new Set(values)] }] : [];
}

function isPlain(value: JsonValue): value is PlainValue {
  return typeof value !== "object" || value === null;
}

function fewestPerField(all: readonly NecessaryValues[]): NecessaryValues[] {
  const fewest = new Map<string, NecessaryValues>();
  for (const one of all) {
    const known = fewest.get(one.field);
    if (known === undefined || one.values.length < known.values.length) fewest.set(one.field, one);
  }
  return [...fewest.values()];
}

/** A field is bound by alternatives when each of them binds it. */
function ofAlternatives([first, ...others]: readonly (readonly NecessaryValues[])[]): NecessaryValues[] {
  return (first ?? []).flatMap(({ field, values }) => {
    const union = new Set(values);
    for (const other of others) {
      const own = other.find((one) => one.field === field);
      if (own === undefined) return [];
      for (const value of own.values) union.add(value);
    }
    return [{ field, values: [...union] }];
  });
}

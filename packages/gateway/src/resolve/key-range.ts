/** Ranges of records by key: what the store is asked for before records are counted, and in which order. */
import type { SortKey } from "@tributary/model";
import type { FieldDescription, ModelDescription } from "@tributary/schema";
import type { SortPath } from "../api/key-path.ts";
import { compared, type FilterTest } from "../filter/filter-test.ts";
import { operandOf } from "../filter/operand.ts";
import { sortKeyPredicate } from "../filter/sort-key-condition.ts";
import type { Arguments } from "./arguments.ts";

/** In the order of the primary key. */
export function keyOrder(model: ModelDescription, direction: SortKey["direction"] = "ASCENDING"): SortKey[] {
  return model.primaryKey.map((field) => ({ field, direction }));
}

/** By the sort fields, then by what is left of the key; `same` are fields that are equal in all records. */
export function orderBy(
  model: ModelDescription,
  sort: readonly FieldDescription[],
  same: readonly string[],
  args: Arguments,
): SortKey[] {
  const direction = args.sortDirection === "DESC" ? "DESCENDING" : "ASCENDING";
  const fields = sort.map(({ name }) => name);
  return placeFields(model, fields, same).map((field) => ({ field, direction }));
}

/** What records are ordered by. Fields of the key that are equal in all of them come last: a place is told by the whole key. */
export function placeFields(
  { primaryKey }: ModelDescription,
  sort: readonly string[],
  same: readonly string[],
): string[] {
  const ordering = [...sort, ...primaryKey].filter((name) => !same.includes(name));
  return [...new Set([...ordering, ...primaryKey])];
}

/** What the sort argument asks. An index holds only records that have a value in every one of its fields. */
export function sortTests(
  model: ModelDescription,
  { index, sort, sortArgument }: SortPath,
  args: Arguments,
): FilterTest[] {
  const held = index === null ? [] : sort.filter(({ name }) => !model.primaryKey.includes(name));
  const tests = held.map(({ name }) => compared(name, "ne", null));
  const condition = sortArgument === null ? null : sortKeyPredicate(sortArgument, sort, args[sortArgument]);
  return condition === null ? tests : [...tests, { kind: "predicate", predicate: condition }];
}

export function equals(field: string, value: unknown): FilterTest {
  return compared(field, "eq", operandOf(value));
}

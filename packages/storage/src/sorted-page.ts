/**
 * The page of a query whose sort leads through relations, for readers that cannot ask the database for that order.
 *
 * What the relations lead to is looked up after the records were read, one model after the other.
 */
import {
  compareSortValues,
  type Join,
  type JoinedPredicate,
  type JoinedSortKey,
  type JsonValue,
  joinOf,
  type Values,
} from "@tributary/model";
import type { ModelDescription, SchemaDescription } from "@tributary/schema";

export interface SortedPage {
  readonly model: ModelDescription;
  readonly sort: readonly JoinedSortKey[];
  /** Null for all. */
  readonly limit: number | null;
  readonly offset: number;
}

/** Answers the records of a model that meet a predicate, in any order. */
export type LookUp = (model: string, where: JoinedPredicate) => Promise<readonly { readonly values: Values }[]>;

/** Values in one condition of a look-up. */
const MAX_LISTED = 500;

/** `found` are all records to sort, in order of insertion. */
export async function sortedPage<Found extends { readonly values: Values }>(
  schema: SchemaDescription,
  lookUp: LookUp,
  { model, sort, limit, offset }: SortedPage,
  found: readonly Found[],
): Promise<Found[]> {
  const columns = await sortColumns(schema, lookUp, model, sort, found);
  const compare = compareSortValues(schema, model, sort);
  const ordered = found.map((record, at) => ({ record, values: columns.map((column) => column[at] ?? null) }));
  ordered.sort((left, right) => compare(left.values, right.values));
  return ordered.slice(offset, limit === null ? undefined : offset + limit).map(({ record }) => record);
}

/** For each key of the sort, the value each record has there. */
async function sortColumns(
  schema: SchemaDescription,
  lookUp: LookUp,
  model: ModelDescription,
  sort: readonly JoinedSortKey[],
  found: readonly { readonly values: Values }[],
): Promise<readonly (readonly JsonValue[])[]> {
  /** By path: keys that lead the same way share the look-ups. */
  const ends = new Map<string, Ends>([["", { model, values: found.map((record) => record.values) }]]);
  const columns: JsonValue[][] = [];
  for (const { field, through = [] } of sort) {
    let path = "";
    let end = ends.get(path);
    for (const relation of through) {
      path += `.${relation}`;
      if (end !== undefined && !ends.has(path)) {
        const join = joinOf(schema, end.model, relation);
        ends.set(path, { model: join.model, values: await follow(lookUp, join, end.values) });
      }
      end = ends.get(path);
    }
    columns.push((end?.values ?? []).map((values) => values?.[field] ?? null));
  }
  return columns;
}

/** Where a path leads each record; null for nowhere. */
interface Ends {
  readonly model: ModelDescription;
  readonly values: readonly (Values | null)[];
}

async function follow(
  lookUp: LookUp,
  { model, on }: Join,
  rows: readonly (Values | null)[],
): Promise<readonly (Values | null)[]> {
  const ties = rows.map((values) => (values === null ? null : tieOf(on.map(({ own }) => values[own] ?? null))));
  const [pair] = on;
  if (pair === undefined) return rows.map(() => null);
  const firsts = [...new Set(rows.map((values) => values?.[pair.own] ?? null))].filter((value) => value !== null);
  const byTie = new Map<string, Values>();
  for (let from = 0; from < firsts.length; from += MAX_LISTED) {
    const value = firsts.slice(from, from + MAX_LISTED);
    const where: JoinedPredicate = { kind: "field", field: pair.other, op: "in", value };
    for (const { values } of await lookUp(model.name, where)) {
      // A key of several fields was looked up by its first.
      const tie = tieOf(on.map(({ other }) => values[other] ?? null));
      if (tie !== null) byTie.set(tie, values);
    }
  }
  return ties.map((tie) => (tie === null ? null : (byTie.get(tie) ?? null)));
}

function tieOf(values: readonly JsonValue[]): string | null {
  return values.includes(null) ? null : JSON.stringify(values);
}

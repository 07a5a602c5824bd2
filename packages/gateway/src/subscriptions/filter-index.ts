/**
 * Filters, found by the record they may let through.
 *
 * A filter that asks for certain values of a field lies under these values, in the field whose buckets are the emptiest when it
 * comes; others are candidates for every record. So a record is held against those filters alone that could mean it.
 */
import type { JsonValue } from "@tributary/model";
import { type FilterTest, isNever } from "../filter/filter-test.ts";
import { type NecessaryValues, necessaryValues, type PlainValue, plainValueIn } from "../filter/necessary-values.ts";

export interface FilterIndex<T> {
  /** Answers the way to take it out again. */
  add(item: T, test: FilterTest): () => void;
  /** Every item whose test might pass a record of these values, each once. */
  candidates(values: Readonly<Record<string, JsonValue>>): T[];
}

type Buckets<T> = Map<PlainValue, Set<T>>;

export function createFilterIndex<T>(): FilterIndex<T> {
  const byField = new Map<string, Buckets<T>>();
  const everywhere = new Set<T>();

  return {
    add(item, test) {
      if (isNever(test)) return () => {};
      const place = emptiest(necessaryValues(test));
      if (place === null) {
        everywhere.add(item);
        return () => everywhere.delete(item);
      }
      for (const value of place.values) put(place.field, value, item);
      return () => {
        for (const value of place.values) take(place.field, value, item);
      };
    },
    candidates(values) {
      const found = [...everywhere];
      for (const [field, buckets] of byField) {
        const value = plainValueIn(values, field);
        if (value !== undefined) found.push(...(buckets.get(value) ?? []));
      }
      return found;
    },
  };

  function emptiest(places: readonly NecessaryValues[]): NecessaryValues | null {
    let best: NecessaryValues | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (const place of places) {
      const buckets = byField.get(place.field);
      const crowd = place.values.reduce<number>((sum, value) => sum + (buckets?.get(value)?.size ?? 0), 0);
      if (crowd >= fewest) continue;
      fewest = crowd;
      best = place;
    }
    return best;
  }

  function put(field: string, value: PlainValue, item: T): void {
    const buckets: Buckets<T> = byField.get(field) ?? new Map();
    byField.set(field, buckets);
    const bucket = buckets.get(value) ?? new Set();
    buckets.set(value, bucket.add(item));
  }

  function take(field: string, value: PlainValue, item: T): void {
    const buckets = byField.get(field);
    const bucket = buckets?.get(value);
    bucket?.delete(item);
    if (bucket?.size === 0) buckets?.delete(value);
    if (buckets?.size === 0) byField.delete(field);
  }
}

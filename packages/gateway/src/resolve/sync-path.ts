/**
 * What a sync goes through from the start: the whole model by key, or the partition that its filter names, as AppSync does.
 *
 * A filter that names the first field of an index, as expressions of selective sync do, leads to the records of that index; by
 * any other the store passes over the rest of the model, a bounded number of records a page. Along an index a record can move
 * past a reader between two pages, when its sort field is written: that change is behind the sync's `startedAt`, so the next one has it.
 */
import type { Predicate, SortKey } from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import type { FilterTest } from "../filter/filter-test.ts";
import { necessaryValues } from "../filter/necessary-values.ts";
import { keyOrder, placeFields } from "./key-range.ts";

export interface SyncPath {
  readonly range: Predicate | null;
  readonly order: readonly SortKey[];
}

export function syncPath(model: ModelDescription, filter: FilterTest): SyncPath {
  const named = new Map(
    necessaryValues(filter).flatMap(({ field, values: [value = null, ...others] }) =>
      value === null || others.length > 0 ? [] : [[field, value] as const],
    ),
  );
  for (const fields of [model.primaryKey, ...model.indexes.map((index) => index.fields)]) {
    const [partition = "", ...sort] = fields;
    const value = named.get(partition);
    if (value === undefined) continue;
    return {
      range: { kind: "field", field: partition, op: "eq", value },
      order: placeFields(model, sort, [partition]).map((field) => ({ field, direction: "ASCENDING" })),
    };
  }
  return { range: null, order: keyOrder(model) };
}

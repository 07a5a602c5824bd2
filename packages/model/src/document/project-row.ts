/** The plain row of a record, out of what its documents say and what the relay keeps beside them. */
import { type ModelDescription, storedFields } from "@tributary/schema";
import type { JsonValue, Values } from "../json-value.ts";
import type { Fold } from "./fold.ts";

/** When a record was created and last changed, by the relay's clock, in ms since 1970; null where no relay has said. */
export interface RowTimes {
  readonly createdAt: number | null;
  readonly changedAt: number | null;
}

/**
 * Every stored field of the model in schema order, null when never written; `folds` are by facet. The timestamp fields are ISO
 * text with ms from `times`, unless a writer gave them a value: that wins (V5).
 */
export function projectRow(model: ModelDescription, folds: readonly Fold[], times: RowTimes): Values {
  const row: { [field: string]: JsonValue } = {};
  for (const field of storedFields(model)) row[field.name] = null;
  for (const fold of folds) {
    for (const name in fold.values) {
      const value = fold.values[name];
      if (value !== undefined && name in row) row[name] = value;
    }
  }
  const { createdAt, updatedAt } = model.timestamps;
  if (createdAt !== null && row[createdAt] === null) row[createdAt] = isoTime(times.createdAt);
  if (updatedAt !== null && row[updatedAt] === null) row[updatedAt] = isoTime(times.changedAt);
  return row;
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

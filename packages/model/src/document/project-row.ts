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
  for (const { name } of storedFields(model)) row[name] = valueIn(folds, name);
  const { createdAt, updatedAt } = model.timestamps;
  if (createdAt !== null && row[createdAt] === null) row[createdAt] = isoTime(times.createdAt);
  if (updatedAt !== null && row[updatedAt] === null) row[updatedAt] = isoTime(times.changedAt);
  return row;
}

/** A field is in one facet. Fields may be named as what every object inherits. */
function valueIn(folds: readonly Fold[], name: string): JsonValue {
  for (const { values } of folds) {
    if (Object.hasOwn(values, name)) return values[name] ?? null;
  }
  return null;
}

/** Rows of one turn share their time: it is printed once, and held once by all of them. */
let lastTime = { ms: 0, text: new Date(0).toISOString() };

function isoTime(ms: number | null): string | null {
  if (ms === null) return null;
  if (ms !== lastTime.ms) lastTime = { ms, text: new Date(ms).toISOString() };
  return lastTime.text;
}

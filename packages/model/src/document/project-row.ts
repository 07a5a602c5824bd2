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
  const row = { ...emptyRow(model) };
  for (const { values } of folds) {
    for (const { name } of storedFields(model)) {
      // Fields may be named as what every object inherits.
      if (Object.hasOwn(values, name)) row[name] = values[name] ?? null;
    }
  }
  const { createdAt, updatedAt } = model.timestamps;
  if (createdAt !== null && row[createdAt] === null) row[createdAt] = isoTime(times.createdAt);
  if (updatedAt !== null && row[updatedAt] === null) row[updatedAt] = isoTime(times.changedAt);
  return row;
}

type Row = { [field: string]: JsonValue };

const emptyRows = new WeakMap<ModelDescription, Row>();

/** Null in every field: a copy costs less than a row that grows field by field. */
function emptyRow(model: ModelDescription): Row {
  const known = emptyRows.get(model);
  if (known !== undefined) return known;
  const row = Object.fromEntries(storedFields(model).map(({ name }) => [name, null]));
  emptyRows.set(model, row);
  return row;
}

/** Rows of one turn share their time: it is printed once, and held once by all of them. */
let lastTime = { ms: 0, text: new Date(0).toISOString() };

function isoTime(ms: number | null): string | null {
  if (ms === null) return null;
  if (ms !== lastTime.ms) lastTime = { ms, text: new Date(ms).toISOString() };
  return lastTime.text;
}

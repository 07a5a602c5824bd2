/**
 * The condition of a mutation, as something the relay can hold against the stored record within the commit.
 *
 * What no predicate can say is judged on the record as it is read beforehand, and the fields it was judged by are pinned: the
 * write is only made if they still hold the same.
 */
import type { Predicate, Values } from "@tributary/model";
import type { StoredRecord } from "@tributary/relay";
import { type ModelDescription, storedFields } from "@tributary/schema";
import {
  decideDeletion,
  type FilterTest,
  inexactFields,
  isAlways,
  isExact,
  passes,
  weakened,
} from "../filter/filter-test.ts";

export interface WriteCondition {
  readonly predicate: Predicate | null;
  /** Values as they were read, which must still stand. */
  readonly pins: Values;
}

const impossible: Predicate = { kind: "not", of: { kind: "all" } };

/** Only live records are written, so deletion is no question. `read` reads the record where that is needed. */
export async function writeCondition(
  model: ModelDescription,
  test: FilterTest,
  read: () => Promise<StoredRecord | null>,
): Promise<WriteCondition> {
  const live = decideDeletion(test, false);
  if (isExact(live)) return { predicate: isAlways(live) ? null : weakened(live), pins: {} };
  const record = await read();
  if (record === null || !passes(model, live, record)) return { predicate: impossible, pins: {} };
  const fields = inexactFields(live);
  const pins = Object.fromEntries(fields.map((field) => [field, record.values[field] ?? null]));
  return { predicate: { kind: "and", of: [weakened(live), ...pinned(record, fields)] }, pins };
}

/** Holds as long as the record has the values it has now. */
function pinned({ values }: StoredRecord, fields: readonly string[]): Predicate[] {
  return fields.map((field) => ({ kind: "field", field, op: "eq", value: values[field] ?? null }));
}

/** Whether a record does not stand as it was pinned any more, so that the condition has to be judged anew. */
export function isOverrun({ pins }: WriteCondition, stored: StoredRecord | null): boolean {
  if (stored === null) return false;
  return Object.entries(pins).some(
    ([field, value]) => JSON.stringify(stored.values[field] ?? null) !== JSON.stringify(value),
  );
}

/** A creation's condition is asked of a record without any values: there must be none yet. */
export function holdsOnNothing(model: ModelDescription, test: FilterTest): boolean {
  const values = Object.fromEntries(storedFields(model).map((field) => [field.name, null]));
  return passes(model, test, { values, isDeleted: false });
}

/** Keeps a declared time of the last update true where the relay does not. */
import type { StoredRecord } from "@tributary/relay";
import { fieldNamed, type ModelDescription } from "@tributary/schema";
import { type MutableValues, writesFields } from "./write-values.ts";

/** A declared update time that somebody wrote no longer follows by itself: each update that does not give it must. */
export async function keepUpdateTime(
  model: ModelDescription,
  values: MutableValues,
  read: () => Promise<StoredRecord | null>,
  now: () => number,
): Promise<void> {
  const name = declaredUpdateTime(model);
  if (name === null || name in values || !writesFields(model, values)) return;
  const record = await read();
  if (record === null || record.values[name] === new Date(record.changedAt).toISOString()) return;
  values[name] = new Date(now()).toISOString();
}

/** The declared, writable field that should tell the time of the last update; null where the relay keeps it alone. */
function declaredUpdateTime(model: ModelDescription): string | null {
  const name = model.timestamps.updatedAt;
  return name === null || fieldNamed(model, name)?.isReadOnly !== false ? null : name;
}

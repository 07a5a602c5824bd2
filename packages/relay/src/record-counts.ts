/** How many records each model has, for showing a base sync's progress: counted seldom, since counting reads a whole index. */
import type { SchemaDescription } from "@tributary/schema";
import type { RelayStore } from "@tributary/storage";

/** A count as old as this is told again. */
const STALE_AFTER_MS = 10_000;

export type RecordCounts = (model: string) => Promise<number>;

export function createRecordCounts(schema: SchemaDescription, store: RelayStore, now: () => number): RecordCounts {
  const counts = new Map<string, { readonly at: number; readonly count: Promise<number> }>();
  const known = new Set(schema.models.map((model) => model.name));
  return (model) => {
    if (!known.has(model)) return Promise.resolve(0);
    const last = counts.get(model);
    if (last !== undefined && now() - last.at < STALE_AFTER_MS) return last.count;
    const count = store.count(model);
    counts.set(model, { at: now(), count });
    count.catch(() => counts.delete(model));
    return count;
  };
}

/**
 * What was done to the lists of records since older versions of them, for writes that were made on those (Q2).
 *
 * Every update of a record whose model has lists leaves a step, in its commit, for the delta lifetime; creations and deletions
 * leave none. Without a gap of steps up to the present, a version is beyond what is kept, or of another life.
 */
import { nameOf, type RecordName } from "@tributary/protocol";
import type { ModelDescription } from "@tributary/schema";
import type { RecordListStep, RelayRecord, RelayStore } from "@tributary/storage";

/** A version of a record that a write was made on. */
export interface RecordBase extends RecordName {
  readonly version: number;
}

/** The steps from a base to the stored version; null when they are not all kept. */
export type StoredListSteps = (base: RecordBase) => readonly RecordListStep[] | null;

/**
 * A base that lies so many versions back counts as not kept any more, and so do those for which a turn would read more than so
 * many characters: what a turn holds in memory stays bounded.
 */
const MAX_STEPS = 10_000;
const MAX_SIZE = 16 * 1024 * 1024;

export function hasLists(model: ModelDescription): boolean {
  return model.fields.some(({ crdt }) => crdt === "LIST");
}

/** Reads the steps behind those of `bases` that are older than what is stored, as far as they were committed since a time. */
export async function readListSteps(
  store: Pick<RelayStore, "listSteps">,
  bases: readonly RecordBase[],
  storedRecord: (name: RecordName) => RelayRecord | null,
  since: number,
): Promise<StoredListSteps> {
  const read = new Map<string, readonly RecordListStep[]>();
  let maxSize = MAX_SIZE;
  for (const base of bases) {
    const { model, key, version: from } = base;
    const to = storedRecord(base)?.version ?? 0;
    if (from >= to || to - from > MAX_STEPS || read.has(baseText(base))) continue;
    const found = await store.listSteps({ model, key, from, to, since, maxSize });
    if (found === null) continue;
    read.set(baseText(base), found.steps);
    maxSize -= found.size;
  }
  return (base) => {
    const stored = storedRecord(base)?.version ?? 0;
    return base.version >= stored ? [] : (read.get(baseText(base)) ?? null);
  };
}

function baseText(base: RecordBase): string {
  return `${base.version} ${nameOf(base)}`;
}

/**
 * What was done to the lists of records since older versions of them, for writes that were made on those (Q2).
 *
 * Every update of a record whose model has lists leaves a step, in its commit, for the delta lifetime; creations and deletions
 * leave none. Without a gap of steps up to the present, a version is beyond what is kept, or of another life.
 */
import { nameOf, type RecordName } from "@tributary/protocol";
import { isListField, type ModelDescription } from "@tributary/schema";
import type { RecordListStep, RelayStore } from "@tributary/storage";

/** A version of a record that a write was made on. */
export interface RecordBase extends RecordName {
  readonly version: number;
}

/**
 * A base that lies so many versions back counts as not kept any more, and so do those for which a turn would read more than so
 * many characters: what a turn holds in memory stays bounded.
 */
const MAX_STEPS = 10_000;
const MAX_SIZE = 16 * 1024 * 1024;

export function hasLists(model: ModelDescription): boolean {
  return model.fields.some(isListField);
}

/** What is stored of the steps behind bases that were read. */
export interface StoredListSteps {
  /** Reads the steps behind those bases that are older than what is stored. */
  read(bases: readonly RecordBase[]): Promise<void>;
  /** The steps from a base to the stored version; null when they are not all kept. */
  since(base: RecordBase): readonly RecordListStep[] | null;
  /** More is stored now: what was read is not all there is. */
  forget(): void;
}

export interface StoredListStepsOptions {
  readonly store: Pick<RelayStore, "listSteps">;
  /** 0 for a record that is not there. */
  readonly storedVersion: (name: RecordName) => number;
  /** Steps that were committed before this time are not kept. */
  readonly since: number;
}

export function createStoredListSteps({ store, storedVersion, since }: StoredListStepsOptions): StoredListSteps {
  const stepsByBase = new Map<string, readonly RecordListStep[]>();
  let maxSize = MAX_SIZE;
  return {
    async read(bases) {
      for (const base of bases) {
        const { model, key, version: from } = base;
        const to = storedVersion(base);
        if (from >= to || to - from > MAX_STEPS || stepsByBase.has(baseText(base))) continue;
        const found = await store.listSteps({ model, key, from, to, since, maxSize });
        if (found === null) continue;
        stepsByBase.set(baseText(base), found.steps);
        maxSize -= found.size;
      }
    },
    since: (base) => (base.version >= storedVersion(base) ? [] : (stepsByBase.get(baseText(base)) ?? null)),
    forget() {
      stepsByBase.clear();
      maxSize = MAX_SIZE;
    },
  };
}

function baseText(base: RecordBase): string {
  return `${base.version} ${nameOf(base)}`;
}

/** An adapter that answers `conflict` at random, for proving that everything above it can begin again from its reads. */
import type { StorageAdapter } from "../adapter.ts";

export interface ConflictingAdapter extends StorageAdapter {
  /** Conflicts answered so far. */
  readonly conflicts: number;
}

/** `random` in [0, 1); a commit conflicts, and changes nothing, when it comes below `rate`. */
export function createConflictingAdapter(
  adapter: StorageAdapter,
  options: { readonly random: () => number; readonly rate: number },
): ConflictingAdapter {
  let conflicts = 0;
  return {
    ...adapter,
    name: `conflicting ${adapter.name}`,
    async commit(batch) {
      const [first] = batch.writes;
      if (first === undefined || options.random() >= options.rate) return adapter.commit(batch);
      conflicts++;
      return { outcome: "conflict", table: first.table, key: [] };
    },
    get conflicts() {
      return conflicts;
    },
  };
}

/**
 * An adapter whose commits fail at random, as a full disk or a dying one would have it: some fail before anything was
 * written, some after all of it was.
 */
import { type StorageAdapter, StorageError } from "@tributary/storage";

export interface FailingAdapter extends StorageAdapter {
  /** Failed commits so far. */
  readonly failures: number;
}

/** `random` in [0, 1); a commit fails when it comes below `rate`, in a third of the cases after it was written. */
export function createFailingAdapter(
  adapter: StorageAdapter,
  options: { readonly random: () => number; readonly rate: number },
): FailingAdapter {
  let failures = 0;
  return {
    ...adapter,
    name: `failing ${adapter.name}`,
    async commit(batch) {
      const draw = options.random();
      if (draw >= options.rate) return adapter.commit(batch);
      if (draw < options.rate / 3) await adapter.commit(batch);
      failures++;
      throw new StorageError("FAILED", "the disk failed, as this test wants it");
    },
    get failures() {
      return failures;
    },
  };
}

/** Commits of the stores' own, which no caller is there to begin again. */
import { type Batch, type StorageAdapter, StorageError } from "./adapter.ts";

/** So often another process can have won before something else must be wrong. */
const MAX_ATTEMPTS = 100;

/** Makes the batch anew from what is stored until it does not conflict. Answers `firstSeq`. */
export async function commitEventually(adapter: StorageAdapter, batch: () => Promise<Batch>): Promise<number> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const result = await adapter.commit(await batch());
    if (result.outcome === "committed") return result.firstSeq;
  }
  throw new StorageError("BUSY", `the store answered conflict ${MAX_ATTEMPTS} times in a row`, { retryable: true });
}

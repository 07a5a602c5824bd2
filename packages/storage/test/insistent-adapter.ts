import type { StorageAdapter } from "../src/adapter.ts";
import type { ConflictingAdapter } from "../src/testing/index.ts";

/** Tries a commit again when its conflict was made up: those name no key. What is left are the conflicts of the database. */
export function insistent(adapter: ConflictingAdapter): StorageAdapter {
  return {
    ...adapter,
    async commit(batch) {
      for (;;) {
        const result = await adapter.commit(batch);
        if (result.outcome === "committed" || result.key.length > 0 || result.table === "$head") return result;
      }
    },
  };
}

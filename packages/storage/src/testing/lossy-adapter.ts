/**
 * A store that loses power: what was committed without asking for durability against that is gone afterwards.
 *
 * Proves that a relay acknowledges only what was asked to be durable: open it with the durability under test, commit,
 * acknowledge, `losePower`, look again.
 */
import type { Batch, StorageAdapter, TableLayout } from "../adapter.ts";
import { createMemoryAdapter } from "../memory/create-memory-adapter.ts";

/** What is on the disk: everything that was synced, in order. */
export interface LossyDisk {
  /** An adapter on the disk as it is now. Open one at a time. */
  adapter(durability: "process" | "power"): StorageAdapter;
  /** Everything that was committed since the last commit that asked for `power` is lost. The open adapter is closed. */
  losePower(): Promise<void>;
  /** Commits that were lost so far. */
  readonly lost: number;
}

type Step =
  | { readonly kind: "create"; readonly layouts: readonly TableLayout[] }
  | { readonly kind: "commit"; readonly batch: Batch };

export function createLossyDisk(): LossyDisk {
  let synced: Step[] = [];
  let unsynced: Step[] = [];
  let open: StorageAdapter | null = null;
  let lost = 0;

  return {
    get lost() {
      return lost;
    },
    adapter(durability) {
      const memory = createMemoryAdapter();
      const keep = (step: Step): void => {
        unsynced.push(step);
        if (durability !== "power") return;
        synced = [...synced, ...unsynced];
        unsynced = [];
      };
      const adapter: StorageAdapter = {
        ...memory,
        name: "lossy",
        capabilities: { durability },
        async open() {
          await memory.open();
          for (const step of [...synced, ...unsynced]) {
            if (step.kind === "create") await memory.create(step.layouts);
            else await memory.commit(step.batch);
          }
          open = adapter;
        },
        async create(layouts) {
          await memory.create(layouts);
          keep({ kind: "create", layouts });
        },
        async commit(batch) {
          const result = await memory.commit(batch);
          if (result.outcome === "committed") keep({ kind: "commit", batch });
          return result;
        },
      };
      return adapter;
    },
    async losePower() {
      lost += unsynced.filter((step) => step.kind === "commit").length;
      unsynced = [];
      await open?.close();
      open = null;
    },
  };
}

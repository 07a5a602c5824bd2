/**
 * A store that loses power: what was committed without asking for durability against that is gone afterwards.
 *
 * Proves that a relay acknowledges only what was asked to be durable: open it with the durability under test, commit,
 * acknowledge, `losePower`, look again.
 */
import type { Batch, Row, StorageAdapter, TableLayout } from "../adapter.ts";
import { createMemoryAdapter } from "../memory/create-memory-adapter.ts";

/** What is on the disk: everything that was synced, in order. */
export interface LossyDisk {
  /** An adapter on the disk, as the disk is when it is opened. Open each once, and one at a time. */
  adapter(durability: "process" | "power"): StorageAdapter;
  /** Everything that was committed since the last commit that asked for `power` is lost. The open adapter is closed. */
  losePower(): Promise<void>;
  /** Commits that were lost so far. */
  readonly lost: number;
}

type Step =
  | { readonly kind: "create"; readonly layouts: readonly TableLayout[] }
  | {
      readonly kind: "rebuild";
      readonly layout: TableLayout;
      readonly transform: (row: Row, before: TableLayout) => Row | null;
    }
  | { readonly kind: "reindex"; readonly layout: TableLayout }
  | { readonly kind: "drop"; readonly table: string }
  | { readonly kind: "commit"; readonly batch: Batch };

export function createLossyDisk(): LossyDisk {
  const synced: Step[] = [];
  const unsynced: Step[] = [];
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
        if (durability === "power") synced.push(...unsynced.splice(0));
      };
      const adapter: StorageAdapter = {
        ...memory,
        name: "lossy",
        capabilities: { durability },
        async open() {
          await memory.open();
          for (const step of [...synced, ...unsynced]) await redo(memory, step);
          open = adapter;
        },
        async create(layouts) {
          await memory.create(layouts);
          keep({ kind: "create", layouts });
        },
        async rebuild(layout, transform) {
          await memory.rebuild(layout, transform);
          keep({ kind: "rebuild", layout, transform });
        },
        async reindex(layout) {
          await memory.reindex(layout);
          keep({ kind: "reindex", layout });
        },
        async drop(table) {
          await memory.drop(table);
          keep({ kind: "drop", table });
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
      lost += unsynced.splice(0).filter((step) => step.kind === "commit").length;
      await open?.close();
      open = null;
    },
  };
}

async function redo(memory: StorageAdapter, step: Step): Promise<void> {
  switch (step.kind) {
    case "create":
      return memory.create(step.layouts);
    case "rebuild":
      return memory.rebuild(step.layout, step.transform);
    case "reindex":
      return memory.reindex(step.layout);
    case "drop":
      return memory.drop(step.table);
    case "commit":
      await memory.commit(step.batch);
  }
}

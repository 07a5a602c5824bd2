/**
 * Announces on the Hub, channel `datastore`, what the datastore does: Amplify's events in Amplify's order, and
 * `outboxMutationFailed` for a change that was refused.
 *
 * A model's `modelSynced` is a full one when its pages were received, a delta otherwise; either way its counts are the records
 * that changed since syncing began.
 */
import { modelNamed, type SchemaDescription } from "@tributary/schema";
import type { OutboxEntry, ReadRecord } from "@tributary/storage";
import { type DataStoreProblem, writtenFields } from "./data-store-problem.ts";
import type { Hub } from "./hub.ts";
import type { ChangeOrigin } from "./local/local-database.ts";
import type { RecordChange } from "./local/workspace.ts";
import type { OpenStore } from "./open-store.ts";
import type { SyncState } from "./sync/sync-state.ts";

export interface HubEvents {
  /** The store is open; nothing was synced yet. */
  opened(store: OpenStore): Promise<void>;
  state(state: SyncState): void;
  changed(changes: readonly RecordChange[], origin: ChangeOrigin): void;
  modelSynced(model: string): void;
  ready(): void;
  queued(model: string, element: unknown): void;
  acknowledged(store: OpenStore, entries: readonly OutboxEntry[]): void;
  problem(problem: DataStoreProblem): void;
  /** The app went offline. */
  offline(): void;
}

interface Counts {
  new: number;
  updated: number;
  deleted: number;
}

export interface HubEventsOptions {
  readonly hub: Hub;
  readonly schema: () => SchemaDescription;
  readonly classOf: (model: string) => unknown;
  readonly toElement: (model: string, record: ReadRecord) => unknown;
}

export function createHubEvents({ hub, schema, classOf, toElement }: HubEventsOptions): HubEvents {
  let isActive: boolean | null = null;
  /** The sync under way: what changed, and which models are done. Null between syncs. */
  let sync: { readonly counts: Map<string, Counts>; readonly done: Set<string> } | null = null;
  let line: Promise<void> = Promise.resolve();

  const dispatch = (event: string, data?: unknown): void => {
    hub.dispatch("datastore", data === undefined ? { event } : { event, data }, "DataStore");
  };

  function network(active: boolean): void {
    if (isActive === active) return;
    isActive = active;
    dispatch("networkStatus", { active });
  }

  function announceModel(model: string, isFullSync: boolean): void {
    if (sync === null || sync.done.has(model)) return;
    sync.done.add(model);
    const counts = sync.counts.get(model) ?? { new: 0, updated: 0, deleted: 0 };
    dispatch("modelSynced", { model: classOf(model), isFullSync, isDeltaSync: !isFullSync, counts });
  }

  const names = (): string[] => schema().models.map((model) => model.name);

  return {
    async opened(store) {
      isActive = null;
      sync = null;
      const isEmpty = (await store.store.outboxSize()) === 0;
      dispatch("storageSubscribed");
      if (store.engine === null) dispatch("ready");
      else dispatch("outboxStatus", { isEmpty });
    },
    state(state) {
      switch (state.name) {
        case "syncing":
          network(true);
          sync = { counts: new Map(), done: new Set() };
          dispatch("subscriptionsEstablished");
          dispatch("syncQueriesStarted", { models: names() });
          return;
        case "waiting":
        case "blocked":
          network(false);
          return;
        default:
          return;
      }
    },
    changed(changes, origin) {
      if (sync === null || origin !== "relay") return;
      for (const { model, before, after } of changes) {
        const counts = sync.counts.get(model) ?? { new: 0, updated: 0, deleted: 0 };
        sync.counts.set(model, counts);
        if (before === null && after !== null) counts.new += 1;
        else if (after !== null) counts.updated += 1;
        else if (before !== null) counts.deleted += 1;
      }
    },
    modelSynced: (model) => announceModel(model, true),
    ready() {
      for (const model of names()) announceModel(model, false);
      sync = null;
      dispatch("syncQueriesReady");
      dispatch("ready");
    },
    queued(model, element) {
      dispatch("outboxMutationEnqueued", { model: classOf(model), element });
      dispatch("outboxStatus", { isEmpty: false });
    },
    acknowledged(store, entries) {
      line = line
        .then(() => announceProcessed(store, entries))
        .catch(() => {
          // The store was closed meanwhile: nobody waits for this news any more.
        });
    },
    problem(problem) {
      if (problem.kind !== "refused") return;
      const { model, intent, code, message } = problem.change;
      const element = intent.op === "delete" ? null : writtenFields(intent);
      dispatch("outboxMutationFailed", { model: classOf(model), element, code, message, change: problem.change });
    },
    offline: () => network(false),
  };

  async function announceProcessed(store: OpenStore, entries: readonly OutboxEntry[]): Promise<void> {
    for (const { model, key } of entries) {
      if (modelNamed(schema(), model) === undefined) continue;
      const [record] = await store.store.records(model, [key]);
      const element = record ? toElement(model, record) : null;
      dispatch("outboxMutationProcessed", { model: classOf(model), element });
    }
    dispatch("outboxStatus", { isEmpty: (await store.store.outboxSize()) === 0 });
  }
}

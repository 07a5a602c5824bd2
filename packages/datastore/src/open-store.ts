/**
 * Opens the local database of a datastore and, where a relay is configured, its sync engine.
 */
import { createStampClock, keyOf, keyValues } from "@tributary/model";
import { modelNamed, type SchemaDescription } from "@tributary/schema";
import {
  createReplicaReader,
  type OutboxEntry,
  openReplicaStore,
  type ReplicaReader,
  type ReplicaStore,
  type StorageAdapter,
} from "@tributary/storage";
import { authOf, type DataStoreConfig, syncUrl } from "./data-store-config.ts";
import { type DataStoreProblem, refusedProblem, syncProblem } from "./data-store-problem.ts";
import { type ChangeOrigin, createLocalDatabase, type LocalDatabase } from "./local/local-database.ts";
import type { WriterState } from "./local/local-writer.ts";
import { drawId, identityOf, metaNames, newIdentityMeta, pushedOf } from "./local/replica-identity.ts";
import type { RecordChange } from "./local/workspace.ts";
import type { Platform } from "./platform.ts";
import { createSyncEngine, type SyncEngine } from "./sync/sync-engine.ts";
import type { SyncState } from "./sync/sync-state.ts";

export interface OpenStore {
  readonly schema: SchemaDescription;
  readonly store: ReplicaStore;
  readonly reader: ReplicaReader;
  readonly database: LocalDatabase;
  readonly writer: WriterState;
  /** Null without a relay. */
  readonly engine: SyncEngine | null;
  /** Whether everything the relay had when the session began is here. */
  isReady(): boolean;
  close(): Promise<void>;
  /** Deletes everything local, then closes. */
  clear(): Promise<void>;
}

export interface OpenStoreListener {
  onChange(changes: readonly RecordChange[], origin: ChangeOrigin): void;
  /** Syncing went on in some way: connected, caught up, acknowledged, lost. */
  onStatus(): void;
  onState(state: SyncState): void;
  /** A model's part of the first sync is here. */
  onModelSynced(model: string): void;
  /** Everything the relay had when the session began is here. */
  onReady(): void;
  onAcknowledged(entries: readonly OutboxEntry[]): void;
  onProblem(problem: DataStoreProblem): void;
}

export async function openStore(
  platform: Platform,
  adapter: StorageAdapter,
  schema: SchemaDescription,
  config: DataStoreConfig,
  listener: OpenStoreListener,
): Promise<OpenStore> {
  const store = await openReplicaStore({ adapter, schema, keyOf, keyValues });
  const database = createLocalDatabase(store, (changes, origin) => {
    if (changes.length > 0) listener.onChange(changes, origin);
  });
  if (identityOf(store) === null) {
    await database.run(async (workspace) => workspace.setMeta(newIdentityMeta(platform.random)));
  }
  const nonce = drawId(platform.random);
  const stamps = createStampClock({ now: platform.now });
  let number = await lastNumber(store);
  const localModels = localModelsOf(schema, config.localModels ?? []);
  const writer: WriterState = {
    stamps,
    localModels,
    nonce,
    clientId: rememberedClientId(store),
    takeNumber: () => ++number,
  };
  let isReady = false;
  const engine = config.url === undefined ? null : createEngine(config.url);

  function createEngine(url: string): SyncEngine {
    const address = syncUrl(url);
    return createSyncEngine({
      store,
      database,
      stamps,
      nonce,
      localModels,
      takeNumber: writer.takeNumber,
      random: platform.random,
      now: platform.now,
      auth: () => authOf(config),
      agent: platform.agent,
      openSocket: (events) => platform.openSocket(address, events),
      after: platform.after,
      listener: {
        onState(state) {
          if (state.name !== "live") isReady = false;
          listener.onState(state);
          listener.onStatus();
        },
        onReady() {
          isReady = true;
          listener.onReady();
          listener.onStatus();
        },
        onProgress: () => listener.onStatus(),
        onModelSynced(model) {
          listener.onModelSynced(model);
          listener.onStatus();
        },
        onAcknowledged(entries) {
          listener.onAcknowledged(entries);
          listener.onStatus();
        },
        onRefused(refused) {
          for (const change of refused) listener.onProblem(refusedProblem(change));
          listener.onStatus();
        },
        onError: (error) => listener.onProblem(syncProblem(error)),
      },
    });
  }

  async function close(): Promise<void> {
    await engine?.stop();
    await database.idle();
    await store.close();
  }

  return {
    schema,
    store,
    reader: createReplicaReader(adapter, schema),
    database,
    writer,
    engine,
    isReady: () => isReady,
    close,
    async clear() {
      await engine?.stop();
      await database.idle();
      await store.clear();
      await store.close();
    },
  };
}

/** Those of the schema that are never synced, and those that the app wants kept here. */
function localModelsOf(schema: SchemaDescription, names: readonly string[]): ReadonlySet<string> {
  for (const name of names) {
    if (modelNamed(schema, name) === undefined) {
      throw new TypeError(`localModels names ${name}, which is no model of the schema`);
    }
  }
  return new Set([...names, ...schema.models.filter((model) => !model.isSyncable).map((model) => model.name)]);
}

/** The present client id, read anew only when the database's ids changed. */
function rememberedClientId(store: ReplicaStore): () => number {
  let text: string | undefined;
  let clientId = 0;
  return () => {
    const present = store.meta.get(metaNames.clientIds);
    if (present !== text || text === undefined) {
      const identity = identityOf(store);
      if (identity === null) throw new Error("the database has no identity; it was cleared");
      text = present;
      clientId = identity.clientId;
    }
    return clientId;
  };
}

async function lastNumber(store: ReplicaStore): Promise<number> {
  return Math.max(pushedOf(store)?.n ?? 0, await store.lastQueued());
}

/**
 * Opens the local database of a datastore and, where a relay is configured, its sync engine.
 */
import { createStampClock, keyOf, keyValues } from "@tributary/model";
import type { Auth } from "@tributary/protocol";
import type { SchemaDescription } from "@tributary/schema";
import { openReplicaStore, type ReplicaStore } from "@tributary/storage";
import { type DataStoreConfig, type DataStoreProblem, syncUrl } from "./data-store-config.ts";
import { createLocalDatabase, type LocalDatabase } from "./local/local-database.ts";
import type { WriterState } from "./local/local-writer.ts";
import { drawId, identityOf, metaNames, newIdentityMeta } from "./local/replica-identity.ts";
import type { RecordChange } from "./local/workspace.ts";
import type { Platform } from "./platform.ts";
import { createSyncEngine, type SyncEngine } from "./sync/sync-engine.ts";

export interface OpenStore {
  readonly schema: SchemaDescription;
  readonly store: ReplicaStore;
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
  onChange(changes: readonly RecordChange[]): void;
  /** Syncing went on in some way: connected, caught up, acknowledged, lost. */
  onStatus(): void;
  onProblem(problem: DataStoreProblem): void;
}

export async function openStore(
  platform: Platform,
  schema: SchemaDescription,
  config: DataStoreConfig,
  listener: OpenStoreListener,
): Promise<OpenStore> {
  const adapter = config.storageAdapter ?? platform.createAdapter(config.path);
  const store = await openReplicaStore({ adapter, schema, keyOf, keyValues });
  const database = createLocalDatabase(store, (changes) => {
    if (changes.length > 0) listener.onChange(changes);
  });
  if (identityOf(store) === null) {
    await database.run(async (workspace) => workspace.setMeta(newIdentityMeta(platform.random)));
  }
  const nonce = drawId(platform.random);
  const stamps = createStampClock({ now: platform.now });
  let number = await lastNumber(store);
  const writer: WriterState = {
    stamps,
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
          listener.onStatus();
        },
        onReady() {
          isReady = true;
          listener.onStatus();
        },
        onProgress: () => listener.onStatus(),
        onModelSynced: () => listener.onStatus(),
        onAcknowledged: () => listener.onStatus(),
        onRefused(refused) {
          for (const change of refused) listener.onProblem({ kind: "refused", change });
          listener.onStatus();
        },
        onError: (error) =>
          listener.onProblem({ kind: "sync", error: error instanceof Error ? error : new Error(String(error)) }),
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
  const pushed = store.meta.get(metaNames.pushed);
  const answered = pushed === undefined || pushed === "" ? 0 : (JSON.parse(pushed) as [string, number])[1];
  return Math.max(answered, await store.lastQueued());
}

async function authOf(config: DataStoreConfig): Promise<Auth> {
  const auth = typeof config.auth === "function" ? await config.auth() : config.auth;
  if (auth === undefined) return { kind: "none" };
  return "apiKey" in auth ? { kind: "apiKey", key: auth.apiKey } : { kind: "token", token: auth.token };
}

/**
 * A relay and its clients in one process, on real adapters, under a test's control: clocks, randomness, connections,
 * restarts.
 */
import {
  createDataStoreOn,
  type DataStoreConfig,
  type DataStoreInstance,
  type DataStoreProblem,
  type Platform,
} from "@tributary/datastore/core";
import { type Authentication, createRelay, type Relay, type RelayOptions } from "@tributary/relay";
import type { SchemaDescription } from "@tributary/schema";
import type { StorageAdapter } from "@tributary/storage";
import { createLink, type Link } from "./link.ts";
import type { Random } from "./random.ts";

export interface ClusterOptions {
  readonly schema: SchemaDescription;
  readonly random: Random;
  /** Makes an adapter on the place of that name; the same place holds the same data. */
  readonly adapter: (place: string) => StorageAdapter;
  readonly relay?: Partial<RelayOptions>;
  /** ms since 1970. */
  readonly now?: () => number;
}

export interface ClusterClient {
  readonly name: string;
  readonly link: Link;
  readonly problems: DataStoreProblem[];
  /** How far its wall clock is ahead, in ms; may jump. */
  clockOffsetMs: number;
  /** Of the present process start. */
  readonly store: DataStoreInstance;
  /** Ends the process start without a goodbye and begins another on the same data, under the same schema or another. */
  restart(schema?: SchemaDescription): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterClientOptions {
  /** Default its name. */
  readonly place?: string;
  readonly clockOffsetMs?: number;
  /** Default the cluster's. */
  readonly schema?: SchemaDescription;
  /** More of its configuration. */
  readonly config?: DataStoreConfig;
}

export interface Cluster {
  /** Throws while the relay is down. */
  readonly relay: Relay;
  client(name: string, options?: ClusterClientOptions): ClusterClient;
  stopRelay(): Promise<void>;
  /** Starts the relay on the data of `place`, `relay` by default. */
  startRelay(place?: string, relay?: Partial<RelayOptions>): Promise<void>;
  stop(): Promise<void>;
}

const everybody: Authentication = { outcome: "accepted", identity: { kind: "apiKey", id: "test" }, expiresAt: null };

export async function createCluster(options: ClusterOptions): Promise<Cluster> {
  const { schema, random } = options;
  const now = options.now ?? Date.now;
  let relay: Relay | null = null;
  const clients: ClusterClient[] = [];
  const timers = new Set<() => void>();

  async function startRelay(place = "relay", given: Partial<RelayOptions> = {}): Promise<void> {
    relay = await createRelay({
      schema,
      adapter: options.adapter(place),
      sandbox: true,
      authenticate: async () => everybody,
      now,
      expiryIntervalMs: 0,
      ...options.relay,
      ...given,
    });
  }

  async function stopRelay(): Promise<void> {
    const stopping = relay;
    relay = null;
    for (const client of clients) client.link.cut();
    await stopping?.stop();
  }

  function client(name: string, given: ClusterClientOptions = {}): ClusterClient {
    let clientSchema = given.schema ?? schema;
    const link = createLink(() => relay);
    const problems: DataStoreProblem[] = [];
    const platform: Platform = {
      agent: `test ${name}`,
      random: { bytes: random.bytes },
      now: () => now() + made.clockOffsetMs,
      newId: () => Array.from(random.bytes(16), (byte) => byte.toString(16).padStart(2, "0")).join(""),
      after(ms, action) {
        // Waiting is compressed: schedules are about order, not about seconds.
        const timer = setTimeout(action, Math.min(ms, 5));
        const cancel = (): void => {
          clearTimeout(timer);
          timers.delete(cancel);
        };
        timers.add(cancel);
        return cancel;
      },
      createAdapter: () => options.adapter(given.place ?? name),
      openSocket: link.openSocket,
    };
    const open = (): DataStoreInstance =>
      createDataStoreOn(platform, {
        schema: clientSchema,
        url: "http://relay.test",
        ...given.config,
        errorHandler: (problem) => problems.push(problem),
      });
    let store = open();
    const made: ClusterClient = {
      name,
      link,
      problems,
      clockOffsetMs: given.clockOffsetMs ?? 0,
      get store() {
        return store;
      },
      async restart(changed = clientSchema) {
        clientSchema = changed;
        link.cut();
        await store.stop();
        store = open();
        await store.start();
      },
      stop: () => store.stop(),
    };
    clients.push(made);
    return made;
  }

  await startRelay();
  return {
    get relay() {
      if (relay === null) throw new Error("the relay is down");
      return relay;
    },
    client,
    stopRelay,
    startRelay,
    async stop() {
      for (const one of clients) await one.stop();
      for (const cancel of [...timers]) cancel();
      await stopRelay();
    },
  };
}

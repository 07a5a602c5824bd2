/** One app on three databases: the same schema, ids and calls on memory, a SQLite file and IndexedDB. */
import path from "node:path";
import { createDataStoreOn, type DataStoreInstance } from "@tributary/datastore/core";
import type { ModelClass } from "@tributary/datastore/node";
import type { Values } from "@tributary/model";
import { parseSchema } from "@tributary/schema/sdl";
import type { StorageAdapter } from "@tributary/storage";
import { createIndexedDbAdapter, type IndexedDbEnvironment } from "@tributary/storage/indexeddb";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { createSqliteAdapter } from "@tributary/storage/sqlite";
import { createConflictingAdapter } from "@tributary/storage/testing";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { onTestFinished } from "vitest";
import type { Random } from "../src/cluster/random.ts";
import type { DrawnModel } from "../src/oracle/drawn-schema.ts";
import { tempFolder } from "./temp-folder.ts";

export interface OneStore {
  readonly name: string;
  readonly store: DataStoreInstance;
  classOf(model: DrawnModel): ModelClass;
  /** Runs what waits for a later turn. */
  runTimers(): void;
}

/** Longer waits are warnings that something takes long: nothing here waits for them. */
const LONG_MS = 1000;

export function openThreeStores(sdl: string, random: Random): readonly OneStore[] {
  const file = path.join(tempFolder(), "store.db");
  const environment = { indexedDB: new IDBFactory(), IDBKeyRange, setTimeout, clearTimeout } as IndexedDbEnvironment;
  // Some commits find that somebody else was faster: what they were to write is worked out again.
  const memory = createConflictingAdapter(createMemoryAdapter(), { random: random.next, rate: 0.15 });
  return [
    openStore("memory", sdl, () => memory),
    openStore("SQLite", sdl, () => createSqliteAdapter({ file, synchronous: "NORMAL" })),
    openStore("IndexedDB", sdl, () => createIndexedDbAdapter({ name: "store", environment })),
  ];
}

function openStore(name: string, sdl: string, createAdapter: () => StorageAdapter): OneStore {
  let [ids, bytes, ms] = [0, 0, 1_800_000_000_000];
  let waiting: (() => void)[] = [];
  const store = createDataStoreOn(
    {
      agent: "test",
      random: { bytes: (count) => new Uint8Array(count).map(() => bytes++ % 251) },
      now: () => ms++,
      newId: () => `id-${++ids}`,
      after(delayMs, action) {
        if (delayMs < LONG_MS) waiting.push(action);
        return () => {
          waiting = waiting.filter((one) => one !== action);
        };
      },
      createAdapter,
      openSocket() {
        throw new Error("there is no relay");
      },
    },
    { schema: parseSchema(sdl) },
  );
  onTestFinished(() => store.stop());
  return {
    name,
    store,
    classOf(model) {
      const found = store.models[model.name];
      if (found === undefined) throw new RangeError(`no class ${model.name}`);
      return found;
    },
    runTimers() {
      const due = waiting;
      waiting = [];
      for (const action of due) action();
    },
  };
}

/** What an instance holds of the model's stored fields, as JSON. */
export function valuesIn(model: DrawnModel, instance: unknown): Values {
  const held = instance as Readonly<Record<string, unknown>>;
  const values = model.fields.map(({ name }) => [name, held[name] ?? null] as const);
  return JSON.parse(JSON.stringify(Object.fromEntries(values))) as Values;
}

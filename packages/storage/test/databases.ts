/** The databases that record stores are tested on: each place is one database, however often it is opened. */
import path from "node:path";
import type { StorageAdapter } from "../src/adapter.ts";
import { createIndexedDbAdapter } from "../src/indexeddb/index.ts";
import { createMemoryAdapter } from "../src/memory/index.ts";
import { createSqliteAdapter } from "../src/sqlite/index.ts";
import { createConflictingAdapter } from "../src/testing/index.ts";
import { createBrowser } from "./browser.ts";
import { createRandom } from "./random.ts";
import { tempFolder } from "./temp-folder.ts";

export interface DatabaseKind {
  readonly name: string;
  /** Adapters on a new database; where it is memory, all are one, which can be opened again. */
  place(): () => StorageAdapter;
}

export const sqlite: DatabaseKind = {
  name: "SQLite",
  place() {
    const file = path.join(tempFolder(), "store.db");
    return () => createSqliteAdapter({ file, synchronous: "NORMAL" });
  },
};

export const indexedDb: DatabaseKind = {
  name: "IndexedDB",
  place() {
    const environment = createBrowser();
    return () => createIndexedDbAdapter({ name: "store", environment });
  },
};

export const memory: DatabaseKind = {
  name: "memory",
  place() {
    const adapter = createMemoryAdapter();
    return () => adapter;
  },
};

/** Every third commit or so conflicts without a reason. */
export const contended: DatabaseKind = {
  name: "a database under contention",
  place() {
    const adapter = createConflictingAdapter(createMemoryAdapter(), { random: createRandom(7).next, rate: 0.35 });
    return () => adapter;
  },
};

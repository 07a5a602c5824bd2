/** What an IndexedDB adapter takes from a browser, without one: a database factory of its own, and real timers. */
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import type { IndexedDbEnvironment } from "../src/indexeddb/index.ts";

export type Browser = IndexedDbEnvironment;

/** A browser in which no database is. */
export function createBrowser(more: Partial<Browser> = {}): Browser {
  return { indexedDB: new IDBFactory(), IDBKeyRange, setTimeout, clearTimeout, ...more } as Browser;
}

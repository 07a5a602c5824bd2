/** The IndexedDB adapter, for browsers. */
export { createIndexedDbAdapter, type IndexedDbAdapterOptions } from "./create-indexed-db-adapter.ts";
export type { IndexedDbEnvironment } from "./indexed-db.ts";

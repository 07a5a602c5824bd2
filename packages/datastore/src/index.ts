/** The datastore's portable core. Apps import `@tributary/datastore/node` or `/browser`. */
export { createDataStoreOn, type DataStoreInstance } from "./data-store.ts";
export type { DataStoreAuth, DataStoreConfig } from "./data-store-config.ts";
export type { DataStoreProblem } from "./data-store-problem.ts";
export type { Platform } from "./platform.ts";

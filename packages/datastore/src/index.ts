/** The datastore's portable core. Apps import `@tributary/datastore/node`. */
export { createDataStoreOn, type DataStoreInstance } from "./data-store.ts";
export type { DataStoreAuth, DataStoreConfig, DataStoreProblem } from "./data-store-config.ts";
export type { Platform } from "./platform.ts";

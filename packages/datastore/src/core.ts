/** The portable core: a datastore on any platform. Apps import `@tributary/datastore`, which is that of theirs. */
export { createDataStoreOn, type DataStoreInstance } from "./data-store.ts";
export type { DataStoreAuth, DataStoreConfig } from "./data-store-config.ts";
export type { DataStoreProblem } from "./data-store-problem.ts";
export type { Platform } from "./platform.ts";

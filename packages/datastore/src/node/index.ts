/** The DataStore in Node: SQLite for the local database, `ws` for the relay. */
import { createDataStoreOn, type DataStoreInstance } from "../data-store.ts";
import type { DataStoreConfig } from "../data-store-config.ts";
import { createNodePlatform } from "./node-platform.ts";

export type {
  ChangeMessage,
  DataStoreInstance,
  PredicateProducer,
  QueryOptions,
  Snapshot,
  SortProducer,
  SyncStatus,
} from "../data-store.ts";
export type { DataStoreAuth, DataStoreConfig, DataStoreProblem } from "../data-store-config.ts";
export type { ModelClass, ModelDraft, ModelInstance } from "../model-class.ts";
export type { Observable, Observer, Subscription } from "../observable.ts";

/** A datastore of its own: several can live side by side in a process, each on its own file. */
export function createDataStore(config: DataStoreConfig = {}): DataStoreInstance {
  return createDataStoreOn(createNodePlatform(), config);
}

/** The app's datastore. */
export const DataStore: DataStoreInstance = createDataStore();

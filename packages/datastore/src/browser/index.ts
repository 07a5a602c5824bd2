/** The DataStore in browsers: IndexedDB for the local database, the browser's WebSocket for the relay. */
import { type App, createApp, type DataStoreConstructor } from "../app.ts";
import type { DataStoreInstance } from "../data-store.ts";
import type { DataStoreConfig } from "../data-store-config.ts";
import type { Hub as HubInstance } from "../hub.ts";
import { createBrowserPlatform } from "./browser-platform.ts";

// biome-ignore lint/performance/noReExportAll: over a hundred names, the same on each platform, are listed in one place
export * from "../public-surface.ts";

const app: App = createApp(createBrowserPlatform());

/** The app's datastore. */
export const DataStore: DataStoreInstance = app.DataStore;
export const DataStoreClass: DataStoreConstructor = app.DataStoreClass;
/** Where the app's datastore says what it does, on channel `datastore`. */
export const Hub: HubInstance = app.Hub;
export const initSchema: App["initSchema"] = app.initSchema;

/** A datastore of its own: several can live side by side in a page, each on its own database. */
export function createDataStore(config: DataStoreConfig = {}): DataStoreInstance {
  return app.createDataStore(config);
}

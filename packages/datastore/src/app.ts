/**
 * The datastore of an app, as Amplify's apps know it: one DataStore, one Hub, and the schema that `initSchema` was given.
 *
 * This is the only state that modules share, and each platform's entry makes one of it. Datastores of `createDataStore` have a
 * Hub each, and the app's schema where they are configured with none.
 */
import type { SchemaDescription } from "@tributary/schema";
import type { ModelClassOf, PersistentModel } from "./amplify/model-type.ts";
import { createDataStoreOn, type DataStoreInstance } from "./data-store.ts";
import type { DataStoreConfig } from "./data-store-config.ts";
import { createHub, type Hub } from "./hub.ts";
import { classesOf } from "./models/schema-classes.ts";
import type { Platform } from "./platform.ts";
import { schemaDescriptionOf } from "./schema-input.ts";

/** The classes of models and embedded types, by name. `utils` tells them apart; a generated file says which each of them is. */
export type TypeConstructorMap = Readonly<Record<string, ModelClassOf<PersistentModel>>>;

export interface App {
  readonly DataStore: DataStoreInstance;
  readonly DataStoreClass: DataStoreConstructor;
  readonly Hub: Hub;
  /** A datastore of its own: several can live side by side in a process, each on its own database. */
  createDataStore(config?: DataStoreConfig): DataStoreInstance;
  /**
   * Makes the schema the app's; answers its classes. A second call with the same schema answers the same classes; one with
   * another schema makes that the app's, with a warning.
   */
  initSchema(schema: unknown): TypeConstructorMap;
}

export type DataStoreConstructor = new (config?: DataStoreConfig) => DataStoreInstance;

export function createApp(platform: Platform): App {
  const warn = (message: string): void => platform.warn?.(message);
  let appSchema: SchemaDescription | undefined;
  const defaultSchema = (): SchemaDescription | undefined => appSchema;
  const hub = createHub(warn);

  function createDataStore(config: DataStoreConfig = {}): DataStoreInstance {
    return createDataStoreOn(platform, config, { defaultSchema });
  }

  const DataStoreClass = class {
    constructor(config: DataStoreConfig = {}) {
      const methods = Object.getOwnPropertyDescriptors(createDataStore(config));
      Object.defineProperties(this, methods);
    }
  };
  Object.defineProperty(DataStoreClass, "name", { value: "DataStore" });

  return {
    DataStore: createDataStoreOn(platform, {}, { hub, defaultSchema }),
    DataStoreClass: DataStoreClass as unknown as DataStoreConstructor,
    Hub: hub,
    createDataStore,
    initSchema(input) {
      const schema = schemaDescriptionOf(input);
      const isSame = appSchema !== undefined && isSameSchema(appSchema, schema);
      if (appSchema !== undefined && !isSame)
        warn("initSchema was called with another schema than before; it replaces that");
      if (!isSame) appSchema = schema;
      const { models, embedded } = classesOf(appSchema ?? schema, { newId: platform.newId, warn });
      return Object.freeze({ ...embedded, ...models });
    },
  };
}

/** Modules that are loaded again bring the same schema as another object. */
function isSameSchema(left: SchemaDescription, right: SchemaDescription): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}

/**
 * The DataStore: save, query, delete and observe records of a local database; sync it when there is a relay.
 *
 * Every call works without a network. What `save` resolved is durable with its outbox entry (I4, I6). Calls start the
 * datastore when it is not started; those made while it stops or is cleared wait, and start it again.
 */
import type { predicateAll } from "@tributary/model";
import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import type { ReadRecord, RefusedChange, StorageAdapter } from "@tributary/storage";
import type {
  ModelPredicateExtender,
  ObserveQueryOptions,
  ProducerPaginationInput,
  RecursiveModelPredicateExtender,
} from "./amplify/model-predicate.ts";
import type { IdentifierFieldOrIdentifierObject, ModelClassOf } from "./amplify/model-type.ts";
import type { DataStoreSnapshot, SubscriptionMessage } from "./amplify/subscription-message.ts";
import { type ConfigureInput, type DataStoreConfig, mergeConfig } from "./data-store-config.ts";
import type { DataStoreProblem } from "./data-store-problem.ts";
import { faultText } from "./fault-text.ts";
import { createHub, type Hub } from "./hub.ts";
import { createHubEvents } from "./hub-events.ts";
import { createLifeCycle } from "./life-cycle.ts";
import { createListeners } from "./listeners.ts";
import { observeQuery } from "./live/observe-query.ts";
import type { ChangeOrigin } from "./local/local-database.ts";
import type { RecordChange } from "./local/workspace.ts";
import type { PersistentModel, RelatedRecords } from "./models/instance.ts";
import { instanceOf, type ModelClass } from "./models/model-class.ts";
import { classesOf, type SchemaClasses } from "./models/schema-classes.ts";
import type { Observable } from "./observable.ts";
import { type OpenStore, openStore } from "./open-store.ts";
import type { Platform } from "./platform.ts";
import { type Aggregate, type AggregateOptions, aggregateRecords, countRecords } from "./records/aggregate-records.ts";
import { deleteRecords } from "./records/delete-records.ts";
import { observeRecords } from "./records/observe-records.ts";
import { queryRecords } from "./records/query-records.ts";
import type { RecordContext } from "./records/record-context.ts";
import { saveRecord, saveRecords } from "./records/save-record.ts";
import { observeSaveStatus, type SaveStatus, saveStatusOf } from "./records/save-status.ts";
import { type SearchOptions, searchRecords } from "./records/search-records.ts";
import { runTransaction, type Transaction } from "./records/transaction.ts";
import { createUndoManager, type UndoManager, type UndoOptions } from "./records/undo-manager.ts";
import type { SyncState } from "./sync/sync-state.ts";

/** Where syncing stands, for status displays. */
export interface SyncStatus {
  /** `stopped` without a relay, too. */
  readonly state: SyncState["name"];
  readonly isReady: boolean;
  /** Changes the relay has not answered. */
  readonly unsent: number;
}

export interface DataStoreInstance {
  /** Takes effect with the next start; what is not repeated stays. */
  configure(config?: ConfigureInput): void;
  /** The model classes of the schema, by name. */
  readonly models: Readonly<Record<string, ModelClass>>;
  /** Where the datastore says what it does, on channel `datastore`. */
  readonly hub: Hub;
  /** Resolves once the local database is open. Syncing that ended with wrong credentials is tried again. */
  start(): Promise<void>;
  /** Waits for work under way, ends sync and keeps the data. */
  stop(): Promise<void>;
  /** Stops and deletes everything local, unsent changes included. */
  clear(): Promise<void>;
  /** Writes what changed; resolves with the record as stored. Rejects when it is invalid or the condition does not hold. */
  save<T extends object>(model: T, condition?: ModelPredicateExtender<T>): Promise<T>;
  query<T extends object>(
    modelConstructor: ModelClassOf<T>,
    identifier: IdentifierFieldOrIdentifierObject<T>,
  ): Promise<T | undefined>;
  query<T extends object>(
    modelConstructor: ModelClassOf<T>,
    criteria?: RecursiveModelPredicateExtender<T> | typeof predicateAll | null,
    options?: ProducerPaginationInput<T>,
  ): Promise<T[]>;
  /** Resolves with the records of the model that were deleted. */
  delete<T extends object>(
    modelConstructor: ModelClassOf<T>,
    criteria: IdentifierFieldOrIdentifierObject<T> | ModelPredicateExtender<T> | typeof predicateAll,
  ): Promise<T[]>;
  /** Resolves with the instance, whether it was there or not. What it has goes with it. */
  delete<T extends object>(model: T, condition?: ModelPredicateExtender<T>): Promise<T>;
  /** Changes of all records, of a model's, of those that meet a predicate, or of one. */
  observe(): Observable<SubscriptionMessage>;
  observe<T extends object>(
    modelConstructor: ModelClassOf<T> | undefined,
    criteria?: string | RecursiveModelPredicateExtender<T> | typeof predicateAll,
  ): Observable<SubscriptionMessage<T>>;
  observe<T extends object>(model: T): Observable<SubscriptionMessage<T>>;
  observeQuery<T extends object>(
    modelConstructor: ModelClassOf<T>,
    criteria?: RecursiveModelPredicateExtender<T> | typeof predicateAll,
    options?: ObserveQueryOptions<T>,
  ): Observable<DataStoreSnapshot<T>>;
  count<T extends object>(
    modelConstructor: ModelClassOf<T>,
    criteria?: RecursiveModelPredicateExtender<T> | typeof predicateAll,
  ): Promise<number>;
  /** Counts and measures records by groups, in the database. Groups ascending; one group of all without `groupBy`. */
  aggregate<T extends object>(
    modelConstructor: ModelClassOf<T>,
    options?: AggregateOptions<T>,
  ): Promise<Aggregate<T>[]>;
  /** Records in which every word of `text` begins a word, the best first. The index is built at a model's first search. */
  search<T extends object>(modelConstructor: ModelClassOf<T>, text: string, options?: SearchOptions<T>): Promise<T[]>;
  /**
   * Runs `work`, and stores all that it does with the transaction it is given, or nothing when it throws; the relay takes or
   * refuses it as one. `work` may be run again, and waits for nothing but its transaction: everybody else waits for it.
   */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result> | Result): Promise<Result>;
  /** Saves new and changed instances in one local transaction: all of them, or none when one cannot be saved. Each is a push of its own. */
  saveAll<T extends object>(models: readonly T[]): Promise<T[]>;
  /** Watches what the app writes from now on, to take it back and do it again. */
  createUndoManager(options?: UndoOptions): UndoManager;
  /** How far a record's changes have come. */
  saveStatus(model: object): Promise<SaveStatus>;
  /** The same now, and each time that it changes. */
  observeSaveStatus(model: object): Observable<SaveStatus>;
  /** Changes the relay refused, oldest first. */
  refused(): Promise<readonly RefusedChange[]>;
  forgetRefused(n: number): Promise<void>;
  status(): Promise<SyncStatus>;
  /**
   * Resolves once everything the relay had is here and everything local is acknowledged or refused; at once without a relay. Rejects
   * when it is stopped, and when the relay will not have this client: wrong credentials, another principal, another version.
   */
  settled(): Promise<void>;
  /** Goes offline or online at the app's wish. */
  setOnline(isOnline: boolean): Promise<void>;
}

export interface DataStoreOptions {
  readonly hub?: Hub;
  /** The schema where the configuration names none. */
  readonly defaultSchema?: () => SchemaDescription | undefined;
}

export function createDataStoreOn(
  platform: Platform,
  initial: DataStoreConfig = {},
  { hub: givenHub, defaultSchema }: DataStoreOptions = {},
): DataStoreInstance {
  const warn = (message: string): void => platform.warn?.(message);
  const hub = givenHub ?? createHub(warn);
  let config: DataStoreConfig = initial;
  let isOnline = true;
  let openedStore: OpenStore | null = null;
  /** Made for the place that the configuration names. Kept over stops: one in memory would forget. */
  let placed: { readonly path: string | undefined; readonly adapter: StorageAdapter } | null = null;
  const changeListeners = createListeners<[readonly RecordChange[], ChangeOrigin]>();
  const statusListeners = createListeners<[]>();
  const resetListeners = createListeners<["opened" | "cleared"]>();

  function schemaOf(): SchemaDescription {
    const schema = config.schema ?? defaultSchema?.();
    if (schema !== undefined) return schema;
    throw new Error(
      "Schema is not initialized. Call initSchema(schema), or configure({ schema }), first; where that was done, two copies of this package are installed",
    );
  }

  function classes(): SchemaClasses {
    return classesOf(schemaOf(), { newId: platform.newId, warn });
  }

  function adapterOf({ storageAdapter, path }: DataStoreConfig): StorageAdapter {
    if (storageAdapter !== undefined) return storageAdapter;
    if (placed === null || placed.path !== path) placed = { path, adapter: platform.createAdapter(path) };
    return placed.adapter;
  }

  function report(problem: DataStoreProblem): void {
    events.problem(problem);
    if (config.errorHandler === undefined) {
      warn(`${problem.process} failed: ${problem.message}`);
      return;
    }
    try {
      config.errorHandler(problem);
    } catch (error) {
      warn(`the error handler failed: ${faultText(error)}`);
    }
  }

  const records: RelatedRecords = {
    related: (join, values) =>
      lifeCycle.use(async ({ reader }) => {
        const wanted = Object.fromEntries(join.on.map(({ own, other }) => [other, values[own] ?? null]));
        const found = await reader.related(join.model.name, Object.keys(wanted), wanted);
        return found.map((record) => toInstance(join.model, record));
      }),
  };

  function toInstance(model: ModelDescription, record: ReadRecord): PersistentModel {
    return instanceOf(classes().models[model.name], schemaOf(), model, record, records);
  }

  const events = createHubEvents({
    hub,
    schema: schemaOf,
    classOf: (model) => classes().models[model],
    toElement(name, record) {
      const model = schemaOf().models.find((one) => one.name === name);
      return model === undefined ? null : toInstance(model, record);
    },
  });

  async function open(): Promise<OpenStore> {
    const store: OpenStore = await openStore(platform, adapterOf(config), schemaOf(), config, {
      onChange(changes, origin) {
        events.changed(changes, origin);
        changeListeners.tell(changes, origin);
      },
      onStatus: () => statusListeners.tell(),
      onState: (state) => events.state(state),
      onModelSynced: (model) => events.modelSynced(model),
      onReady: () => events.ready(),
      onAcknowledged: (entries) => events.acknowledged(store, entries),
      onProblem: report,
    });
    await events.opened(store);
    return store;
  }

  const lifeCycle = createLifeCycle(open, (store) => {
    openedStore = store;
    if (isOnline) store.engine?.start();
    resetListeners.tell("opened");
  });

  /** Syncs, unless the app wants to be offline or has stopped the store meanwhile. */
  function goOn(store: OpenStore): void {
    if (isOnline && lifeCycle.isCurrent(store)) store.engine?.start();
  }

  async function end(finish: (store: OpenStore) => Promise<void>): Promise<void> {
    await lifeCycle.end(async (store) => {
      if (openedStore === store) openedStore = null;
      await finish(store);
    });
    statusListeners.tell();
  }

  const context: RecordContext = {
    schema: schemaOf,
    opened: lifeCycle.opened,
    use: lifeCycle.use,
    toInstance,
    classOf: (model) => classes().models[model.name],
    isOpen: () => openedStore !== null && lifeCycle.isCurrent(openedStore),
    isSynced: () => openedStore?.isReady() ?? false,
    queued(store, model, element) {
      if (store.engine === null) return;
      events.queued(model.name, element);
      store.engine.queued();
    },
    warn,
    after: platform.after,
    onChanges: changeListeners.add,
    onStatus: statusListeners.add,
    onReset: resetListeners.add,
  };

  async function settled(): Promise<void> {
    const store = await lifeCycle.opened();
    const { engine } = store;
    if (engine === null) return;
    const isSettled = async (): Promise<boolean> => store.isReady() && (await store.store.outboxSize()) === 0;
    for (;;) {
      if (engine.state.name === "blocked") throw new Error(`nothing will be settled: ${engine.state.reason}`);
      if (!lifeCycle.isCurrent(store)) throw new Error("the datastore was stopped before everything was settled");
      const changed = new Promise<void>((resolve) => {
        const stop = statusListeners.add(() => {
          stop();
          resolve();
        });
      });
      if (await isSettled()) return;
      await changed;
    }
  }

  const methods = {
    configure(given: ConfigureInput = {}) {
      config = mergeConfig(config, given);
    },
    get models() {
      return classes().models;
    },
    hub,
    async start() {
      goOn(await lifeCycle.opened());
    },
    stop: () => end((store) => store.close()),
    async clear() {
      await lifeCycle.opened();
      await end(async (store) => {
        await store.clear();
        resetListeners.tell("cleared");
      });
    },
    save: async (model: PersistentModel, condition?: unknown) => saveRecord(context, model, condition),
    query: async (modelClass: unknown, criteria?: unknown, options?: ProducerPaginationInput<PersistentModel>) =>
      queryRecords(context, modelClass, criteria, options),
    delete: async (what: unknown, criteria?: unknown) => deleteRecords(context, what, criteria),
    observe: (what?: unknown, criteria?: unknown) => observeRecords(context, what, criteria),
    observeQuery: (modelClass: unknown, criteria?: unknown, options?: ObserveQueryOptions<PersistentModel>) =>
      observeQuery(context, modelClass, criteria, options),
    count: async (modelClass: unknown, criteria?: unknown) => countRecords(context, modelClass, criteria),
    aggregate: async (modelClass: unknown, options?: AggregateOptions<Record<string, unknown>>) =>
      aggregateRecords(context, modelClass, options),
    search: async (modelClass: unknown, text: unknown, options?: SearchOptions<Record<string, unknown>>) =>
      searchRecords(context, modelClass, text, options),
    transaction: async <Result>(work: (transaction: Transaction) => Promise<Result> | Result) =>
      runTransaction(context, work),
    saveAll: async (models: readonly PersistentModel[]) => saveRecords(context, models),
    createUndoManager: (options?: UndoOptions) => createUndoManager(context, options),
    saveStatus: async (model: unknown) => saveStatusOf(context, model),
    observeSaveStatus: (model: unknown) => observeSaveStatus(context, model),
    refused: () => lifeCycle.use(({ store }) => store.refusedChanges()),
    async forgetRefused(n: number) {
      await lifeCycle.use(({ store }) => store.forgetRefused(n));
      statusListeners.tell();
    },
    status: () =>
      lifeCycle.use(async (store) => ({
        state: store.engine?.state.name ?? "stopped",
        isReady: store.isReady(),
        unsent: await store.store.outboxSize(),
      })),
    settled,
    async setOnline(next: boolean) {
      isOnline = next;
      const store = await lifeCycle.opened();
      goOn(store);
      if (isOnline || store.engine === null) return;
      await store.engine.stop();
      events.offline();
    },
  };
  // The overloads say what each form of a call answers; the functions behind them tell the forms apart at run time.
  return methods as unknown as DataStoreInstance;
}

/**
 * The DataStore: save, query, delete and observe records of a local database; sync it when there is a relay.
 *
 * Every call works without a network. What `save` resolved is durable with its outbox entry (I4, I6). Calls start the
 * datastore when it is not started.
 */
import {
  buildPredicate,
  buildSort,
  keyOf,
  matches,
  type Predicate,
  type SortKey,
  type Values,
  validateValues,
} from "@tributary/model";
import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import type { RefusedChange } from "@tributary/storage";
import { type DataStoreConfig, type DataStoreProblem, syncUrl } from "./data-store-config.ts";
import { createLiveQuery } from "./live/live-query.ts";
import { changedFields, deleteRecord, givenFields, writeFields } from "./local/local-writer.ts";
import type { RecordChange } from "./local/workspace.ts";
import {
  baseOf,
  initSchema,
  instanceOf,
  type ModelClass,
  type ModelInstance,
  markStored,
  modelOfClass,
  modelOfInstance,
  saveRequestOf,
} from "./model-class.ts";
import { createObservable, type Observable } from "./observable.ts";
import { type OpenStore, openStore } from "./open-store.ts";
import type { Platform } from "./platform.ts";
import type { SyncState } from "./sync/sync-state.ts";

/** Builds a predicate: `m => m.and(m => [m.room.eq('x'), m.likes.gt(3)])`. */
export type PredicateProducer = Parameters<typeof buildPredicate>[1];
/** Builds a sort: `s => s.createdAt('DESCENDING')`. */
export type SortProducer = Parameters<typeof buildSort>[1];

export interface QueryOptions {
  readonly sort?: SortProducer;
  /** From 0; needs `limit`. */
  readonly page?: number;
  /** Most records to answer; 0 or none for all. */
  readonly limit?: number;
}

export type Criteria = string | Values | PredicateProducer | Predicate;

export interface ChangeMessage {
  readonly opType: "INSERT" | "UPDATE" | "DELETE";
  /** The record as it is now; for a deletion as it was. */
  readonly element: ModelInstance;
  readonly model: ModelClass;
}

export interface Snapshot {
  readonly items: readonly ModelInstance[];
  /** True once everything the relay had was received. */
  readonly isSynced: boolean;
}

/** Where syncing stands, for status displays. */
export interface SyncStatus {
  readonly state: SyncState["name"];
  readonly isReady: boolean;
  /** Changes the relay has not answered. */
  readonly unsent: number;
}

export interface DataStoreInstance {
  configure(config: DataStoreConfig): void;
  /** The model classes of the configured schema, by name. */
  readonly models: Readonly<Record<string, ModelClass>>;
  start(): Promise<void>;
  /** Waits for work under way, ends sync and keeps the data. */
  stop(): Promise<void>;
  /** Stops and deletes everything local, unsent changes included. */
  clear(): Promise<void>;
  /** Writes what changed; resolves with the record as stored. Rejects when it is invalid or the condition does not hold. */
  save(instance: ModelInstance, condition?: PredicateProducer): Promise<ModelInstance>;
  query(model: ModelClass, key: string | Values): Promise<ModelInstance | undefined>;
  query(model: ModelClass, criteria?: PredicateProducer | Predicate, options?: QueryOptions): Promise<ModelInstance[]>;
  delete(instance: ModelInstance, condition?: PredicateProducer): Promise<ModelInstance>;
  delete(model: ModelClass, criteria: Criteria): Promise<ModelInstance[]>;
  observe(model?: ModelClass, criteria?: string | PredicateProducer): Observable<ChangeMessage>;
  observeQuery(
    model: ModelClass,
    criteria?: PredicateProducer | Predicate,
    options?: { readonly sort?: SortProducer },
  ): Observable<Snapshot>;
  /** Changes the relay refused, oldest first. */
  refused(): Promise<readonly RefusedChange[]>;
  forgetRefused(n: number): Promise<void>;
  status(): Promise<SyncStatus>;
  /** Resolves once everything the relay had is here and everything local is acknowledged or refused. */
  settled(): Promise<void>;
  /** Goes offline or online at the app's wish. */
  setOnline(isOnline: boolean): Promise<void>;
}

export function createDataStoreOn(platform: Platform, initial: DataStoreConfig = {}): DataStoreInstance {
  let config: DataStoreConfig = initial;
  let open: Promise<OpenStore> | null = null;
  let isOnline = true;
  let ending: Promise<void> | null = null;
  const changeListeners = new Set<(changes: readonly RecordChange[]) => void>();
  const statusListeners = new Set<() => void>();

  const report = (problem: DataStoreProblem): void => config.errorHandler?.(problem);

  function schemaOf(): SchemaDescription {
    if (config.schema === undefined) throw new Error("the datastore has no schema; call configure({ schema }) first");
    return config.schema;
  }

  function opened(): Promise<OpenStore> {
    open ??= begin().catch((error: unknown) => {
      open = null;
      throw error;
    });
    return open;
  }

  async function begin(): Promise<OpenStore> {
    if (ending !== null) await ending;
    const store = await openStore(platform, schemaOf(), config, {
      onChange: (changes) => {
        for (const listener of changeListeners) listener(changes);
      },
      onStatus: () => {
        for (const listener of [...statusListeners]) listener();
      },
      onProblem: report,
    });
    if (isOnline) store.engine?.start();
    return store;
  }

  function end(finish: (store: OpenStore) => Promise<void>): Promise<void> {
    const closing = open;
    open = null;
    if (closing === null) return ending ?? Promise.resolve();
    ending = closing.then(finish).finally(() => {
      ending = null;
    });
    return ending;
  }

  const toInstance = (model: ModelDescription, values: Values): ModelInstance => instanceOf(schemaOf(), model, values);

  async function save(instance: ModelInstance, condition?: PredicateProducer): Promise<ModelInstance> {
    const { model, values, isNew: isNewRecord } = saveRequestOf(instance);
    const key = keyOf(model, values);
    const premise = condition === undefined ? null : buildPredicate(model, condition);
    const store = await opened();
    const saved = await store.database.write({
      model: model.name,
      key,
      isNewRecord,
      apply(workspace) {
        const current = workspace.record(model.name, key);
        const isNew = current === null || current.isDeleted;
        if (!isNew && premise !== null && !matches(model, premise, current.values)) {
          throw new Error("Conditional update failed");
        }
        // Writes before this one may have stored what the instance was copied from.
        const base = baseOf(instance, workspace);
        const fields = isNew || base === null ? givenFields(values) : changedFields(base, values);
        const problems = validateValues(store.schema, model, isNew ? fields : { ...current.values, ...fields }, {
          complete: true,
          strictness: "app",
        });
        if (problems[0] !== undefined) throw new Error(problems[0].message);
        const record = writeFields(workspace, store.writer, model, key, { fields, base, condition: premise });
        markStored(instance, workspace);
        return (record ?? current)?.values ?? fields;
      },
      committed: () => markStored(instance, null),
    });
    store.engine?.queued();
    return toInstance(model, saved);
  }

  async function remove(model: ModelDescription, key: string, condition: Predicate | null): Promise<Values | null> {
    const store = await opened();
    const values = await store.database.write({
      model: model.name,
      key,
      apply(workspace) {
        const current = workspace.record(model.name, key);
        if (
          current !== null &&
          !current.isDeleted &&
          condition !== null &&
          !matches(model, condition, current.values)
        ) {
          throw new Error("Conditional update failed");
        }
        return deleteRecord(workspace, store.writer, model, key, condition)?.values ?? null;
      },
    });
    store.engine?.queued();
    return values;
  }

  async function queryValues(
    model: ModelDescription,
    where: Predicate | null,
    sort: readonly SortKey[],
    page: QueryOptions,
  ): Promise<readonly Values[]> {
    const { store } = await opened();
    const limit = page.limit === undefined || page.limit === 0 ? null : page.limit;
    return store.query({ model: model.name, where, sort, limit, offset: (page.page ?? 0) * (limit ?? 0) });
  }

  async function getValues(model: ModelDescription, key: string): Promise<Values | undefined> {
    const { store } = await opened();
    const [record] = await store.records(model.name, [key]);
    return record && !record.isDeleted ? record.values : undefined;
  }

  function query(model: ModelClass, key: string | Values): Promise<ModelInstance | undefined>;
  function query(
    model: ModelClass,
    criteria?: PredicateProducer | Predicate,
    options?: QueryOptions,
  ): Promise<ModelInstance[]>;
  async function query(modelClass: ModelClass, criteria?: Criteria, options: QueryOptions = {}): Promise<unknown> {
    const model = modelOfClass(modelClass);
    const key = keyOfCriteria(model, criteria);
    if (key !== null) {
      const values = await getValues(model, key);
      return values === undefined ? undefined : toInstance(model, values);
    }
    assertPage(options);
    const sort = options.sort === undefined ? [] : buildSort(model, options.sort);
    const found = await queryValues(model, predicateOf(model, criteria), sort, options);
    return found.map((values) => toInstance(model, values));
  }

  function deleteRecords(instance: ModelInstance, condition?: PredicateProducer): Promise<ModelInstance>;
  function deleteRecords(model: ModelClass, criteria: Criteria): Promise<ModelInstance[]>;
  async function deleteRecords(what: ModelInstance | ModelClass, criteria?: Criteria): Promise<unknown> {
    const instanceModel = modelOfInstance(what);
    if (instanceModel !== undefined) {
      const condition = criteria === undefined ? null : predicateOf(instanceModel, criteria);
      const values = await remove(instanceModel, keyOf(instanceModel, what as Values), condition);
      return values === null ? what : toInstance(instanceModel, values);
    }
    const model = modelOfClass(what);
    if (criteria === undefined) {
      throw new Error("Id to delete or criteria required. Do you want to delete all? Pass Predicates.ALL");
    }
    const key = keyOfCriteria(model, criteria);
    const found =
      key === null ? await queryValues(model, predicateOf(model, criteria), [], {}) : [await getValues(model, key)];
    const deleted: ModelInstance[] = [];
    for (const values of found) {
      const gone = values === undefined ? null : await remove(model, keyOf(model, values), null);
      if (gone !== null) deleted.push(toInstance(model, gone));
    }
    return deleted;
  }

  function observe(modelClass?: ModelClass, criteria?: string | PredicateProducer): Observable<ChangeMessage> {
    const model = modelClass === undefined ? null : modelOfClass(modelClass);
    const key = typeof criteria === "string" ? criteria : null;
    const predicate = model !== null && typeof criteria === "function" ? buildPredicate(model, criteria) : null;
    return createObservable((observer) => {
      const listener = (changes: readonly RecordChange[]): void => {
        for (const change of changes) {
          if (model !== null && change.model !== model.name) continue;
          if (key !== null && change.key !== key) continue;
          const message = messageOf(change);
          if (message === null) continue;
          const changed = modelOfClass(message.model);
          if (predicate !== null && !matches(changed, predicate, message.element)) continue;
          observer.next(message);
        }
      };
      changeListeners.add(listener);
      opened().catch(observer.error);
      return () => changeListeners.delete(listener);
    });
  }

  function messageOf(change: RecordChange): ChangeMessage | null {
    const { before, after } = change;
    const values = (after ?? before)?.values;
    const modelClass = models()[change.model];
    if (values === undefined || modelClass === undefined) return null;
    const opType = after === null ? "DELETE" : before === null ? "INSERT" : "UPDATE";
    return { opType, element: toInstance(modelOfClass(modelClass), values), model: modelClass };
  }

  function observeQuery(
    modelClass: ModelClass,
    criteria?: PredicateProducer | Predicate,
    options: { readonly sort?: SortProducer } = {},
  ): Observable<Snapshot> {
    const model = modelOfClass(modelClass);
    const predicate = predicateOf(model, criteria);
    const sort = options.sort === undefined ? [] : buildSort(model, options.sort);
    return createObservable((observer) => {
      let isOver = false;
      const early: RecordChange[] = [];
      let apply = (changes: readonly RecordChange[]): void => {
        early.push(...changes);
      };
      const listener = (changes: readonly RecordChange[]): void =>
        apply(changes.filter((one) => one.model === model.name));
      changeListeners.add(listener);
      const begun = async (): Promise<void> => {
        const store = await opened();
        const found = await queryValues(model, predicate, sort, {});
        const live = createLiveQuery(
          model,
          predicate,
          sort,
          found.map((values) => ({ key: keyOf(model, values), values })),
        );
        const emit = (): void =>
          observer.next({ items: live.items().map((values) => toInstance(model, values)), isSynced: store.isReady() });
        apply = (changes) => {
          let isTouched = false;
          for (const change of changes) isTouched = live.apply(change) || isTouched;
          if (isTouched) emit();
        };
        for (const change of early) live.apply(change);
        if (isOver) return;
        emit();
        let wasReady = store.isReady();
        statusListener = () => {
          if (store.isReady() && !wasReady) emit();
          wasReady = store.isReady();
        };
        statusListeners.add(statusListener);
      };
      let statusListener: () => void = () => {};
      begun().catch(observer.error);
      return () => {
        isOver = true;
        changeListeners.delete(listener);
        statusListeners.delete(statusListener);
      };
    });
  }

  function models(): Readonly<Record<string, ModelClass>> {
    return initSchema(schemaOf(), platform.newId);
  }

  async function settled(): Promise<void> {
    const store = await opened();
    const isSettled = async (): Promise<boolean> => store.isReady() && (await store.store.outboxSize()) === 0;
    while (!(await isSettled())) {
      await new Promise<void>((resolve) => {
        const once = (): void => {
          statusListeners.delete(once);
          resolve();
        };
        statusListeners.add(once);
      });
    }
  }

  return {
    configure(next) {
      config = { ...config, ...next };
      if (config.url !== undefined) syncUrl(config.url);
    },
    get models() {
      return models();
    },
    async start() {
      await opened();
    },
    stop: () => end((store) => store.close()),
    async clear() {
      await opened();
      await end((store) => store.clear());
    },
    save,
    query,
    delete: deleteRecords,
    observe,
    observeQuery,
    async refused() {
      return (await opened()).store.refusedChanges();
    },
    async forgetRefused(n) {
      await (await opened()).store.forgetRefused(n);
    },
    async status() {
      const store = await opened();
      return {
        state: store.engine?.state.name ?? "stopped",
        isReady: store.isReady(),
        unsent: await store.store.outboxSize(),
      };
    },
    settled,
    async setOnline(next) {
      isOnline = next;
      const { engine } = await opened();
      if (isOnline) engine?.start();
      else await engine?.stop();
    },
  };
}

function keyOfCriteria(model: ModelDescription, criteria: Criteria | undefined): string | null {
  if (typeof criteria === "string") {
    if (model.primaryKey.length > 1) {
      throw new TypeError(`${model.name} has the key ${model.primaryKey.join(", ")}; pass an object with these fields`);
    }
    return keyOf(model, { [model.primaryKey[0] ?? "id"]: criteria });
  }
  if (typeof criteria !== "object" || "kind" in criteria) return null;
  return keyOf(model, criteria as Values);
}

function predicateOf(model: ModelDescription, criteria: Criteria | undefined): Predicate | null {
  if (criteria === undefined) return null;
  if (typeof criteria === "function") return buildPredicate(model, criteria);
  if (typeof criteria === "object" && "kind" in criteria) return criteria as Predicate;
  throw new TypeError("criteria must be a key, a predicate function or Predicates.ALL");
}

function assertPage({ page, limit }: QueryOptions): void {
  for (const [name, value] of [
    ["page", page],
    ["limit", limit],
  ] as const) {
    if (value === undefined) continue;
    if (typeof value !== "number" || Number.isNaN(value)) throw new TypeError(`${name} must be a number`);
    if (value < 0) throw new RangeError(`${name === "page" ? "Page" : "Limit"} can't be negative`);
  }
  if (page !== undefined && limit === undefined) throw new RangeError("Limit is required when requesting a page");
}

/**
 * `observeQuery`: snapshots of a query's result, the first at once, then one for the changes of each turn of the event loop.
 *
 * Records that leave the set are removed. A predicate or sort that leads through relations is asked anew when a record of any
 * model it looks at changes; records that did not change themselves keep their items. A stop of the datastore ends nothing: the next opening goes on, and a clearing shows as an empty result.
 */
import {
  isOwnPredicate,
  isOwnSort,
  type JoinedPredicate,
  type JoinedSortKey,
  keyOf,
  keyValues,
  matches,
} from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import { readCriteria } from "../criteria.ts";
import type { RecordChange } from "../local/workspace.ts";
import type { PersistentModel } from "../models/instance.ts";
import { modelIn } from "../models/schema-classes.ts";
import { createObservable, type Observable, type Observer } from "../observable.ts";
import { modelsIn } from "../records/matches-joined.ts";
import { readSort } from "../records/query-records.ts";
import type { RecordContext } from "../records/record-context.ts";
import { createLiveQuery, type LiveQuery } from "./live-query.ts";

export interface ObserveQueryOptions {
  readonly sort?: unknown;
  /** How long changes are gathered before a snapshot, in ms. Default 0: those of one turn of the event loop. */
  readonly debounceMs?: number;
}

export interface DataStoreSnapshot<T = PersistentModel> {
  readonly items: T[];
  /** True once everything the relay had was received. */
  readonly isSynced: boolean;
}

interface Watched {
  readonly model: ModelDescription;
  readonly where: JoinedPredicate | null;
  readonly sort: readonly JoinedSortKey[];
  readonly debounceMs: number;
}

export function observeQuery(
  context: RecordContext,
  modelClass: unknown,
  criteria: unknown,
  options: ObserveQueryOptions | undefined,
): Observable<DataStoreSnapshot> {
  const schema = context.schema();
  const model = modelIn(schema, modelClass);
  const read = readCriteria(schema, model, criteria, "queried");
  const where: JoinedPredicate | null =
    read.by === "predicate" ? read.where : { kind: "and", of: keyConditions(model, read.key) };
  const sort = readSort(schema, model, options?.sort);
  const watched = { model, where, sort, debounceMs: options?.debounceMs ?? 0 };
  return createObservable(context.warn, (observer) => watch(context, watched, observer));
}

function keyConditions(model: ModelDescription, key: string): JoinedPredicate[] {
  return Object.entries(keyValues(model, key)).map(([field, value]) => ({ kind: "field", field, op: "eq", value }));
}

/** Answers the way to stop. */
function watch(context: RecordContext, watched: Watched, observer: Required<Observer<DataStoreSnapshot>>): () => void {
  const { model, where, sort, debounceMs } = watched;
  const looked = modelsIn(context.schema(), model, where, sort);
  const own = where !== null && isOwnPredicate(where) ? where : null;
  const isOwn = (where === null || own !== null) && isOwnSort(sort);
  /** Where the database has to be asked for the order, records stand as it answered. */
  const liveSort = isOwnSort(sort) ? sort : [];
  let live: LiveQuery<PersistentModel> | null = null;
  /** Changes that came while the result was read; null when it is not. */
  let early: RecordChange[] | null = null;
  /** Keys of the model's records that changed since the result was last asked for. */
  let changedKeys = new Set<string>();
  /** Items may be kept from one result to the next. */
  let isContinuous = false;
  let cancel: (() => void) | null = null;
  let wasSynced = false;
  let isOver = false;

  function later(action: () => void): void {
    cancel ??= context.after(debounceMs, () => {
      cancel = null;
      action();
    });
  }

  function emit(): void {
    if (live === null || isOver) return;
    wasSynced = context.isSynced();
    observer.next({ items: live.items(), isSynced: wasSynced });
  }

  function place(changes: readonly RecordChange[]): boolean {
    let isTouched = false;
    for (const { key, after, model: changed } of changes) {
      if (live === null || changed !== model.name) continue;
      const isIn = after !== null && (where === null || (own !== null && matches(model, own, after.values)));
      isTouched = live.place(key, isIn ? after : null) || isTouched;
    }
    return isTouched;
  }

  /** A stopped datastore is left so: its next opening reads again. */
  function readAgain(): void {
    if (context.isOpen()) read();
  }

  function read(): void {
    if (early !== null || isOver) return;
    early = [];
    const asked = changedKeys;
    changedKeys = new Set();
    const query = { model: model.name, where, sort, limit: null, offset: 0 };
    context
      .use((store) => store.reader.query(query))
      .then((found) => {
        const before = isContinuous ? live : null;
        const initial = found.map((record) => {
          const key = keyOf(model, record.values);
          const isKept = !asked.has(key) && !changedKeys.has(key);
          return { key, record, item: isKept ? before?.item(key) : undefined };
        });
        live = createLiveQuery(model, liveSort, initial, (record) => context.toInstance(model, record));
        isContinuous = true;
        const missed = early ?? [];
        early = null;
        if (isOwn) place(missed);
        else if (missed.length > 0) later(readAgain);
        const isNew = before === null || !isSameList(before.items(), live.items());
        if (isNew || context.isSynced() !== wasSynced) emit();
      })
      .catch((error: unknown) => {
        early = null;
        observer.error(error);
      });
  }

  function hear(changes: readonly RecordChange[]): void {
    const concerning = changes.filter((change) => looked.has(change.model));
    if (concerning.length === 0) return;
    if (!isOwn) for (const change of concerning) if (change.model === model.name) changedKeys.add(change.key);
    if (early !== null) early.push(...concerning);
    else if (!isOwn) later(readAgain);
    else if (place(concerning)) later(emit);
  }

  const stops = [
    context.onChanges(hear),
    context.onStatus(() => {
      if (context.isSynced() !== wasSynced && early === null) emit();
    }),
    context.onReset((what) => {
      isContinuous = false;
      if (what === "opened") read();
      else {
        live = createLiveQuery(model, liveSort, [], (record) => context.toInstance(model, record));
        emit();
      }
    }),
  ];
  read();
  return () => {
    isOver = true;
    cancel?.();
    for (const stop of stops) stop();
  };
}

function isSameList(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((one, i) => one === right[i]);
}

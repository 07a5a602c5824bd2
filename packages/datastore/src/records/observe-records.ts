/** `observe`: every change of the records asked for, the app's own and those of others, as it is committed. */
import { isOwnPredicate, type JoinedPredicate, keyOf, matches } from "@tributary/model";
import { type ModelDescription, modelNamed } from "@tributary/schema";
import { readCriteria } from "../criteria.ts";
import type { RecordChange } from "../local/workspace.ts";
import { modelOfInstance, type PersistentModel } from "../models/instance.ts";
import { modelIn } from "../models/schema-classes.ts";
import { createObservable, type Observable } from "../observable.ts";
import { matchesJoined } from "./matches-joined.ts";
import type { RecordContext } from "./record-context.ts";

export interface SubscriptionMessage<T = PersistentModel> {
  readonly opType: "INSERT" | "UPDATE" | "DELETE";
  /** The record as it is now; for a deletion as it was. */
  readonly element: T;
  /** Its class. */
  readonly model: unknown;
  /** Always null: Amplify's messages have the condition of the save there. */
  readonly condition: null;
}

interface Observed {
  /** Null for every model. */
  readonly model: ModelDescription | null;
  readonly key: string | null;
  readonly where: JoinedPredicate | null;
}

export function observeRecords(
  context: RecordContext,
  what: unknown,
  criteria: unknown,
): Observable<SubscriptionMessage> {
  const observed = readObserved(context, what, criteria);
  const { model, key, where } = observed;
  const own = where !== null && isOwnPredicate(where) ? where : null;
  return createObservable(context.warn, (observer) => {
    // Messages that wait for what their record is related to keep their order.
    let line: Promise<void> = Promise.resolve();
    const listener = (changes: readonly RecordChange[]): void => {
      for (const change of changes) {
        if (model !== null && change.model !== model.name) continue;
        if (key !== null && change.key !== key) continue;
        const changed = modelNamed(context.schema(), change.model);
        const record = change.after ?? change.before;
        if (changed === undefined || record === null) continue;
        const send = (): void => observer.next(messageOf(context, changed, change, record));
        if (where === null || (own !== null && matches(changed, own, record.values))) send();
        else if (own === null) {
          line = line
            .then(() => whenOpen(context))
            .then(() =>
              context.use(({ schema, reader }) => matchesJoined(schema, reader, changed, where, record.values)),
            )
            .then((isIn) => (isIn ? send() : undefined))
            .catch(observer.error);
        }
      }
    };
    const stop = context.onChanges(listener);
    context.opened().catch(observer.error);
    return stop;
  });
}

/** What is asked of a datastore that is being stopped waits for its next opening. */
function whenOpen(context: RecordContext): Promise<void> {
  if (context.isOpen()) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = context.onReset((what) => {
      if (what !== "opened") return;
      stop();
      resolve();
    });
  });
}

/** Throws at once for what cannot be observed. */
function readObserved(context: RecordContext, what: unknown, criteria: unknown): Observed {
  if (what === undefined || what === null) return { model: null, key: null, where: null };
  const schema = context.schema();
  const instanceModel = modelOfInstance(what);
  if (instanceModel !== undefined)
    return { model: instanceModel, key: keyOf(instanceModel, what as never), where: null };
  const model = modelIn(schema, what);
  if (typeof criteria === "object" && criteria !== null && !("kind" in criteria)) {
    throw new TypeError("Object literal syntax cannot be used with observe. Use a predicate instead");
  }
  const read = readCriteria(schema, model, criteria, "queried");
  return read.by === "key" ? { model, key: read.key, where: null } : { model, key: null, where: read.where };
}

function messageOf(
  context: RecordContext,
  model: ModelDescription,
  { before, after }: RecordChange,
  record: NonNullable<RecordChange["after"]>,
): SubscriptionMessage {
  const opType = after === null ? "DELETE" : before === null ? "INSERT" : "UPDATE";
  return { opType, element: context.toInstance(model, record), model: context.classOf(model), condition: null };
}

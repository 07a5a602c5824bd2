/**
 * Transactions: saves and deletions of several records that are stored all or not at all, and go out as one push, which the
 * relay takes or refuses as one (P1).
 *
 * The work runs while nobody else writes to the database. It may be run again from the start when another process got in
 * between, so it does nothing but use its transaction.
 */
import type { OutboxEntry } from "@tributary/storage";
import type { ModelPredicateExtender, RecursiveModelPredicateExtender } from "../amplify/model-predicate.ts";
import type { IdentifierFieldOrIdentifierObject, ModelClassOf } from "../amplify/model-type.ts";
import { readNeeded } from "../local/local-database.ts";
import type { Workspace } from "../local/workspace.ts";
import type { PersistentModel } from "../models/instance.ts";
import type { OpenStore } from "../open-store.ts";
import { deleteWithin } from "./delete-records.ts";
import { createOverlayReader } from "./overlay-reader.ts";
import { maxChangesPerPush, maxPushBytes, pushBytesOf } from "./push-size.ts";
import { readQuery } from "./query-records.ts";
import type { RecordContext } from "./record-context.ts";
import { planSave, type SavePlan } from "./save-record.ts";

/** What a transaction can do. Each call sees what those before it did; none works once the transaction has ended. */
export interface Transaction {
  save<T extends object>(model: T, condition?: ModelPredicateExtender<T>): Promise<T>;
  delete<T extends object>(model: T, condition?: ModelPredicateExtender<T>): Promise<T>;
  delete<T extends object>(
    modelConstructor: ModelClassOf<T>,
    criteria: IdentifierFieldOrIdentifierObject<T> | ModelPredicateExtender<T>,
  ): Promise<T[]>;
  query<T extends object>(
    modelConstructor: ModelClassOf<T>,
    identifier: IdentifierFieldOrIdentifierObject<T>,
  ): Promise<T | undefined>;
  query<T extends object>(
    modelConstructor: ModelClassOf<T>,
    criteria?: RecursiveModelPredicateExtender<T>,
    options?: object,
  ): Promise<T[]>;
}

/** A transaction that takes longer keeps everybody waiting; most likely it waits for a call outside it, for ever. */
const LONG_MS = 5000;

/** Answers what the work answered, once it is stored. Rejects, with nothing stored, when it throws. */
export async function runTransaction<Result>(
  context: RecordContext,
  work: (transaction: Transaction) => Promise<Result> | Result,
): Promise<Result> {
  if (typeof work !== "function")
    throw new TypeError("transaction takes a function, like async (tx) => { await tx.save(…) }");
  return context.use(async (store) => {
    let done: Done = { saves: [], written: [] };
    const result = await runAsOnePush(store, async (step) => {
      done = { saves: [], written: [] };
      const stopWarning = context.after(LONG_MS, () =>
        context.warn(
          `a transaction has been open for ${LONG_MS / 1000} s, and nothing else is written meanwhile; inside it, call the transaction it is given, not the DataStore`,
        ),
      );
      const scope = { isOpen: true };
      try {
        return await work(transactionOn(context, store, step, done, scope));
      } finally {
        scope.isOpen = false;
        stopWarning();
      }
    });
    for (const plan of done.saves) plan.committed();
    for (const { model, element } of done.written) context.queued(store, model, element);
    return result;
  });
}

/** A step of the app's whose changes go out as one push. `work` may be run again from the start. */
export async function runAsOnePush<Result>(
  { database, engine }: OpenStore,
  work: (workspace: Workspace) => Promise<Result>,
): Promise<Result> {
  const result = await database.run(async (workspace) => {
    const entries: OutboxEntry[] = [];
    const answer = await work({ ...workspace, enqueue: (entry) => void entries.push(entry) });
    for (const entry of asOnePush(entries)) workspace.enqueue(entry);
    return answer;
  }, "app");
  engine?.queued();
  return result;
}

interface Done {
  readonly saves: SavePlan[];
  readonly written: { readonly model: SavePlan["model"]; readonly element: Readonly<Record<string, unknown>> }[];
}

function transactionOn(
  context: RecordContext,
  store: OpenStore,
  step: Workspace,
  done: Done,
  scope: { readonly isOpen: boolean },
): Transaction {
  const reader = createOverlayReader(store.schema, store.reader, step);
  const assertOpen = (): void => {
    if (!scope.isOpen) throw new Error("this transaction has ended; await every call inside it");
  };
  let line: Promise<unknown> = Promise.resolve();
  /** Calls made side by side are done one after the other, so that each sees all of those before it. */
  const inTurn = <Result>(call: () => Promise<Result>): Promise<Result> => {
    const done = line.then(() => {
      assertOpen();
      return call();
    });
    line = done.catch(() => undefined);
    return done;
  };
  const calls = {
    async save(instance: PersistentModel, condition?: unknown) {
      const plan = planSave(context, instance, condition);
      await readNeeded(step, [plan.needs], false);
      assertOpen();
      const saved = plan.apply(store, step);
      done.saves.push(plan);
      const written = plan.written();
      if (written !== null) done.written.push({ model: plan.model, element: written });
      return context.toInstance(plan.model, saved);
    },
    async delete(what: unknown, criteria?: unknown) {
      const within = { store, reader, workspace: step, assertOpen };
      const { answer, deleted } = await deleteWithin(context, within, what, criteria);
      for (const { model, record } of deleted) done.written.push({ model, element: record.values });
      return answer;
    },
    async query(modelClass: unknown, criteria?: unknown, options?: object) {
      const query = readQuery(context, modelClass, criteria, options);
      return query({
        reader,
        async record(model, key) {
          await step.read(model, [key]);
          return step.record(model, key);
        },
      });
    },
  };
  const methods = {
    save: (instance: PersistentModel, condition?: unknown) => inTurn(() => calls.save(instance, condition)),
    delete: (what: unknown, criteria?: unknown) => inTurn(() => calls.delete(what, criteria)),
    query: (modelClass: unknown, criteria?: unknown, options?: object) =>
      inTurn(() => calls.query(modelClass, criteria, options)),
  };
  return methods as unknown as Transaction;
}

function asOnePush(entries: readonly OutboxEntry[]): OutboxEntry[] {
  const bytes = entries.reduce((sum, entry) => sum + pushBytesOf(entry), 0);
  if (entries.length > maxChangesPerPush || bytes > maxPushBytes) {
    throw new RangeError(
      `a transaction of ${entries.length} changes and ${bytes} bytes is more than a relay takes as one (${maxChangesPerPush} changes, ${maxPushBytes} bytes); make several`,
    );
  }
  return entries.map((entry, i) => ({ ...entry, more: i < entries.length - 1 }));
}

/** How far a record's changes have come: this device, the relay, or back from it. */
import { keyOf } from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import { modelOfInstance } from "../models/instance.ts";
import { assertInSchema } from "../models/schema-classes.ts";
import { createObservable, type Observable } from "../observable.ts";
import type { OpenStore } from "../open-store.ts";
import type { RecordContext } from "./record-context.ts";

/**
 * `unknown`: no such record is here. `local`: it has changes that the relay has not answered. `refused`: the relay refused one
 * of its changes, and the app has not dealt with that. `acknowledged`: all of it is stored at the relay. `kept`: it is of a model
 * that stays on this device.
 */
export type SaveStatus = "unknown" | "local" | "refused" | "acknowledged" | "kept";

/** Throws a `TypeError` for what is no instance. */
export async function saveStatusOf(context: RecordContext, instance: unknown): Promise<SaveStatus> {
  const { model, key } = recordOf(context, instance);
  return context.use((store) => readStatus(store, model, key));
}

/** Tells the status now, and each time that it changes. */
export function observeSaveStatus(context: RecordContext, instance: unknown): Observable<SaveStatus> {
  const { model, key } = recordOf(context, instance);
  return createObservable(context.warn, (observer) => {
    let last: SaveStatus | null = null;
    let line: Promise<void> = Promise.resolve();
    const tell = (status: SaveStatus): void => {
      if (status === last) return;
      last = status;
      observer.next(status);
    };
    const look = (): void => {
      line = line
        .then(() => context.use((store) => readStatus(store, model, key)))
        .then(tell)
        .catch(observer.error);
    };
    /** A stopped datastore is left so: its next opening looks again. */
    const lookAgain = (): void => {
      if (context.isOpen()) look();
    };
    const stopChanges = context.onChanges((changes) => {
      if (changes.some((change) => change.model === model.name && change.key === key)) lookAgain();
    });
    const stopStatus = context.onStatus(lookAgain);
    const stopReset = context.onReset((what) => (what === "cleared" ? tell("unknown") : look()));
    look();
    return () => {
      stopChanges();
      stopStatus();
      stopReset();
    };
  });
}

function recordOf(
  context: RecordContext,
  instance: unknown,
): { readonly model: ModelDescription; readonly key: string } {
  const model = modelOfInstance(instance);
  if (model === undefined) throw new TypeError("Object is not an instance of a valid model");
  assertInSchema(context.schema(), model);
  return { model, key: keyOf(model, instance as never) };
}

async function readStatus({ store, writer }: OpenStore, model: ModelDescription, key: string): Promise<SaveStatus> {
  const [record] = await store.records(model.name, [key]);
  const refused = await store.refusedChanges();
  if (refused.some((change) => change.model === model.name && change.key === key)) return "refused";
  if (record === null || record === undefined || (record.isDeleted && record.pending === 0)) return "unknown";
  if (writer.localModels.has(model.name)) return "kept";
  return record.pending > 0 ? "local" : "acknowledged";
}

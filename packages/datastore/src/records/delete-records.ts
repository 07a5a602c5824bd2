/**
 * Deletes records with all that goes with them, in one local transaction; each record asked for is one push with its
 * descendants, children before parents, so that the relay takes or refuses them as one.
 */
import { isOwnPredicate, keyOf, matches, type Predicate } from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import type { OutboxEntry, ReplicaReader, ReplicaRecord } from "@tributary/storage";
import { readCondition, readCriteria } from "../criteria.ts";
import { deleteRecord } from "../local/local-writer.ts";
import { readByModel, type Workspace } from "../local/workspace.ts";
import { modelOfInstance, type PersistentModel } from "../models/instance.ts";
import { assertInSchema, modelIn } from "../models/schema-classes.ts";
import type { OpenStore } from "../open-store.ts";
import { type DoomedRecord, withDescendants } from "./descendants.ts";
import { maxChangesPerPush, maxPushBytes, pushBytesOf } from "./push-size.ts";
import type { RecordContext } from "./record-context.ts";

/** Records asked for that share a transaction: what is held in memory at a time. */
const MAX_ROOTS = 500;

/** One instance for an instance, a list for a class with criteria. */
export async function deleteRecords(
  context: RecordContext,
  what: unknown,
  criteria: unknown,
): Promise<PersistentModel | PersistentModel[]> {
  const deletion = readDeletion(context, what, criteria);
  return context.use(async (store) => {
    // In its turn: behind what was written before.
    const keys = await store.database.run(() => deletion.keys(store.reader), "app");
    const found: ReplicaRecord[] = [];
    for (let from = 0; from < keys.length; from += MAX_ROOTS) {
      const asked = keys.slice(from, from + MAX_ROOTS);
      const deleted = await store.database.run(async (workspace) => {
        const gone = await deleteAll({ store, reader: store.reader, workspace }, deletion, asked);
        for (const { entries } of gone) for (const entry of asPushes(entries)) workspace.enqueue(entry);
        return gone.flatMap((root) => root.deleted);
      }, "app");
      for (const { model: of, record } of deleted) context.queued(store, of, record.values);
      found.push(...rootsAmong(deletion, asked, deleted));
    }
    return deletion.answer(found.map((record) => context.toInstance(deletion.model, record)));
  });
}

/** Within a step that goes on: nothing is committed, and entries go to the step's outbox as they come. */
export async function deleteWithin(
  context: RecordContext,
  within: DeletionStep,
  what: unknown,
  criteria: unknown,
): Promise<{ readonly answer: PersistentModel | PersistentModel[]; readonly deleted: readonly DeletedRecord[] }> {
  const deletion = readDeletion(context, what, criteria);
  const keys = await deletion.keys(within.reader);
  const gone = await deleteAll(within, deletion, keys);
  for (const { entries } of gone) for (const entry of entries) within.workspace.enqueue(entry);
  const deleted = gone.flatMap((root) => root.deleted);
  const found = rootsAmong(deletion, keys, deleted);
  return { answer: deletion.answer(found.map((record) => context.toInstance(deletion.model, record))), deleted };
}

/** The step that records are deleted in. */
export interface DeletionStep {
  readonly store: OpenStore;
  readonly reader: Pick<ReplicaReader, "query">;
  readonly workspace: Workspace;
  /** Called when everything is read; throws when nothing may be written any more. */
  assertOpen?(): void;
}

/** What was asked to be deleted. */
interface Deletion {
  readonly model: ModelDescription;
  keys(reader: Pick<ReplicaReader, "query">): Promise<readonly string[]>;
  /** Records that do not meet it (any more) stay; null for all. */
  readonly where: Predicate | null;
  /** Has to hold, or nothing is deleted. */
  readonly condition: Predicate | null;
  answer(deleted: readonly PersistentModel[]): PersistentModel | PersistentModel[];
}

function readDeletion(context: RecordContext, what: unknown, criteria: unknown): Deletion {
  const schema = context.schema();
  const instanceModel = modelOfInstance(what);
  if (instanceModel !== undefined) {
    assertInSchema(schema, instanceModel);
    const instance = what as PersistentModel;
    const key = keyOf(instanceModel, instance as never);
    return {
      model: instanceModel,
      keys: async () => [key],
      where: null,
      condition: readCondition(instanceModel, criteria),
      answer: ([deleted]) => deleted ?? instance,
    };
  }
  if (typeof what !== "function") throw new TypeError("Object is not an instance of a valid model");
  const model = modelIn(schema, what);
  if (criteria === undefined || criteria === null) {
    throw new TypeError("Id to delete or criteria required. Do you want to delete all? Pass Predicates.ALL");
  }
  const read = readCriteria(schema, model, criteria, "deleted");
  const where = read.by === "predicate" && read.where !== null && isOwnPredicate(read.where) ? read.where : null;
  return {
    model,
    where,
    async keys(reader) {
      if (read.by === "key") return [read.key];
      const found = await reader.query({ model: model.name, where: read.where, sort: [], limit: null, offset: 0 });
      return found.map(({ values }) => keyOf(model, values));
    },
    condition: null,
    answer: (deleted) => [...deleted],
  };
}

interface DeletedRecord {
  readonly model: ModelDescription;
  readonly record: ReplicaRecord;
}

/** One of the records asked for that goes, with its descendants. */
interface DeletedRoot {
  /** Children before parents. */
  readonly deleted: readonly DeletedRecord[];
  readonly entries: readonly OutboxEntry[];
}

async function deleteAll(
  { store, reader, workspace, assertOpen }: DeletionStep,
  { model, where, condition }: Deletion,
  keys: readonly string[],
): Promise<readonly DeletedRoot[]> {
  await workspace.read(model.name, keys);
  const roots = keys.flatMap((key, root): DoomedRecord[] => {
    const record = workspace.record(model.name, key);
    if (record === null || record.isDeleted || (where !== null && !matches(model, where, record.values))) return [];
    return [{ model, key, values: record.values, root }];
  });
  const doomed = (await withDescendants(store.schema, reader, roots)).flat();
  await readByModel(
    workspace,
    doomed.map((one) => ({ model: one.model.name, key: one.key })),
  );
  assertOpen?.();
  if (condition !== null) assertCondition(workspace, model, roots, condition);
  const doomedByRoot = new Map(roots.map(({ root }): [number, DoomedRecord[]] => [root, []]));
  for (const one of doomed) doomedByRoot.get(one.root)?.push(one);
  return Array.from(doomedByRoot, ([root, records]) => {
    const entries: OutboxEntry[] = [];
    const deleted: DeletedRecord[] = [];
    const gathering: Workspace = { ...workspace, enqueue: (entry) => void entries.push(entry) };
    for (const one of records) {
      const premise = one.model === model && one.key === keys[root] ? condition : null;
      const record = deleteRecord(gathering, store.writer, one.model, one.key, premise);
      if (record !== null) deleted.push({ model: one.model, record });
    }
    return { deleted, entries };
  });
}

/** Of what was deleted, the records that were asked for. */
function rootsAmong(
  { model }: Deletion,
  keys: readonly string[],
  deleted: readonly DeletedRecord[],
): readonly ReplicaRecord[] {
  const asked = new Set(keys);
  return deleted.filter((one) => one.model === model && asked.has(one.record.key)).map(({ record }) => record);
}

function assertCondition(
  workspace: Workspace,
  model: ModelDescription,
  roots: readonly DoomedRecord[],
  condition: Predicate,
): void {
  for (const { key } of roots) {
    const record = workspace.record(model.name, key);
    if (record !== null && !record.isDeleted && !matches(model, condition, record.values)) {
      throw new Error("Conditional update failed");
    }
  }
}

/** Entries that follow each other in one push, as far as one frame takes them; then the next. */
function asPushes(entries: readonly OutboxEntry[]): OutboxEntry[] {
  const pushes: OutboxEntry[] = [];
  let count = 0;
  let bytes = 0;
  for (const [i, entry] of entries.entries()) {
    count += 1;
    bytes += pushBytesOf(entry);
    const next = entries[i + 1];
    const more = next !== undefined && count < maxChangesPerPush && bytes + pushBytesOf(next) <= maxPushBytes;
    pushes.push({ ...entry, more });
    if (!more) [count, bytes] = [0, 0];
  }
  return pushes;
}

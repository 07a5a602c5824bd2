/** Saves an instance: what the app changed, on what it saw, when all it relies on holds. */
import { type Join, joinOf, keyOf, matches, type Values, validateValues } from "@tributary/model";
import { nameOf } from "@tributary/protocol";
import { type ModelDescription, relationFields, type SchemaDescription } from "@tributary/schema";
import type { ReadRecord, ReplicaRecord } from "@tributary/storage";
import { readCondition } from "../criteria.ts";
import { readNeeded, type WriteNeeds } from "../local/local-database.ts";
import { changedFields, givenFields, writeFields } from "../local/local-writer.ts";
import type { Workspace } from "../local/workspace.ts";
import { baseOf, markStored, type PersistentModel, saveRequestOf } from "../models/instance.ts";
import { assertInSchema } from "../models/schema-classes.ts";
import type { OpenStore } from "../open-store.ts";
import type { RecordContext } from "./record-context.ts";

/** A save on its way into a step on the database. */
export interface SavePlan {
  readonly model: ModelDescription;
  readonly needs: WriteNeeds;
  /** Writes into a step that has read all of them. Answers the record as it is then. */
  apply(store: OpenStore, workspace: Workspace): ReadRecord;
  /** What it wrote, with the key; null when that is nothing. */
  written(): Values | null;
  /** The step is committed. */
  committed(): void;
}

/** Answers the record as it is stored. */
export async function saveRecord(
  context: RecordContext,
  instance: PersistentModel,
  condition: unknown,
): Promise<PersistentModel> {
  const plan = planSave(context, instance, condition);
  return context.use(async (store) => {
    const saved = await store.database.write({
      ...plan.needs,
      apply: (workspace) => plan.apply(store, workspace),
      committed: plan.committed,
    });
    tell(context, store, plan);
    return context.toInstance(plan.model, saved);
  });
}

/** Stores all of them in one transaction, or none. Answers the records as they are stored, in the same order. */
export async function saveRecords(
  context: RecordContext,
  instances: readonly PersistentModel[],
): Promise<PersistentModel[]> {
  if (!Array.isArray(instances)) throw new TypeError("saveAll takes a list of instances");
  const plans = instances.map((instance) => planSave(context, instance, undefined));
  return context.use(async (store) => {
    let isFirstTry = true;
    const saved = await store.database.run(async (workspace) => {
      const needs = plans.map((plan) => plan.needs);
      await readNeeded(workspace, needs, isFirstTry);
      isFirstTry = false;
      return plans.map((plan, i) => {
        try {
          return plan.apply(store, workspace);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new Error(`${nameOf(plan.needs)}, at ${i} of the list: ${reason}`, { cause: error });
        }
      });
    }, "app");
    for (const plan of plans) {
      plan.committed();
      tell(context, store, plan);
    }
    return saved.map((record, i) => context.toInstance(modelOf(plans, i), record));
  });
}

/** Without a relay nothing is queued, and there is nothing to tell. */
function tell(context: RecordContext, store: OpenStore, plan: SavePlan): void {
  const written = store.engine === null ? null : plan.written();
  if (written !== null) context.queued(store, plan.model, written);
}

function modelOf(plans: readonly SavePlan[], at: number): ModelDescription {
  const plan = plans[at];
  if (plan === undefined) throw new RangeError(`there are ${plans.length} instances, none at ${at}`);
  return plan.model;
}

/** Throws for what is no instance, or a condition that is none. */
export function planSave(context: RecordContext, instance: PersistentModel, condition: unknown): SavePlan {
  const { model, values, isNew: isNewRecord } = saveRequestOf(instance);
  assertInSchema(context.schema(), model);
  const key = keyOf(model, values);
  const premise = readCondition(model, condition);
  const parents = parentsOf(context.schema(), model, values, () => baseOf(instance, unknownStep));
  /** A record that is made, or made anew, says all of it; an edit only what it changes. */
  const saidBy = (isNew: boolean): readonly Parent[] =>
    isNew ? parents : parents.filter(({ isChanged }) => isChanged);
  let written: Values = {};
  return {
    model,
    needs: {
      model: model.name,
      key,
      isNewRecord,
      related: (current) =>
        saidBy(isMissing(current)).map((parent) => ({ model: parent.join.model.name, key: parent.key })),
    },
    apply({ schema, writer }, workspace) {
      const current = workspace.record(model.name, key);
      const isNew = isMissing(current);
      if (!isNew && premise !== null && !matches(model, premise, current.values)) {
        throw new Error("Conditional update failed");
      }
      // Writes before this one may have stored what the instance was copied from.
      const base = baseOf(instance, workspace);
      const fields = isNew || base === null ? givenFields(values) : changedFields(base, values);
      // What others left in the record is not this save's concern: only a whole new record is judged whole.
      const [problem] = validateValues(schema, model, fields, { complete: isNew, strictness: "app" });
      if (problem !== undefined) throw new Error(problem.message);
      assertParents(workspace, model, key, saidBy(isNew));
      const record = writeFields(workspace, writer, model, key, { fields, base, condition: premise });
      markStored(instance, workspace);
      written = record === null ? {} : fields;
      return record ?? current ?? { values: fields, version: 0, changedAt: null };
    },
    written: () => (Object.keys(written).length === 0 ? null : { ...keyFieldsOf(model, values), ...written }),
    committed: () => markStored(instance, null),
  };
}

function isMissing(record: ReplicaRecord | null): record is null | (ReplicaRecord & { readonly isDeleted: true }) {
  return record === null || record.isDeleted;
}

/** Stands for a step that stored nothing. */
const unknownStep = {};

function keyFieldsOf(model: ModelDescription, values: Values): Values {
  return Object.fromEntries(model.primaryKey.map((name) => [name, values[name] ?? null]));
}

interface Parent {
  readonly field: string;
  readonly join: Join;
  readonly key: string;
  /** It was not said before. */
  readonly isChanged: boolean;
}

/** The records that an instance says it belongs to. `readBase` tells what it was copied from; most instances belong to none. */
function parentsOf(
  schema: SchemaDescription,
  model: ModelDescription,
  values: Values,
  readBase: () => Values | null,
): Parent[] {
  const parents: Parent[] = [];
  let base: Values | null | undefined;
  for (const { name, relation } of relationFields(model)) {
    if (relation?.kind !== "belongsTo") continue;
    const join = joinOf(schema, model, name);
    if (join.on.some(({ own }) => (values[own] ?? null) === null)) continue;
    const key = keyOf(join.model, Object.fromEntries(join.on.map(({ own, other }) => [other, values[own] ?? null])));
    if (base === undefined) base = readBase();
    const before = base;
    const isChanged = before === null || join.on.some(({ own }) => before[own] !== values[own]);
    parents.push({ field: name, join, key, isChanged });
  }
  return parents;
}

function assertParents(workspace: Workspace, model: ModelDescription, key: string, parents: readonly Parent[]): void {
  for (const { field, join, key: parentKey } of parents) {
    const parent = workspace.record(join.model.name, parentKey);
    if (parent !== null && !parent.isDeleted) continue;
    throw new Error(
      `Data integrity error. You tried to save a ${model.name} (${key}) but the instance assigned to the "${field}" property, ${join.model.name} ${parentKey}, does not exist in the local database. Save the ${join.model.name} first.`,
    );
  }
}

/**
 * The verdict on one record change: guard, merge, project, validate, authorize.
 *
 * Pure: it reads nothing and writes nothing. An update is accepted or refused whole, never filtered.
 */
import {
  authorize,
  type DocumentState,
  type Fold,
  foldDocument,
  type GuardCaps,
  type Identity,
  judgeUpdate,
  KeyError,
  keyOf,
  keyValues,
  type ListStep,
  matches,
  noFold,
  type Operation,
  PredicateError,
  parsePredicate,
  projectRow,
  type Stamp,
  type ValidationOptions,
  type Values,
  validateValues,
} from "@tributary/model";
import type { ChangeItem, RefusalCode } from "@tributary/protocol";
import { type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";
import type { FeedOperation, ForgottenRecord, RelayRecord } from "@tributary/storage";
import { isDeletionUpdate } from "./deletion-update.ts";
import { hasLists } from "./list-steps.ts";
import { canRead, canReadModel } from "./scope.ts";

/** What every verdict of one commit is judged against. */
export interface JudgeContext {
  readonly schema: SchemaDescription;
  readonly sandbox: boolean;
  readonly caps: GuardCaps;
  /** Bytes a document may grow to. */
  readonly maxDocumentBytes: number;
  readonly driftMs: number;
  /** The commit's time. */
  readonly at: number;
}

/** Who writes: an identity, and the client ids it may write under. */
export interface Writer {
  readonly identity: Identity;
  readonly isOwnClientId: (clientId: number) => boolean;
}

export interface AcceptedChange {
  readonly outcome: "accepted";
  readonly operation: FeedOperation;
  readonly facet: number;
  readonly update: Uint8Array;
  /** The record as it will be stored; its `seq` is not known yet. */
  readonly after: RelayRecord;
  /** What it did to lists; null for what begins or ends a life, where the lists before cannot be told, and in models without lists. */
  readonly lists: ListStep | null;
}

export interface RefusedChange {
  readonly outcome: "refused";
  readonly code: RefusalCode;
  readonly message: string;
  readonly fields: readonly string[];
}

export type ChangeVerdict =
  | AcceptedChange
  | RefusedChange
  /** Alters nothing stored: known already, or the deletion of what is deleted. */
  | { readonly outcome: "unchanged"; readonly record: RelayRecord }
  | { readonly outcome: "gap"; readonly stateVector: Uint8Array };

/**
 * `current` is undefined when no record of the change's name can be stored; `forgotten` is what is remembered of one that is not
 * there.
 */
export function judgeChange(
  context: JudgeContext,
  writer: Writer,
  change: ChangeItem,
  current: RelayRecord | null | undefined,
  forgotten: ForgottenRecord | null,
): ChangeVerdict {
  const model = modelNamed(context.schema, change.model);
  if (model === undefined) {
    return refuse("unknownModel", `this relay's schema has no model ${change.model}; update the relay or the client`);
  }
  if (change.facet >= model.facets.length) {
    return refuse("malformed", `${change.model} has no facet ${change.facet}`);
  }
  if (current === undefined) return refuseKey(model, change.key);
  if (mayTell(context, writer, model, current, forgotten)) {
    return judgeUpon(context, writer, model, change, current, forgotten);
  }
  const unreadable = refuse("gone", `not allowed to read ${change.model} ${change.key}`);
  if (change.condition !== null || change.baseVersion !== null) return unreadable;
  const verdict = judgeUpon(context, writer, model, change, current, forgotten);
  const isTelling = verdict.outcome === "gap" || (verdict.outcome === "refused" && !ofUpdateAlone.has(verdict.code));
  return isTelling ? unreadable : verdict;
}

/** Whether what is stored under the key, or was, is no secret to the writer. */
function mayTell(
  { sandbox }: JudgeContext,
  { identity }: Writer,
  model: ModelDescription,
  current: RelayRecord | null,
  forgotten: ForgottenRecord | null,
): boolean {
  if (current !== null) return canRead(model, identity, current.values, sandbox);
  return forgotten === null || canReadModel(model, identity, sandbox);
}

/** Refusals that say nothing of what is stored, so that they can go to a writer who may not read it (P5). */
const ofUpdateAlone: ReadonlySet<RefusalCode> = new Set([
  "unauthorized",
  "drift",
  "clientId",
  "unknownField",
  "tooLarge",
  "malformed",
]);

function refuseKey(model: ModelDescription, key: string): RefusedChange {
  try {
    keyValues(model, key);
  } catch (error) {
    if (error instanceof KeyError) return refuse("malformed", error.message, model.primaryKey);
    throw error;
  }
  throw new Error(`${model.name} ${key} was judged without being read`);
}

function judgeUpon(
  context: JudgeContext,
  writer: Writer,
  model: ModelDescription,
  change: ChangeItem,
  current: RelayRecord | null,
  forgotten: ForgottenRecord | null,
): ChangeVerdict {
  const stale = judgeConditions(context, model, change, current, (current ?? forgotten)?.version ?? 0);
  if (stale !== null) return stale;
  const life = judgeLife(context, change, current, forgotten);
  if (life.outcome !== "alive") return life;
  const verdict = judgeUpdate({
    schema: context.schema,
    model,
    facet: change.facet,
    before: life.document,
    update: change.update,
    isOwnClientId: writer.isOwnClientId,
    nowMs: context.at,
    driftMs: context.driftMs,
    caps: context.caps,
  });
  if (verdict.outcome !== "accepted") return verdict;
  if (!verdict.changed && current !== null) return { outcome: "unchanged", record: current };
  if (verdict.after.deleted === null && isTooLarge(verdict.state, life.document, context.maxDocumentBytes)) {
    const { key } = change;
    return refuse("tooLarge", `${model.name} ${key} would grow beyond ${context.maxDocumentBytes} bytes of history`);
  }
  const documents: (DocumentState | null)[] = new Array(model.facets.length);
  const folds: Fold[] = new Array(model.facets.length);
  for (let facet = 0; facet < documents.length; facet++) {
    const document = facet === change.facet ? verdict.state : (life.record?.documents[facet] ?? null);
    documents[facet] = document;
    folds[facet] = foldOf(model, facet, document, change.facet, verdict.after);
  }
  return settle(context, writer, model, change, {
    version: (current ?? forgotten)?.version ?? 0,
    record: life.record,
    documents,
    folds,
    written: verdict.written,
    update: verdict.update,
    lists: verdict.lists,
  });
}

/** A document that is too large already may be edited, as long as it does not grow. */
function isTooLarge(after: DocumentState, before: DocumentState | null, max: number): boolean {
  return after.byteLength > max && after.byteLength > (before?.byteLength ?? 0);
}

function foldOf(
  model: ModelDescription,
  facet: number,
  document: DocumentState | null,
  changed: number,
  after: Fold,
): Fold {
  if (facet === changed) return after;
  return document === null ? noFold : foldDocument(model, facet, document);
}

/** A condition, and a base version for models that never merge, must hold on the stored record. */
function judgeConditions(
  context: JudgeContext,
  model: ModelDescription,
  change: ChangeItem,
  current: RelayRecord | null,
  version: number,
): RefusedChange | null {
  if (change.baseVersion !== null && version !== change.baseVersion) {
    return refuse("stale", `written on version ${change.baseVersion}, the record is at ${version}`);
  }
  if (change.condition === null) return null;
  try {
    const condition = parsePredicate(context.schema, model, change.condition);
    return current === null || matches(model, condition, current.values)
      ? null
      : refuse("condition", "the condition does not hold on the stored record");
  } catch (error) {
    if (error instanceof PredicateError) return refuse("malformed", error.message);
    throw error;
  }
}

type LifeVerdict =
  | { readonly outcome: "alive"; readonly record: RelayRecord | null; readonly document: DocumentState | null }
  | RefusedChange
  | { readonly outcome: "unchanged"; readonly record: RelayRecord };

/**
 * The life a change belongs to (D2): a first life, the life of the stored record, or the life after a deletion, be its tombstone
 * forgotten. `record` is what of the stored record goes on living in it.
 */
function judgeLife(
  context: JudgeContext,
  change: ChangeItem,
  current: RelayRecord | null,
  forgotten: ForgottenRecord | null,
): LifeVerdict {
  const storedLife = (current ?? forgotten)?.life ?? 0;
  const isGone = current === null || current.isDeleted;
  if (isGone && change.life === storedLife + 1) return { outcome: "alive", record: null, document: null };
  if (current !== null && !current.isDeleted && change.life === storedLife) {
    return { outcome: "alive", record: current, document: current.documents[change.facet] ?? null };
  }
  if (current?.isDeleted && change.life === storedLife && isDeletionUpdate(change.update, context.caps)) {
    return { outcome: "unchanged", record: current };
  }
  if (change.life <= storedLife) {
    return refuse("deleted", `${change.model} ${change.key} was deleted; save it again to start a new life`);
  }
  return refuse(
    "life",
    `${change.model} ${change.key} is in life ${storedLife}, the change is for life ${change.life}`,
  );
}

function settle(
  context: JudgeContext,
  writer: Writer,
  model: ModelDescription,
  change: ChangeItem,
  merged: {
    /** The version before the change. */
    readonly version: number;
    readonly record: RelayRecord | null;
    readonly documents: readonly (DocumentState | null)[];
    readonly folds: readonly Fold[];
    readonly written: readonly string[];
    /** What of the change's update is new. */
    readonly update: Uint8Array;
    readonly lists: ListStep | null;
  },
): ChangeVerdict {
  const { version, record, documents, folds, written, update, lists } = merged;
  const createdAt = record?.createdAt ?? context.at;
  const values = projectRow(model, folds, { createdAt, changedAt: context.at });
  const isDeleted = folds.some((fold) => fold.deleted !== null);
  if (isDeleted && record === null) {
    return refuse("deleted", `${change.model} ${change.key} is not there to be deleted`);
  }
  // A deletion leaves the row as it was, and that may be invalid under a newer schema; what it writes beside may not.
  const writesFields = !isDeleted || written.some((field) => field !== "_deleted");
  if (writesFields) {
    const invalid = judgeRow(context, model, change.key, values, record === null ? null : written);
    if (invalid !== null) return invalid;
  }
  const operation: FeedOperation = isDeleted ? "delete" : record === null ? "create" : "update";
  const asked: readonly Operation[] = isDeleted && writesFields ? ["delete", "update"] : [operation];
  for (const one of asked) {
    const rows = { before: record?.values ?? null, after: values, written };
    const allowed = authorize(model, writer.identity, one, rows, { sandbox: context.sandbox });
    if (!allowed.allowed) return refuse("unauthorized", allowed.reason, allowed.fields);
  }
  return {
    outcome: "accepted",
    operation,
    facet: change.facet,
    update,
    lists: operation === "update" && hasLists(model) ? lists : null,
    after: {
      model: model.name,
      key: change.key,
      values,
      life: change.life,
      version: version + 1,
      seq: 0,
      changedAt: context.at,
      createdAt,
      isDeleted,
      deletedStamp: latestDeletion(folds),
      documents: isDeleted ? documents.map(() => null) : documents,
    },
  };
}

/**
 * The row as it would be stored is whole, valid, and says the key it is stored under. Of a record that was there before, only
 * what the change writes (`written`): what another schema let in must not keep everybody from editing the rest.
 */
function judgeRow(
  context: JudgeContext,
  model: ModelDescription,
  key: string,
  values: Values,
  written: readonly string[] | null,
): RefusedChange | null {
  const all = validateValues(context.schema, model, values, whole);
  const problems = written === null ? all : all.filter(({ field }) => written.includes(field));
  if (problems.length > 0) {
    return refuse(
      "invalid",
      problems.map((problem) => problem.message).join("; "),
      problems.map((problem) => problem.field),
    );
  }
  if (keyOf(model, values) === key) return null;
  const message = `the fields ${model.primaryKey.join(", ")} say another key than ${key}`;
  return refuse("invalid", message, model.primaryKey);
}

const whole: ValidationOptions = { complete: true };

/** The stamp that a tombstone keeps of its documents (D6). */
function latestDeletion(folds: readonly Fold[]): Stamp | null {
  let latest: Stamp | null = null;
  for (const { deleted } of folds) if (deleted !== null && (latest === null || deleted > latest)) latest = deleted;
  return latest;
}

export function refuse(code: RefusalCode, message: string, fields: readonly string[] = []): RefusedChange {
  return { outcome: "refused", code, message, fields };
}

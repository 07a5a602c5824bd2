/**
 * Turns what the app asked for into a change of one record: document, row and outbox entry (I6).
 *
 * A save writes only the fields that changed. A stamp is greater than every stamp in the document it is applied to (S1).
 */
import {
  applyIntent,
  createDocument,
  type Fold,
  foldDocument,
  type Intent,
  type JsonValue,
  type ListEdit,
  noFold,
  type Predicate,
  projectRow,
  type StampClock,
  type Values,
  type Written,
} from "@tributary/model";
import { fieldNamed, isListField, type ModelDescription } from "@tributary/schema";
import type { AcknowledgedState, ReplicaRecord } from "@tributary/storage";
import { acknowledgedDocument } from "./acknowledged-document.ts";
import type { Workspace } from "./workspace.ts";

/** What numbers outbox entries and stamps writes. */
export interface WriterState {
  readonly stamps: StampClock;
  /** Drawn at this process start. */
  readonly nonce: string;
  readonly clientId: () => number;
  /** Models kept on this device only. */
  readonly localModels: ReadonlySet<string>;
  /** The number of the next outbox entry; each is given out once. */
  readonly takeNumber: () => number;
}

const unknownToRelay: AcknowledgedState = { life: 0, isDeleted: false, documents: [] };

/** What a save writes into a record. */
export interface FieldWrites {
  readonly fields: Values;
  /** The values the writer saw: an edit of a list is what he made of the list there. Null when he saw none. */
  readonly base: Values | null;
  readonly condition: Predicate | null;
}

/**
 * Writes fields of a record, creating it, or reviving it in a new life, when it is not there. Answers the record as it is
 * then; null when nothing changed.
 */
export function writeFields(
  workspace: Workspace,
  writer: WriterState,
  model: ModelDescription,
  key: string,
  { fields, base, condition }: FieldWrites,
): ReplicaRecord | null {
  const current = workspace.record(model.name, key);
  const isNew = current === null || current.isDeleted;
  const state = isNew ? null : (current.documents[0] ?? null);
  const changed = isNew ? fields : changedFields(current.values, fields);
  if (!isNew && Object.keys(changed).length === 0) return null;
  const stamp = writer.stamps.next(state === null ? null : foldDocument(model, 0, state).maxStamp, writer.clientId());
  const seen = isNew ? {} : (base ?? current.values);
  const intent: Intent = { op: isNew ? "create" : "update", stamp, ...splitLists(model, seen, changed) };
  const written =
    state === null || current === null
      ? createDocument(model, 0, intent, writer.clientId())
      : applyIntent(
          model,
          0,
          state,
          intent,
          writer.clientId(),
          acknowledgedDocument(current.acknowledged, current.life, 0),
        );
  if (written === null) return null;
  const life = isNew ? (current?.life ?? 0) + 1 : current.life;
  return finish(workspace, writer, model, recordAfter(model, key, current, written, life), intent, written, condition);
}

/** Deletes a record. Answers it as it was; null when it is not there. */
export function deleteRecord(
  workspace: Workspace,
  writer: WriterState,
  model: ModelDescription,
  key: string,
  condition: Predicate | null,
): ReplicaRecord | null {
  const current = workspace.record(model.name, key);
  const state = current?.documents[0] ?? null;
  if (current === null || current.isDeleted || state === null) return null;
  const stamp = writer.stamps.next(foldDocument(model, 0, state).maxStamp, writer.clientId());
  const intent: Intent = { op: "delete", stamp };
  const acknowledged = acknowledgedDocument(current.acknowledged, current.life, 0);
  const written = applyIntent(model, 0, state, intent, writer.clientId(), acknowledged);
  if (written === null) return null;
  const record: ReplicaRecord = {
    ...current,
    isDeleted: true,
    documents: current.documents.map(() => null),
    acknowledged: acknowledgedOf(model, current),
  };
  finish(workspace, writer, model, record, intent, written, condition);
  return current;
}

/** What the relay holds, to be kept beside the local state while changes are unsent (P2). */
export function acknowledgedOf(model: ModelDescription, record: ReplicaRecord | null): AcknowledgedState {
  if (record !== null) return record.acknowledged;
  return { ...unknownToRelay, documents: model.facets.map(() => null) };
}

function recordAfter(
  model: ModelDescription,
  key: string,
  current: ReplicaRecord | null,
  written: Written,
  life: number,
): ReplicaRecord {
  const createdAt = current !== null && current.life === life ? current.createdAt : null;
  const changedAt = current?.changedAt ?? null;
  return {
    model: model.name,
    key,
    values: projectRow(model, [written.fold, ...emptyFolds(model)], { createdAt, changedAt }),
    life,
    version: current?.version ?? 0,
    changedAt,
    createdAt,
    isDeleted: false,
    revision: current?.revision ?? 0,
    pending: current?.pending ?? 0,
    documents: model.facets.map((_, facet) => (facet === 0 ? written.state : null)),
    acknowledged: acknowledgedOf(model, current),
  };
}

function emptyFolds(model: ModelDescription): Fold[] {
  return model.facets.slice(1).map(() => noFold);
}

/** Puts the record as it is now, and what was written into the outbox. What is kept on this device only has no outbox. */
function finish(
  workspace: Workspace,
  writer: WriterState,
  model: ModelDescription,
  record: ReplicaRecord,
  intent: Intent,
  written: Written,
  condition: Predicate | null,
): ReplicaRecord {
  if (writer.localModels.has(model.name)) {
    const { life, isDeleted, documents } = record;
    const own = { ...record, acknowledged: { life, isDeleted, documents } };
    workspace.put(own);
    return own;
  }
  const unsent = { ...record, pending: record.pending + 1 };
  workspace.put(unsent);
  workspace.enqueue({
    n: writer.takeNumber(),
    nonce: writer.nonce,
    more: false,
    model: record.model,
    key: record.key,
    facet: 0,
    life: record.life,
    intent,
    condition,
    update: written.update,
  });
  return unsent;
}

/** Fields that hold something. */
export function givenFields(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** Fields whose value differs from the one before. */
export function changedFields(before: Values, fields: Values): Values {
  const changed: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!isSame(before[name] ?? null, value)) changed[name] = value;
  }
  return changed;
}

function isSame(left: JsonValue, right: JsonValue): boolean {
  if (left === right) return true;
  return typeof left === "object" && typeof right === "object" && JSON.stringify(left) === JSON.stringify(right);
}

/** Registers apart from edits of lists; `seen` are the values the writer edited. */
function splitLists(
  model: ModelDescription,
  seen: Values,
  fields: Values,
): { set: Values; lists: Record<string, ListEdit> } {
  const set: Record<string, JsonValue> = {};
  const lists: Record<string, ListEdit> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (isListField(fieldNamed(model, name)) && Array.isArray(value)) {
      const base = seen[name];
      lists[name] = { base: Array.isArray(base) ? base : [], value };
    } else {
      set[name] = value;
    }
  }
  return { set, lists };
}

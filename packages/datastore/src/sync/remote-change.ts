/**
 * What a message about one record does to it: a change from the relay, an acknowledgement, a reset after a refusal.
 *
 * Pure functions from record to record. Two states move side by side: what the relay holds (`acknowledged`) and what the app
 * sees. Without unsent changes they are one.
 */
import {
  applyIntent,
  createDocument,
  type DocumentState,
  documentFromUpdate,
  type Fold,
  foldDocument,
  type Intent,
  keyValues,
  mergeDocument,
  noFold,
  projectRow,
  type Values,
} from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import type { AcknowledgedState, OutboxEntry, ReplicaRecord } from "@tributary/storage";
import { acknowledgedDocument } from "../local/acknowledged-document.ts";

/** The metadata that comes with every state of a record. */
export interface RelayMeta {
  readonly life: number;
  readonly version: number;
  readonly at: number;
  readonly createdAt: number;
}

/** A document with what it says, where that is known already. */
interface Folded {
  readonly state: DocumentState;
  readonly fold: Fold;
}

function firstState(model: ModelDescription, facet: number, state: DocumentState): Folded & { isComplete: boolean } {
  return { state, fold: foldDocument(model, facet, state), isComplete: true };
}

/** A record the relay told of, merged with what is here. `isComplete` is false when the update builds on what is not. */
export function mergeRemote(
  model: ModelDescription,
  key: string,
  record: ReplicaRecord | null,
  facet: number,
  update: Uint8Array,
  meta: RelayMeta,
): { record: ReplicaRecord; isComplete: boolean } {
  const known = record?.acknowledged ?? null;
  if (record !== null && known !== null && (known.life > meta.life || (known.life === meta.life && known.isDeleted))) {
    return { record, isComplete: true };
  }
  const held = (at: number): DocumentState | null =>
    known === null ? null : acknowledgedDocument(known, meta.life, at);
  const base = held(facet);
  const merged =
    base === null ? firstState(model, facet, documentFromUpdate(update)) : mergeDocument(model, facet, base, update);
  const acknowledged: AcknowledgedState = {
    life: meta.life,
    isDeleted: false,
    documents: model.facets.map((_, at) => (at === facet ? merged.state : held(at))),
  };
  if (record === null || record.pending === 0 || record.life < meta.life) {
    return { record: settledRecord(model, key, record, acknowledged, meta, merged), isComplete: merged.isComplete };
  }
  if (record.isDeleted || record.life > meta.life) {
    return { record: { ...record, ...newer(record, meta), acknowledged }, isComplete: merged.isComplete };
  }
  const documents = record.documents.map((document, at) =>
    at !== facet ? document : document === null ? merged.state : mergeDocument(model, facet, document, update).state,
  );
  const local = { ...record, ...newer(record, meta), documents, acknowledged };
  return { record: projected(model, local), isComplete: merged.isComplete };
}

/** The relay says the record was deleted. Null: it was never here. */
export function mergeTombstone(
  model: ModelDescription,
  record: ReplicaRecord | null,
  meta: RelayMeta,
): ReplicaRecord | null {
  if (record === null) return null;
  if (record.acknowledged.life > meta.life) return record;
  const acknowledged: AcknowledgedState = { life: meta.life, isDeleted: true, documents: model.facets.map(() => null) };
  if (record.pending > 0 && record.life > meta.life) return { ...record, ...newer(record, meta), acknowledged };
  return {
    ...record,
    ...newer(record, meta),
    life: meta.life,
    isDeleted: true,
    documents: model.facets.map(() => null),
    acknowledged,
  };
}

/** The relay committed one of this replica's changes. */
export function acknowledge(
  model: ModelDescription,
  record: ReplicaRecord,
  entry: OutboxEntry,
  result: { readonly version: number; readonly at: number; readonly createdAt: number },
): ReplicaRecord {
  const meta: RelayMeta = { life: entry.life, ...result };
  // A record that left and came back does not count what was unsent before.
  const pending = Math.max(0, record.pending - 1);
  const acknowledged = acknowledgedWith(model, record.acknowledged, entry);
  const next = { ...record, ...newer(record, meta), pending, acknowledged };
  if (pending > 0) return projected(model, next);
  const isGone = acknowledged.isDeleted;
  return projected(model, {
    ...next,
    life: acknowledged.life,
    isDeleted: isGone,
    documents: isGone ? model.facets.map(() => null) : acknowledged.documents,
  });
}

function acknowledgedWith(model: ModelDescription, known: AcknowledgedState, entry: OutboxEntry): AcknowledgedState {
  if (entry.life < known.life) return known;
  if (entry.intent.op === "delete") {
    return { life: entry.life, isDeleted: true, documents: model.facets.map(() => null) };
  }
  if (known.isDeleted && entry.life === known.life) return known;
  return {
    life: entry.life,
    isDeleted: false,
    documents: model.facets.map((_, facet) => {
      const base = acknowledgedDocument(known, entry.life, facet);
      if (facet !== entry.facet) return base;
      return base === null ? documentFromUpdate(entry.update) : mergeDocument(model, facet, base, entry.update).state;
    }),
  };
}

/** What replaying intents on the acknowledged state made: entries in order, and the record on top of them. */
export interface Replay {
  /** Null when nothing of the record is left. */
  readonly record: ReplicaRecord | null;
  /** Entries whose record is not there any more to be written to. */
  readonly abandoned: readonly OutboxEntry[];
  readonly entries: readonly ReplayedEntry[];
}

/** An entry's intent, done again. */
export interface ReplayedEntry {
  readonly replaced: OutboxEntry;
  readonly intent: Intent;
  readonly update: Uint8Array;
  readonly life: number;
}

/**
 * Goes back to what the relay holds and does again what was meant, under a fresh client id (P4). `entries` are the record's
 * remaining entries in order. Intents that no longer change anything are left out.
 */
export function replayIntents(
  model: ModelDescription,
  record: ReplicaRecord,
  entries: readonly OutboxEntry[],
  clientId: number,
  restamp: (intent: Intent) => Intent,
): Replay {
  const { acknowledged } = record;
  const replayed: ReplayedEntry[] = [];
  const abandoned: OutboxEntry[] = [];
  let { life, isDeleted } = acknowledged;
  let documents: readonly (DocumentState | null)[] = acknowledged.documents;
  for (const entry of entries) {
    const meant = restamp(entry.intent);
    const state = documents[entry.facet] ?? null;
    const isFirst = isDeleted || state === null;
    if (isFirst && meant.op !== "create") {
      abandoned.push(entry);
      continue;
    }
    // Somebody else created the record first: creating it too is an edit.
    const intent: Intent = meant.op === "create" && !isFirst ? { ...meant, op: "update" } : meant;
    const written = isFirst
      ? createDocument(model, entry.facet, intent, clientId)
      : applyIntent(model, entry.facet, state, intent, clientId, acknowledgedDocument(acknowledged, life, entry.facet));
    if (written === null) continue;
    if (isFirst) life += 1;
    isDeleted = intent.op === "delete";
    documents = model.facets.map((_, facet) =>
      isDeleted ? null : facet === entry.facet ? written.state : isFirst ? null : (documents[facet] ?? null),
    );
    replayed.push({ replaced: entry, intent, update: written.update, life });
  }
  if (life === 0) return { record: null, abandoned, entries: [] };
  const next = { ...record, life, isDeleted, documents, pending: replayed.length };
  return { record: projected(model, next), abandoned, entries: replayed };
}

function settledRecord(
  model: ModelDescription,
  key: string,
  record: ReplicaRecord | null,
  acknowledged: AcknowledgedState,
  meta: RelayMeta,
  merged: Folded,
): ReplicaRecord {
  const settled = {
    model: model.name,
    key,
    values: record?.values ?? keyValues(model, key),
    life: acknowledged.life,
    version: meta.version,
    changedAt: meta.at,
    createdAt: meta.createdAt,
    isDeleted: acknowledged.isDeleted,
    revision: record?.revision ?? 0,
    pending: record?.pending ?? 0,
    documents: acknowledged.documents,
    acknowledged,
    ...(record === null ? {} : newer(record, meta)),
  };
  return projected(model, settled, merged);
}

/** Versions only go up. The times of an older life say nothing of the one that the record is in here. */
function newer(record: ReplicaRecord, meta: RelayMeta): Pick<ReplicaRecord, "version" | "changedAt" | "createdAt"> {
  if (meta.version < record.version || meta.life < record.life) {
    const { version, changedAt, createdAt } = record;
    return { version: Math.max(version, meta.version), changedAt, createdAt };
  }
  return { version: meta.version, changedAt: meta.at, createdAt: meta.createdAt };
}

/** The record with its values as its documents say; a deleted one keeps those it had. */
function projected(model: ModelDescription, record: ReplicaRecord, known: Folded | null = null): ReplicaRecord {
  if (record.isDeleted) return record;
  const folds = record.documents.map((document, facet) => {
    if (document === null) return noFold;
    return document === known?.state ? known.fold : foldDocument(model, facet, document);
  });
  if (folds.some((fold) => fold.deleted !== null)) {
    return { ...record, isDeleted: true, documents: model.facets.map(() => null) };
  }
  return { ...record, values: projectRow(model, folds, { createdAt: record.createdAt, changedAt: record.changedAt }) };
}

/** A record out of a page's row values, taken only where nothing of the record is here (F6). */
export function recordFromRow(
  model: ModelDescription,
  key: string,
  values: Values,
  documents: readonly Uint8Array[],
  meta: RelayMeta,
): ReplicaRecord {
  const states = documents.map((update) => (update.length === 0 ? null : documentFromUpdate(update)));
  return {
    model: model.name,
    key,
    values,
    life: meta.life,
    version: meta.version,
    changedAt: meta.at,
    createdAt: meta.createdAt,
    isDeleted: false,
    revision: 0,
    pending: 0,
    documents: states,
    acknowledged: { life: meta.life, isDeleted: false, documents: states },
  };
}

/** What a relay stores, and how it lies in rows: records, feed entries, what is remembered of replicas. */
import { type DocumentState, type ListStep, type Stamp, updateFromDocument, type Values } from "@tributary/model";
import type { Cell, Row, Write } from "./adapter.ts";
import type { RecordTable } from "./record-table.ts";
import { relayColumns, replicasTable } from "./relay-tables.ts";

/** A record as the relay stores it. A tombstone keeps its values and has no documents. */
export interface RelayRecord {
  readonly model: string;
  readonly key: string;
  readonly values: Values;
  readonly life: number;
  readonly version: number;
  readonly seq: number;
  readonly changedAt: number;
  readonly createdAt: number;
  readonly isDeleted: boolean;
  /** The stamp of the deletion; null while the record lives. */
  readonly deletedStamp?: Stamp | null;
  /** By facet; null where the facet holds nothing or the record is deleted. */
  readonly documents: readonly (DocumentState | null)[];
}

/** What is known of a record whose tombstone is forgotten. */
export interface ForgottenRecord {
  readonly life: number;
  readonly version: number;
}

/** What one change did to the lists of its record. */
export interface RecordListStep {
  readonly lists: ListStep;
  readonly principal: string;
  /** The version that a GraphQL write was made on; null when it named none, and for a push. */
  readonly base: number | null;
}

export type FeedOperation = "create" | "update" | "delete";

/** One committed change. */
export interface FeedEntry {
  readonly seq: number;
  readonly model: string;
  readonly key: string;
  readonly facet: number;
  readonly life: number;
  readonly version: number;
  readonly at: number;
  readonly operation: FeedOperation;
  readonly principal: string;
}

/** One change to be committed. */
export interface RelayChange {
  /** The record as this change leaves it. */
  readonly after: RelayRecord;
  readonly facet: number;
  readonly operation: FeedOperation;
  readonly principal: string;
  /** Null for a deletion. */
  readonly update: Uint8Array | null;
}

/** What the relay remembers of a replica's pushes. */
export interface ReplicaRow {
  readonly replica: string;
  readonly principal: string;
  readonly nonce: string;
  /** The last push committed or refused; 0 before the first. */
  readonly n: number;
  /** Refused pushes the replica has not confirmed yet: number -> answer, opaque to the store. */
  readonly refused: Readonly<Record<string, unknown>>;
  /** Changes with each write; a commit expects the one it read. 0 for a replica that is not stored yet. */
  readonly revision: number;
}

export function recordFromRow(table: RecordTable, key: string, row: Row): RelayRecord {
  const own = table.fields.length;
  let values: Values | undefined;
  return {
    model: table.model.name,
    key,
    get values() {
      values ??= table.decode(row);
      return values;
    },
    life: Number(row[own]),
    version: Number(row[own + 1]),
    seq: Number(row[own + 2]),
    changedAt: Number(row[own + 3]),
    createdAt: Number(row[own + 4]),
    isDeleted: row[own + 5] === 1,
    deletedStamp: (row[own + 6] ?? null) as Stamp | null,
    documents: table.model.facets.map((_, facet) => {
      const cell = row[own + relayColumns.length + facet];
      return cell instanceof Uint8Array ? cell : null;
    }),
  };
}

export function recordWrite(
  table: RecordTable,
  before: RelayRecord | null,
  after: RelayRecord,
  lastChange: number,
): Write {
  const { life, version, changedAt, createdAt, isDeleted, deletedStamp, documents } = after;
  const own: readonly Cell[] = [life, version, 0, changedAt, createdAt, isDeleted ? 1 : 0, deletedStamp ?? null];
  const row = table.encode(after.values, own, documents);
  const seq = { column: "$seq", offset: lastChange };
  if (before === null) return { kind: "insert", table: table.layout.name, row, seq };
  return { kind: "replace", table: table.layout.name, row, seq, expect: { column: "$version", value: before.version } };
}

/** The `$seq` of a stored record's row. */
export function seqOfRow(table: RecordTable, row: Row): number {
  return Number(row[table.fields.length + 2]);
}

/** `seq` is not known yet. */
export function feedRow({ after, facet, operation, principal }: RelayChange, at: number, update: Cell): Row {
  const { model, key, life, version } = after;
  return [0, model, key, facet, life, version, at, operation, principal, update];
}

/** Whether nothing has changed a record since it was created: as long as its document tells what did that, the feed does not. */
export function isAsCreated({ version }: RelayRecord): boolean {
  return version === 1;
}

/** What created a record; null once something changed it. */
export function creationOf(record: RelayRecord): Uint8Array | null {
  const document = isAsCreated(record) ? record.documents.find((facet) => facet !== null) : null;
  return document ? updateFromDocument(document) : null;
}

/** `seq` is not known yet. `lists` is null in a row of a change that left them alone: most do. */
export function listStepRow(
  { after, principal }: RelayChange,
  { lists, base }: Omit<RecordListStep, "principal">,
  at: number,
): Row {
  const { model, key, version } = after;
  const text = Object.keys(lists).length === 0 ? null : JSON.stringify(lists);
  return [0, model, key, version, at, principal, base, text?.length ?? 0, text];
}

export function listStepFromRow(row: Row): RecordListStep {
  return {
    principal: String(row[5]),
    base: row[6] === null || row[6] === undefined ? null : Number(row[6]),
    lists: JSON.parse(String(row[8] ?? "{}")) as ListStep,
  };
}

export function feedEntryFromRow(row: Row): FeedEntry {
  return {
    seq: Number(row[0]),
    model: String(row[1]),
    key: String(row[2]),
    facet: Number(row[3]),
    life: Number(row[4]),
    version: Number(row[5]),
    at: Number(row[6]),
    operation: row[7] as FeedOperation,
    principal: String(row[8]),
  };
}

export function replicaFromRow(row: Row): ReplicaRow {
  return {
    replica: String(row[0]),
    principal: String(row[1]),
    nonce: String(row[2]),
    n: Number(row[3]),
    refused: JSON.parse(String(row[4])) as Record<string, unknown>,
    revision: Number(row[5]),
  };
}

export function replicaWrite(replica: ReplicaRow): Write {
  const { principal, nonce, n, refused, revision } = replica;
  const row: Row = [replica.replica, principal, nonce, n, JSON.stringify(refused), revision + 1];
  if (revision === 0) return { kind: "insert", table: replicasTable.name, row };
  return { kind: "replace", table: replicasTable.name, row, expect: { column: "revision", value: revision } };
}

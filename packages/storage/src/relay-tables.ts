/**
 * The tables of a relay's store, beside one table a model.
 *
 * `$feed` is the change feed: a row a committed change, by `seq`. Its update bytes live as long as delta entries do, and are not
 * there while the record's document is just that update; the row of a record's latest change lives as long as the record or
 * its tombstone.
 */
import type { ModelDescription } from "@tributary/schema";
import type { ColumnLayout, TableLayout } from "./adapter.ts";
import { documentColumns } from "./document-columns.ts";
import { createRecordTable, type RecordTable } from "./record-table.ts";

/** The own columns of a relay's model table, in order, before the documents. */
export const relayColumns: readonly ColumnLayout[] = [
  { name: "$life", type: "integer" },
  { name: "$version", type: "integer" },
  { name: "$seq", type: "integer" },
  { name: "$changedAt", type: "integer" },
  { name: "$createdAt", type: "integer" },
  { name: "$deleted", type: "boolean" },
  { name: "$deletedStamp", type: "text" },
];

/** The columns of a relay's model table, beside its fields, that are shown of a record. */
export const recordColumns = { version: "$version", changedAt: "$changedAt", deletion: "$deleted" } as const;

export function createRelayTable(model: ModelDescription): RecordTable {
  return createRecordTable(model, [...relayColumns, ...documentColumns(model)]);
}

export const feedTable: TableLayout = {
  name: "$feed",
  columns: [
    { name: "seq", type: "integer" },
    { name: "model", type: "text" },
    { name: "key", type: "text" },
    { name: "facet", type: "integer" },
    { name: "life", type: "integer" },
    { name: "version", type: "integer" },
    { name: "at", type: "integer" },
    { name: "operation", type: "text" },
    { name: "principal", type: "text" },
    { name: "update", type: "blob" },
  ],
  primaryKey: ["seq"],
  indexes: [],
  isKeyOrdered: true,
};

/** What each replica last had committed, and the pushes refused to it that it may ask about again. */
export const replicasTable: TableLayout = {
  name: "$replicas",
  columns: [
    { name: "replica", type: "text" },
    { name: "principal", type: "text" },
    { name: "nonce", type: "text" },
    { name: "n", type: "integer" },
    { name: "refused", type: "json" },
    { name: "revision", type: "integer" },
  ],
  primaryKey: ["replica"],
  indexes: [],
};

/** Who may write under a Yjs client id: a replica, or (`record` and `principal`) a live document. */
export const clientIdsTable: TableLayout = {
  name: "$clientIds",
  columns: [
    { name: "clientId", type: "integer" },
    { name: "replica", type: "text" },
    { name: "record", type: "text" },
    { name: "principal", type: "text" },
  ],
  primaryKey: ["clientId"],
  isKeyOrdered: true,
  indexes: [{ name: "$clientIds.byReplica", columns: ["replica"] }],
};

/** One row a process start of the relay, in their order: the first `seq` it could commit. */
export const startsTable: TableLayout = {
  name: "$starts",
  columns: [
    { name: "ordinal", type: "integer" },
    { name: "start", type: "text" },
    { name: "firstSeq", type: "integer" },
    { name: "at", type: "integer" },
  ],
  primaryKey: ["ordinal"],
  indexes: [],
  isKeyOrdered: true,
};

/** Values that read rules depend on, as they were before a change took them away; kept as long as tombstones. */
export const trailTable: TableLayout = {
  name: "$trail",
  columns: [
    { name: "seq", type: "integer" },
    { name: "model", type: "text" },
    { name: "key", type: "text" },
    { name: "old", type: "json" },
  ],
  primaryKey: ["seq"],
  indexes: [],
  isKeyOrdered: true,
};

/**
 * GraphQL mutations that changed something, by an id of what was asked for and by whom: kept as long as delta entries, so that
 * one that comes again is known (Q1).
 */
export const mutationsTable: TableLayout = {
  name: "$mutations",
  columns: [
    { name: "id", type: "text" },
    { name: "seq", type: "integer" },
    { name: "at", type: "integer" },
  ],
  primaryKey: ["id"],
  indexes: [{ name: "$mutations.bySeq", columns: ["seq"] }],
};

/**
 * What changes did to the lists of their records: a row an update of a model that has lists. Kept as long as delta entries, so
 * that a list can be told as it was at a version (Q2). `base` is the version that a GraphQL write was made on; `size` is that of
 * `lists`, as text.
 */
export const listStepsTable: TableLayout = {
  name: "$listSteps",
  columns: [
    { name: "seq", type: "integer" },
    { name: "model", type: "text" },
    { name: "key", type: "text" },
    { name: "version", type: "integer" },
    { name: "at", type: "integer" },
    { name: "principal", type: "text" },
    { name: "base", type: "integer" },
    { name: "size", type: "integer" },
    { name: "lists", type: "json" },
  ],
  primaryKey: ["seq"],
  indexes: [{ name: "$listSteps.byRecord", columns: ["model", "key", "version"] }],
  isKeyOrdered: true,
};

/** What is kept of a record when its tombstone has ended its life, for good: a later life of it must not pass for an earlier one (D2). */
export const forgottenTable: TableLayout = {
  name: "$forgotten",
  columns: [
    { name: "model", type: "text" },
    { name: "key", type: "text" },
    { name: "life", type: "integer" },
    { name: "version", type: "integer" },
  ],
  primaryKey: ["model", "key"],
  indexes: [],
};

/** Single values by name: format, epoch, heal point, secret, clock lease, schema. */
export const metaTable: TableLayout = {
  name: "$meta",
  columns: [
    { name: "name", type: "text" },
    { name: "value", type: "text" },
  ],
  primaryKey: ["name"],
  indexes: [],
};

export const relayOwnTables: readonly TableLayout[] = [
  feedTable,
  replicasTable,
  clientIdsTable,
  startsTable,
  trailTable,
  mutationsTable,
  listStepsTable,
  forgottenTable,
  metaTable,
];

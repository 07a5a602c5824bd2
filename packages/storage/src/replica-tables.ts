/**
 * The tables of a client's store, beside one table a model.
 *
 * A record with unsent changes keeps its last acknowledged state (`$ack…`) beside the local one (P2): that is what the relay
 * holds as far as this replica knows, and what a refusal goes back to.
 */
import type { ModelDescription } from "@tributary/schema";
import type { ColumnLayout, TableLayout } from "./adapter.ts";
import { documentColumns } from "./document-columns.ts";
import { createRecordTable, type RecordTable } from "./record-table.ts";

/** The own columns of a replica's model table, in order, before the documents. */
export const replicaColumns: readonly ColumnLayout[] = [
  { name: "$life", type: "integer" },
  { name: "$version", type: "integer" },
  { name: "$changedAt", type: "integer" },
  { name: "$createdAt", type: "integer" },
  { name: "$deleted", type: "boolean" },
  { name: "$revision", type: "integer" },
  { name: "$pending", type: "integer" },
  { name: "$ackLife", type: "integer" },
  { name: "$ackDeleted", type: "boolean" },
];

/** The column of a facet's acknowledged document, filled only while changes are unsent. */
export function acknowledgedColumn(facet: number): string {
  return facet === 0 ? "$ack" : `$ack${facet}`;
}

export function createReplicaTable(model: ModelDescription): RecordTable {
  const acknowledged = model.facets.map(
    (_, facet): ColumnLayout => ({ name: acknowledgedColumn(facet), type: "blob" }),
  );
  return createRecordTable(model, [...replicaColumns, ...documentColumns(model), ...acknowledged]);
}

/**
 * Changes the relay has not answered, in order of `n`. Rows of one push follow each other; all but its last have `more`.
 * A creation has no intent of its own: its update says it all. No index by record: only resets look a record up, and every
 * save would pay for it.
 */
export const outboxTable: TableLayout = {
  name: "$outbox",
  columns: [
    { name: "n", type: "integer" },
    { name: "nonce", type: "text" },
    { name: "more", type: "boolean" },
    { name: "model", type: "text" },
    { name: "key", type: "text" },
    { name: "facet", type: "integer" },
    { name: "life", type: "integer" },
    { name: "intent", type: "json" },
    { name: "condition", type: "json" },
    { name: "update", type: "blob" },
  ],
  primaryKey: ["n"],
  indexes: [],
  isKeyOrdered: true,
};

/** Changes the relay refused, kept until the app has dealt with them. */
export const refusedTable: TableLayout = {
  name: "$refused",
  columns: [
    { name: "n", type: "integer" },
    { name: "model", type: "text" },
    { name: "key", type: "text" },
    { name: "intent", type: "json" },
    { name: "code", type: "text" },
    { name: "message", type: "text" },
    { name: "fields", type: "json" },
    { name: "at", type: "integer" },
  ],
  primaryKey: ["n"],
  indexes: [],
  isKeyOrdered: true,
};

/** Single values by name: format, replica, client ids, epoch, cursor, last acknowledged push, schema. */
export const replicaMetaTable: TableLayout = {
  name: "$meta",
  columns: [
    { name: "name", type: "text" },
    { name: "value", type: "text" },
  ],
  primaryKey: ["name"],
  indexes: [],
};

export const replicaOwnTables: readonly TableLayout[] = [outboxTable, refusedTable, replicaMetaTable];

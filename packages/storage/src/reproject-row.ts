/** Makes a record's row anew, from its documents, when the schema's columns or their meaning changed. */
import { type Fold, foldDocument, noFold, projectRow } from "@tributary/model";
import { type Cell, type ColumnType, type Row, StorageError, type TableLayout } from "./adapter.ts";
import { documentColumn } from "./document-columns.ts";
import { decodeCell, encodeCell, type RecordTable } from "./record-table.ts";

/**
 * What a store keeps beside the fields is carried over by column name. A tombstone has no document: its values are carried over
 * too, as far as their fields are there and hold the same kind of value.
 */
export function reprojectRow(table: RecordTable, row: Row, before: TableLayout): Row {
  const cells = new Map(before.columns.map(({ name, type }, at) => [name, { type, cell: row[at] ?? null }]));
  const carried = table.layout.columns.map(({ name, type }): Cell => {
    const known = cells.get(name);
    return known === undefined ? null : carry(known.type, known.cell, type);
  });
  const documents = table.model.facets.map((_, facet) => cells.get(documentColumn(facet))?.cell ?? null);
  if (documents.every((document) => document === null)) return carried;
  const times = {
    createdAt: numberOf(cells.get("$createdAt")?.cell),
    changedAt: numberOf(cells.get("$changedAt")?.cell),
  };
  const values = projectRow(table.model, folds(table, carried, documents), times);
  return table.encode(values, carried.slice(table.fields.length), []);
}

function folds(table: RecordTable, row: Row, documents: readonly Cell[]): Fold[] {
  try {
    return documents.map((document, facet) =>
      document instanceof Uint8Array ? foldDocument(table.model, facet, document) : noFold,
    );
  } catch (error) {
    const names = table.layout.columns.map((column) => column.name);
    const key = JSON.stringify(table.layout.primaryKey.map((name) => row[names.indexOf(name)]));
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError("DAMAGED", `the document of ${table.layout.name} ${key} cannot be read: ${reason}`, {
      cause: error,
    });
  }
}

function carry(from: ColumnType, cell: Cell, to: ColumnType): Cell {
  return from === to ? cell : encodeCell(to, decodeCell(from, cell));
}

function numberOf(cell: Cell | undefined): number | null {
  return typeof cell === "number" ? cell : null;
}

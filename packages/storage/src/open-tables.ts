/**
 * Opens a store's tables under a schema: creates what is missing and gives tables of another layout the new one.
 *
 * Nothing is thrown away by a schema change. A model's rows are written anew from their documents, so that a field that
 * comes back finds its values again; a model that left the schema keeps its table.
 */
import type { StorageAdapter, TableLayout } from "./adapter.ts";
import { type Cell, type Row, StorageError } from "./adapter.ts";
import type { RecordTable } from "./record-table.ts";

/** Makes a row of the new layout out of a row whose cells are found by column name. */
export type Reproject = (table: RecordTable, cells: ReadonlyMap<string, Cell>) => Row;

export async function openTables(
  adapter: StorageAdapter,
  own: readonly TableLayout[],
  tables: readonly RecordTable[],
  reproject: Reproject,
): Promise<void> {
  const stored = new Map((await adapter.layouts()).map((layout) => [layout.name, layout]));
  const missing = [...own, ...tables.map((table) => table.layout)].filter((layout) => !stored.has(layout.name));
  if (missing.length > 0) await adapter.create(missing);
  for (const layout of own) {
    const before = stored.get(layout.name);
    if (before !== undefined && !isSameLayout(before, layout)) {
      throw new StorageError(
        "LAYOUT",
        `the store's table ${layout.name} has a layout this version does not know; open it with the version that wrote it`,
      );
    }
  }
  for (const table of tables) {
    const before = stored.get(table.layout.name);
    if (before === undefined || isSameLayout(before, table.layout)) continue;
    const names = before.columns.map((column) => column.name);
    await adapter.rebuild(table.layout, (row) =>
      reproject(table, new Map(names.map((name, at) => [name, row[at] ?? null]))),
    );
  }
}

function isSameLayout(left: TableLayout, right: TableLayout): boolean {
  return canonical(left) === canonical(right);
}

function canonical(layout: TableLayout): string {
  return JSON.stringify([
    layout.columns.map((column) => [column.name, column.type]),
    layout.primaryKey,
    layout.indexes.map((index) => [index.name, index.columns, index.whereNotNull ?? null]),
  ]);
}

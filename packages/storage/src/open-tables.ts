/**
 * Opens a store's tables under a schema: creates what is missing and gives tables of another layout the new one.
 *
 * Nothing is thrown away by a schema change. A model's rows are written anew from their documents, so that a field that
 * comes back finds its values again; a model that left the schema keeps its table. Each table changes in a transaction of its
 * own: what was interrupted goes on with the next opening.
 */
import { type StorageAdapter, StorageError, type TableLayout } from "./adapter.ts";
import { isSameButIndexes, isSameLayout } from "./layout.ts";
import type { RecordTable } from "./record-table.ts";
import { reprojectRow } from "./reproject-row.ts";

export async function openTables(
  adapter: StorageAdapter,
  own: readonly TableLayout[],
  tables: readonly RecordTable[],
): Promise<void> {
  const stored = new Map((await adapter.layouts()).map((layout) => [layout.name, layout]));
  for (const layout of own) assertKnown(stored.get(layout.name), layout);
  for (const { layout } of tables) assertSameKey(stored.get(layout.name), layout);
  const missing = [...own, ...tables.map((table) => table.layout)].filter((layout) => !stored.has(layout.name));
  if (missing.length > 0) await adapter.create(missing);
  for (const table of tables) {
    const before = stored.get(table.layout.name);
    if (before === undefined || isSameLayout(before, table.layout)) continue;
    if (isSameButIndexes(before, table.layout)) await adapter.reindex(table.layout);
    else await adapter.rebuild(table.layout, (row, layout) => reprojectRow(table, row, layout));
  }
}

function assertKnown(before: TableLayout | undefined, layout: TableLayout): void {
  if (before === undefined || isSameLayout(before, layout)) return;
  throw new StorageError(
    "LAYOUT",
    `the store's table ${layout.name} has a layout this version does not know; open it with the version that wrote it`,
  );
}

/** Records are named by their key in documents, feeds and outboxes everywhere: it is the one thing that cannot change. */
function assertSameKey(before: TableLayout | undefined, layout: TableLayout): void {
  if (before === undefined || keyText(before) === keyText(layout)) return;
  throw new StorageError(
    "LAYOUT",
    `records of ${layout.name} are stored under the key (${keyText(before)}), the schema says (${keyText(layout)}); ` +
      "a model keeps its key: give the model another name, or open another database",
  );
}

function keyText(layout: TableLayout): string {
  const types = new Map(layout.columns.map((column) => [column.name, column.type]));
  return layout.primaryKey.map((name) => `${name}: ${types.get(name) ?? "missing"}`).join(", ");
}

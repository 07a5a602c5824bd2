/** Changes of tables within a transaction: what is stored, not what this tab knows, is changed. */
import { planAccess } from "../access/plan-access.ts";
import { type Row, StorageError, type TableLayout } from "../adapter.ts";
import { isSameButIndexes, isSameLayout } from "../layout.ts";
import { keyOf, newPlace } from "../stage-writes.ts";
import type { IdbKeyRanges, IdbTransaction } from "./indexed-db.ts";
import { ROWS, recordKey, recordOf, spaceRange, type Table } from "./row-record.ts";
import { type CatalogState, type StoredTables, storedTables, tableNamed, writeTables } from "./table-catalog.ts";
import { walkRows } from "./walk-rows.ts";

/** A transaction that writes, and the state it found. */
export interface TableTransaction {
  readonly transaction: IdbTransaction;
  readonly state: CatalogState;
  readonly ranges: IdbKeyRanges;
}

export async function createTables(
  { transaction, state }: TableTransaction,
  layouts: readonly TableLayout[],
): Promise<StoredTables> {
  const stored = await storedTables(transaction);
  const known = new Map(stored.map(({ layout }) => [layout.name, layout]));
  for (const layout of layouts) {
    const other = known.get(layout.name);
    if (other !== undefined && !isSameLayout(other, layout)) {
      throw new StorageError("LAYOUT", `the table ${layout.name} is there with another layout`);
    }
  }
  const missing = layouts.filter((layout) => !known.has(layout.name));
  if (missing.length === 0) return { generation: state.generation, tables: stored };
  const { lastSpace } = state;
  const created = missing.map((layout, i): Table => ({ layout, space: lastSpace + 1 + i }));
  return writeTables(transaction, { ...state, lastSpace: lastSpace + missing.length }, [...stored, ...created]);
}

/** The rows move to a space of their own, where no new key meets an old one. */
export async function rebuildTable(
  { transaction, state, ranges }: TableTransaction,
  layout: TableLayout,
  transform: (row: Row, before: TableLayout) => Row | null,
): Promise<StoredTables> {
  const stored = await storedTables(transaction);
  const before = tableNamed(stored, layout.name);
  if (isSameLayout(before.layout, layout)) return { generation: state.generation, tables: stored };
  const after: Table = { layout, space: state.lastSpace + 1 };
  const rows = transaction.objectStore(ROWS);
  let { lastPlace } = state;
  const inOrder = planAccess(before.layout, { limit: Number.POSITIVE_INFINITY });
  await walkRows(rows, ranges, before, inOrder, Number.POSITIVE_INFINITY, ({ row }) => {
    const made = transform(row, before.layout);
    if (made === null) return true;
    const place = newPlace(layout, made, () => ++lastPlace);
    rows.add(recordOf(after, made, place), recordKey(after, keyOf(layout, made)));
    return true;
  });
  rows.delete(spaceRange(ranges, before));
  return writeTables(transaction, { ...state, lastPlace, lastSpace: after.space }, replaced(stored, before, after));
}

/** Writes every row anew, with its entries in the new indexes and without those in the old. */
export async function reindexTable(
  { transaction, state, ranges }: TableTransaction,
  layout: TableLayout,
): Promise<StoredTables> {
  const stored = await storedTables(transaction);
  const before = tableNamed(stored, layout.name);
  if (!isSameButIndexes(before.layout, layout)) {
    throw new StorageError("LAYOUT", `the table ${layout.name} differs in more than its indexes`);
  }
  if (isSameLayout(before.layout, layout)) return { generation: state.generation, tables: stored };
  const after: Table = { layout, space: before.space };
  const rows = transaction.objectStore(ROWS);
  await walkRows(rows, ranges, before, planAccess(layout, {}), Number.POSITIVE_INFINITY, ({ row, place }) => {
    rows.put(recordOf(after, row, place), recordKey(after, keyOf(layout, row)));
    return true;
  });
  return writeTables(transaction, state, replaced(stored, before, after));
}

export async function dropTable({ transaction, state, ranges }: TableTransaction, name: string): Promise<StoredTables> {
  const stored = await storedTables(transaction);
  const table = tableNamed(stored, name);
  transaction.objectStore(ROWS).delete(spaceRange(ranges, table));
  return writeTables(
    transaction,
    state,
    stored.filter((one) => one !== table),
  );
}

function replaced(tables: readonly Table[], before: Table, after: Table): readonly Table[] {
  return tables.map((table) => (table === before ? after : table));
}

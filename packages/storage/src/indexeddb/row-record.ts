/**
 * How rows lie in the database: all in one object store, under the number of their table's space and their key.
 *
 * Beside the row a record holds its entries: one a logical index, made of space, index, cells and place. IndexedDB keeps the
 * entries of all records in a single multi-entry index, in which each index of a table is a stretch. So tables and indexes come
 * and go in ordinary transactions, and never ask other tabs to close their connections, as a version upgrade does.
 */
import type { StoredRow } from "../access/collect-page.ts";
import type { AccessPath, TuplePlace, TupleRange } from "../access/plan-access.ts";
import type { Cell, IndexLayout, Key, Row, TableLayout } from "../adapter.ts";
import { columnIndex } from "../condition.ts";
import { keyOf } from "../stage-writes.ts";
import { encodeCell } from "./encode-key.ts";
import { type IdbKey, type IdbKeyRange, type IdbKeyRanges, type IdbStore, resultOf } from "./indexed-db.ts";

export const ROWS = "rows";
export const ENTRIES = "entries";

/** A table and where its rows lie: a rebuilt table has another space. */
export interface Table {
  readonly layout: TableLayout;
  readonly space: number;
}

export interface RowRecord extends StoredRow {
  readonly entries: readonly IdbKey[];
}

export function recordOf(table: Table, row: Row, place: number): RowRecord {
  const { layout } = table;
  const stored: StoredRow = { row: row.map(ownBytes), place };
  const indexes = layout.indexes.filter((index) => isIn(layout, index, row));
  const paths: readonly AccessPath[] = layout.isKeyOrdered === true ? indexes : ["insertion", ...indexes];
  return { ...stored, entries: paths.map((path) => keyAlong(table, path, stored)) };
}

/** The key of a row's record. */
export function recordKey({ space }: Table, key: Key): IdbKey {
  return [space, ...key.map(encodeCell)];
}

export async function readRecord(rows: IdbStore, table: Table, key: Key): Promise<StoredRow | undefined> {
  return (await resultOf(rows.get(recordKey(table, key)))) as StoredRow | undefined;
}

/** The key under which a row comes on a path. */
export function keyAlong(table: Table, path: AccessPath, { row, place }: StoredRow): IdbKey {
  if (path === "key") return recordKey(table, keyOf(table.layout, row));
  if (path === "insertion") return [...pathKey(table, path), place];
  const cells = path.columns.map((name) => encodeCell(row[columnIndex(table.layout, name)] ?? null));
  return [...pathKey(table, path), ...cells, place];
}

/** The keys of a range on a path; only those behind `after`, where there is one. */
export function keyRange(
  ranges: IdbKeyRanges,
  table: Table,
  path: AccessPath,
  { from, to }: TupleRange,
  after: IdbKey | null,
): IdbKeyRange {
  const lower = after ?? keyAt(table, path, from);
  return ranges.bound(lower, keyAt(table, path, to), after !== null, true);
}

/** Everything of a table. */
export function spaceRange(ranges: IdbKeyRanges, { space }: Table): IdbKeyRange {
  return ranges.bound([space], [space, LAST]);
}

/** Behind every key that a cell has. */
const LAST: IdbKey = [];

function keyAt(table: Table, path: AccessPath, { cells, isBehind }: TuplePlace): IdbKey {
  const key = [...pathKey(table, path), ...cells.map(encodeCell)];
  return isBehind ? [...key, LAST] : key;
}

/** What all keys on a path begin with. A number, where indexes have their name, is a path of its own. */
function pathKey({ space }: Table, path: AccessPath): readonly IdbKey[] {
  if (path === "key") return [space];
  return path === "insertion" ? [space, 0] : [space, path.name];
}

function isIn(layout: TableLayout, { whereNotNull }: IndexLayout, row: Row): boolean {
  return whereNotNull === undefined || (row[columnIndex(layout, whereNotNull)] ?? null) !== null;
}

/** Bytes are stored with the whole buffer they lie in: a document cut out of a frame would bring the frame along. */
function ownBytes(cell: Cell): Cell {
  return cell instanceof Uint8Array && cell.byteLength < cell.buffer.byteLength ? new Uint8Array(cell) : cell;
}

/** What writes make of rows, decided before anything is stored. Shared by adapters that keep rows as JavaScript values. */
import type { StoredRow } from "./access/collect-page.ts";
import type { Cell, Expectation, Key, Row, SeqCell, TableLayout, Write } from "./adapter.ts";
import { columnIndex } from "./condition.ts";

/** A write of the row that its key names. */
export type KeyedWrite = Exclude<Write, { kind: "deleteWhere" }>;

/** A row as a batch found it, and as its writes so far leave it. */
export interface StagedRow {
  readonly found: StoredRow | undefined;
  row: Row | null;
  /** Null for a row that was not there: it comes last. */
  place: number | null;
  isChanged: boolean;
}

export function stagedRow(found: StoredRow | undefined): StagedRow {
  return { found, row: found?.row ?? null, place: found?.place ?? null, isChanged: false };
}

/** The key of the row that a write is about. */
export function keyOfWrite(layout: TableLayout, write: KeyedWrite, firstSeq: number): Key {
  return "row" in write ? keyOf(layout, rowOf(layout, write, firstSeq)) : write.key;
}

/** Does the write to the row its key names. False, with nothing done, when its precondition does not hold. */
export function stageWrite(layout: TableLayout, staged: StagedRow, write: KeyedWrite, firstSeq: number): boolean {
  const { row } = staged;
  switch (write.kind) {
    case "insert":
      if (row !== null) return false;
      put(staged, rowOf(layout, write, firstSeq));
      return true;
    case "upsert":
      put(staged, rowOf(layout, write, firstSeq));
      return true;
    case "replace":
      if (row === null || !meets(layout, row, write.expect)) return false;
      put(staged, rowOf(layout, write, firstSeq));
      return true;
    case "update": {
      if (row === null || !meets(layout, row, write.expect)) return false;
      const cells = row.slice();
      for (const [i, name] of write.columns.entries()) cells[columnIndex(layout, name)] = write.cells[i] ?? null;
      put(staged, cells);
      return true;
    }
    case "delete":
      if (row === null) return true;
      if (!meets(layout, row, write.expect)) return false;
      remove(staged);
      return true;
    case "expect":
      return write.expect === null ? row === null : row !== null && meets(layout, row, write.expect);
  }
}

/** Takes the row away. */
export function remove(staged: StagedRow): void {
  staged.row = null;
  staged.place = null;
  staged.isChanged = true;
}

function put(staged: StagedRow, row: Row): void {
  staged.row = row;
  staged.isChanged = true;
}

/** The cells of a row's key. */
export function keyOf(layout: TableLayout, row: Row): Key {
  return layout.primaryKey.map((name) => row[columnIndex(layout, name)] ?? null);
}

/** The key as text, for finding rows in a Map. */
export function keyText(key: Key): string {
  return JSON.stringify(key);
}

/** The place of a row that is new: its key where that stands for the order, else the next number. */
export function newPlace(layout: TableLayout, row: Row, next: () => number): number {
  return layout.isKeyOrdered === true ? Number(keyOf(layout, row)[0]) : next();
}

function meets(layout: TableLayout, row: Row, expect: Expectation | undefined): boolean {
  return expect === undefined || row[columnIndex(layout, expect.column)] === expect.value;
}

function rowOf(
  layout: TableLayout,
  { row, seq }: { readonly row: Row; readonly seq?: SeqCell },
  firstSeq: number,
): Row {
  if (seq === undefined) return row;
  const cells: Cell[] = row.slice();
  cells[columnIndex(layout, seq.column)] = firstSeq + seq.offset;
  return cells;
}

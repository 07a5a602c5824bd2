/** The page of a scan, picked from rows as they come. It holds few more rows than it answers, whatever the rest of the table. */
import type { Row, Scan, TableLayout } from "../adapter.ts";
import { columnIndex, compareByOrder, rowTest } from "../condition.ts";
import type { Arrival } from "./plan-access.ts";

/** A row and its place in the order of insertion; in a table ordered by its key, that key. */
export interface StoredRow {
  readonly row: Row;
  readonly place: number;
}

export interface PageCollector {
  /** Nothing that could still come is of the page. */
  readonly isFull: boolean;
  add(stored: StoredRow): void;
  /** The page, once all rows are added or it is full. */
  rows(): Row[];
}

/** Rows come as `arrival` says. Each is tested here, whatever the access they came by. */
export function createPageCollector(layout: TableLayout, scan: Scan, arrival: Arrival): PageCollector {
  const order = scan.order ?? [];
  const { offset = 0, limit = Number.POSITIVE_INFINITY } = scan;
  const wanted = limit === 0 ? 0 : offset + limit;
  const tests = scan.where === undefined ? [] : [rowTest(layout, scan.where)];
  if (scan.after !== undefined) tests.push(isBehind(layout, scan));
  const compareRows = compareByOrder(layout, order);
  const compare = (left: StoredRow, right: StoredRow): number =>
    compareRows(left.row, right.row) || left.place - right.place;
  const compareSorted = compareByOrder(layout, order.slice(0, arrival.sortedBy));
  const project = projection(layout, scan.columns);
  const page: Row[] = [];
  /** Rows that are level in the columns they came sorted by. */
  let level: StoredRow[] = [];
  let passed = 0;

  const take = ({ row }: StoredRow): void => {
    if (passed >= offset && passed < wanted) page.push(project(row));
    passed++;
  };
  const takeLevel = (): void => {
    for (const stored of level.sort(compare)) take(stored);
    level = [];
  };

  return {
    get isFull() {
      return passed >= wanted;
    },
    add(stored) {
      if (!tests.every((test) => test(stored.row))) return;
      if (arrival.isInOrder) {
        take(stored);
        return;
      }
      const [first] = level;
      if (first !== undefined && compareSorted(first.row, stored.row) !== 0) takeLevel();
      level.push(stored);
      const missing = wanted - passed;
      if (level.length >= 2 * missing + SPARE_ROWS) level = level.sort(compare).slice(0, Math.max(missing, 0));
    },
    rows() {
      takeLevel();
      return page;
    },
  };
}

/** Sorting what is too much away waits until it has added up. */
const SPARE_ROWS = 100;

function projection(layout: TableLayout, columns: readonly string[] | undefined): (row: Row) => Row {
  if (columns === undefined) return (row) => row;
  const places = columns.map((name) => columnIndex(layout, name));
  return (row) => places.map((at) => row[at] ?? null);
}

function isBehind(layout: TableLayout, { order = [], after = [] }: Scan): (row: Row) => boolean {
  const compare = compareByOrder(layout, order);
  const place = layout.columns.map((): Row[number] => null);
  for (const [i, { column }] of order.entries()) place[columnIndex(layout, column)] = after[i] ?? null;
  return (row) => compare(row, place) > 0;
}

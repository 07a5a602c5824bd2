/** Runs a planned scan over rows in JavaScript. Shared by adapters without a query engine of their own. */
import type { Order, Row, Scan, TableLayout } from "./adapter.ts";
import { columnIndex, compareByOrder, rowTest } from "./condition.ts";

/** `rows` come in the order of first insertion; ties of the order keep it. */
export function scanRows(layout: TableLayout, rows: Iterable<Row>, scan: Scan): Row[] {
  const order = orderOf(layout, scan);
  const tests = scan.where === undefined ? [] : [rowTest(layout, scan.where)];
  if (scan.after !== undefined) tests.push(isBehind(layout, scan));
  const found: Row[] = [];
  for (const row of rows) if (tests.every((test) => test(row))) found.push(row);
  if (order.length > 0) found.sort(compareByOrder(layout, order));
  const offset = scan.offset ?? 0;
  const end = scan.limit === undefined ? undefined : offset + scan.limit;
  const page = offset === 0 && end === undefined ? found : found.slice(offset, end);
  const { columns } = scan;
  if (columns === undefined) return page;
  const places = columns.map((name) => columnIndex(layout, name));
  return page.map((row) => places.map((at) => row[at] ?? null));
}

/** Ties in a table that is ordered by its key come in the order of that. */
function orderOf(layout: TableLayout, { order = [] }: Scan): readonly Order[] {
  if (layout.isKeyOrdered !== true) return order;
  const rest = layout.primaryKey.filter((name) => !order.some((key) => key.column === name));
  return [...order, ...rest.map((column): Order => ({ column, direction: "asc" }))];
}

function isBehind(layout: TableLayout, scan: Scan): (row: Row) => boolean {
  const order = scan.order ?? [];
  const compare = compareByOrder(layout, order);
  const place: Row = placeOf(layout, scan);
  return (row) => compare(row, place) > 0;
}

/** A row that holds the `after` tuple in the order's columns. */
function placeOf(layout: TableLayout, scan: Scan): Row {
  const cells = layout.columns.map((): Row[number] => null);
  for (const [i, key] of (scan.order ?? []).entries()) cells[columnIndex(layout, key.column)] = scan.after?.[i] ?? null;
  return cells;
}

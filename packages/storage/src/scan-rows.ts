/**
 * A page of a model's rows in an order, for which a bounded number of rows is looked at.
 *
 * The condition that chooses among rows is left to the database, which passes over a row in a fraction of the time that reading
 * one takes. What bounds it is fixed first: the last row of those to look at, by its place in the order. So whatever is written
 * or goes between the two reads, a row that stays where it is stands on one page exactly.
 */
import type { Predicate, SortKey, Values } from "@tributary/model";
import type { Cell, Condition, Order, Row, Scan, StorageAdapter } from "./adapter.ts";
import { asTest, both, planAfter, planPredicate, planSort, planUpTo } from "./plan-query.ts";
import type { RecordTable } from "./record-table.ts";

export interface RowsScan {
  /** Which rows are gone through, in the order: keys and indexes should lead to them. Null for all. */
  readonly range: Predicate | null;
  /** Which of those are answered. Each that is gone through is looked at for it, whether indexes know of it or not. Null for all. */
  readonly where: Predicate | null;
  /** Rows that it leaves level come in key order. */
  readonly sort: readonly SortKey[];
  /** Values of the last row already read, of its key and the sort's fields at least; null from the start. */
  readonly after: Values | null;
  readonly limit: number;
  readonly includeDeleted: boolean;
  /** Most rows to look at. */
  readonly maxLooked: number;
}

export interface RowsPage {
  readonly rows: readonly Row[];
  /** At most so many were looked at. */
  readonly looked: number;
  /** Values of the order's fields of the last row of the page, or of the last one looked at; null when there are no more. */
  readonly behind: Values | null;
}

export const notDeleted: Condition = { kind: "compare", column: "$deleted", op: "eq", value: 0 };

export async function scanRows(adapter: StorageAdapter, table: RecordTable, scan: RowsScan): Promise<RowsPage> {
  const { model } = table;
  const order = wholeOrder(table, scan.sort);
  const columns = order.map(({ column }) => column);
  const { after, where: behindAfter } =
    scan.after === null ? {} : planAfter(model, order, cellsOf(table, columns, scan.after));
  const range = both(planned(table, scan.range), behindAfter);
  const test = both(planned(table, scan.where), scan.includeDeleted ? undefined : notDeleted);
  const read = (where: Condition | undefined, page: Pick<Scan, "limit" | "columns">): Promise<readonly Row[]> =>
    adapter.scan({
      table: model.name,
      order,
      ...page,
      ...(after === undefined ? {} : { after }),
      ...(where === undefined ? {} : { where }),
    });
  const place = (cells: Row): Values => placeOf(table, columns, cells);
  const lastOf = (rows: readonly Row[], limit: number): Values | null => {
    const last = rows.length < limit ? undefined : rows.at(-1);
    return last === undefined ? null : place(cellsOf(table, columns, table.decode(last)));
  };

  if (test === undefined) {
    const limit = Math.min(scan.limit, scan.maxLooked);
    const rows = await read(range, { limit });
    return { rows, looked: rows.length, behind: lastOf(rows, limit) };
  }
  const window = await read(range, { limit: scan.maxLooked, columns });
  const end = window.length < scan.maxLooked ? undefined : window.at(-1);
  const within = both(range, end === undefined ? undefined : planUpTo(model, order, end));
  const rows = await read(both(within, asTest(test)), { limit: scan.limit });
  const behind = lastOf(rows, scan.limit) ?? (end === undefined ? null : place(end));
  return { rows, looked: window.length, behind };
}

/** The sort, and behind it what of the key it lacks: no two rows are level. */
export function wholeOrder({ model }: RecordTable, sort: readonly SortKey[]): Order[] {
  const order = planSort(sort);
  const direction = order[0]?.direction ?? "asc";
  for (const column of model.primaryKey) {
    if (!order.some((key) => key.column === column)) order.push({ column, direction });
  }
  return order;
}

/** The values in cells of columns: what a place in an order is told by. */
export function placeOf(table: RecordTable, columns: readonly string[], cells: readonly Cell[]): Values {
  return Object.fromEntries(columns.map((column, i) => [column, table.decodeField(column, cells[i] ?? null)]));
}

export function planned({ model }: RecordTable, predicate: Predicate | null): Condition | undefined {
  return predicate === null ? undefined : planPredicate(model, predicate);
}

export function cellsOf(table: RecordTable, columns: readonly string[], values: Values): Cell[] {
  return columns.map((column) => table.encodeField(column, values[column] ?? null));
}

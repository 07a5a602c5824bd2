/** Scans as SQL, and the key that scans of one shape share. */
import type { Cell, Scan, TableLayout } from "../adapter.ts";
import { columnOf, compileCondition, compileOrderColumn, type SqlDialect } from "./compile-condition.ts";
import { conditionParameters, conditionShape, lookShape } from "./condition-shape.ts";

/** `rowOrder` names the column that tells the order of first insertion. */
export function compileScan(dialect: SqlDialect, layout: TableLayout, scan: Scan, rowOrder: string): string {
  const columns = scan.columns ?? layout.columns.map((column) => column.name);
  const on = { dialect, table: layout.name };
  const selected = columns.length === 0 ? "1" : columns.map((name) => columnOf(on, name)).join(", ");
  return compileRows(dialect, layout, scan, rowOrder, { selected, joined: "" });
}

/** The rows of a scan with something else in place of their columns, and other tables beside them, which add no rows. */
export function compileRows(
  dialect: SqlDialect,
  layout: TableLayout,
  scan: Scan,
  rowOrder: string,
  { selected, joined }: { readonly selected: string; readonly joined: string },
): string {
  const own = (name: string): string => columnOf({ dialect, table: layout.name }, name);
  const order = scan.order ?? [];
  const conditions: string[] = [];
  if (scan.where !== undefined) conditions.push(compileCondition(dialect, layout.name, scan.where));
  if (scan.after !== undefined) {
    const names = order.map((key) => own(key.column)).join(", ");
    const isDescending = order[0]?.direction === "desc";
    conditions.push(`(${names}) ${isDescending ? "<" : ">"} (${scan.after.map(() => "?").join(", ")})`);
  }
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const orderBy = order.map((key) => `${compileOrderColumn(dialect, layout.name, key)} ${key.direction}`);
  if (!tellsRowsApart(layout, scan)) orderBy.push(own(rowOrder));
  const page = scan.limit === undefined && scan.offset === undefined ? "" : " LIMIT ? OFFSET ?";
  const from = `${dialect.quote(layout.name)}${joined}`;
  return `SELECT ${selected} FROM ${from}${where} ORDER BY ${orderBy.join(", ")}${page}`;
}

/** The parameters of a scan, in the order `compileScan` writes them. */
export function scanParameters(scan: Scan): Cell[] {
  const parameters = scan.where === undefined ? [] : conditionParameters(scan.where);
  if (scan.after !== undefined) parameters.push(...scan.after);
  for (const { through = [] } of scan.order ?? []) {
    for (const look of through.toReversed()) parameters.push(...conditionParameters(look.where));
  }
  if (scan.limit !== undefined || scan.offset !== undefined) parameters.push(scan.limit ?? -1, scan.offset ?? 0);
  return parameters;
}

/** Equal for scans that `compileScan` writes alike. */
export function scanShape(scan: Scan): string {
  let shape = scan.table;
  if (scan.columns !== undefined) shape += `|c${scan.columns.join(",")}`;
  if (scan.where !== undefined) shape += `|w${conditionShape(scan.where)}`;
  for (const { column, direction, through = [] } of scan.order ?? []) {
    shape += `|${direction === "asc" ? "+" : "-"}${through.map((look) => `${lookShape(look)}.`).join("")}${column}`;
  }
  if (scan.after !== undefined) shape += "|after";
  return scan.limit === undefined && scan.offset === undefined ? shape : `${shape}|page`;
}

/** No two rows tie in an order that holds the whole key. */
function tellsRowsApart(layout: TableLayout, scan: Scan): boolean {
  return layout.primaryKey.every(
    (name) => scan.order?.some((key) => key.column === name && key.through === undefined) ?? false,
  );
}

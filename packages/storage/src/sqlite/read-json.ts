/** A page of rows as JSON, and where the next begins, out of one snapshot of the database. */
import type { Cell, JsonPage, JsonScan, Scan, TableLayout } from "../adapter.ts";
import type { RowShape } from "../row-shape.ts";
import { compileScan, scanParameters, scanShape } from "../sql/compile-scan.ts";
import { conditionParameters, conditionShape } from "../sql/condition-shape.ts";
import { compileJson } from "./compile-json.ts";
import { rowidOf, sqliteDialect } from "./sqlite-dialect.ts";
import type { StatementCache } from "./statement-cache.ts";

type LayoutOf = (table: string) => TableLayout;

/** Null for a shape that is not written here, and where a row does not fit. */
export function readJson(statements: StatementCache, layoutOf: LayoutOf, asked: JsonScan): JsonPage | null {
  const { scan, accept } = asked;
  const shape = textOf(asked.shape);
  const key = `json ${shape} ${scanShape(scan)} ${accept === undefined ? "" : conditionShape(accept)}`;
  const compiled = statements.has(key) ? "" : compileJson(layoutOf, asked);
  if (compiled === null) return null;
  const page = statements.get(key, () => compiled);
  const parameters = [...(accept === undefined ? [] : conditionParameters(accept)), ...scanParameters(scan)];
  const run = (command: string): void => void statements.get(command, () => command).run();
  run("BEGIN");
  try {
    const [json, looked, unfit, led] = page.get(...parameters) as [Uint8Array | null, number, number, number];
    if (unfit > 0) return null;
    const behind = looked < scan.limit ? null : readBehind(statements, layoutOf, scan);
    return { json: json ?? new Uint8Array(), looked, led, behind };
  } finally {
    run("COMMIT");
  }
}

/** The order's cells of the last row of a page, if there is one behind it. */
function readBehind(statements: StatementCache, layoutOf: LayoutOf, scan: JsonScan["scan"]): readonly Cell[] | null {
  const columns = scan.order.map(({ column }) => column);
  const edge: Scan = { ...scan, columns, limit: 2, offset: (scan.offset ?? 0) + scan.limit - 1 };
  const layout = layoutOf(scan.table);
  const statement = statements.get(`scan ${scanShape(edge)}`, () =>
    compileScan(sqliteDialect, layout, edge, rowidOf(layout)),
  );
  const [last, next] = statement.all(...scanParameters(edge)) as (readonly Cell[])[];
  return next === undefined ? null : (last ?? null);
}

/** Shapes are made once and asked for often. */
const texts = new WeakMap<RowShape, string>();

function textOf(shape: RowShape): string {
  const text = texts.get(shape) ?? JSON.stringify(shape);
  texts.set(shape, text);
  return text;
}

/** Aggregations as SQL, and the key that aggregations of one shape share. */
import type { Aggregation, Cell, Measure } from "../adapter.ts";
import { compileCondition, type SqlDialect } from "./compile-condition.ts";
import { conditionParameters, conditionShape } from "./condition-shape.ts";

export function compileAggregation(dialect: SqlDialect, { table, where, groupBy, measures }: Aggregation): string {
  const groups = groupBy.map(dialect.quote);
  const cells = [...groups, ...measures.map((measure) => compileMeasure(dialect, measure))];
  const condition = where === undefined ? "" : ` WHERE ${compileCondition(dialect, table, where)}`;
  const grouping = groups.length === 0 ? "" : ` GROUP BY ${groups.join(", ")} ORDER BY ${groups.join(", ")}`;
  return `SELECT ${cells.join(", ")} FROM ${dialect.quote(table)}${condition}${grouping}`;
}

export function aggregationParameters({ where }: Aggregation): Cell[] {
  return where === undefined ? [] : conditionParameters(where);
}

/** Equal for aggregations that `compileAggregation` writes alike. */
export function aggregationShape({ table, where, groupBy, measures }: Aggregation): string {
  const condition = where === undefined ? "" : conditionShape(where);
  return `${table}|w${condition}|g${groupBy.join(",")}|${measures.map(({ op, column }) => `${op} ${column ?? "*"}`).join(",")}`;
}

/** Sums are of floating-point numbers, as in JavaScript: those of integers would fail beyond 64 bits. */
function compileMeasure(dialect: SqlDialect, { op, column }: Measure): string {
  const cell = column === null ? "*" : dialect.quote(column);
  return op === "sum" ? `coalesce(sum(CAST(${cell} AS REAL)), 0.0)` : `${op}(${cell})`;
}

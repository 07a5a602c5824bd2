/**
 * Conditions as SQL. The text depends on the shape of a condition only, its values become parameters, so that one prepared
 * statement serves every condition of a shape (`condition-shape.ts`).
 *
 * SQL knows a third truth value; conditions do not. Inside a `not` every comparison is made two-valued; outside, where null
 * and false select alike, it is left bare so that indexes serve it.
 */
import type { Comparison, Condition, Look, Order } from "../adapter.ts";
import { upperEndOf } from "../upper-end.ts";
import { type ElementKind, elementKindOf, inListOf } from "./condition-shape.ts";

/** What SQL databases write differently. */
export interface SqlDialect {
  quote(name: string): string;
  /** Null-safe equality and inequality. */
  readonly is: string;
  readonly isNot: string;
  /** The text of a JSON string in `column`, null for other JSON. */
  jsonText(column: string): string;
  /** True when the JSON array in `column`, which is named with its table, has an element that the parameter stands for. */
  hasElement(column: string, kind: ElementKind): string;
  hasSubstring(column: string): string;
  /** True when `column` is one of the values of the JSON array that the parameter is. */
  inJson(column: string): string;
}

/** A condition on the rows of `table`. Columns are named in full: other tables may stand beside it. */
export function compileCondition(dialect: SqlDialect, table: string, condition: Condition): string {
  return write({ dialect, table, depth: 0 }, condition, false);
}

/** What an order of the rows of `table` sorts by: a column of theirs, or one that its looks lead to. */
export function compileOrderColumn(dialect: SqlDialect, table: string, { column, through = [] }: Order): string {
  return writeColumn({ dialect, table, depth: 0 }, through, column);
}

/**
 * The parts side by side under one operator, as a balanced tree: databases bound how deep an expression is, and a row of
 * `a AND b AND c …` is as deep as it is long.
 */
export function joinBalanced(parts: readonly string[], operator: "AND" | "OR"): string {
  const [first = ""] = parts;
  if (parts.length <= 1) return first;
  const middle = parts.length >> 1;
  const [left, right] = [parts.slice(0, middle), parts.slice(middle)];
  return `(${joinBalanced(left, operator)} ${operator} ${joinBalanced(right, operator)})`;
}

interface Subject {
  readonly dialect: SqlDialect;
  /** The name that the rows go by: that of the table, or the one a look into it gave it. */
  readonly table: string;
  /** How many looks into other tables are around. */
  readonly depth: number;
}

const operators: Readonly<Record<Exclude<Comparison, "eq" | "ne">, string>> = { lt: "<", le: "<=", gt: ">", ge: ">=" };

function write(on: Subject, condition: Condition, isNegated: boolean): string {
  const { dialect } = on;
  switch (condition.kind) {
    case "and":
    case "or": {
      const { kind, of } = condition;
      if (of.length === 0) return kind === "and" ? "(1 = 1)" : "(1 = 0)";
      const parts = of.map((part) => write(on, part, isNegated));
      return joinBalanced(parts, kind === "and" ? "AND" : "OR");
    }
    case "not":
      return `(NOT ${write(on, condition.of, true)})`;
    case "compare":
      return writeComparison(on, condition, isNegated);
    case "in":
      return writeIn(on, condition, isNegated);
    case "hasPrefix":
      return twoValued(writePrefix(on, condition), isNegated);
    case "hasSubstring":
      return twoValued(dialect.hasSubstring(subject(on, condition)), isNegated);
    case "hasElement":
      return twoValued(dialect.hasElement(subject(on, condition), elementKindOf(condition.element)), isNegated);
    case "exists":
      return writeExists(on, condition);
  }
}

/** Never unknown, so safe in a `not`. */
function writeExists(on: Subject, look: Look): string {
  return `EXISTS (SELECT 1 FROM ${writeLook(on, look)})`;
}

/** A column of the row that looks lead to. The parameters of the last look come first. */
function writeColumn(on: Subject, [look, ...more]: readonly Look[], column: string): string {
  if (look === undefined) return columnOf(on, column);
  return `(SELECT ${writeColumn(within(on), more, column)} FROM ${writeLook(on, look)})`;
}

function writeLook(on: Subject, { table, on: pairs, where }: Look): string {
  const { dialect } = on;
  const inner = within(on);
  const ties = pairs.map(({ own, other }) => `${columnOf(inner, other)} = ${columnOf(on, own)}`);
  const conditions = [...ties, write(inner, where, false)];
  return `${dialect.quote(table)} AS ${dialect.quote(inner.table)} WHERE ${conditions.join(" AND ")}`;
}

/** Each look names its table anew: it may look into the very table that it is asked for. */
function within({ dialect, depth }: Subject): Subject {
  return { dialect, table: `$${depth + 1}`, depth: depth + 1 };
}

/** A column, named with what its rows go by. */
export function columnOf({ dialect, table }: Pick<Subject, "dialect" | "table">, column: string): string {
  return `${dialect.quote(table)}.${dialect.quote(column)}`;
}

function subject(on: Subject, { column, asText }: { readonly column: string; readonly asText?: true }): string {
  const name = columnOf(on, column);
  return asText === undefined ? name : on.dialect.jsonText(name);
}

function writeComparison(on: Subject, condition: Extract<Condition, { kind: "compare" }>, isNegated: boolean): string {
  const { dialect } = on;
  const name = subject(on, condition);
  const { op } = condition;
  if (op === "eq") return `(${name} ${dialect.is} ?)`;
  if (op === "ne") return `(${name} ${dialect.isNot} ?)`;
  return twoValued(`${name} ${operators[op]} ?`, isNegated);
}

function writeIn(on: Subject, { column, values }: Extract<Condition, { kind: "in" }>, isNegated: boolean): string {
  const { dialect } = on;
  const name = columnOf(on, column);
  const list = inListOf(values);
  const listed = twoValued(
    list.form === "json"
      ? dialect.inJson(name)
      : list.values.length === 0
        ? "1 = 0"
        : `${name} IN (${list.values.map(() => "?").join(", ")})`,
    isNegated,
  );
  return list.hasNull ? `(${listed} OR ${name} IS NULL)` : listed;
}

/** A range, which an index serves. */
function writePrefix(
  on: Subject,
  condition: { readonly column: string; readonly value: string; readonly asText?: true },
): string {
  const name = subject(on, condition);
  return upperEndOf(condition.value) === null ? `${name} >= ?` : `${name} >= ? AND ${name} < ?`;
}

function twoValued(sql: string, isNegated: boolean): string {
  return isNegated ? `((${sql}) IS TRUE)` : `(${sql})`;
}

/**
 * Conditions as SQL. The text depends on the shape of a condition only, its values become parameters, so that one prepared
 * statement serves every condition of a shape.
 *
 * SQL knows a third truth value; conditions do not. Inside a `not` every comparison is made two-valued; outside, where null
 * and false select alike, it is left bare so that indexes serve it.
 */
import type { Cell, Comparison, Condition } from "../adapter.ts";

/** What SQL databases write differently. */
export interface SqlDialect {
  quote(name: string): string;
  /** Null-safe equality and inequality. */
  readonly is: string;
  readonly isNot: string;
  /** True when the JSON array in `column` holds the parameter. */
  hasElement(column: string): string;
  hasSubstring(column: string): string;
}

export interface CompiledCondition {
  readonly sql: string;
  readonly parameters: readonly Cell[];
}

export function compileCondition(dialect: SqlDialect, condition: Condition): CompiledCondition {
  const parameters: Cell[] = [];
  return { sql: write(dialect, condition, parameters, false), parameters };
}

const operators: Readonly<Record<Exclude<Comparison, "eq" | "ne">, string>> = { lt: "<", le: "<=", gt: ">", ge: ">=" };

function write(dialect: SqlDialect, condition: Condition, parameters: Cell[], isNegated: boolean): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return writeGroup(dialect, condition, parameters, isNegated);
    case "not":
      return `NOT ${write(dialect, condition.of, parameters, true)}`;
    case "compare":
      return writeComparison(dialect, condition, parameters, isNegated);
    case "in":
      return writeIn(dialect, condition, parameters, isNegated);
    case "hasPrefix":
      return twoValued(writePrefix(dialect, condition, parameters), isNegated);
    case "hasSubstring":
      parameters.push(condition.value);
      return twoValued(dialect.hasSubstring(dialect.quote(condition.column)), isNegated);
    case "hasElement":
      parameters.push(condition.value);
      return dialect.hasElement(dialect.quote(condition.column));
  }
}

function writeGroup(
  dialect: SqlDialect,
  { kind, of }: Extract<Condition, { kind: "and" | "or" }>,
  parameters: Cell[],
  isNegated: boolean,
): string {
  if (of.length === 0) return kind === "and" ? "(1 = 1)" : "(1 = 0)";
  const parts = of.map((part) => write(dialect, part, parameters, isNegated));
  return `(${parts.join(kind === "and" ? " AND " : " OR ")})`;
}

function writeComparison(
  dialect: SqlDialect,
  { column, op, value }: Extract<Condition, { kind: "compare" }>,
  parameters: Cell[],
  isNegated: boolean,
): string {
  const name = dialect.quote(column);
  parameters.push(value);
  if (op === "eq") return `(${name} ${dialect.is} ?)`;
  if (op === "ne") return `(${name} ${dialect.isNot} ?)`;
  return twoValued(`${name} ${operators[op]} ?`, isNegated);
}

function writeIn(
  dialect: SqlDialect,
  { column, values }: Extract<Condition, { kind: "in" }>,
  parameters: Cell[],
  isNegated: boolean,
): string {
  const name = dialect.quote(column);
  const given = values.filter((value) => value !== null);
  parameters.push(...given);
  const listed = given.length === 0 ? "1 = 0" : `${name} IN (${given.map(() => "?").join(", ")})`;
  return given.length === values.length
    ? twoValued(listed, isNegated)
    : `(${twoValued(listed, isNegated)} OR ${name} IS NULL)`;
}

/** A range, which an index serves; a prefix that ends in the last code point has no upper end and is compared as text. */
function writePrefix(
  dialect: SqlDialect,
  { column, value }: { readonly column: string; readonly value: string },
  parameters: Cell[],
): string {
  const name = dialect.quote(column);
  const end = upperEnd(value);
  if (end === null) {
    parameters.push(value, value);
    return `substr(${name}, 1, length(?)) = ?`;
  }
  parameters.push(value, end);
  return `${name} >= ? AND ${name} < ?`;
}

/** The least text behind all that start with `prefix`; null when there is none. */
function upperEnd(prefix: string): string | null {
  const points = Array.from(prefix, (one) => one.codePointAt(0) ?? 0);
  const last = points.pop();
  if (last === undefined || last >= 0x10ffff) return null;
  const next = last + 1 >= 0xd800 && last + 1 <= 0xdfff ? 0xe000 : last + 1;
  return String.fromCodePoint(...points, next);
}

function twoValued(sql: string, isNegated: boolean): string {
  return isNegated ? `((${sql}) IS TRUE)` : `(${sql})`;
}

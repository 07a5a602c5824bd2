/**
 * Pages of rows as JSON, written by SQLite itself: one value crosses into JavaScript for a whole page, as bytes that are sent as
 * they are.
 *
 * `json_object` writes text and integers as `JSON.stringify` does. What it would write otherwise (numbers of more than 15 digits)
 * does not fit; what it cannot look into for the price (lists, embedded objects) is not written here.
 */
import type { ColumnType, JsonScan, TableLayout } from "../adapter.ts";
import type { RelatedMember, RowMember, RowShape, ValueShape } from "../row-shape.ts";
import { columnOf, compileCondition, joinBalanced } from "../sql/compile-condition.ts";
import { compileRows } from "../sql/compile-scan.ts";
import { rowidOf, sqliteDialect } from "./sqlite-dialect.ts";

/** What SQLite passes to one function at most, in the builds that allow least: members take two each. */
const MAX_ARGUMENTS = 100;

/** SQLite joins 64 tables at most; a page that leads to so many is better read in steps. */
const MAX_JOINS = 8;

/** Stands in for a row that does not fit: no JSON is empty. */
const UNFIT = "''";

/** A value as SQL, and what must be true for it to be what its shape says: nothing where it always is. */
interface Written {
  readonly sql: string;
  readonly fits: readonly string[];
}

/**
 * One row: the page as bytes, how many rows were looked at, how many of them do not fit, how many keys of others they hold.
 * Parameters: those of `accept`, those of the scan. Null for a shape that SQL cannot write.
 *
 * The page is cut out before it is put together: rows come to `group_concat` in the order of the scan, each written once.
 */
export function compileJson(
  layoutOf: (table: string) => TableLayout,
  { scan, shape, accept }: JsonScan,
): string | null {
  const layout = layoutOf(scan.table);
  const writer = createRowWriter(layoutOf);
  const row = writer.write(layout, scan.table, shape);
  const { joins, leads } = writer;
  if (row === null || joins.length > MAX_JOINS) return null;
  const fitting = row.fits.length === 0 ? row.sql : `CASE WHEN ${allOf(row.fits)} THEN ${row.sql} ELSE ${UNFIT} END`;
  const written =
    accept === undefined
      ? fitting
      : `CASE WHEN ${compileCondition(sqliteDialect, scan.table, accept)} THEN ${fitting} END`;
  const led = leads.length === 0 ? "0" : leads.map((lead) => `(${lead})`).join(" + ");
  const rows = compileRows(sqliteDialect, layout, scan, rowidOf(layout), {
    selected: `${written} AS "$json", ${led} AS "$led"`,
    joined: joins.join(""),
  });
  const text = `CAST(group_concat("$json", ',') AS BLOB)`;
  const ledTo = `total("$led") FILTER (WHERE "$json" IS NOT NULL)`;
  return `SELECT ${text}, count(*), total("$json" = ${UNFIT}), ${ledTo} FROM (${rows})`;
}

interface RowWriter {
  /** Tables that rows lead to, joined by their keys. */
  readonly joins: readonly string[];
  /** Whether a row holds the whole key of another, for each join. */
  readonly leads: readonly string[];
  /** The rows of `layout` go by `name`. */
  write(layout: TableLayout, name: string, shape: RowShape): Written | null;
}

function createRowWriter(layoutOf: (table: string) => TableLayout): RowWriter {
  const joins: string[] = [];
  const leads: string[] = [];
  return { joins, leads, write };

  function write(layout: TableLayout, name: string, { members }: RowShape): Written | null {
    if (members.length * 2 > MAX_ARGUMENTS) return null;
    const parts: string[] = [];
    const fits: string[] = [];
    for (const member of members) {
      const written = writeMember(layout, name, member);
      if (written === null) return null;
      parts.push(textLiteral(member.key), written.sql);
      fits.push(...written.fits);
    }
    return { sql: `json_object(${parts.join(", ")})`, fits };
  }

  function writeMember(layout: TableLayout, name: string, member: RowMember): Written | null {
    switch (member.kind) {
      case "fixed":
        return { sql: textLiteral(member.text), fits: [] };
      case "column":
        return writeColumn(layout, name, member.column, member.shape);
      case "related":
        return writeRelated(name, member);
    }
  }

  function writeRelated(name: string, { table, on, row, isRequired }: RelatedMember): Written | null {
    const alias = `$${joins.length + 1}`;
    const pairs = on.map(({ own, other }) => `${column(alias, other)} = ${column(name, own)}`);
    joins.push(` LEFT JOIN ${quote(table)} AS ${quote(alias)} ON ${pairs.join(" AND ")}`);
    leads.push(on.map(({ own }) => `${column(name, own)} IS NOT NULL`).join(" AND "));
    const written = write(layoutOf(table), alias, row);
    if (written === null) return null;
    const isNone = `${column(alias, on[0]?.other ?? "")} IS NULL`;
    const sql = `CASE WHEN ${isNone} THEN NULL ELSE ${written.sql} END`;
    if (isRequired) return { sql, fits: [`NOT ${isNone}`, ...written.fits] };
    return { sql, fits: written.fits.length === 0 ? [] : [`(${isNone} OR ${allOf(written.fits)})`] };
  }
}

function writeColumn(
  { columns, primaryKey }: TableLayout,
  name: string,
  held: string,
  shape: ValueShape,
): Written | null {
  const type = columns.find((one) => one.name === held)?.type;
  const cell = column(name, held);
  const written = type === undefined ? null : writeLeaf(type, cell, shape);
  if (written === null) return null;
  const { sql, fits } = written;
  // Key cells are never null.
  if (primaryKey.includes(held)) return written;
  if (shape.isRequired) return { sql, fits: [`${cell} IS NOT NULL`, ...fits] };
  return { sql, fits: fits.length === 0 ? [] : [`(${cell} IS NULL OR ${allOf(fits)})`] };
}

/** A cell that is not null; where it is, `sql` is null as well. */
function writeLeaf(type: ColumnType, cell: string, shape: ValueShape): Written | null {
  switch (shape.kind) {
    case "text": {
      if (type !== "text") return null;
      // Side by side: for a list, SQLite would look into a table each time.
      const isAmong = shape.among?.map((text) => `${cell} = ${textLiteral(text)}`);
      return { sql: cell, fits: isAmong === undefined ? [] : [joinBalanced([...isAmong, "0"], "OR")] };
    }
    case "kept":
      return { sql: cell, fits: [] };
    case "integer": {
      if (type !== "integer") return null;
      return { sql: cell, fits: [`typeof(${cell}) = 'integer'`, `${cell} BETWEEN ${shape.from} AND ${shape.to}`] };
    }
    case "number":
      return type === "real" ? writeNumber(cell) : null;
    case "boolean": {
      if (type !== "boolean") return null;
      return { sql: `CASE ${cell} WHEN 1 THEN json('true') WHEN 0 THEN json('false') END`, fits: [] };
    }
    case "mark":
      return type === "boolean" ? { sql: `CASE ${cell} WHEN 1 THEN json('true') END`, fits: [] } : null;
    case "jsonText":
      return type === "json" ? { sql: cell, fits: [] } : null;
    case "list":
    case "object":
      return null;
  }
}

/**
 * A number in its shortest form, which is that of 15 digits wherever that stands for the same number. Between these bounds
 * neither SQLite nor JavaScript writes an exponent.
 */
function writeNumber(cell: string): Written {
  const whole = `CAST(${cell} AS INTEGER)`;
  const short = `printf('%!.15g', ${cell})`;
  return {
    sql: `CASE WHEN ${cell} IS NULL THEN NULL WHEN ${cell} = ${whole} THEN ${whole} ELSE json(${short}) END`,
    fits: [
      `abs(${cell}) < 1e15`,
      `(${cell} = ${whole} OR (abs(${cell}) >= 1e-4 AND CAST(${short} AS REAL) = ${cell}))`,
    ],
  };
}

const { quote } = sqliteDialect;

function column(name: string, held: string): string {
  return columnOf({ dialect: sqliteDialect, table: name }, held);
}

function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function allOf(conditions: readonly string[]): string {
  return joinBalanced(conditions, "AND");
}

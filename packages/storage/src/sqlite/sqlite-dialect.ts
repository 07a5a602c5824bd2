/** What SQLite writes its own way. */
import type { ColumnType, IndexLayout, TableLayout } from "../adapter.ts";
import type { SqlDialect } from "../sql/compile-condition.ts";

export const sqliteDialect: SqlDialect = {
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  is: "IS",
  isNot: "IS NOT",
  hasElement: (column) => `EXISTS (SELECT 1 FROM json_each(${column}) WHERE value IS ?)`,
  hasSubstring: (column) => `instr(${column}, ?) > 0`,
};

const columnTypes: Readonly<Record<ColumnType, string>> = {
  text: "TEXT",
  integer: "INTEGER",
  real: "REAL",
  boolean: "INTEGER",
  json: "TEXT",
  blob: "BLOB",
};

/** A rowid table: rows lie in the order of their insertion, and the key is a unique index beside them. */
export function createTableSql(layout: TableLayout, name: string = layout.name): string {
  const { quote } = sqliteDialect;
  const columns = layout.columns.map((column) => `${quote(column.name)} ${columnTypes[column.type]}`);
  const key = layout.primaryKey.map(quote).join(", ");
  return `CREATE TABLE ${quote(name)} (${[...columns, `PRIMARY KEY (${key})`].join(", ")})`;
}

export function createIndexSql(layout: TableLayout, index: IndexLayout): string {
  const { quote } = sqliteDialect;
  const filter = index.whereNotNull === undefined ? "" : ` WHERE ${quote(index.whereNotNull)} IS NOT NULL`;
  return `CREATE INDEX IF NOT EXISTS ${quote(index.name)} ON ${quote(layout.name)} (${index.columns.map(quote).join(", ")})${filter}`;
}

/** What SQLite writes its own way. */
import type { ColumnType, IndexLayout, TableLayout } from "../adapter.ts";
import { StorageError } from "../adapter.ts";
import type { SqlDialect } from "../sql/compile-condition.ts";
import type { ElementKind } from "../sql/condition-shape.ts";

export const sqliteDialect: SqlDialect = {
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  is: "IS",
  isNot: "IS NOT",
  jsonText: (column) => `CASE json_type(${column}) WHEN 'text' THEN ${column} ->> '$' END`,
  hasElement: (column, kind) =>
    `json_type(${column}) = 'array' AND EXISTS (SELECT 1 FROM json_each(${column}) WHERE ${elementTests[kind]})`,
  hasSubstring: (column) => `instr(${column}, ?) > 0`,
  inJson: (column) => `${column} IN (SELECT value FROM json_each(?))`,
};

const elementTests: Readonly<Record<ElementKind, string>> = {
  constant: "type = ?",
  number: "type IN ('integer', 'real') AND value = ?",
  text: "type = 'text' AND value = ?",
  json: "type IN ('array', 'object') AND value = ?",
};

const columnTypes: Readonly<Record<ColumnType, string>> = {
  text: "TEXT",
  integer: "INT",
  real: "REAL",
  boolean: "INT",
  json: "TEXT",
  blob: "BLOB",
};

/**
 * A rowid table: rows lie in the order of their insertion, and the key is a unique index beside them. Only in a table ordered
 * by its key is that key the rowid, which SQLite makes of the very words INTEGER PRIMARY KEY.
 */
export function createTableSql(layout: TableLayout, name: string = layout.name): string {
  const { quote } = sqliteDialect;
  const columns = layout.columns.map(({ name: column, type }) => {
    const isRowid = layout.isKeyOrdered === true && layout.primaryKey[0] === column;
    return `${quote(column)} ${isRowid ? "INTEGER" : columnTypes[type]}`;
  });
  const key = layout.primaryKey.map(quote).join(", ");
  return `CREATE TABLE ${quote(name)} (${[...columns, `PRIMARY KEY (${key})`].join(", ")})`;
}

/** The name under which a table's rowid is reached: the first of SQLite's three that no column takes. */
export function rowidOf(layout: TableLayout): string {
  const taken = new Set(layout.columns.map((column) => column.name.toLowerCase()));
  const name = ["rowid", "_rowid_", "oid"].find((one) => !taken.has(one));
  if (name === undefined) {
    throw new StorageError(
      "LAYOUT",
      `${layout.name} has columns rowid, _rowid_ and oid; SQLite needs one of these names`,
    );
  }
  return name;
}

/** Rejects names that SQLite, which does not tell upper from lower case, would take for one. */
export function assertNamesApart(layouts: readonly TableLayout[]): void {
  assertApart(
    "tables",
    layouts.map((layout) => layout.name),
  );
  assertApart(
    "indexes",
    layouts.flatMap((layout) => layout.indexes.map((index) => index.name)),
  );
  for (const layout of layouts) {
    assertApart(
      `columns of ${layout.name}`,
      layout.columns.map((column) => column.name),
    );
    rowidOf(layout);
  }
}

function assertApart(what: string, names: readonly string[]): void {
  const known = new Map<string, string>();
  for (const name of names) {
    const other = known.get(name.toLowerCase());
    if (other !== undefined) {
      throw new StorageError(
        "LAYOUT",
        `the ${what} ${other} and ${name} differ in case only, which SQLite does not tell apart; rename one`,
      );
    }
    known.set(name.toLowerCase(), name);
  }
}

export function createIndexSql(layout: TableLayout, index: IndexLayout): string {
  const { quote } = sqliteDialect;
  const filter = index.whereNotNull === undefined ? "" : ` WHERE ${quote(index.whereNotNull)} IS NOT NULL`;
  return `CREATE INDEX IF NOT EXISTS ${quote(index.name)} ON ${quote(layout.name)} (${index.columns.map(quote).join(", ")})${filter}`;
}

/**
 * Text search over SQLite's FTS5: an index beside a table, which triggers keep up with it.
 *
 * The index holds no copy of the texts, and its columns have names of their own, since FTS5 has a use for some names. It goes
 * with its table, and with every change of that table's layout, and is built anew by the next search.
 */
import type { Database } from "better-sqlite3";
import type { Condition, TextSearch } from "../adapter.ts";
import { compileCondition } from "../sql/compile-condition.ts";
import { wordsOf } from "../text-words.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import type { StatementCache } from "./statement-cache.ts";

const { quote } = sqliteDialect;

/** Beginnings of words of these lengths have an index of their own. */
const PREFIXES = "2 3";

/** No table of a model holds a `$`. */
export function textIndexOf(table: string): string {
  return `$search.${table}`;
}

/** Builds the index of these columns where there is none of them. `rowid` is what the table's rowid goes by. */
export function ensureTextIndex(
  database: Database,
  statements: StatementCache,
  table: string,
  columns: readonly string[],
  rowid: string,
): void {
  const index = textIndexOf(table);
  const sql = createSql(table, columns);
  const isBuilt = (): boolean => {
    const statement = statements.get("text index", () => "SELECT sql FROM sqlite_master WHERE name = ?");
    const known = statement.get(index) as [string] | undefined;
    return known?.[0] === sql;
  };
  // A reader waits for nobody; only whoever builds takes the write lock, and looks again once it has it.
  if (isBuilt()) return;
  database
    .transaction(() => {
      if (isBuilt()) return;
      dropTextIndex(database, table);
      database.exec(sql);
      for (const trigger of triggersOf(table, columns, rowid)) database.exec(trigger);
      const cells = [rowid, ...columns].map(quote).join(", ");
      database.exec(`INSERT INTO ${quote(index)} (${indexColumns(columns)}) SELECT ${cells} FROM ${quote(table)}`);
    })
    .immediate();
}

/** The table itself may be gone already, and its triggers with it. */
export function dropTextIndex(database: Database, table: string): void {
  for (const event of ["insert", "delete", "update"]) {
    database.exec(`DROP TRIGGER IF EXISTS ${quote(`${textIndexOf(table)}.${event}`)}`);
  }
  database.exec(`DROP TABLE IF EXISTS ${quote(textIndexOf(table))}`);
}

/** Parameters: what `matchOf` answers, those of the condition, the limit. */
export function searchSql(table: string, cells: string, rowid: string, where: Condition | undefined): string {
  const index = quote(textIndexOf(table));
  const found = `SELECT rowid AS "$row", rank AS "$rank" FROM ${index} WHERE ${index} MATCH ?`;
  const condition = where === undefined ? "" : ` WHERE ${compileCondition(sqliteDialect, table, where)}`;
  const place = `${quote(table)}.${quote(rowid)}`;
  return `SELECT ${cells} FROM ${quote(table)} JOIN (${found}) ON "$row" = ${place}${condition} ORDER BY "$rank", ${place} LIMIT ?`;
}

/** What to look for, in FTS5's language; null for a text without words. */
export function matchOf({ text, columns }: TextSearch): string | null {
  const words = wordsOf(text);
  if (words.length === 0 || columns.length === 0) return null;
  return `{${columns.map(indexed).join(" ")}} : (${words.map((word) => `${quote(word)} *`).join(" AND ")})`;
}

/** The quoted name of a column in the index. */
function indexed(column: string): string {
  return quote(`$${column}`);
}

function indexColumns(columns: readonly string[]): string {
  return ["rowid", ...columns.map(indexed)].join(", ");
}

function createSql(table: string, columns: readonly string[]): string {
  const options = [`content=''`, `tokenize="unicode61 remove_diacritics 2"`, `prefix='${PREFIXES}'`];
  return `CREATE VIRTUAL TABLE ${quote(textIndexOf(table))} USING fts5(${[...columns.map(indexed), ...options].join(", ")})`;
}

function triggersOf(table: string, columns: readonly string[], rowid: string): string[] {
  const index = quote(textIndexOf(table));
  const names = indexColumns(columns);
  const cells = (of: "old" | "new"): string => [rowid, ...columns].map((name) => `${of}.${quote(name)}`).join(", ");
  const add = `INSERT INTO ${index} (${names}) VALUES (${cells("new")});`;
  const remove = `INSERT INTO ${index} (${index}, ${names}) VALUES ('delete', ${cells("old")});`;
  const differs = columns.map((name) => `old.${quote(name)} IS NOT new.${quote(name)}`).join(" OR ");
  const trigger = (event: string, condition: string, body: string): string =>
    `CREATE TRIGGER ${quote(`${textIndexOf(table)}.${event}`)} AFTER ${event} ON ${quote(table)}${condition} BEGIN ${body} END`;
  return [
    trigger("insert", "", add),
    trigger("delete", "", remove),
    trigger("update", ` WHEN ${differs}`, `${remove} ${add}`),
  ];
}

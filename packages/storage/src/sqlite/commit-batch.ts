/** Commits one batch on one connection: the transaction, its sequence numbers, its writes. */
import type { Database } from "better-sqlite3";
import type { Batch, CommitResult, Head, Key, Row } from "../adapter.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import type { StatementCache } from "./statement-cache.ts";
import type { TableCatalog } from "./table-catalog.ts";
import { writeAll } from "./write-all.ts";

/** A connection with what is known of the file's tables, and the statements prepared on it. */
export interface Connection {
  readonly database: Database;
  readonly catalog: TableCatalog;
  readonly statements: StatementCache;
}

const { quote } = sqliteDialect;

export function commitBatch(connection: Connection, batch: Batch): CommitResult {
  const result = transact(connection, batch, true) ?? transact(connection, batch, false);
  if (result === null) throw new Error("a batch that was written row by row did not say which row conflicts");
  return result;
}

/** Null, with nothing changed, when rows that were written at once conflict: which of them, is found out row by row. */
function transact(connection: Connection, batch: Batch, isGrouping: boolean): CommitResult | null {
  const { database, statements } = connection;
  const run = (sql: string): void => {
    statements.get(sql, () => sql).run();
  };
  run("BEGIN IMMEDIATE");
  try {
    const result = writeBatch(connection, batch, isGrouping);
    run(result?.outcome === "committed" ? "COMMIT" : "ROLLBACK");
    return result;
  } catch (error) {
    // SQLite rolls back by itself after some failures, a full disk among them.
    if (database.inTransaction) run("ROLLBACK");
    throw error;
  }
}

/** better-sqlite3 hands out blobs as Buffers, which are byte arrays already. */
export function readRow({ catalog, statements }: Connection, table: string, key: Key): Row | undefined {
  const statement = statements.get(`get ${table}`, () => {
    const { primaryKey } = catalog.layoutOf(table);
    const condition = primaryKey.map((name) => `${quote(name)} = ?`).join(" AND ");
    return `SELECT ${cellsOf(catalog, table)} FROM ${quote(table)} WHERE ${condition}`;
  });
  return statement.get(...key) as Row | undefined;
}

export function cellsOf(catalog: TableCatalog, table: string): string {
  return catalog
    .layoutOf(table)
    .columns.map(({ name }) => `${quote(table)}.${quote(name)}`)
    .join(", ");
}

export function readHead(statements: StatementCache): Head {
  const [seq, at] = statements.get("head", () => `SELECT seq, at FROM "$head"`).get() as [number, number];
  return { seq, at };
}

function writeBatch(connection: Connection, batch: Batch, isGrouping: boolean): CommitResult | null {
  const { catalog, statements } = connection;
  catalog.assertCurrent();
  let firstSeq = 0;
  if (batch.sequence !== undefined) {
    const { count, at } = batch.sequence;
    const head = readHead(statements);
    if (head.at > at) return { outcome: "conflict", table: "$head", key: [] };
    firstSeq = head.seq + 1;
    statements.get("advance head", () => `UPDATE "$head" SET seq = ?, at = ?`).run(head.seq + count, at);
  }
  const get = (table: string, key: Key): Row | undefined => readRow(connection, table, key);
  const { layoutOf } = catalog;
  const conflict = writeAll({ statements, layoutOf, get, firstSeq, isGrouping }, batch.writes);
  if (conflict === null) return { outcome: "committed", firstSeq };
  const { table, key } = conflict;
  return key === null ? null : { outcome: "conflict", table, key };
}

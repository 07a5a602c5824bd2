/**
 * The SQLite adapter, over better-sqlite3: one connection, one file.
 *
 * Everything runs synchronously inside, so a commit is one `BEGIN IMMEDIATE … COMMIT` that nothing gets between, and a read
 * sees committed rows only. Statements are prepared once per shape.
 */
import Database, { type Statement } from "better-sqlite3";
import {
  type Batch,
  type Cell,
  type CommitResult,
  type Key,
  type Row,
  type StorageAdapter,
  StorageError,
  type TableLayout,
} from "../adapter.ts";
import { compileCondition } from "../sql/compile-condition.ts";
import { compileScan, conditionShape, scanParameters, scanShape } from "../sql/compile-scan.ts";
import { createBatchWriter } from "./batch-writer.ts";
import { createIndexSql, createTableSql, sqliteDialect } from "./sqlite-dialect.ts";
import { createStatementCache } from "./statement-cache.ts";

export interface SqliteAdapterOptions {
  /** Path of the database file; its folder must be there. */
  readonly file: string;
  /** FULL: a commit survives loss of power. NORMAL: it survives the death of the process. */
  readonly synchronous: "FULL" | "NORMAL";
  /** Page cache in KiB. Default 65,536. */
  readonly cacheKiB?: number;
  /** How long to wait for another process's commit, in ms. Default 5,000. */
  readonly busyTimeoutMs?: number;
  /** Called with a reader of the connection's pragmas once it is set up, for diagnostics. */
  readonly onOpen?: (pragma: (name: string) => unknown) => void;
}

/** Marks our database files: "Trib" as a number. */
const APPLICATION_ID = 0x54726962;

export function createSqliteAdapter(options: SqliteAdapterOptions): StorageAdapter {
  const { quote } = sqliteDialect;
  const layouts = new Map<string, TableLayout>();
  let open: Opened | null = null;

  const opened = (): Opened => {
    if (open === null) throw new StorageError("CLOSED", `the store ${options.file} is closed`);
    return open;
  };
  const layoutOf = (table: string): TableLayout => {
    const layout = layouts.get(table);
    if (layout === undefined) throw new StorageError("LAYOUT", `the store has no table ${table}`);
    return layout;
  };
  const readRow = (table: string): Statement => {
    const { statements } = opened();
    return statements.get(`get ${table}`, () => {
      const layout = layoutOf(table);
      const columns = layout.columns.map((column) => quote(column.name)).join(", ");
      return `SELECT ${columns} FROM ${quote(table)} WHERE ${layout.primaryKey.map((name) => `${quote(name)} = ?`).join(" AND ")}`;
    });
  };
  const get = (table: string, key: Key): Row | undefined => {
    const row = readRow(table).get(...key);
    return row === undefined ? undefined : rowOf(row);
  };

  return {
    name: "sqlite",
    capabilities: { durability: options.synchronous === "FULL" ? "power" : "process" },
    async open() {
      const database = openFile(options);
      options.onOpen?.((name) => database.pragma(name, { simple: true }));
      open = { database, statements: createStatementCache(database) };
      for (const { layout } of database.prepare(`SELECT layout FROM "$tables"`).all() as { layout: string }[]) {
        const known = JSON.parse(layout) as TableLayout;
        layouts.set(known.name, known);
        for (const index of known.indexes) database.exec(createIndexSql(known, index));
      }
    },
    async layouts() {
      opened();
      return [...layouts.values()];
    },
    async create(wanted) {
      const { database } = opened();
      for (const layout of wanted) {
        const known = layouts.get(layout.name);
        if (known !== undefined && JSON.stringify(known) !== JSON.stringify(layout)) {
          throw new StorageError("LAYOUT", `the table ${layout.name} is there with another layout`);
        }
      }
      const missing = wanted.filter((layout) => !layouts.has(layout.name));
      database.transaction(() => {
        for (const layout of missing) {
          database.exec(createTableSql(layout));
          for (const index of layout.indexes) database.exec(createIndexSql(layout, index));
          database.prepare(`INSERT INTO "$tables" VALUES (?, ?)`).run(layout.name, JSON.stringify(layout));
        }
      })();
      for (const layout of missing) layouts.set(layout.name, layout);
    },
    async rebuild(layout, transform) {
      const { database, statements } = opened();
      const before = layoutOf(layout.name);
      const temporary = `${layout.name}$new`;
      database.transaction(() => {
        database.exec(createTableSql(layout, temporary));
        const insert = database.prepare(
          `INSERT INTO ${quote(temporary)} VALUES (${layout.columns.map(() => "?").join(", ")})`,
        );
        const columns = before.columns.map((column) => quote(column.name)).join(", ");
        const pageOf = database
          .prepare(`SELECT rowid, ${columns} FROM ${quote(layout.name)} WHERE rowid > ? ORDER BY rowid LIMIT 1000`)
          .raw();
        let last = -1;
        for (let page = pageOf.all(last); page.length > 0; page = pageOf.all(last)) {
          for (const found of page) {
            const [rowid, ...cells] = found as Cell[];
            last = Number(rowid);
            const row = transform(rowOf(cells));
            if (row !== null) insert.run(...row);
          }
        }
        database.exec(`DROP TABLE ${quote(layout.name)}`);
        database.exec(`ALTER TABLE ${quote(temporary)} RENAME TO ${quote(layout.name)}`);
        for (const index of layout.indexes) database.exec(createIndexSql(layout, index));
        database.prepare(`UPDATE "$tables" SET layout = ? WHERE name = ?`).run(JSON.stringify(layout), layout.name);
      })();
      layouts.set(layout.name, layout);
      statements.clear();
    },
    async drop(table) {
      const { database, statements } = opened();
      layoutOf(table);
      database.transaction(() => {
        database.exec(`DROP TABLE ${quote(table)}`);
        database.prepare(`DELETE FROM "$tables" WHERE name = ?`).run(table);
      })();
      layouts.delete(table);
      statements.clear();
    },
    async get(table, key) {
      return get(table, key);
    },
    async getMany(table, keys) {
      opened();
      return keys.map((key) => get(table, key));
    },
    async scan(scan) {
      const { statements } = opened();
      const layout = layoutOf(scan.table);
      const statement = statements.get(`scan ${scanShape(scan)}`, () =>
        compileScan(sqliteDialect, layout, scan, "rowid"),
      );
      const rows = statement.all(...scanParameters(scan));
      return rows.map(rowOf);
    },
    async count(table, where) {
      const { statements } = opened();
      layoutOf(table);
      const compiled = where === undefined ? null : compileCondition(sqliteDialect, where);
      const shape = `count ${table} ${where === undefined ? "" : conditionShape(where)}`;
      const statement = statements.get(shape, () => `SELECT count(*) FROM ${quote(table)}${whereSql(compiled?.sql)}`);
      const [count] = statement.get(...(compiled?.parameters ?? [])) as [number];
      return count;
    },
    async commit(batch) {
      return commitBatch(opened(), layoutOf, get, batch);
    },
    async head() {
      const [seq, at] = opened()
        .statements.get("head", () => `SELECT seq, at FROM "$head"`)
        .get() as [number, number];
      return { seq, at };
    },
    async setIndexed(table, isIndexed) {
      const { database, statements } = opened();
      const layout = layoutOf(table);
      for (const index of layout.indexes) {
        database.exec(isIndexed ? createIndexSql(layout, index) : `DROP INDEX IF EXISTS ${quote(index.name)}`);
      }
      statements.clear();
    },
    async close() {
      const closing = open;
      open = null;
      layouts.clear();
      closing?.statements.clear();
      closing?.database.close();
    },
  };
}

interface Opened {
  readonly database: Database.Database;
  readonly statements: ReturnType<typeof createStatementCache>;
}

function whereSql(condition: string | undefined): string {
  return condition === undefined ? "" : ` WHERE ${condition}`;
}

/** better-sqlite3 hands out blobs as Buffers, which are byte arrays already. */
function rowOf(row: unknown): Row {
  return row as Row;
}

function openFile(options: SqliteAdapterOptions): Database.Database {
  let database: Database.Database | null = null;
  try {
    database = new Database(options.file, { timeout: options.busyTimeoutMs ?? 5000 });
    const id = database.pragma("application_id", { simple: true });
    const [tables] = database.prepare("SELECT count(*) FROM sqlite_master").raw().get() as [number];
    if (id !== APPLICATION_ID && tables > 0) {
      throw new StorageError("FOREIGN", `${options.file} is a database of another program; choose another file`);
    }
    database.pragma("journal_mode = WAL");
    database.pragma(`synchronous = ${options.synchronous}`);
    database.pragma(`cache_size = -${options.cacheKiB ?? 65_536}`);
    database.pragma("temp_store = MEMORY");
    if (id !== APPLICATION_ID) database.pragma(`application_id = ${APPLICATION_ID}`);
    database.exec(
      `CREATE TABLE IF NOT EXISTS "$tables" (name TEXT PRIMARY KEY, layout TEXT NOT NULL);
       CREATE TABLE IF NOT EXISTS "$head" (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL);
       INSERT OR IGNORE INTO "$head" VALUES (1, 0, 0)`,
    );
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof StorageError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError("CANNOT_OPEN", `cannot open ${options.file}: ${reason}`, { cause: error });
  }
}

function commitBatch(
  { statements }: Opened,
  layoutOf: (table: string) => TableLayout,
  get: (table: string, key: Key) => Row | undefined,
  batch: Batch,
): CommitResult {
  const run = (sql: string): void => {
    statements.get(sql, () => sql).run();
  };
  run("BEGIN IMMEDIATE");
  try {
    const conflict = writeBatch(statements, layoutOf, get, batch);
    run(conflict.outcome === "committed" ? "COMMIT" : "ROLLBACK");
    return conflict;
  } catch (error) {
    run("ROLLBACK");
    const { code, message } = error as { readonly code?: string; readonly message: string };
    if (code === "SQLITE_FULL") throw new StorageError("FULL", "the disk is full", { retryable: true, cause: error });
    throw new StorageError("FAILED", `the commit failed: ${message}`, { cause: error });
  }
}

function writeBatch(
  statements: Opened["statements"],
  layoutOf: (table: string) => TableLayout,
  get: (table: string, key: Key) => Row | undefined,
  batch: Batch,
): CommitResult {
  let firstSeq = 0;
  if (batch.sequence !== undefined) {
    const { count, at } = batch.sequence;
    const [seq, lastAt] = statements.get("head", () => `SELECT seq, at FROM "$head"`).get() as [number, number];
    if (lastAt > at) return { outcome: "conflict", table: "$head", key: [] };
    firstSeq = seq + 1;
    statements.get("advance head", () => `UPDATE "$head" SET seq = ?, at = ?`).run(seq + count, at);
  }
  const writer = createBatchWriter(statements, layoutOf, get, firstSeq);
  for (const write of batch.writes) {
    const conflict = writer.write(write);
    if (conflict !== null) return { outcome: "conflict", table: write.table, key: conflict };
  }
  return { outcome: "committed", firstSeq };
}

/**
 * The SQLite adapter, over better-sqlite3: one connection, one file.
 *
 * Everything runs synchronously inside, so a commit is one `BEGIN IMMEDIATE … COMMIT` that nothing gets between, and a read
 * sees committed rows only. Several processes may work on one file: the write lock orders their commits, and whoever waits for
 * it longer than `busyTimeoutMs` gets a `BUSY` error. Statements are prepared once per shape.
 */
import type { Database } from "better-sqlite3";
import {
  type Batch,
  type Cell,
  type CommitResult,
  type Head,
  type Key,
  type Row,
  type StorageAdapter,
  StorageError,
  type TableLayout,
  type TextSearch,
} from "../adapter.ts";
import { aggregationParameters, aggregationShape, compileAggregation } from "../sql/compile-aggregation.ts";
import { compileCondition } from "../sql/compile-condition.ts";
import { compileScan, scanParameters, scanShape } from "../sql/compile-scan.ts";
import { conditionParameters, conditionShape } from "../sql/condition-shape.ts";
import { createBatchWriter } from "./batch-writer.ts";
import { type Checkpointer, createCheckpointer } from "./checkpointer.ts";
import { openFile } from "./open-file.ts";
import { rowidOf, sqliteDialect } from "./sqlite-dialect.ts";
import { storageErrorOf } from "./sqlite-error.ts";
import { createStatementCache, type StatementCache } from "./statement-cache.ts";
import { createTableCatalog, type TableCatalog } from "./table-catalog.ts";
import { ensureTextIndex, matchOf, searchSql } from "./text-index.ts";

export interface SqliteAdapterOptions {
  /** Path of the database file; its folder must be there. */
  readonly file: string;
  /** FULL: a commit survives loss of power. NORMAL: it survives the death of the process. */
  readonly synchronous: "FULL" | "NORMAL";
  /** Page cache in KiB. Default 65,536. */
  readonly cacheKiB?: number;
  /** How long to wait for another process's commit, in ms; the event loop waits with it. Default 5,000. */
  readonly busyTimeoutMs?: number;
  /** Called with a reader of the connection's pragmas once it is set up, for diagnostics. */
  readonly onOpen?: (pragma: (name: string) => unknown) => void;
}

export function createSqliteAdapter(options: SqliteAdapterOptions): StorageAdapter {
  const { file, synchronous } = options;
  let open: Opened | null = null;

  /** Runs on the open file; what SQLite throws comes out as a `StorageError`. */
  function use<Result>(work: (opened: Opened) => Result): Result {
    if (open === null) throw new StorageError("CLOSED", `the store ${file} is closed`);
    try {
      return work(open);
    } catch (error) {
      throw storageErrorOf(error, file);
    }
  }

  /** Changes tables; statements prepared on the old ones are not kept. */
  function alter(work: (catalog: TableCatalog) => void): void {
    use(({ catalog, statements }) => {
      statements.clear();
      work(catalog);
    });
  }

  return {
    name: "sqlite",
    capabilities: { durability: synchronous === "FULL" ? "power" : "process", joins: true },
    async open() {
      if (open !== null) return;
      const database = openFile(options);
      try {
        options.onOpen?.((name) => database.pragma(name, { simple: true }));
        const catalog = createTableCatalog(database);
        catalog.buildIndexes();
        const checkpointer = createCheckpointer(database, { file, synchronous });
        open = { database, catalog, statements: createStatementCache(database), checkpointer };
      } catch (error) {
        database.close();
        throw storageErrorOf(error, file);
      }
    },
    async layouts() {
      return use(({ catalog }) => catalog.layouts());
    },
    async create(layouts) {
      alter((catalog) => catalog.create(layouts));
    },
    async rebuild(layout, transform) {
      alter((catalog) => catalog.rebuild(layout, transform));
    },
    async reindex(layout) {
      alter((catalog) => catalog.reindex(layout));
    },
    async drop(table) {
      alter((catalog) => catalog.drop(table));
    },
    async get(table, key) {
      return use((opened) => readRow(opened, table, key));
    },
    async getMany(table, keys) {
      return use((opened) => readRows(opened, table, keys));
    },
    async scan(scan) {
      return use(({ catalog, statements }) => {
        const layout = catalog.layoutOf(scan.table);
        const statement = statements.get(`scan ${scanShape(scan)}`, () =>
          compileScan(sqliteDialect, layout, scan, rowidOf(layout)),
        );
        return statement.all(...scanParameters(scan)) as Row[];
      });
    },
    async count(table, where) {
      return use(({ catalog, statements }) => {
        catalog.layoutOf(table);
        const shape = `count ${table} ${where === undefined ? "" : conditionShape(where)}`;
        const statement = statements.get(shape, () => {
          const condition = where === undefined ? "" : ` WHERE ${compileCondition(sqliteDialect, table, where)}`;
          return `SELECT count(*) FROM ${quote(table)}${condition}`;
        });
        const [count] = statement.get(...(where === undefined ? [] : conditionParameters(where))) as [number];
        return count;
      });
    },
    async aggregate(aggregation) {
      return use(({ catalog, statements }) => {
        catalog.layoutOf(aggregation.table);
        const statement = statements.get(`aggregate ${aggregationShape(aggregation)}`, () =>
          compileAggregation(sqliteDialect, aggregation),
        );
        return statement.all(...aggregationParameters(aggregation)) as Row[];
      });
    },
    async search(search) {
      return use((opened) => searchTexts(opened, search));
    },
    async commit(batch) {
      return use((opened) => commitBatch(opened, batch));
    },
    async head() {
      return use(({ statements }) => readHead(statements));
    },
    async setIndexed(table, isIndexed) {
      alter((catalog) => catalog.setIndexed(table, isIndexed));
    },
    async close() {
      const closing = open;
      open = null;
      await closing?.checkpointer.close();
      closing?.statements.clear();
      closing?.database.close();
    },
  };
}

interface Opened {
  readonly database: Database;
  readonly catalog: TableCatalog;
  readonly statements: StatementCache;
  readonly checkpointer: Checkpointer;
}

const { quote } = sqliteDialect;

/** better-sqlite3 hands out blobs as Buffers, which are byte arrays already. */
function readRow({ catalog, statements }: Opened, table: string, key: Key): Row | undefined {
  const statement = statements.get(`get ${table}`, () => {
    const { primaryKey } = catalog.layoutOf(table);
    const condition = primaryKey.map((name) => `${quote(name)} = ?`).join(" AND ");
    return `SELECT ${cellsOf(catalog, table)} FROM ${quote(table)} WHERE ${condition}`;
  });
  return statement.get(...key) as Row | undefined;
}

function cellsOf(catalog: TableCatalog, table: string): string {
  return catalog
    .layoutOf(table)
    .columns.map(({ name }) => `${quote(table)}.${quote(name)}`)
    .join(", ");
}

/** Most keys that go into one statement. */
const KEYS_AT_ONCE = 1000;

/** Below this, one statement for all keys costs more than one a key. */
const FEW_KEYS = 4;

/** Keys of one text are looked up together: a call a key takes six times as long where nothing is found, twice where it is. */
function readRows(opened: Opened, table: string, keys: readonly Key[]): (Row | undefined)[] {
  const at = textKeyOf(opened.catalog.layoutOf(table));
  if (at === null || keys.length < FEW_KEYS) {
    return keys.map((key) => readRow(opened, table, key));
  }
  const found = new Map<Cell | undefined, Row>();
  for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
    const texts = keys.slice(from, from + KEYS_AT_ONCE).map(([text]) => text);
    for (const row of readByText(opened, table, JSON.stringify(texts))) found.set(row[at], row);
  }
  return keys.map(([text]) => found.get(text));
}

function readByText({ catalog, statements }: Opened, table: string, texts: string): Row[] {
  const statement = statements.get(`getMany ${table}`, () => {
    const [key = ""] = catalog.layoutOf(table).primaryKey;
    const row = `${quote(table)}.${quote(key)}`;
    return `SELECT ${cellsOf(catalog, table)} FROM json_each(?) AS "$asked" CROSS JOIN ${quote(table)} ON ${row} = "$asked".value`;
  });
  return statement.all(texts) as Row[];
}

/** The column of a key of one text; null for other keys. */
function textKeyOf({ columns, primaryKey }: TableLayout): number | null {
  const [name] = primaryKey;
  const at = columns.findIndex((column) => column.name === name);
  return primaryKey.length === 1 && columns[at]?.type === "text" ? at : null;
}

function searchTexts({ database, catalog, statements }: Opened, search: TextSearch): Row[] {
  const { table, indexed, where, limit } = search;
  const rowid = rowidOf(catalog.layoutOf(table));
  const match = matchOf(search);
  if (match === null) return [];
  ensureTextIndex(database, statements, table, indexed, rowid);
  const shape = `search ${table} ${where === undefined ? "" : conditionShape(where)}`;
  const statement = statements.get(shape, () => searchSql(table, cellsOf(catalog, table), rowid, where));
  return statement.all(match, ...(where === undefined ? [] : conditionParameters(where)), limit) as Row[];
}

function readHead(statements: StatementCache): Head {
  const [seq, at] = statements.get("head", () => `SELECT seq, at FROM "$head"`).get() as [number, number];
  return { seq, at };
}

function commitBatch(opened: Opened, batch: Batch): CommitResult {
  const { database, statements, checkpointer } = opened;
  const run = (sql: string): void => {
    statements.get(sql, () => sql).run();
  };
  run("BEGIN IMMEDIATE");
  try {
    const result = writeBatch(opened, batch);
    if (result.outcome === "committed") {
      run("COMMIT");
      checkpointer.committed(batch.writes.length);
    } else run("ROLLBACK");
    return result;
  } catch (error) {
    // SQLite rolls back by itself after some failures, a full disk among them.
    if (database.inTransaction) run("ROLLBACK");
    throw error;
  }
}

function writeBatch(opened: Opened, batch: Batch): CommitResult {
  const { catalog, statements } = opened;
  catalog.assertCurrent();
  let firstSeq = 0;
  if (batch.sequence !== undefined) {
    const { count, at } = batch.sequence;
    const head = readHead(statements);
    if (head.at > at) return { outcome: "conflict", table: "$head", key: [] };
    firstSeq = head.seq + 1;
    statements.get("advance head", () => `UPDATE "$head" SET seq = ?, at = ?`).run(head.seq + count, at);
  }
  const writer = createBatchWriter(statements, catalog.layoutOf, (table, key) => readRow(opened, table, key), firstSeq);
  for (const write of batch.writes) {
    const conflict = writer.write(write);
    if (conflict !== null) return { outcome: "conflict", table: write.table, key: conflict };
  }
  return { outcome: "committed", firstSeq };
}

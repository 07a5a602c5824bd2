/**
 * The SQLite adapter, over better-sqlite3: one file, one connection to read and to commit with.
 *
 * Everything but large commits, where a thread is asked for, runs synchronously inside. A commit is one `BEGIN IMMEDIATE … COMMIT`
 * that nothing gets between, and a read sees committed rows only. Several processes may work on one file: the write lock orders
 * their commits, and whoever waits for it longer than `busyTimeoutMs` gets a `BUSY` error. Statements are prepared once per shape.
 */
import {
  type Cell,
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
import { type Connection, cellsOf, readHead, readRow } from "./commit-batch.ts";
import { type Committer, createCommitter } from "./committer.ts";
import { openFile } from "./open-file.ts";
import { readJson } from "./read-json.ts";
import { rowidOf, sqliteDialect } from "./sqlite-dialect.ts";
import { storageErrorOf } from "./sqlite-error.ts";
import { createStatementCache } from "./statement-cache.ts";
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
  /**
   * From this many writes on, a batch is committed by a thread of its own, so that its caller goes on meanwhile; smaller ones
   * that find it idle are done sooner without. Default: never.
   */
  readonly threadFromWrites?: number;
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
  async function alter(work: (catalog: TableCatalog) => void): Promise<void> {
    await use(({ committer }) => committer.settle());
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
        const connection = { database, catalog, statements: createStatementCache(database) };
        open = { ...connection, committer: createCommitter(connection, options) };
      } catch (error) {
        database.close();
        throw storageErrorOf(error, file);
      }
    },
    async layouts() {
      return use(({ catalog }) => catalog.layouts());
    },
    async create(layouts) {
      await alter((catalog) => catalog.create(layouts));
    },
    async rebuild(layout, transform) {
      await alter((catalog) => catalog.rebuild(layout, transform));
    },
    async reindex(layout) {
      await alter((catalog) => catalog.reindex(layout));
    },
    async drop(table) {
      await alter((catalog) => catalog.drop(table));
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
    async scanJson(scan) {
      return use(({ catalog, statements }) => readJson(statements, catalog.layoutOf, scan));
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
      return use(({ committer }) => committer.commit(batch));
    },
    async head() {
      return use(({ statements }) => readHead(statements));
    },
    async setIndexed(table, isIndexed) {
      await alter((catalog) => catalog.setIndexed(table, isIndexed));
    },
    async close() {
      const closing = open;
      open = null;
      await closing?.committer.close();
      closing?.statements.clear();
      closing?.database.close();
    },
  };
}

interface Opened extends Connection {
  readonly committer: Committer;
}

const { quote } = sqliteDialect;

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

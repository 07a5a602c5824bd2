/**
 * The IndexedDB adapter: one database of the browser, which any number of tabs may have open.
 *
 * A commit is one transaction that reads what it relies on and writes; the browser runs such transactions one after the other,
 * whichever tab they come from. Tables and indexes are laid out inside the database (`row-record.ts`), so that a changed
 * schema is an ordinary transaction too.
 */

import { createAggregateCollector } from "../access/collect-aggregates.ts";
import { createHitCollector } from "../access/collect-hits.ts";
import { createPageCollector, type StoredRow } from "../access/collect-page.ts";
import { planAccess } from "../access/plan-access.ts";
import { type Scan, type StorageAdapter, StorageError } from "../adapter.ts";
import { rowTest } from "../condition.ts";
import { createTables, dropTable, rebuildTable, reindexTable, type TableTransaction } from "./change-tables.ts";
import { commitBatch } from "./commit-batch.ts";
import { type Connection, type ConnectionOptions, openConnection } from "./connection.ts";
import { type IdbKeyRanges, type IdbStore, type IndexedDbEnvironment, resultOf } from "./indexed-db.ts";
import { ROWS, readRecord, spaceRange } from "./row-record.ts";
import { createTableCatalog, type StoredTables, storedState, type TableCatalog } from "./table-catalog.ts";
import { walkRows } from "./walk-rows.ts";

export interface IndexedDbAdapterOptions {
  /** Name of the database within the page's origin. */
  readonly name: string;
  /** strict: a commit survives loss of power. relaxed: it survives the death of the browser. Default relaxed. */
  readonly durability?: "relaxed" | "strict";
  /** How long to wait for other tabs, in ms. Default 5,000. */
  readonly busyTimeoutMs?: number;
  /** Where IndexedDB and timers are. Default the page's or worker's own. */
  readonly environment?: IndexedDbEnvironment;
}

export function createIndexedDbAdapter(options: IndexedDbAdapterOptions): StorageAdapter {
  const { name, durability = "relaxed", busyTimeoutMs = 5000 } = options;
  let opening: Promise<Opened> | null = null;
  let open: Opened | null = null;

  function opened(): Opened {
    if (open === null) throw new StorageError("CLOSED", `the store ${name} is closed`);
    return open;
  }

  /** Changes tables, and knows them as they are then. */
  async function alter(work: (change: TableTransaction) => Promise<StoredTables>): Promise<void> {
    const { connection, catalog, ranges } = opened();
    catalog.adopt(await connection.write((transaction, state) => work({ transaction, state, ranges })));
  }

  /** Reads by the tables as they are known, and once more where they turn out to have changed in their indexes. */
  async function read<Result>(work: (opened: Opened, rows: IdbStore) => Promise<Result>): Promise<Result> {
    const now = opened();
    return now.connection.read(async (transaction) => {
      const rows = transaction.objectStore(ROWS);
      const [state, result] = await Promise.all([storedState(transaction), work(now, rows)]);
      if (now.catalog.isCurrent(state)) return result;
      await now.catalog.assertCurrent(transaction, state);
      return work(now, rows);
    });
  }

  return {
    name: "indexeddb",
    capabilities: { durability: durability === "strict" ? "power" : "process" },
    async open() {
      opening ??= openStore({ environment: options.environment ?? ambient(name), name, durability, busyTimeoutMs });
      const own = opening;
      try {
        const store = await own;
        if (opening === own) open = store;
      } catch (error) {
        if (opening === own) opening = null;
        throw error;
      }
    },
    async layouts() {
      return opened()
        .catalog.tables()
        .map((table) => table.layout);
    },
    create: (layouts) => alter((change) => createTables(change, layouts)),
    rebuild: (layout, transform) => alter((change) => rebuildTable(change, layout, transform)),
    reindex: (layout) => alter((change) => reindexTable(change, layout)),
    drop: (table) => alter((change) => dropTable(change, table)),
    get: (table, key) => read(async ({ catalog }, rows) => (await readRecord(rows, catalog.tableOf(table), key))?.row),
    getMany: (table, keys) =>
      read(async ({ catalog }, rows) => {
        const found = await Promise.all(keys.map((key) => readRecord(rows, catalog.tableOf(table), key)));
        return found.map((stored) => stored?.row);
      }),
    scan: (scan) =>
      read(async (now, rows) => {
        const table = now.catalog.tableOf(scan.table);
        const access = planAccess(table.layout, scan);
        const page = createPageCollector(table.layout, scan, access);
        const expected = (scan.offset ?? 0) + (scan.limit ?? Number.POSITIVE_INFINITY);
        await walkRows(rows, now.ranges, table, access, expected, (stored) => {
          page.add(stored);
          return !page.isFull;
        });
        return page.rows();
      }),
    count: (table, where) =>
      read(async (now, rows) => {
        if (where === undefined) return resultOf(rows.count(spaceRange(now.ranges, now.catalog.tableOf(table))));
        const test = rowTest(now.catalog.tableOf(table).layout, where);
        let count = 0;
        await walkAll(now, rows, { table, where }, ({ row }) => {
          if (test(row)) count++;
        });
        return count;
      }),
    aggregate: (aggregation) =>
      read(async (now, rows) => {
        const collector = createAggregateCollector(now.catalog.tableOf(aggregation.table).layout, aggregation);
        await walkAll(now, rows, aggregation, collector.add);
        return collector.rows();
      }),
    search: (search) =>
      read(async (now, rows) => {
        const collector = createHitCollector(now.catalog.tableOf(search.table).layout, search);
        if (collector.canHit) await walkAll(now, rows, search, collector.add);
        return collector.rows();
      }),
    async commit(batch) {
      const { connection, catalog, ranges } = opened();
      return connection.write(
        async (transaction, state) => {
          await catalog.assertCurrent(transaction, state);
          return commitBatch(transaction, state, ranges, catalog.tableOf, batch);
        },
        (result) => result.outcome === "committed",
      );
    },
    async head() {
      const { seq, at } = await opened().connection.read(storedState);
      return { seq, at };
    },
    async setIndexed(table) {
      // Entries lie in their rows: to take them away and bring them back is to write every row two times more.
      opened().catalog.tableOf(table);
    },
    async close() {
      const closing = opening;
      [open, opening] = [null, null];
      const store = await closing?.catch(() => null);
      await store?.connection.close();
    },
  };
}

interface Opened {
  readonly connection: Connection;
  readonly catalog: TableCatalog;
  readonly ranges: IdbKeyRanges;
}

async function openStore(options: ConnectionOptions): Promise<Opened> {
  const connection = await openConnection(options);
  try {
    const catalog = createTableCatalog();
    await connection.read(async (transaction) => catalog.assertCurrent(transaction, await storedState(transaction)));
    return { connection, catalog, ranges: options.environment.IDBKeyRange };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** The page's or worker's own. */
function ambient(name: string): IndexedDbEnvironment {
  const environment = globalThis as unknown as Partial<IndexedDbEnvironment>;
  if (environment.indexedDB !== undefined) return environment as IndexedDbEnvironment;
  throw new StorageError("CANNOT_OPEN", `there is no IndexedDB here for the database ${name}; use another adapter`);
}

/** Goes through all rows that may meet a condition. */
function walkAll(
  { catalog, ranges }: Opened,
  rows: IdbStore,
  { table, where }: Pick<Scan, "table" | "where">,
  visit: (stored: StoredRow) => void,
): Promise<void> {
  const found = catalog.tableOf(table);
  const access = planAccess(found.layout, where === undefined ? {} : { where });
  return walkRows(rows, ranges, found, access, Number.POSITIVE_INFINITY, (stored) => {
    visit(stored);
    return true;
  });
}

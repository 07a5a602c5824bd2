/**
 * The tables of a database and where their rows lie, beside the store's head and its counters.
 *
 * Other tabs change tables too. Each transaction reads `state`, whose generation moves with every such change; where it moved,
 * the tables are read anew and must be what they were in all but indexes.
 */
import { StorageError } from "../adapter.ts";
import { isSameButIndexes } from "../layout.ts";
import { type IdbDatabase, type IdbTransaction, resultOf } from "./indexed-db.ts";
import type { Table } from "./row-record.ts";

export const CATALOG = "catalog";

const STATE = "state";
const TABLES = "tables";

export interface CatalogState {
  /** Moves with every change of tables. */
  readonly generation: number;
  /** The head. */
  readonly seq: number;
  readonly at: number;
  /** The last place given to a row. */
  readonly lastPlace: number;
  /** The last space given to a table. */
  readonly lastSpace: number;
}

/** Tables in the order of their creation. */
export type Tables = readonly Table[];

export interface TableCatalog {
  /** Rejects a table the store does not have with code `LAYOUT`. */
  tableOf(name: string): Table;
  tables(): Tables;
  /** Whether nothing changed since the tables were read. */
  isCurrent(state: CatalogState): boolean;
  /** Within a transaction that found `state`: rejects with `LAYOUT` when another tab gave a known table another layout. */
  assertCurrent(transaction: IdbTransaction, state: CatalogState): Promise<void>;
  /** Takes tables as they are stored, after a change. */
  adopt(stored: StoredTables): void;
}

export interface StoredTables {
  readonly generation: number;
  readonly tables: Tables;
}

/** Within the upgrade that makes the database. */
export function layOutCatalog(database: IdbDatabase): void {
  const catalog = database.createObjectStore(CATALOG);
  const state: CatalogState = { generation: 0, seq: 0, at: 0, lastPlace: 0, lastSpace: 0 };
  catalog.put(state, STATE);
  catalog.put([], TABLES);
}

export function createTableCatalog(): TableCatalog {
  let known: StoredTables = { generation: 0, tables: [] };

  return {
    tableOf: (name) => tableNamed(known.tables, name),
    tables: () => known.tables,
    isCurrent: ({ generation }) => generation === known.generation,
    async assertCurrent(transaction, { generation }) {
      if (generation === known.generation) return;
      const tables = await storedTables(transaction);
      for (const table of known.tables) assertSame(table, tables);
      known = { generation, tables };
    },
    adopt(stored) {
      known = stored;
    },
  };
}

export function tableNamed(tables: Tables, name: string): Table {
  const table = tables.find(({ layout }) => layout.name === name);
  if (table === undefined) throw new StorageError("LAYOUT", `the store has no table ${name}`);
  return table;
}

export async function storedState(transaction: IdbTransaction): Promise<CatalogState> {
  return (await resultOf(transaction.objectStore(CATALOG).get(STATE))) as CatalogState;
}

export async function storedTables(transaction: IdbTransaction): Promise<Tables> {
  return (await resultOf(transaction.objectStore(CATALOG).get(TABLES))) as Tables;
}

export function writeState(transaction: IdbTransaction, state: CatalogState): void {
  transaction.objectStore(CATALOG).put(state, STATE);
}

/** Stores changed tables. */
export function writeTables(transaction: IdbTransaction, state: CatalogState, tables: Tables): StoredTables {
  const generation = state.generation + 1;
  writeState(transaction, { ...state, generation });
  transaction.objectStore(CATALOG).put(tables, TABLES);
  return { generation, tables };
}

function assertSame({ layout, space }: Table, stored: Tables): void {
  const now = stored.find((table) => table.layout.name === layout.name);
  if (now?.space === space && isSameButIndexes(now.layout, layout)) return;
  throw new StorageError("LAYOUT", `another tab gave the table ${layout.name} another layout; open the store again`);
}

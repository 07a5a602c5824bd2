/**
 * The adapter that keeps everything in memory: for tests, and for clients that keep nothing.
 *
 * Rows are found by key in a Map, which also keeps the order of insertion; scans go through a table's rows. A commit is
 * staged beside the rows first, every precondition checked on what it makes of them: so a conflict changes nothing.
 */

import {
  type Batch,
  type Cell,
  type CommitResult,
  type Expectation,
  type Head,
  type Key,
  type Row,
  type SeqCell,
  type StorageAdapter,
  StorageError,
  type TableLayout,
  type Write,
} from "../adapter.ts";
import { aggregateRows } from "../aggregate-rows.ts";
import { columnIndex, rowTest } from "../condition.ts";
import { isSameButIndexes, isSameLayout } from "../layout.ts";
import { scanRows } from "../scan-rows.ts";
import { searchRows } from "../search-rows.ts";

interface Table {
  readonly layout: TableLayout;
  readonly rows: Map<string, Row>;
}

export function createMemoryAdapter(): StorageAdapter {
  const tables = new Map<string, Table>();
  let head: Head = { seq: 0, at: 0 };
  let isOpen = false;

  const tableOf = (name: string): Table => {
    if (!isOpen) throw new StorageError("CLOSED", "the store is closed");
    const table = tables.get(name);
    if (table === undefined) throw new StorageError("LAYOUT", `the store has no table ${name}`);
    return table;
  };

  return {
    name: "memory",
    capabilities: { durability: "none" },
    async open() {
      isOpen = true;
    },
    async layouts() {
      if (!isOpen) throw new StorageError("CLOSED", "the store is closed");
      return [...tables.values()].map((table) => table.layout);
    },
    async create(layouts) {
      if (!isOpen) throw new StorageError("CLOSED", "the store is closed");
      for (const layout of layouts) {
        const known = tables.get(layout.name);
        if (known !== undefined && !isSameLayout(known.layout, layout)) {
          throw new StorageError("LAYOUT", `the table ${layout.name} is there with another layout`);
        }
      }
      for (const layout of layouts) {
        if (!tables.has(layout.name)) tables.set(layout.name, { layout, rows: new Map() });
      }
    },
    async rebuild(layout, transform) {
      const before = tableOf(layout.name);
      if (isSameLayout(before.layout, layout)) return;
      const rows = new Map<string, Row>();
      for (const row of before.rows.values()) {
        const after = transform(row, before.layout);
        if (after !== null) rows.set(keyText(keyOf(layout, after)), after);
      }
      tables.set(layout.name, { layout, rows });
    },
    async reindex(layout) {
      const before = tableOf(layout.name);
      if (!isSameButIndexes(before.layout, layout)) {
        throw new StorageError("LAYOUT", `the table ${layout.name} differs in more than its indexes`);
      }
      tables.set(layout.name, { layout, rows: before.rows });
    },
    async drop(table) {
      tableOf(table);
      tables.delete(table);
    },
    async get(table, key) {
      return tableOf(table).rows.get(keyText(key));
    },
    async getMany(table, keys) {
      const { rows } = tableOf(table);
      return keys.map((key) => rows.get(keyText(key)));
    },
    async scan(scan) {
      const { layout, rows } = tableOf(scan.table);
      return scanRows(layout, rows.values(), scan);
    },
    async count(table, where) {
      const { layout, rows } = tableOf(table);
      return where === undefined ? rows.size : scanRows(layout, rows.values(), { table, where }).length;
    },
    async aggregate(aggregation) {
      const { table, where } = aggregation;
      const rows = await this.scan({ table, ...(where === undefined ? {} : { where }) });
      return aggregateRows(tableOf(table).layout, rows, aggregation);
    },
    async search(search) {
      const { table, where } = search;
      const rows = await this.scan({ table, ...(where === undefined ? {} : { where }) });
      return searchRows(tableOf(table).layout, rows, search);
    },
    async commit(batch) {
      for (const write of batch.writes) tableOf(write.table);
      const result = commitBatch(tableOf, head, batch);
      if (result.outcome === "committed" && batch.sequence !== undefined) {
        head = { seq: head.seq + batch.sequence.count, at: batch.sequence.at };
      }
      return result;
    },
    async head() {
      if (!isOpen) throw new StorageError("CLOSED", "the store is closed");
      return head;
    },
    async setIndexed(table) {
      tableOf(table);
    },
    async close() {
      isOpen = false;
    },
  };
}

/** What a batch makes of a table so far, over its rows: null stands for removed. */
type Staged = Map<string, Row | null>;

function commitBatch(tableOf: (name: string) => Table, head: Head, batch: Batch): CommitResult {
  if (batch.sequence !== undefined && head.at > batch.sequence.at)
    return { outcome: "conflict", table: "$head", key: [] };
  const firstSeq = batch.sequence === undefined ? 0 : head.seq + 1;
  const stagedByTable = new Map<Table, Staged>();
  for (const write of batch.writes) {
    const table = tableOf(write.table);
    const staged = stagedByTable.get(table) ?? new Map<string, Row | null>();
    stagedByTable.set(table, staged);
    const conflict = stage(table, staged, write, firstSeq);
    if (conflict !== null) return { outcome: "conflict", table: write.table, key: conflict };
  }
  for (const [{ rows }, staged] of stagedByTable) {
    for (const [key, row] of staged) {
      if (row === null) rows.delete(key);
      else rows.set(key, row);
    }
  }
  return { outcome: "committed", firstSeq };
}

/** Null when the write was staged, else the key that conflicts. */
function stage(table: Table, staged: Staged, write: Write, firstSeq: number): Key | null {
  const { layout, rows } = table;
  const find = (key: string): Row | undefined => {
    const row = staged.get(key);
    return row === undefined ? rows.get(key) : (row ?? undefined);
  };
  switch (write.kind) {
    case "insert":
    case "replace":
    case "upsert": {
      const row = numbered(layout, write.row, write.seq, firstSeq);
      const key = keyOf(layout, row);
      const known = find(keyText(key));
      if (write.kind === "insert" && known !== undefined) return key;
      if (write.kind === "replace" && (known === undefined || !meets(layout, known, write.expect))) return key;
      staged.set(keyText(key), row);
      return null;
    }
    case "update": {
      const known = find(keyText(write.key));
      if (known === undefined || !meets(layout, known, write.expect)) return write.key;
      const row = known.slice();
      for (const [i, name] of write.columns.entries()) row[columnIndex(layout, name)] = write.cells[i] ?? null;
      staged.set(keyText(write.key), row);
      return null;
    }
    case "delete": {
      const known = find(keyText(write.key));
      if (known === undefined) return null;
      if (!meets(layout, known, write.expect)) return write.key;
      staged.set(keyText(write.key), null);
      return null;
    }
    case "deleteWhere": {
      const test = write.where === undefined ? () => true : rowTest(layout, write.where);
      for (const key of new Set([...rows.keys(), ...staged.keys()])) {
        const row = find(key);
        if (row !== undefined && test(row)) staged.set(key, null);
      }
      return null;
    }
    case "expect": {
      const known = find(keyText(write.key));
      const holds =
        write.expect === null ? known === undefined : known !== undefined && meets(layout, known, write.expect);
      return holds ? null : write.key;
    }
  }
}

function keyOf(layout: TableLayout, row: Row): Key {
  return layout.primaryKey.map((name) => row[columnIndex(layout, name)] ?? null);
}

function keyText(key: Key): string {
  return JSON.stringify(key);
}

function meets(layout: TableLayout, row: Row, expect: Expectation | undefined): boolean {
  return expect === undefined || row[columnIndex(layout, expect.column)] === expect.value;
}

function numbered(layout: TableLayout, row: Row, seq: SeqCell | undefined, firstSeq: number): Row {
  if (seq === undefined) return row;
  const cells: Cell[] = row.slice();
  cells[columnIndex(layout, seq.column)] = firstSeq + seq.offset;
  return cells;
}

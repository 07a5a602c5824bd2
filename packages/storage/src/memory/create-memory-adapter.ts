/**
 * The adapter that keeps everything in memory: for tests, and for clients that keep nothing.
 *
 * Rows are found by key in a Map, which also keeps the order of insertion. A scan that names its keys looks them up; any other
 * goes through the table's rows. A commit is staged beside the rows first, every precondition checked on what it makes of
 * them: so a conflict changes nothing.
 */
import { createAggregateCollector } from "../access/collect-aggregates.ts";
import { createHitCollector } from "../access/collect-hits.ts";
import { createPageCollector, type StoredRow } from "../access/collect-page.ts";
import { keysOf, planAccess } from "../access/plan-access.ts";
import {
  type Batch,
  type CommitResult,
  type Head,
  type Key,
  type Scan,
  type StorageAdapter,
  StorageError,
  type TableLayout,
} from "../adapter.ts";
import { rowTest } from "../condition.ts";
import { isSameButIndexes, isSameLayout } from "../layout.ts";
import {
  keyOf,
  keyOfWrite,
  keyText,
  newPlace,
  remove,
  type StagedRow,
  stagedRow,
  stageWrite,
} from "../stage-writes.ts";

interface Table {
  readonly layout: TableLayout;
  readonly rows: Map<string, StoredRow>;
}

export function createMemoryAdapter(): StorageAdapter {
  const tables = new Map<string, Table>();
  let head: Head = { seq: 0, at: 0 };
  let lastPlace = 0;
  let isOpen = false;

  const nextPlace = (): number => ++lastPlace;
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
      const rows = new Map<string, StoredRow>();
      for (const { row } of before.rows.values()) {
        const after = transform(row, before.layout);
        if (after === null) continue;
        rows.set(keyText(keyOf(layout, after)), { row: after, place: newPlace(layout, after, nextPlace) });
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
      return tableOf(table).rows.get(keyText(key))?.row;
    },
    async getMany(table, keys) {
      const { rows } = tableOf(table);
      return keys.map((key) => rows.get(keyText(key))?.row);
    },
    async scan(scan) {
      const { layout, rows } = tableOf(scan.table);
      const keys = keysNamed(layout, rows, scan);
      const isInOrder = (scan.order ?? []).length === 0 && layout.isKeyOrdered !== true && keys === null;
      const page = createPageCollector(layout, scan, { sortedBy: 0, isInOrder });
      for (const stored of rowsFor(rows, keys)) {
        if (page.isFull) break;
        page.add(stored);
      }
      return page.rows();
    },
    async count(table, where) {
      const { layout, rows } = tableOf(table);
      if (where === undefined) return rows.size;
      const test = rowTest(layout, where);
      let count = 0;
      for (const { row } of rowsFor(rows, keysNamed(layout, rows, { where }))) if (test(row)) count++;
      return count;
    },
    async aggregate(aggregation) {
      const { layout, rows } = tableOf(aggregation.table);
      const collector = createAggregateCollector(layout, aggregation);
      for (const stored of rowsFor(rows, keysNamed(layout, rows, aggregation))) collector.add(stored);
      return collector.rows();
    },
    async search(search) {
      const { layout, rows } = tableOf(search.table);
      const collector = createHitCollector(layout, search);
      if (!collector.canHit) return [];
      for (const stored of rowsFor(rows, keysNamed(layout, rows, search))) collector.add(stored);
      return collector.rows();
    },
    async commit(batch) {
      for (const write of batch.writes) tableOf(write.table);
      const result = commitBatch(tableOf, nextPlace, head, batch);
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

/** The keys that hold whatever the scan asks for; null when they are not known, or more than there are rows. */
function keysNamed(
  layout: TableLayout,
  rows: ReadonlyMap<string, StoredRow>,
  scan: Pick<Scan, "where">,
): readonly Key[] | null {
  const keys = keysOf(layout, planAccess(layout, scan));
  return keys === null || keys.length > rows.size ? null : keys;
}

/** The rows under `keys`; all, in order of insertion, without. */
function rowsFor(rows: ReadonlyMap<string, StoredRow>, keys: readonly Key[] | null): Iterable<StoredRow> {
  return keys === null
    ? rows.values()
    : keys.map((key) => rows.get(keyText(key))).filter((stored) => stored !== undefined);
}

/** What a batch makes of a table so far, over its rows. */
type Staged = Map<string, StagedRow>;

function commitBatch(
  tableOf: (name: string) => Table,
  nextPlace: () => number,
  head: Head,
  batch: Batch,
): CommitResult {
  if (batch.sequence !== undefined && head.at > batch.sequence.at)
    return { outcome: "conflict", table: "$head", key: [] };
  const firstSeq = batch.sequence === undefined ? 0 : head.seq + 1;
  const stagedByTable = new Map<Table, Staged>();
  for (const write of batch.writes) {
    const table = tableOf(write.table);
    const staged = stagedByTable.get(table) ?? new Map<string, StagedRow>();
    stagedByTable.set(table, staged);
    if (write.kind === "deleteWhere") {
      const test = write.where === undefined ? () => true : rowTest(table.layout, write.where);
      for (const key of new Set([...table.rows.keys(), ...staged.keys()])) {
        const { row } = staged.get(key) ?? stagedRow(table.rows.get(key));
        if (row !== null && test(row)) remove(stagedAt(table, staged, key));
      }
      continue;
    }
    const key = keyOfWrite(table.layout, write, firstSeq);
    if (!stageWrite(table.layout, stagedAt(table, staged, keyText(key)), write, firstSeq))
      return { outcome: "conflict", table: write.table, key };
  }
  for (const [table, staged] of stagedByTable) {
    for (const [key, row] of staged) store(table, key, row, nextPlace);
  }
  return { outcome: "committed", firstSeq };
}

function stagedAt({ rows }: Table, staged: Staged, key: string): StagedRow {
  const known = staged.get(key);
  if (known !== undefined) return known;
  const fresh = stagedRow(rows.get(key));
  staged.set(key, fresh);
  return fresh;
}

function store(
  { layout, rows }: Table,
  key: string,
  { row, place, isChanged }: StagedRow,
  nextPlace: () => number,
): void {
  if (!isChanged) return;
  // A row that went and came back in one batch is new: it goes to the end of the Map too.
  if (place === null) rows.delete(key);
  if (row !== null) rows.set(key, { row, place: place ?? newPlace(layout, row, nextPlace) });
}

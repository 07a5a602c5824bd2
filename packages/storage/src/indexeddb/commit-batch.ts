/**
 * Commits a batch within a transaction: the rows it names are read, staged in memory with every precondition checked, and
 * written.
 *
 * Whoever runs the transaction aborts it on a conflict; what parts of the batch before it wrote is undone with it.
 */

import { planAccess } from "../access/plan-access.ts";
import type { Batch, CommitResult, Key, Write } from "../adapter.ts";
import { rowTest } from "../condition.ts";
import {
  type KeyedWrite,
  keyOf,
  keyOfWrite,
  keyText,
  newPlace,
  type StagedRow,
  stagedRow,
  stageWrite,
} from "../stage-writes.ts";
import type { IdbKeyRanges, IdbStore, IdbTransaction } from "./indexed-db.ts";
import { ROWS, readRecord, recordKey, recordOf, spaceRange, type Table } from "./row-record.ts";
import { type CatalogState, writeState } from "./table-catalog.ts";
import { walkRows } from "./walk-rows.ts";

export async function commitBatch(
  transaction: IdbTransaction,
  state: CatalogState,
  ranges: IdbKeyRanges,
  tableOf: (name: string) => Table,
  { writes, sequence }: Batch,
): Promise<CommitResult> {
  if (sequence !== undefined && state.at > sequence.at) return { outcome: "conflict", table: "$head", key: [] };
  const firstSeq = sequence === undefined ? 0 : state.seq + 1;
  const rows = transaction.objectStore(ROWS);
  let { lastPlace } = state;
  for (const part of partsOf(writes)) {
    if ("kind" in part) {
      await removeWhere(rows, ranges, tableOf(part.table), part);
      continue;
    }
    const named = await readNamed(rows, tableOf, part, firstSeq);
    for (const { write, table, key, staged } of named) {
      if (!stageWrite(table.layout, staged, write, firstSeq)) return { outcome: "conflict", table: write.table, key };
    }
    for (const one of new Map(named.map((write) => [write.staged, write])).values())
      store(rows, one, () => ++lastPlace);
  }
  const { seq, at } = state;
  const head = sequence === undefined ? { seq, at } : { seq: seq + sequence.count, at: sequence.at };
  if (sequence !== undefined || lastPlace !== state.lastPlace)
    writeState(transaction, { ...state, ...head, lastPlace });
  return { outcome: "committed", firstSeq };
}

type Removal = Extract<Write, { kind: "deleteWhere" }>;

/** Writes of named rows that stand together, and between them the removals, which see all that was written before. */
function partsOf(writes: readonly Write[]): (KeyedWrite[] | Removal)[] {
  const parts: (KeyedWrite[] | Removal)[] = [];
  let together: KeyedWrite[] | null = null;
  for (const write of writes) {
    if (write.kind === "deleteWhere") {
      parts.push(write);
      together = null;
    } else if (together === null) {
      together = [write];
      parts.push(together);
    } else {
      together.push(write);
    }
  }
  return parts;
}

/** A write, the row it is about, and that row as it was found; writes of one row share it. */
interface NamedWrite {
  readonly write: KeyedWrite;
  readonly table: Table;
  readonly key: Key;
  readonly staged: StagedRow;
}

async function readNamed(
  rows: IdbStore,
  tableOf: (name: string) => Table,
  writes: readonly KeyedWrite[],
  firstSeq: number,
): Promise<NamedWrite[]> {
  const stagedByName = new Map<string, Promise<StagedRow>>();
  return Promise.all(
    writes.map(async (write): Promise<NamedWrite> => {
      const table = tableOf(write.table);
      const key = keyOfWrite(table.layout, write, firstSeq);
      const name = `${table.space} ${keyText(key)}`;
      const staged = stagedByName.get(name) ?? readStaged(rows, table, key);
      stagedByName.set(name, staged);
      return { write, table, key, staged: await staged };
    }),
  );
}

async function readStaged(rows: IdbStore, table: Table, key: Key): Promise<StagedRow> {
  return stagedRow(await readRecord(rows, table, key));
}

function store(rows: IdbStore, { table, key, staged }: NamedWrite, nextPlace: () => number): void {
  const { found, row, place, isChanged } = staged;
  if (!isChanged) return;
  if (row !== null) {
    rows.put(recordOf(table, row, place ?? newPlace(table.layout, row, nextPlace)), recordKey(table, key));
  } else if (found !== undefined) {
    rows.delete(recordKey(table, key));
  }
}

async function removeWhere(rows: IdbStore, ranges: IdbKeyRanges, table: Table, { where }: Removal): Promise<void> {
  if (where === undefined) {
    rows.delete(spaceRange(ranges, table));
    return;
  }
  const test = rowTest(table.layout, where);
  await walkRows(rows, ranges, table, planAccess(table.layout, { where }), Number.POSITIVE_INFINITY, ({ row }) => {
    if (test(row)) rows.delete(recordKey(table, keyOf(table.layout, row)));
    return true;
  });
}

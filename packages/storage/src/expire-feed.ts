/**
 * Expiry: delta entries lose their updates, the mutations that made them and what they did to lists, superseded ones go, tombstones
 * past their lifetime go with their entries, all but their life and version.
 *
 * Commit times never decrease along `seq`, so both are walks along the feed, each entry passed once by either: `strippedSeq`
 * and `sweptSeq` in `$meta` say how far they came. What a round removes and how far it came change in one commit, together with
 * `expiredSeq`: were a tombstone gone before it says so, an old cursor would pass the deletion by.
 */
import type { Cell, Key, StorageAdapter, TableLayout, Write } from "./adapter.ts";
import { commitEventually } from "./commit-eventually.ts";
import { feedTable, forgottenTable, listStepsTable, metaTable, mutationsTable, trailTable } from "./relay-tables.ts";

export interface ExpiryBounds {
  readonly deltasBefore: number;
  readonly tombstonesBefore: number;
  /** Most feed entries to go through. */
  readonly limit: number;
}

/** What expiry needs to know of records. */
export interface RecordSource {
  /** The cells of a record's key; null for models that the schema no longer has, whose records stay as they are. */
  keyCells(model: string, key: string): Key | null;
  /** The `$seq` of a stored row. */
  seqOf(model: string, row: readonly Cell[]): number;
}

export const STRIPPED = "strippedSeq";
export const SWEPT = "sweptSeq";
export const EXPIRED = "expiredSeq";

interface Entry {
  readonly seq: number;
  readonly model: string;
  readonly key: string;
  /** Null for models that the schema no longer has. */
  readonly cells: Key | null;
  readonly life: number;
  readonly version: number;
  readonly isDeletion: boolean;
  /** The record's last change; null for models that the schema no longer has. */
  readonly isLatest: boolean | null;
}

/** One round. Answers how many entries it went through: `limit` when there may be more. */
export async function expireFeed(
  adapter: StorageAdapter,
  records: RecordSource,
  bounds: ExpiryBounds,
): Promise<{ readonly examined: number; readonly expiredSeq: number }> {
  let examined = 0;
  let expiredSeq = 0;
  await commitEventually(adapter, async () => {
    const names = [STRIPPED, SWEPT, EXPIRED];
    const rows = await adapter.getMany(
      metaTable.name,
      names.map((name) => [name]),
    );
    const [stripped = 0, swept = 0, expired = 0] = rows.map((row) => Number(row?.[1] ?? 0));
    const due = await entriesAfter(adapter, records, stripped, bounds.deltasBefore, bounds.limit);
    // A deletion is part of the delta as long as its entry is.
    const sweepBefore = Math.min(bounds.tombstonesBefore, bounds.deltasBefore);
    const passed = await entriesAfter(adapter, records, swept, sweepBefore, bounds.limit - due.length);
    examined = due.length + passed.length;
    const removed = passed.filter((entry) => entry.isDeletion && entry.isLatest === true);
    expiredSeq = Math.max(expired, ...removed.map((entry) => entry.seq));
    const gone = new Set(removed.map((entry) => entry.seq));
    const writes = due.filter((entry) => !gone.has(entry.seq)).flatMap(strip);
    for (const entry of removed) writes.push(...sweep(entry));
    const strippedTo = due.at(-1)?.seq ?? stripped;
    if (strippedTo > stripped) {
      writes.push(forget(mutationsTable, strippedTo), forget(listStepsTable, strippedTo));
    }
    const sweptTo = passed.at(-1)?.seq ?? swept;
    if (sweptTo > swept) writes.push(forget(trailTable, sweptTo));
    const marks = [strippedTo, sweptTo, expiredSeq];
    for (const [i, name] of names.entries()) writes.push(...moveMark(name, rows[i], marks[i] ?? 0));
    return { writes };
  });
  return { examined, expiredSeq };
}

async function entriesAfter(
  adapter: StorageAdapter,
  records: RecordSource,
  seq: number,
  before: number,
  limit: number,
): Promise<Entry[]> {
  if (limit <= 0) return [];
  const rows = await adapter.scan({
    table: feedTable.name,
    columns: ["seq", "model", "key", "life", "version", "operation", "at"],
    order: [{ column: "seq", direction: "asc" }],
    after: [seq],
    limit,
  });
  const end = rows.findIndex((row) => Number(row[6]) >= before);
  const due = end < 0 ? rows : rows.slice(0, end);
  const entries: Entry[] = [];
  for (const [entrySeq, model, key, life, version, operation] of due) {
    const cells = records.keyCells(String(model), String(key));
    const row = cells === null ? undefined : await adapter.get(String(model), cells);
    entries.push({
      seq: Number(entrySeq),
      model: String(model),
      key: String(key),
      cells,
      life: Number(life),
      version: Number(version),
      isDeletion: operation === "delete",
      isLatest: cells === null ? null : row !== undefined && records.seqOf(String(model), row) === entrySeq,
    });
  }
  return entries;
}

/** An entry past its delta lifetime: what is left is where its record changed last. */
function strip(entry: Entry): Write[] {
  if (entry.isLatest === false) return [{ kind: "delete", table: feedTable.name, key: [entry.seq] }];
  // Of a record that never changed, the feed has no update.
  if (entry.isDeletion || (entry.isLatest === true && entry.version === 1)) return [];
  return [{ kind: "update", table: feedTable.name, key: [entry.seq], columns: ["update"], cells: [null] }];
}

function sweep({ seq, model, key, cells, life, version }: Entry): Write[] {
  if (cells === null) return [];
  return [
    { kind: "delete", table: feedTable.name, key: [seq] },
    { kind: "delete", table: model, key: cells, expect: { column: "$seq", value: seq } },
    { kind: "upsert", table: forgottenTable.name, row: [model, key, life, version] },
  ];
}

/** Removes what lies beside the entries up to `seq`. */
function forget(table: TableLayout, seq: number): Write {
  return {
    kind: "deleteWhere",
    table: table.name,
    where: { kind: "compare", column: "seq", op: "le", value: seq },
  };
}

function moveMark(name: string, row: readonly Cell[] | undefined, to: number): Write[] {
  if (Number(row?.[1] ?? 0) === to) return [];
  const value = String(to);
  if (row === undefined) return [{ kind: "insert", table: metaTable.name, row: [name, value] }];
  const expect = { column: "value", value: row[1] ?? null };
  return [{ kind: "replace", table: metaTable.name, row: [name, value], expect }];
}

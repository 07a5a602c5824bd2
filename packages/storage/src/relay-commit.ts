/** What one commit of a relay is, and what it writes: records, feed entries, and what goes with them. */
import type { ListStep, Values } from "@tributary/model";
import type { Write } from "./adapter.ts";
import type { RecordTable } from "./record-table.ts";
import {
  type FeedEntry,
  feedRow,
  listStepRow,
  type RelayRecord,
  type ReplicaRow,
  recordWrite,
  replicaWrite,
} from "./relay-rows.ts";
import { feedTable, listStepsTable, metaTable, mutationsTable, trailTable } from "./relay-tables.ts";

/** What one commit writes. `entries` are in order; entry i gets `firstSeq + i`. */
export interface RelayCommit {
  readonly at: number;
  /** What it can be built upon by, until another named one is committed. */
  readonly name?: string;
  /** The name of the commit it builds upon, which may still be under way: conflicts when that one is not committed. */
  readonly upon?: string;
  readonly entries: readonly Omit<FeedEntry, "seq" | "at">[];
  /** Each changed record once, in its final state, with the index of its last entry. */
  readonly records: readonly {
    readonly before: RelayRecord | null;
    readonly after: RelayRecord;
    readonly lastEntry: number;
  }[];
  readonly replicas: readonly ReplicaRow[];
  /** Delta entries from before this time have ended their life. */
  readonly deltasBefore: number;
  /** Values that read rules depend on, as they were before the entry at this index took them away (F4). One an entry. */
  readonly trail?: readonly { readonly entry: number; readonly old: Values }[];
  /** What the mutations are known by that made the entries at these indexes (Q1). */
  readonly mutations?: readonly { readonly entry: number; readonly id: string }[];
  /** What the updates at these indexes did to lists (Q2): one for each that is to be taken back in thought later. */
  readonly listSteps?: readonly { readonly entry: number; readonly lists: ListStep; readonly base: number | null }[];
}

/** Where the name of the last commit that has one stands. */
const LAST_NAMED = "lastNamed";

/** In order. `tableOf` throws for a model the schema does not have. */
export function writesOf(commit: RelayCommit, tableOf: (model: string) => RecordTable): Write[] {
  const writes = linkWrites(commit);
  for (const { before, after, lastEntry } of commit.records) {
    writes.push(recordWrite(tableOf(after.model), before, after, lastEntry));
    if (before !== null && before.changedAt < commit.deltasBefore) {
      writes.push({ kind: "delete", table: feedTable.name, key: [before.seq] });
    }
  }
  let offset = 0;
  for (const entry of commit.entries) {
    const seq = { column: "seq", offset };
    writes.push({ kind: "insert", table: feedTable.name, row: feedRow(entry, commit.at), seq });
    offset += 1;
  }
  for (const { entry, old } of commit.trail ?? []) {
    const of = entryOf(commit, entry);
    const row = [0, of.model, of.key, JSON.stringify(old)];
    writes.push({ kind: "insert", table: trailTable.name, row, seq: { column: "seq", offset: entry } });
  }
  for (const { entry, id } of commit.mutations ?? []) {
    const row = [id, 0, commit.at];
    writes.push({ kind: "upsert", table: mutationsTable.name, row, seq: { column: "seq", offset: entry } });
  }
  for (const { entry, ...step } of commit.listSteps ?? []) {
    const row = listStepRow(entryOf(commit, entry), step, commit.at);
    writes.push({ kind: "insert", table: listStepsTable.name, row, seq: { column: "seq", offset: entry } });
  }
  for (const replica of commit.replicas) writes.push(replicaWrite(replica));
  return writes;
}

/** Makes the commit conflict when the one it builds upon was not stored as the last named one, and names it for the next. */
function linkWrites({ upon, name }: RelayCommit): Write[] {
  const writes: Write[] = [];
  if (upon !== undefined) {
    writes.push({
      kind: "expect",
      table: metaTable.name,
      key: [LAST_NAMED],
      expect: { column: "value", value: upon },
    });
  }
  if (name !== undefined) writes.push(putMeta(LAST_NAMED, name));
  return writes;
}

/** Sets what a store keeps under a name in its table of such. */
export function putMeta(name: string, value: string): Write {
  return { kind: "upsert", table: metaTable.name, row: [name, value] };
}

function entryOf(commit: RelayCommit, index: number): RelayCommit["entries"][number] {
  const entry = commit.entries[index];
  if (entry === undefined) throw new RangeError(`a commit of ${commit.entries.length} entries has no entry ${index}`);
  return entry;
}

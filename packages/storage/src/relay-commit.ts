/** What one commit of a relay is, and what it writes: records, feed entries, and what goes with them. */
import type { ListStep, Values } from "@tributary/model";
import type { Write } from "./adapter.ts";
import { expectMeta, putMeta } from "./meta-writes.ts";
import type { RecordTable } from "./record-table.ts";
import {
  creationOf,
  feedRow,
  isAsCreated,
  listStepRow,
  type RelayChange,
  type RelayRecord,
  type ReplicaRow,
  recordWrite,
  replicaWrite,
} from "./relay-rows.ts";
import { feedTable, listStepsTable, mutationsTable, trailTable } from "./relay-tables.ts";

/** What one commit writes. `changes` are in order; change i has the feed's entry `firstSeq + i`. */
export interface RelayCommit {
  readonly at: number;
  /** What it can be built upon by, until another named one is committed. */
  readonly name?: string;
  /** The name of the commit it builds upon, which may still be under way: conflicts when that one is not committed. */
  readonly upon?: string;
  readonly changes: readonly RelayChange[];
  /**
   * Each changed record once, in its final state, with the index of its last change. A `before` that is as it was created says its `seq`;
   * otherwise the commit conflicts.
   */
  readonly records: readonly {
    readonly before: RelayRecord | null;
    readonly after: RelayRecord;
    readonly lastChange: number;
  }[];
  readonly replicas: readonly ReplicaRow[];
  /** Delta entries from before this time have ended their life. */
  readonly deltasBefore: number;
  /** Values that read rules depend on, as they were before the change at this index took them away (F4). One a change. */
  readonly trail?: readonly { readonly change: number; readonly old: Values }[];
  /** What the mutations are known by that made the changes at these indexes (Q1). */
  readonly mutations?: readonly { readonly change: number; readonly id: string }[];
  /** What the updates at these indexes did to lists (Q2): one for each that is to be taken back in thought later. */
  readonly listSteps?: readonly { readonly change: number; readonly lists: ListStep; readonly base: number | null }[];
}

/** Where the name of the last commit that has one stands. */
const LAST_NAMED = "lastNamed";

/** In order. `tableOf` throws for a model the schema does not have. */
export function writesOf(commit: RelayCommit, tableOf: (model: string) => RecordTable): Write[] {
  const writes = linkWrites(commit);
  const creations = new Set<number>();
  for (const { before, after, lastChange } of commit.records) {
    writes.push(recordWrite(tableOf(after.model), before, after, lastChange));
    if (before !== null) writes.push(...entryWrites(before, commit.deltasBefore));
    else if (isAsCreated(after)) creations.add(lastChange);
  }
  let offset = 0;
  for (const change of commit.changes) {
    const update = creations.has(offset) ? null : change.update;
    const row = feedRow(change, commit.at, update);
    writes.push({ kind: "insert", table: feedTable.name, row, seq: { column: "seq", offset } });
    offset += 1;
  }
  for (const { change, old } of commit.trail ?? []) {
    const { after } = changeAt(commit, change);
    const row = [0, after.model, after.key, JSON.stringify(old)];
    writes.push({ kind: "insert", table: trailTable.name, row, seq: { column: "seq", offset: change } });
  }
  for (const { change, id } of commit.mutations ?? []) {
    const row = [id, 0, commit.at];
    writes.push({ kind: "upsert", table: mutationsTable.name, row, seq: { column: "seq", offset: change } });
  }
  for (const { change, ...step } of commit.listSteps ?? []) {
    const row = listStepRow(changeAt(commit, change), step, commit.at);
    writes.push({ kind: "insert", table: listStepsTable.name, row, seq: { column: "seq", offset: change } });
  }
  for (const replica of commit.replicas) writes.push(replicaWrite(replica));
  return writes;
}

/** What becomes of the entry of a record's last change when the record changes again. */
function entryWrites(before: RelayRecord, deltasBefore: number): Write[] {
  const table = feedTable.name;
  const key = [before.seq];
  if (before.changedAt < deltasBefore) return [{ kind: "delete", table, key }];
  const creation = creationOf(before);
  return creation === null ? [] : [{ kind: "update", table, key, columns: ["update"], cells: [creation] }];
}

/** Makes the commit conflict when the one it builds upon was not stored as the last named one, and names it for the next. */
function linkWrites({ upon, name }: RelayCommit): Write[] {
  const writes: Write[] = [];
  if (upon !== undefined) writes.push(expectMeta(LAST_NAMED, upon));
  if (name !== undefined) writes.push(putMeta(LAST_NAMED, name));
  return writes;
}

function changeAt({ changes }: RelayCommit, index: number): RelayChange {
  const change = changes[index];
  if (change === undefined) throw new RangeError(`a commit of ${changes.length} changes has no change ${index}`);
  return change;
}

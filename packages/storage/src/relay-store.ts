/**
 * The record store of a relay: records with their versions, the change feed, push ids, client id bindings and process
 * starts, over any adapter.
 *
 * It decides nothing: the commit pipeline hands in what to write and which versions it read. A commit whose expectations
 * fail answers `conflict` and changes nothing; the pipeline reads again.
 *
 * Invariants: a committed change, its feed entry, the replica's push id and the record's row become durable together (I4,
 * I7, V4); `at` never decreases along `seq` (V2), also across process starts, because the clock resumes from what was handed out.
 */
import type { Values } from "@tributary/model";
import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import type { CommitResult, Condition, Head, Key, Order, Row, StorageAdapter, Write } from "./adapter.ts";
import { CLOCK, createClockLease } from "./clock-lease.ts";
import { commitEventually } from "./commit-eventually.ts";
import { EXPIRED, type ExpiryBounds, expireFeed } from "./expire-feed.ts";
import { putMeta } from "./meta-writes.ts";
import { openTables } from "./open-tables.ts";
import type { RecordTable } from "./record-table.ts";
import { type RelayCommit, writesOf } from "./relay-commit.ts";
import {
  creationOf,
  type FeedEntry,
  type ForgottenRecord,
  feedEntryFromRow,
  listStepFromRow,
  type RecordListStep,
  type RelayRecord,
  type ReplicaRow,
  recordFromRow,
  replicaFromRow,
  seqOfRow,
} from "./relay-rows.ts";
import {
  clientIdsTable,
  createRelayTable,
  feedTable,
  forgottenTable,
  listStepsTable,
  metaTable,
  mutationsTable,
  relayOwnTables,
  replicasTable,
  startsTable,
} from "./relay-tables.ts";
import { type RecordsJson, type RecordsJsonScan, scanJson } from "./scan-json.ts";
import { notDeleted, type RowsPage, type RowsScan, scanRows } from "./scan-rows.ts";
import { assertFormat, formatText, type StoreFormat } from "./store-format.ts";

/** What the versions of a record behind `from`, up to `to`, did to its lists, if they were committed at or after `since`. */
export interface ListStepsQuery {
  readonly model: string;
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly since: number;
  /** Most to answer: characters of JSON. */
  readonly maxSize: number;
}

export interface ListSteps {
  /** In the order of the versions, one each. */
  readonly steps: readonly RecordListStep[];
  readonly size: number;
}

export type RelayCommitResult =
  | { readonly outcome: "committed"; readonly firstSeq: number }
  | { readonly outcome: "conflict" };

/** A process start and the sequence numbers that can be its own: from `firstSeq` to before the next start's. */
export interface StartRow {
  readonly start: string;
  readonly ordinal: number;
  readonly firstSeq: number;
}

/** Deleted records stay out where they are not asked for, as what does not meet `where` does. */
export interface RelayScan extends RowsScan {
  readonly model: string;
}

export interface RelayPage extends Omit<RowsPage, "rows"> {
  readonly records: readonly RelayRecord[];
}

/** `epoch` and `expiredSeq` are as they were at the opening, the last `head` or an own change: other processes change them too. */
export interface RelayStore {
  readonly epoch: string;
  /** The id of this process start. */
  readonly start: string;
  /** 32 random bytes as hex, made with the store: authenticates cursors. */
  readonly secret: string;
  /** Feed entries up to here may be gone; a cursor before it cannot be continued. */
  readonly expiredSeq: number;
  /** The last sequence number, and the time before which no commit may lie. */
  head(): Promise<Head>;
  records(model: string, keys: readonly string[]): Promise<readonly (RelayRecord | null)[]>;
  /** Of records that are not there, by key: those that once were. Asked behind `records`, lest a tombstone be forgotten in between. */
  forgotten(model: string, keys: readonly string[]): Promise<ReadonlyMap<string, ForgottenRecord>>;
  scan(scan: RelayScan): Promise<RelayPage>;
  /** Null where the database does not write them: as they are, in such a shape, or ever. */
  scanJson(scan: RecordsJsonScan): Promise<RecordsJson | null>;
  /** Records in key order behind `after`, null from the start. */
  page(model: string, after: string | null, limit: number, includeDeleted: boolean): Promise<readonly RelayRecord[]>;
  count(model: string): Promise<number>;
  /** Conflicts when a record is not at the version read, a replica's row changed, or `at` lies before `head().at`. */
  commit(commit: RelayCommit): Promise<RelayCommitResult>;
  /** Entries behind `seq`, in order, at most `limit`. */
  feedAfter(seq: number, limit: number): Promise<readonly FeedEntry[]>;
  /** What their changes wrote, each as one update, within the delta lifetime at least; null for deletions and for what is not kept. */
  updatesOf(entries: readonly FeedEntry[]): Promise<readonly (Uint8Array | null)[]>;
  /** The first sequence number whose commit was at or after `at`; one past the head when there is none. */
  firstSeqAt(at: number): Promise<number>;
  starts(): Promise<readonly StartRow[]>;
  replica(replica: string): Promise<ReplicaRow | null>;
  /** Those of `ids` that were committed as mutations at or after `since`. */
  knownMutations(ids: readonly string[], since: number): Promise<ReadonlySet<string>>;
  /** Null when it is not there for all of the versions, or is too much. */
  listSteps(query: ListStepsQuery): Promise<ListSteps | null>;
  /** Binds a Yjs client id to a replica. False when it is another's. */
  bindClientId(clientId: number, replica: string): Promise<boolean>;
  clientIdsOf(replica: string): Promise<readonly number[]>;
  /** Makes `at` durable as the clock's high-water mark before it is handed out. */
  leaseClock(at: number): Promise<void>;
  /** The clock may not answer less than this. */
  readonly clockFloor: number;
  /** Starts another history from `healSeq` on. */
  openEpoch(epoch: string, healSeq: number): Promise<void>;
  /** Goes through up to `limit` feed entries that ended their lives. Answers how many: `limit` when there may be more. */
  expire(bounds: ExpiryBounds): Promise<number>;
  close(): Promise<void>;
}

export interface RelayStoreOptions {
  readonly adapter: StorageAdapter;
  readonly schema: SchemaDescription;
  readonly keyOf: (model: ModelDescription, values: Values) => string;
  readonly keyValues: (model: ModelDescription, key: string) => Values;
  /** Random hex text of that many bytes. */
  readonly randomHex: (bytes: number) => string;
  readonly now: () => number;
}

const FORMAT: StoreFormat = { kind: "tributary-relay", version: 1, ownTable: feedTable.name };

/** Opens a relay's store, creating or re-projecting tables as the schema asks. Rejects with a `StorageError`. */
export async function openRelayStore(options: RelayStoreOptions): Promise<RelayStore> {
  const { adapter, schema } = options;
  await adapter.open();
  try {
    return await openOver(adapter, schema, options);
  } catch (error) {
    await adapter.close();
    throw error;
  }
}

async function openOver(
  adapter: StorageAdapter,
  schema: SchemaDescription,
  options: RelayStoreOptions,
): Promise<RelayStore> {
  await assertFormat(adapter, FORMAT);
  const tables = new Map(schema.models.map((model) => [model.name, createRelayTable(model)]));
  await openTables(adapter, relayOwnTables, [...tables.values()]);
  const { start, meta } = await recordStart(adapter, options);
  const { secret = "" } = meta;
  let { epoch = "" } = meta;
  let expiredSeq = Number(meta[EXPIRED] ?? 0);
  const lease = createClockLease(adapter, start);
  lease.read(meta[CLOCK] ?? null);
  const readHead = async (): Promise<Head> => {
    const names = ["epoch", EXPIRED, CLOCK];
    const [storedEpoch, storedExpired, clock] = await adapter.getMany(
      metaTable.name,
      names.map((name) => [name]),
    );
    epoch = String(storedEpoch?.[1] ?? epoch);
    expiredSeq = Number(storedExpired?.[1] ?? 0);
    lease.read(clock === undefined ? null : String(clock[1]));
    const head = await adapter.head();
    return { seq: head.seq, at: Math.max(head.at, lease.floor) };
  };
  const clockFloor = (await readHead()).at;

  const tableOf = (model: string): RecordTable => {
    const table = tables.get(model);
    if (table === undefined) throw new RangeError(`the schema has no model ${model}`);
    return table;
  };
  const keyCellsOf = (table: RecordTable, key: string): Key => table.keyCells(options.keyValues(table.model, key));
  const recordSource = {
    keyCells(model: string, key: string): Key | null {
      const table = tables.get(model);
      return table === undefined ? null : keyCellsOf(table, key);
    },
    seqOf: (model: string, row: Row): number => seqOfRow(tableOf(model), row),
  };

  /** A function of its own, so that nothing holds what it writes while the commit is under way. */
  const handIn = (commit: RelayCommit): Promise<CommitResult> =>
    adapter.commit({
      writes: [lease.expectation(), ...writesOf(commit, tableOf)],
      ...(commit.changes.length === 0 ? {} : { sequence: { count: commit.changes.length, at: commit.at } }),
    });

  const records = async (model: string, keys: readonly string[]): Promise<readonly (RelayRecord | null)[]> => {
    const table = tableOf(model);
    const rows = await adapter.getMany(
      model,
      keys.map((key) => keyCellsOf(table, key)),
    );
    return rows.map((row, i) => (row === undefined ? null : recordFromRow(table, keys[i] ?? "", row)));
  };

  const keptUpdate = async ({ seq }: FeedEntry): Promise<Uint8Array | null> => {
    const update = (await adapter.get(feedTable.name, [seq]))?.[UPDATE];
    return update instanceof Uint8Array ? update : null;
  };

  /** Of an entry whose record has not changed since: the commit that changes it puts into the feed what it says. */
  const creation = async ({ model, key, seq }: FeedEntry): Promise<Uint8Array | null> => {
    const [record = null] = tables.has(model) ? await records(model, [key]) : [];
    return record?.seq === seq ? creationOf(record) : null;
  };

  return {
    get epoch() {
      return epoch;
    },
    start,
    secret,
    clockFloor,
    get expiredSeq() {
      return expiredSeq;
    },
    head: readHead,
    records,
    async scan(scan) {
      const table = tableOf(scan.model);
      const { rows, ...page } = await scanRows(adapter, table, scan);
      return {
        ...page,
        records: rows.map((row) => recordFromRow(table, options.keyOf(table.model, table.decode(row)), row)),
      };
    },
    scanJson: async (scan) => scanJson(adapter, tableOf(scan.model), scan),
    async page(model, after, limit, includeDeleted) {
      const table = tableOf(model);
      const rows = await adapter.scan({
        table: model,
        order: table.layout.primaryKey.map((column) => ({ column, direction: "asc" })),
        limit,
        ...(includeDeleted ? {} : { where: notDeleted }),
        ...(after === null ? {} : { after: keyCellsOf(table, after) }),
      });
      return rows.map((row) => recordFromRow(table, options.keyOf(table.model, table.decode(row)), row));
    },
    async forgotten(model, keys) {
      const found = new Map<string, ForgottenRecord>();
      if (keys.length === 0) return found;
      // Read now, since another process may have been the first to forget something: most stores never did.
      const [mark] = await adapter.getMany(metaTable.name, [[EXPIRED]]);
      if (Number(mark?.[1] ?? 0) === 0) return found;
      const rows = await adapter.getMany(
        forgottenTable.name,
        keys.map((key) => [model, key]),
      );
      for (const row of rows) {
        if (row !== undefined) found.set(String(row[1]), { life: Number(row[2]), version: Number(row[3]) });
      }
      return found;
    },
    count: async (model) => adapter.count(tableOf(model).layout.name, notDeleted),
    async commit(commit) {
      if (commit.changes.length > 0 && commit.at < lease.floor) return { outcome: "conflict" };
      return handIn(commit).then(outcomeOf);
    },
    async feedAfter(seq, limit) {
      const rows = await adapter.scan({
        table: feedTable.name,
        columns: entryColumns,
        order: bySeq,
        after: [seq],
        limit,
      });
      return rows.map(feedEntryFromRow);
    },
    async updatesOf(entries) {
      const updates: (Uint8Array | null)[] = [];
      for (const entry of entries)
        updates.push((await keptUpdate(entry)) ?? (await creation(entry)) ?? (await keptUpdate(entry)));
      return updates;
    },
    async firstSeqAt(at) {
      const { seq: last } = await adapter.head();
      let [low, high] = [0, last + 1];
      while (low + 1 < high) {
        const middle = Math.floor((low + high) / 2);
        const columns = ["seq", "at"];
        const scan = { table: feedTable.name, columns, order: bySeq, after: [middle - 1], limit: 1 };
        const [found] = await adapter.scan(scan);
        if (found === undefined || Number(found[1]) >= at) high = middle;
        else low = Math.max(middle, Number(found[0]));
      }
      return high;
    },
    async starts() {
      const rows = await adapter.scan({ table: startsTable.name, order: [{ column: "ordinal", direction: "asc" }] });
      return rows.map(([at, name, firstSeq]) => ({
        start: String(name),
        ordinal: Number(at),
        firstSeq: Number(firstSeq),
      }));
    },
    async replica(replica) {
      const row = await adapter.get(replicasTable.name, [replica]);
      return row === undefined ? null : replicaFromRow(row);
    },
    async knownMutations(ids, since) {
      const rows = await adapter.getMany(
        mutationsTable.name,
        ids.map((id) => [id]),
      );
      return new Set(ids.filter((_, i) => Number(rows[i]?.[2] ?? Number.NEGATIVE_INFINITY) >= since));
    },
    async listSteps({ model, key, from, to, since, maxSize }) {
      const where: Condition = {
        kind: "and",
        of: [
          { kind: "compare", column: "model", op: "eq", value: model },
          { kind: "compare", column: "key", op: "eq", value: key },
          { kind: "compare", column: "version", op: "gt", value: from },
          { kind: "compare", column: "version", op: "le", value: to },
          { kind: "compare", column: "at", op: "ge", value: since },
        ],
      };
      const table = listStepsTable.name;
      const measures = [
        { op: "count", column: null },
        { op: "sum", column: "size" },
      ] as const;
      const [[count, sum] = []] = await adapter.aggregate({ table, where, groupBy: [], measures });
      const size = Number(sum);
      if (count !== to - from || size > maxSize) return null;
      const rows = await adapter.scan({ table, where, order: [{ column: "version", direction: "asc" }] });
      return rows.length === count ? { steps: rows.map(listStepFromRow), size } : null;
    },
    async bindClientId(clientId, replica) {
      let bound = await adapter.get(clientIdsTable.name, [clientId]);
      if (bound !== undefined) return bound[1] === replica;
      const row: Row = [clientId, replica, null, null];
      await commitEventually(adapter, async () => {
        bound = await adapter.get(clientIdsTable.name, [clientId]);
        return { writes: bound === undefined ? [{ kind: "insert", table: clientIdsTable.name, row }] : [] };
      });
      return bound === undefined || bound[1] === replica;
    },
    async clientIdsOf(replica) {
      const rows = await adapter.scan({
        table: clientIdsTable.name,
        where: { kind: "compare", column: "replica", op: "eq", value: replica },
        columns: ["clientId"],
      });
      return rows.map((row) => Number(row[0]));
    },
    leaseClock: (at) => lease.cover(at),
    async openEpoch(next, healSeq) {
      await commitEventually(adapter, async () => ({
        writes: [putMeta("epoch", next), putMeta("healSeq", String(healSeq))],
      }));
      epoch = next;
    },
    async expire(bounds) {
      const result = await expireFeed(adapter, recordSource, bounds);
      expiredSeq = result.expiredSeq;
      return result.examined;
    },
    close: () => adapter.close(),
  };
}

function outcomeOf(result: CommitResult): RelayCommitResult {
  return result.outcome === "committed" ? { outcome: "committed", firstSeq: result.firstSeq } : { outcome: "conflict" };
}

const entryColumns = feedTable.columns.map(({ name }) => name).filter((name) => name !== "update");
const UPDATE = feedTable.columns.findIndex(({ name }) => name === "update");

const bySeq: readonly Order[] = [{ column: "seq", direction: "asc" }];

/** Writes what every store has where it is missing, and this start into the table of starts (F1). */
async function recordStart(
  adapter: StorageAdapter,
  options: RelayStoreOptions,
): Promise<{ readonly start: string; readonly meta: Readonly<Record<string, string>> }> {
  const start = options.randomHex(8);
  const made = { format: formatText(FORMAT), secret: options.randomHex(32), epoch: options.randomHex(8) };
  let meta: Readonly<Record<string, string>> = {};
  await commitEventually(adapter, async () => {
    const rows = await adapter.scan({ table: metaTable.name });
    const stored = Object.fromEntries(rows.map(([name, value]) => [String(name), String(value)]));
    meta = { ...made, ...stored };
    const writes = Object.entries(made)
      .filter(([name]) => stored[name] === undefined)
      .map(([name, value]): Write => ({ kind: "insert", table: metaTable.name, row: [name, value] }));
    writes.push(putMeta("schemaHash", options.schema.hash));
    const [last] = await adapter.scan({
      table: startsTable.name,
      columns: ["ordinal"],
      order: [{ column: "ordinal", direction: "desc" }],
      limit: 1,
    });
    const row = [Number(last?.[0] ?? 0) + 1, start, 0, options.now()];
    // The number that the next commit takes, read under the lock.
    writes.push({ kind: "insert", table: startsTable.name, row, seq: { column: "firstSeq", offset: 0 } });
    return { writes, sequence: { count: 0, at: (await adapter.head()).at } };
  });
  return { start, meta };
}

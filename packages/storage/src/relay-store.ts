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
import {
  type DocumentState,
  type Fold,
  foldDocument,
  type Predicate,
  projectRow,
  type SortKey,
  type Values,
} from "@tributary/model";
import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import type { Cell, Condition, Key, Order, Row, StorageAdapter, Write } from "./adapter.ts";
import { StorageError } from "./adapter.ts";
import { openTables } from "./open-tables.ts";
import { both, planPredicate, planSort } from "./plan-query.ts";
import type { RecordTable } from "./record-table.ts";
import {
  clientIdsTable,
  createRelayTable,
  documentColumn,
  feedTable,
  metaTable,
  relayOwnTables,
  replicasTable,
  startsTable,
} from "./relay-tables.ts";

/** A record as the relay stores it. A tombstone keeps its values and has no documents. */
export interface RelayRecord {
  readonly model: string;
  readonly key: string;
  readonly values: Values;
  readonly life: number;
  readonly version: number;
  readonly seq: number;
  readonly changedAt: number;
  readonly createdAt: number;
  readonly isDeleted: boolean;
  /** By facet; null where the facet holds nothing or the record is deleted. */
  readonly documents: readonly (DocumentState | null)[];
}

export type FeedOperation = "create" | "update" | "delete";

/** One committed change. `update` is null for a deletion and once the delta lifetime is over. */
export interface FeedEntry {
  readonly seq: number;
  readonly model: string;
  readonly key: string;
  readonly facet: number;
  readonly life: number;
  readonly version: number;
  readonly at: number;
  readonly operation: FeedOperation;
  readonly principal: string;
  readonly update: Uint8Array | null;
}

/** What the relay remembers of a replica's pushes. */
export interface ReplicaRow {
  readonly replica: string;
  readonly principal: string;
  readonly nonce: string;
  /** The last push committed or refused; 0 before the first. */
  readonly n: number;
  /** Refused pushes the replica has not confirmed yet: number -> answer, opaque to the store. */
  readonly refused: Readonly<Record<string, unknown>>;
  /** Changes with each write; a commit expects the one it read. 0 for a replica that is not stored yet. */
  readonly revision: number;
}

/** What one commit writes. `entries` are in order; entry i gets `firstSeq + i`. */
export interface RelayCommit {
  readonly at: number;
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

export interface RelayScan {
  readonly model: string;
  readonly where: Predicate | null;
  readonly sort: readonly SortKey[];
  /** Values of the sort's fields of the last record already read; null from the start. */
  readonly after: Values | null;
  readonly limit: number;
  readonly includeDeleted: boolean;
}

export interface RelayStore {
  readonly epoch: string;
  /** The id of this process start. */
  readonly start: string;
  /** 32 random bytes as hex, made with the store: authenticates cursors. */
  readonly secret: string;
  /** Feed entries up to here may be gone; a cursor before it cannot be continued. */
  readonly expiredSeq: number;
  head(): Promise<{ readonly seq: number; readonly at: number }>;
  records(model: string, keys: readonly string[]): Promise<readonly (RelayRecord | null)[]>;
  scan(scan: RelayScan): Promise<readonly RelayRecord[]>;
  /** Records in key order behind `after`, null from the start. */
  page(model: string, after: string | null, limit: number, includeDeleted: boolean): Promise<readonly RelayRecord[]>;
  count(model: string): Promise<number>;
  commit(commit: RelayCommit): Promise<RelayCommitResult>;
  /** Entries behind `seq`, in order, at most `limit`. */
  feedAfter(seq: number, limit: number): Promise<readonly FeedEntry[]>;
  /** The first sequence number whose commit was at or after `at`; one past the head when there is none. */
  firstSeqAt(at: number): Promise<number>;
  starts(): Promise<readonly StartRow[]>;
  replica(replica: string): Promise<ReplicaRow | null>;
  /** Binds a Yjs client id to a replica. False when it is another's. */
  bindClientId(clientId: number, replica: string): Promise<boolean>;
  clientIdsOf(replica: string): Promise<readonly number[]>;
  /** Makes `at` durable as the clock's high-water mark before it is handed out. */
  leaseClock(at: number): Promise<void>;
  /** The clock may not answer less than this. */
  readonly clockFloor: number;
  /** Starts another history from `healSeq` on. */
  openEpoch(epoch: string, healSeq: number): Promise<void>;
  /** Removes up to `limit` delta entries and tombstones that ended their lives. Answers how many rows it went through. */
  expire(bounds: {
    readonly deltasBefore: number;
    readonly tombstonesBefore: number;
    readonly limit: number;
  }): Promise<number>;
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

const FORMAT = "tributary-relay 1";

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
  await refuseOtherFormats(adapter);
  const tables = new Map(schema.models.map((model) => [model.name, createRelayTable(model)]));
  await openTables(adapter, relayOwnTables, [...tables.values()], reprojectRelayRow);
  const head = await adapter.head();
  const meta = new Map((await adapter.scan({ table: metaTable.name })).map((row) => [String(row[0]), String(row[1])]));
  const start = options.randomHex(8);
  const ordinal = (await adapter.count(startsTable.name)) + 1;
  const secret = meta.get("secret") ?? options.randomHex(32);
  let epoch = meta.get("epoch") ?? options.randomHex(8);
  let expiredSeq = Number(meta.get("expiredSeq") ?? "0");
  let leasedUntil = Number(meta.get("clock") ?? "0");
  const clockFloor = Math.max(leasedUntil, head.at);
  await mustCommit(adapter, [
    putMeta("format", FORMAT),
    putMeta("secret", secret),
    putMeta("epoch", epoch),
    putMeta("schemaHash", schema.hash),
    { kind: "insert", table: startsTable.name, row: [start, ordinal, head.seq + 1, options.now()] },
  ]);

  const tableOf = (model: string): RecordTable => {
    const table = tables.get(model);
    if (table === undefined) throw new RangeError(`the schema has no model ${model}`);
    return table;
  };
  const keyCellsOf = (table: RecordTable, key: string): Key => table.keyCells(options.keyValues(table.model, key));

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
    head: () => adapter.head(),
    async records(model, keys) {
      const table = tableOf(model);
      const rows = await adapter.getMany(
        model,
        keys.map((key) => keyCellsOf(table, key)),
      );
      return rows.map((row, i) => (row === undefined ? null : recordFromRow(table, keys[i] ?? "", row)));
    },
    async scan(scan) {
      const table = tableOf(scan.model);
      const asked = scan.where === null ? undefined : planPredicate(table.model, scan.where);
      const where = scan.includeDeleted ? asked : both(asked, notDeleted);
      const { after } = scan;
      const rows = await adapter.scan({
        table: scan.model,
        order: planSort(scan.sort),
        limit: scan.limit,
        ...(where === undefined ? {} : { where }),
        ...(after === null
          ? {}
          : { after: scan.sort.map((key) => table.encodeField(key.field, after[key.field] ?? null)) }),
      });
      return rows.map((row) => recordFromRow(table, options.keyOf(table.model, table.decode(row)), row));
    },
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
    count: (model) => adapter.count(model, notDeleted),
    async commit(commit) {
      const writes: Write[] = [];
      for (const { before, after, lastEntry } of commit.records) {
        writes.push(recordWrite(tableOf(after.model), before, after, lastEntry));
        if (before !== null && before.changedAt < commit.deltasBefore) {
          writes.push({ kind: "delete", table: feedTable.name, key: [before.seq] });
        }
      }
      for (const [offset, entry] of commit.entries.entries()) {
        writes.push({
          kind: "insert",
          table: feedTable.name,
          row: feedRow(entry, commit.at),
          seq: { column: "seq", offset },
        });
      }
      for (const replica of commit.replicas) writes.push(replicaWrite(replica));
      const result = await adapter.commit({
        writes,
        ...(commit.entries.length === 0 ? {} : { sequence: { count: commit.entries.length, at: commit.at } }),
      });
      return result.outcome === "committed"
        ? { outcome: "committed", firstSeq: result.firstSeq }
        : { outcome: "conflict" };
    },
    async feedAfter(seq, limit) {
      const rows = await adapter.scan({ table: feedTable.name, order: bySeq, after: [seq], limit });
      return rows.map(feedEntryFromRow);
    },
    async firstSeqAt(at) {
      const { seq: last } = await adapter.head();
      let [low, high] = [0, last + 1];
      while (low + 1 < high) {
        const middle = Math.floor((low + high) / 2);
        const [row] = await adapter.scan({ table: feedTable.name, order: bySeq, after: [middle - 1], limit: 1 });
        if (row === undefined || feedEntryFromRow(row).at >= at) high = middle;
        else low = Math.max(middle, feedEntryFromRow(row).seq);
      }
      return high;
    },
    async starts() {
      const rows = await adapter.scan({ table: startsTable.name, order: [{ column: "ordinal", direction: "asc" }] });
      return rows.map((row) => ({ start: String(row[0]), ordinal: Number(row[1]), firstSeq: Number(row[2]) }));
    },
    async replica(replica) {
      const row = await adapter.get(replicasTable.name, [replica]);
      return row === undefined ? null : replicaFromRow(row);
    },
    async bindClientId(clientId, replica) {
      const bound = await adapter.get(clientIdsTable.name, [clientId]);
      if (bound !== undefined) return bound[1] === replica;
      const result = await adapter.commit({
        writes: [{ kind: "insert", table: clientIdsTable.name, row: [clientId, replica, null, null] }],
      });
      return result.outcome === "committed" || (await adapter.get(clientIdsTable.name, [clientId]))?.[1] === replica;
    },
    async clientIdsOf(replica) {
      const rows = await adapter.scan({
        table: clientIdsTable.name,
        where: { kind: "compare", column: "replica", op: "eq", value: replica },
        columns: ["clientId"],
      });
      return rows.map((row) => Number(row[0]));
    },
    async leaseClock(at) {
      if (at <= leasedUntil) return;
      const until = at + CLOCK_LEASE_MS;
      await mustCommit(adapter, [putMeta("clock", String(until))]);
      leasedUntil = Math.max(leasedUntil, until);
    },
    async openEpoch(next, healSeq) {
      await mustCommit(adapter, [putMeta("epoch", next), putMeta("healSeq", String(healSeq))]);
      epoch = next;
    },
    async expire(bounds) {
      const result = await expireFeed(adapter, tableOf, keyCellsOf, bounds);
      if (result.expiredSeq > expiredSeq) {
        await mustCommit(adapter, [putMeta("expiredSeq", String(result.expiredSeq))]);
        expiredSeq = result.expiredSeq;
      }
      return result.examined;
    },
    close: () => adapter.close(),
  };
}

const noFold: Fold = { values: {}, stamps: {}, deleted: null, maxStamp: null };

/** How far ahead the clock's durable mark is put, so that handing out a time seldom writes. */
const CLOCK_LEASE_MS = 1000;

const notDeleted: Condition = { kind: "compare", column: "$deleted", op: "eq", value: 0 };
const bySeq: readonly Order[] = [{ column: "seq", direction: "asc" }];

async function refuseOtherFormats(adapter: StorageAdapter): Promise<void> {
  const stored = await adapter.layouts();
  if (stored.length === 0) return;
  const format = stored.some((layout) => layout.name === metaTable.name)
    ? await adapter.get(metaTable.name, ["format"])
    : undefined;
  if (format?.[1] === FORMAT) return;
  throw new StorageError(
    "FOREIGN",
    `the database holds "${String(format?.[1] ?? "something else")}", not "${FORMAT}"; choose another data directory`,
  );
}

/** Writes a row anew under the present schema. A tombstone has no document: its values are carried over by column name. */
function reprojectRelayRow(table: RecordTable, cells: ReadonlyMap<string, Cell>): Row {
  const documents = table.model.facets.map((_, facet) => cells.get(documentColumn(facet)) ?? null);
  const row: Cell[] = table.layout.columns.map((column) => cells.get(column.name) ?? null);
  if (documents.some((document) => document !== null)) {
    const folds = documents.map((document, facet) =>
      document instanceof Uint8Array ? foldDocument(table.model, facet, document) : noFold,
    );
    const meta = { createdAt: Number(cells.get("$createdAt")), changedAt: Number(cells.get("$changedAt")) };
    const encoded = table.encode(projectRow(table.model, folds, meta));
    for (let i = 0; i < encoded.length; i++) row[i] = encoded[i] ?? null;
  }
  return row;
}

function recordFromRow(table: RecordTable, key: string, row: Row): RelayRecord {
  const own = table.fields.length;
  let values: Values | undefined;
  return {
    model: table.model.name,
    key,
    get values() {
      values ??= table.decode(row);
      return values;
    },
    life: Number(row[own]),
    version: Number(row[own + 1]),
    seq: Number(row[own + 2]),
    changedAt: Number(row[own + 3]),
    createdAt: Number(row[own + 4]),
    isDeleted: row[own + 5] === 1,
    documents: table.model.facets.map((_, facet) => {
      const cell = row[own + 6 + facet];
      return cell instanceof Uint8Array ? cell : null;
    }),
  };
}

function recordWrite(table: RecordTable, before: RelayRecord | null, after: RelayRecord, lastEntry: number): Write {
  const row: Cell[] = table.encode(after.values);
  row.push(after.life, after.version, 0, after.changedAt, after.createdAt, after.isDeleted ? 1 : 0, ...after.documents);
  const seq = { column: "$seq", offset: lastEntry };
  if (before === null) return { kind: "insert", table: table.layout.name, row, seq };
  return { kind: "replace", table: table.layout.name, row, seq, expect: { column: "$version", value: before.version } };
}

function feedRow(entry: Omit<FeedEntry, "seq" | "at">, at: number): Row {
  const { model, key, facet, life, version, operation, principal, update } = entry;
  return [0, model, key, facet, life, version, at, operation, principal, update];
}

function feedEntryFromRow(row: Row): FeedEntry {
  return {
    seq: Number(row[0]),
    model: String(row[1]),
    key: String(row[2]),
    facet: Number(row[3]),
    life: Number(row[4]),
    version: Number(row[5]),
    at: Number(row[6]),
    operation: row[7] as FeedOperation,
    principal: String(row[8]),
    update: row[9] instanceof Uint8Array ? row[9] : null,
  };
}

function replicaFromRow(row: Row): ReplicaRow {
  return {
    replica: String(row[0]),
    principal: String(row[1]),
    nonce: String(row[2]),
    n: Number(row[3]),
    refused: JSON.parse(String(row[4])) as Record<string, unknown>,
    revision: Number(row[5]),
  };
}

function replicaWrite(replica: ReplicaRow): Write {
  const { principal, nonce, n, refused, revision } = replica;
  const row: Row = [replica.replica, principal, nonce, n, JSON.stringify(refused), revision + 1];
  if (revision === 0) return { kind: "insert", table: replicasTable.name, row };
  return { kind: "replace", table: replicasTable.name, row, expect: { column: "revision", value: revision } };
}

function putMeta(name: string, value: string): Write {
  return { kind: "upsert", table: metaTable.name, row: [name, value] };
}

async function mustCommit(adapter: StorageAdapter, writes: readonly Write[]): Promise<void> {
  const result = await adapter.commit({ writes });
  if (result.outcome === "conflict") {
    throw new StorageError("FAILED", `another process changed ${result.table} at the same moment; try again`, {
      retryable: true,
    });
  }
}

/**
 * One round of expiry, in the order of `seq`: an entry whose delta lifetime is over loses its update when it is its record's
 * last, else it goes; a tombstone past its lifetime goes with its entry.
 */
async function expireFeed(
  adapter: StorageAdapter,
  tableOf: (model: string) => RecordTable,
  keyCellsOf: (table: RecordTable, key: string) => Key,
  bounds: { readonly deltasBefore: number; readonly tombstonesBefore: number; readonly limit: number },
): Promise<{ examined: number; expiredSeq: number }> {
  const isOld: Condition = { kind: "compare", column: "at", op: "lt", value: bounds.deltasBefore };
  const isDue: Condition = {
    kind: "or",
    of: [
      { kind: "compare", column: "update", op: "ne", value: null },
      {
        kind: "and",
        of: [
          { kind: "compare", column: "operation", op: "eq", value: "delete" },
          { kind: "compare", column: "at", op: "lt", value: bounds.tombstonesBefore },
        ],
      },
    ],
  };
  const rows = await adapter.scan({
    table: feedTable.name,
    where: { kind: "and", of: [isOld, isDue] },
    order: bySeq,
    limit: bounds.limit,
  });
  let expiredSeq = 0;
  const writes: Write[] = [];
  for (const entry of rows.map(feedEntryFromRow)) {
    const table = tableOf(entry.model);
    const key = keyCellsOf(table, entry.key);
    const row = await adapter.get(entry.model, key);
    const isLatest = row !== undefined && Number(row[table.fields.length + 2]) === entry.seq;
    if (!isLatest) {
      writes.push({ kind: "delete", table: feedTable.name, key: [entry.seq] });
    } else if (entry.operation === "delete" && entry.at < bounds.tombstonesBefore) {
      expiredSeq = Math.max(expiredSeq, entry.seq);
      writes.push({ kind: "delete", table: feedTable.name, key: [entry.seq] });
      writes.push({ kind: "delete", table: entry.model, key, expect: { column: "$seq", value: entry.seq } });
    } else {
      writes.push({ kind: "update", table: feedTable.name, key: [entry.seq], columns: ["update"], cells: [null] });
    }
  }
  if (writes.length > 0) await adapter.commit({ writes });
  return { examined: rows.length, expiredSeq };
}

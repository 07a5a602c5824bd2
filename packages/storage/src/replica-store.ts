/**
 * The record store of a client: rows, documents, outbox and refused changes over any adapter.
 *
 * It decides nothing about merging: the datastore hands in finished records and outbox entries. Row, document, outbox entry
 * and cursor of one step change in one transaction (I6), and a step built on a record that changed meanwhile answers
 * `conflict`, so that several processes can share one database.
 */
import {
  type DocumentState,
  documentFromUpdate,
  foldDocument,
  type Intent,
  type JsonValue,
  type ListEdit,
  type Values,
} from "@tributary/model";
import { fieldNamed, isListField, type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";
import {
  type Cell,
  type Condition,
  type Key,
  type Order,
  type Row,
  type StorageAdapter,
  StorageError,
  type Write,
} from "./adapter.ts";
import { commitEventually } from "./commit-eventually.ts";
import { openTables } from "./open-tables.ts";
import { both, planUpTo } from "./plan-query.ts";
import type { RecordTable } from "./record-table.ts";
import {
  createReplicaTable,
  outboxTable,
  refusedTable,
  replicaColumns,
  replicaMetaTable,
  replicaOwnTables,
} from "./replica-tables.ts";
import { assertFormat, formatText, type StoreFormat } from "./store-format.ts";

/** What the relay holds of a record, as far as this replica knows. */
export interface AcknowledgedState {
  /** 0 when the relay knows nothing of the record. */
  readonly life: number;
  readonly isDeleted: boolean;
  /** By facet. */
  readonly documents: readonly (DocumentState | null)[];
}

export interface ReplicaRecord {
  readonly model: string;
  readonly key: string;
  readonly values: Values;
  readonly life: number;
  /** 0 until the relay has versioned it. */
  readonly version: number;
  readonly changedAt: number | null;
  readonly createdAt: number | null;
  readonly isDeleted: boolean;
  /** A number of this write of the row, never the same twice, also when the record goes and comes back. */
  readonly revision: number;
  /** Outbox entries of this record. */
  readonly pending: number;
  readonly documents: readonly (DocumentState | null)[];
  /** Differs from the record itself only while `pending > 0`. */
  readonly acknowledged: AcknowledgedState;
}

/** Where an unsent change stands in the outbox, and which record it is about. */
export interface OutboxPlace {
  readonly n: number;
  /** The next entry belongs to the same push. */
  readonly more: boolean;
  readonly model: string;
  readonly key: string;
}

export interface OutboxEntry extends OutboxPlace {
  readonly nonce: string;
  readonly facet: number;
  readonly life: number;
  readonly intent: Intent;
  /** Predicate as JSON; null for none. */
  readonly condition: unknown;
  readonly update: Uint8Array;
}

export interface RefusedChange {
  readonly n: number;
  readonly model: string;
  readonly key: string;
  readonly intent: Intent;
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
  /** ms since 1970. */
  readonly at: number;
}

/** One atomic step. */
export interface ReplicaCommit {
  /** `after: null` removes the row. Each record once. */
  readonly records: readonly { readonly before: ReplicaRecord | null; readonly after: ReplicaRecord | null }[];
  readonly enqueue: readonly OutboxEntry[];
  readonly dequeue: readonly number[];
  readonly refuse: readonly RefusedChange[];
  readonly meta: Readonly<Record<string, string>>;
  /** Conflicts unless `meta` has these values stored (null: none). For steps that rely on them: another process may share the database. */
  readonly expectMeta?: Readonly<Record<string, string | null>>;
}

export interface ReplicaStore {
  readonly schema: SchemaDescription;
  /** Single values by name, as they were at the opening or the last commit, a conflict included. */
  readonly meta: ReadonlyMap<string, string>;
  records(model: string, keys: readonly string[]): Promise<readonly (ReplicaRecord | null)[]>;
  /** Keys of acknowledged records without unsent changes, in key order, behind `after` and up to and with `to` (null: no bound). */
  settledKeys(model: string, after: string | null, to: string | null, limit: number): Promise<readonly string[]>;
  /** Whether any record of any model is stored, deleted ones included. */
  isEmpty(): Promise<boolean>;
  /** Conflicts when a record changed since it was read, an outbox number is taken, or the commit before failed. */
  commit(commit: ReplicaCommit): Promise<"committed" | "conflict">;
  /** Entries behind `n` in order. */
  outboxAfter(n: number, limit: number): Promise<readonly OutboxEntry[]>;
  /** What the whole outbox is about, in order, without the changes themselves. */
  outboxPlaces(): Promise<readonly OutboxPlace[]>;
  outboxSize(): Promise<number>;
  /** The highest number in the outbox; 0 when it is empty. */
  lastQueued(): Promise<number>;
  refusedChanges(): Promise<readonly RefusedChange[]>;
  forgetRefused(n: number): Promise<void>;
  /** Takes secondary indexes away for a bulk load, or builds them. */
  setIndexed(isIndexed: boolean): Promise<void>;
  /** Removes everything: records, outbox, refused changes, metadata. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface ReplicaStoreOptions {
  readonly adapter: StorageAdapter;
  readonly schema: SchemaDescription;
  readonly keyOf: (model: ModelDescription, values: Values) => string;
  readonly keyValues: (model: ModelDescription, key: string) => Values;
}

const FORMAT: StoreFormat = { kind: "tributary-replica", version: 1, ownTable: outboxTable.name };

/** Opens a client's store, creating or re-projecting tables as the schema asks. Rejects with a `StorageError`. */
export async function openReplicaStore(options: ReplicaStoreOptions): Promise<ReplicaStore> {
  const { adapter, schema } = options;
  await adapter.open();
  try {
    await assertFormat(adapter, FORMAT);
    const tables = new Map(schema.models.map((model) => [model.name, createReplicaTable(model)]));
    await openTables(adapter, replicaOwnTables, [...tables.values()]);
    const opening = await commitEventually(adapter, async () => ({
      writes: [formatWrite],
      sequence: { count: 1, at: 0 },
    }));
    return createStore(options, tables, await readMeta(adapter), opening);
  } catch (error) {
    await adapter.close();
    throw error;
  }
}

const formatWrite: Write = { kind: "upsert", table: replicaMetaTable.name, row: ["format", formatText(FORMAT)] };

async function readMeta(adapter: StorageAdapter): Promise<Map<string, string>> {
  const rows = await adapter.scan({ table: replicaMetaTable.name });
  return new Map(rows.map(([name, value]) => [String(name), String(value)]));
}

const isSettled: Condition = {
  kind: "and",
  of: [
    { kind: "compare", column: "$pending", op: "eq", value: 0 },
    { kind: "compare", column: "$version", op: "gt", value: 0 },
  ],
};

function createStore(
  options: ReplicaStoreOptions,
  tables: ReadonlyMap<string, RecordTable>,
  opened: Map<string, string>,
  opening: number,
): ReplicaStore {
  let meta = opened;
  let isMetaKnown = true;
  let revision = opening * REVISIONS_PER_OPENING;
  const { adapter, schema } = options;
  const tableOf = (model: string): RecordTable => {
    const table = tables.get(model);
    if (table === undefined) throw new RangeError(`the schema has no model ${model}`);
    return table;
  };
  const keyCellsOf = (table: RecordTable, key: string): Key => table.keyCells(options.keyValues(table.model, key));

  return {
    schema,
    get meta() {
      return meta;
    },
    async records(model, keys) {
      const table = tableOf(model);
      const rows = await adapter.getMany(
        model,
        keys.map((key) => keyCellsOf(table, key)),
      );
      return rows.map((row, i) => (row === undefined ? null : recordFromRow(table, keys[i] ?? "", row)));
    },
    async settledKeys(model, after, to, limit) {
      const table = tableOf(model);
      const { primaryKey } = table.model;
      const order = primaryKey.map((column): Order => ({ column, direction: "asc" }));
      const upTo = to === null ? undefined : planUpTo(table.model, order, keyCellsOf(table, to));
      const rows = await adapter.scan({
        table: model,
        columns: table.fieldColumns,
        order,
        where: both(isSettled, upTo) ?? isSettled,
        limit,
        ...(after === null ? {} : { after: keyCellsOf(table, after) }),
      });
      return rows.map((row) => options.keyOf(table.model, table.decode(row)));
    },
    async isEmpty() {
      for (const model of tables.keys()) {
        if ((await adapter.scan({ table: model, limit: 1, columns: [] })).length > 0) return false;
      }
      return true;
    },
    async commit(commit) {
      // A commit that failed may have been written all the same: what the step was built on is not known to be true.
      if (!isMetaKnown) {
        meta = await readMeta(adapter);
        isMetaKnown = true;
        return "conflict";
      }
      const writes: Write[] = [];
      for (const { before, after } of commit.records) {
        const table = tableOf((after ?? before)?.model ?? "");
        writes.push(...recordWrites(table, (key) => keyCellsOf(table, key), before, after, ++revision));
      }
      for (const entry of commit.enqueue)
        writes.push({ kind: "insert", table: outboxTable.name, row: outboxRow(entry) });
      for (const n of commit.dequeue) writes.push({ kind: "delete", table: outboxTable.name, key: [n] });
      for (const refused of commit.refuse)
        writes.push({ kind: "upsert", table: refusedTable.name, row: refusedRow(refused) });
      for (const [name, value] of Object.entries(commit.meta)) {
        writes.push({ kind: "upsert", table: replicaMetaTable.name, row: [name, value] });
      }
      for (const [name, value] of Object.entries(commit.expectMeta ?? {})) {
        const expect = value === null ? null : { column: "value", value };
        writes.unshift({ kind: "expect", table: replicaMetaTable.name, key: [name], expect });
      }
      const result = await adapter.commit({ writes }).catch((error: unknown) => {
        isMetaKnown = false;
        throw error;
      });
      if (result.outcome === "committed")
        for (const [name, value] of Object.entries(commit.meta)) meta.set(name, value);
      else meta = await readMeta(adapter);
      return result.outcome;
    },
    async outboxAfter(n, limit) {
      const rows = await adapter.scan({
        table: outboxTable.name,
        order: [{ column: "n", direction: "asc" }],
        after: [n],
        limit,
      });
      return rows.map((row) => outboxEntryFromRow(schema, row));
    },
    async outboxPlaces() {
      const rows = await adapter.scan({
        table: outboxTable.name,
        order: [{ column: "n", direction: "asc" }],
        columns: ["n", "more", "model", "key"],
      });
      return rows.map(([n, more, model, key]) => ({
        n: Number(n),
        more: more === 1,
        model: String(model),
        key: String(key),
      }));
    },
    outboxSize: () => adapter.count(outboxTable.name),
    async lastQueued() {
      const [row] = await adapter.scan({
        table: outboxTable.name,
        order: [{ column: "n", direction: "desc" }],
        limit: 1,
        columns: ["n"],
      });
      return Number(row?.[0] ?? 0);
    },
    async refusedChanges() {
      const rows = await adapter.scan({ table: refusedTable.name, order: [{ column: "n", direction: "asc" }] });
      return rows.map(refusedFromRow);
    },
    async forgetRefused(n) {
      await commitEventually(adapter, async () => ({
        writes: [{ kind: "delete", table: refusedTable.name, key: [n] }],
      }));
    },
    async setIndexed(isIndexed) {
      for (const model of tables.keys()) await adapter.setIndexed(model, isIndexed);
    },
    async clear() {
      await commitEventually(adapter, async () => {
        const stored = await adapter.layouts();
        const writes = stored.map(({ name }): Write => ({ kind: "deleteWhere", table: name }));
        return { writes: [...writes, formatWrite] };
      });
      meta = await readMeta(adapter);
    },
    close: () => adapter.close(),
  };
}

/**
 * Each opening of a store has a number of its own, and this many revisions to give out: no other opening gives out the same.
 * A million openings fit, and months of writing in each.
 */
const REVISIONS_PER_OPENING = 2 ** 33;

function numberOrNull(cell: Cell | undefined): number | null {
  return typeof cell === "number" ? cell : null;
}

function bytesOrNull(cell: Cell | undefined): DocumentState | null {
  return cell instanceof Uint8Array ? cell : null;
}

function recordFromRow(table: RecordTable, key: string, row: Row): ReplicaRecord {
  const own = table.fields.length;
  const facets = table.model.facets.length;
  const documents: (DocumentState | null)[] = [];
  const acknowledgedDocuments: (DocumentState | null)[] = [];
  for (let facet = 0; facet < facets; facet++) {
    documents.push(bytesOrNull(row[own + replicaColumns.length + facet]));
    acknowledgedDocuments.push(bytesOrNull(row[own + replicaColumns.length + facets + facet]));
  }
  const life = Number(row[own]);
  const isDeleted = row[own + 4] === 1;
  const pending = Number(row[own + 6]);
  return {
    model: table.model.name,
    key,
    values: table.decode(row),
    life,
    version: Number(row[own + 1]),
    changedAt: numberOrNull(row[own + 2]),
    createdAt: numberOrNull(row[own + 3]),
    isDeleted,
    revision: Number(row[own + 5]),
    pending,
    documents,
    acknowledged:
      pending === 0
        ? { life, isDeleted, documents }
        : { life: Number(row[own + 7]), isDeleted: row[own + 8] === 1, documents: acknowledgedDocuments },
  };
}

/** A record that comes back after its deletion is the last to come: it takes a new place in the order of insertion. */
function recordWrites(
  table: RecordTable,
  keyCells: (key: string) => Key,
  before: ReplicaRecord | null,
  after: ReplicaRecord | null,
  revision: number,
): readonly Write[] {
  const expect = { column: "$revision", value: before?.revision ?? 0 };
  if (after === null) {
    if (before === null) throw new RangeError("a record that is not there cannot be removed");
    return [{ kind: "delete", table: table.layout.name, key: keyCells(before.key), expect }];
  }
  const { acknowledged, pending } = after;
  const isPending = pending > 0;
  const own: readonly Cell[] = [
    after.life,
    after.version,
    after.changedAt,
    after.createdAt,
    after.isDeleted ? 1 : 0,
    revision,
    pending,
    isPending ? acknowledged.life : 0,
    isPending && acknowledged.isDeleted ? 1 : 0,
  ];
  const kept = acknowledged.documents.map((document) => (isPending ? document : null));
  const row = table.encode(after.values, own, [...after.documents, ...kept]);
  const insert: Write = { kind: "insert", table: table.layout.name, row };
  if (before === null) return [insert];
  if (before.isDeleted && !after.isDeleted) {
    return [{ kind: "delete", table: table.layout.name, key: keyCells(before.key), expect }, insert];
  }
  return [{ kind: "replace", table: table.layout.name, row, expect }];
}

function outboxRow(entry: OutboxEntry): Row {
  const { n, nonce, more, model, key, facet, life, intent, condition, update } = entry;
  const conditionText = condition === null ? null : JSON.stringify(condition);
  return [
    n,
    nonce,
    more ? 1 : 0,
    model,
    key,
    facet,
    life,
    intent.op === "create" ? null : JSON.stringify(intent),
    conditionText,
    update,
  ];
}

function outboxEntryFromRow(schema: SchemaDescription, row: Row): OutboxEntry {
  const [n, nonce, more, model, key, facet, life, intent, condition, update] = row;
  if (!(update instanceof Uint8Array)) throw new StorageError("FAILED", `outbox entry ${n} has no update`);
  return {
    n: Number(n),
    nonce: String(nonce),
    more: more === 1,
    model: String(model),
    key: String(key),
    facet: Number(facet),
    life: Number(life),
    get intent() {
      if (typeof intent === "string") return JSON.parse(intent) as Intent;
      return creationIntent(schema, String(model), Number(facet), update);
    },
    condition: typeof condition === "string" ? (JSON.parse(condition) as unknown) : null,
    update,
  };
}

/** What a creation meant, read from the update it made. */
function creationIntent(schema: SchemaDescription, name: string, facet: number, update: Uint8Array): Intent {
  const model = modelNamed(schema, name);
  if (model === undefined)
    throw new StorageError("LAYOUT", `an unsent change is of ${name}, which the schema no longer has`);
  const { values, maxStamp } = foldDocument(model, facet, documentFromUpdate(update));
  if (maxStamp === null) throw new StorageError("FAILED", `an unsent ${name} was created without a stamp`);
  const set: Record<string, JsonValue> = {};
  const lists: Record<string, ListEdit> = {};
  for (const [field, value] of Object.entries(values)) {
    if (isListField(fieldNamed(model, field)) && Array.isArray(value)) lists[field] = { base: [], value };
    else set[field] = value;
  }
  return { op: "create", stamp: maxStamp, set, lists };
}

function refusedRow(refused: RefusedChange): Row {
  const { n, model, key, intent, code, message, fields, at } = refused;
  return [n, model, key, JSON.stringify(intent), code, message, JSON.stringify(fields), at];
}

function refusedFromRow(row: Row): RefusedChange {
  const [n, model, key, intent, code, message, fields, at] = row;
  return {
    n: Number(n),
    model: String(model),
    key: String(key),
    intent: JSON.parse(String(intent)) as Intent,
    code: String(code),
    message: String(message),
    fields: JSON.parse(String(fields)) as string[],
    at: Number(at),
  };
}

/**
 * Reads what a session is sent outside live delivery: pages of the base, pages of the change feed, and records it asked for.
 *
 * All are bounded by records and bytes: a frame ends with the record that fills it, and no more than a few rows are read
 * beyond that, so that a session never holds more than that of either.
 */
import { isKeyOf, rowFields, updateFromDocument } from "@tributary/model";
import { encodeChange, nameOf, type PageRecord, type RecordName } from "@tributary/protocol";
import { type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";
import type { FeedEntry, RelayRecord, RelayStore } from "@tributary/storage";
import { encodeRecord, goneChange } from "./change-encoder.ts";
import type { BasePosition } from "./cursor.ts";
import type { Scope } from "./scope.ts";

export interface BasePage {
  readonly records: readonly PageRecord[];
  /** The last page of its model. */
  readonly isLast: boolean;
  /** Where the next page starts; null behind the last model. */
  readonly next: BasePosition | null;
}

export interface FeedPage {
  readonly messages: readonly Uint8Array[];
  /** Everything up to here is in this page or an earlier one, but for records that changed again while it was read. */
  readonly seq: number;
  /** The latest change of any record that was looked at and is seen. Such a record comes with the pages up to here; whoever stops before lacks it. */
  readonly latestSeq: number;
}

export interface WantedPage {
  readonly messages: readonly Uint8Array[];
  /** How many of the names are answered; at least one. */
  readonly count: number;
}

export interface PageReader {
  firstPosition(scope: Scope): BasePosition | null;
  readBase(
    scope: Scope,
    position: BasePosition,
    options: { readonly withRows: boolean; readonly withTombstones: boolean },
  ): Promise<BasePage>;
  /** `headSeq` is a sequence number that was committed before. */
  readFeed(scope: Scope, afterSeq: number, headSeq: number): Promise<FeedPage>;
  /** The present state of the first of `names`; `gone` for what is not there for this session. */
  readWanted(scope: Scope, names: readonly RecordName[]): Promise<WantedPage>;
}

/** Rows read at a time. They may be large, and what does not fit into the page is read again. */
const CHUNK = 128;

/** A page is full with so many records, or with the record that brings it to so many bytes. */
const PAGE_RECORDS = 8 * CHUNK;
const PAGE_BYTES = 1024 * 1024;

/** Less than that of the feed: a client merges each record that it holds already, and begins with the first page. */
const FEED_RECORDS = 2 * CHUNK;

/** Feed entries passed over in one page, of which none may be for the session. */
const FEED_ENTRIES = 16 * FEED_RECORDS;

const noBytes = new Uint8Array(0);

export function createPageReader(schema: SchemaDescription, store: RelayStore): PageReader {
  const order = schema.models.map((model) => model.name);
  const nextModel = (scope: Scope, after: number): BasePosition | null => {
    const model = order.find((name, i) => i > after && scope.models.has(name));
    return model === undefined ? null : { model, key: null };
  };

  return {
    firstPosition: (scope) => nextModel(scope, -1),

    async readBase(scope, position, { withRows, withTombstones }) {
      const model = modelNamed(schema, position.model);
      const behind = nextModel(scope, order.indexOf(position.model));
      // A model of which nothing can be seen still has its last page: the client drops what it holds of it.
      if (model === undefined || !scope.canSeeSome(model)) return { records: [], isLast: true, next: behind };
      const fields = withRows ? rowFields(model) : null;
      const records: PageRecord[] = [];
      let { key } = position;
      let [read, bytes] = [0, 0];
      while (read < PAGE_RECORDS) {
        const found = await store.page(model.name, key, CHUNK, withTombstones);
        for (const record of found) {
          if (bytes >= PAGE_BYTES) return { records, isLast: false, next: { model: model.name, key } };
          key = record.key;
          read++;
          if (!scope.canSee(model, record.values)) continue;
          const page = pageRecord(record, fields);
          records.push(page);
          bytes += pageRecordBytes(page);
        }
        if (found.length < CHUNK) return { records, isLast: true, next: behind };
      }
      return { records, isLast: false, next: { model: model.name, key } };
    },

    async readFeed(scope, afterSeq, headSeq) {
      const messages: Uint8Array[] = [];
      let seq = afterSeq;
      let [passed, bytes, latestSeq] = [0, 0, 0];
      while (messages.length < FEED_RECORDS && passed < FEED_ENTRIES) {
        const entries = await store.feedAfter(seq, CHUNK);
        const latest = await recordsBySeq(store, schema, scope, entries);
        latestSeq = Math.max(latestSeq, ...latest.keys());
        for (const entry of entries) {
          if (bytes >= PAGE_BYTES) return { messages, seq, latestSeq };
          seq = entry.seq;
          const record = latest.get(seq);
          const encoded = record === undefined ? [] : encodeRecord(record, order.indexOf(record.model));
          messages.push(...encoded);
          bytes += bytesOf(encoded);
        }
        passed += entries.length;
        // The feed's end: entries that a later one made superfluous are not there any more.
        if (entries.length < CHUNK) return { messages, seq: Math.max(seq, headSeq), latestSeq };
      }
      return { messages, seq, latestSeq };
    },

    async readWanted(scope, names) {
      const asked = names.slice(0, CHUNK);
      const records = await visibleRecords(store, schema, scope, asked);
      const messages: Uint8Array[] = [];
      let [count, bytes] = [0, 0];
      for (const name of asked) {
        if (bytes >= PAGE_BYTES) break;
        count++;
        const number = order.indexOf(name.model);
        if (number < 0) continue;
        const record = records.get(nameOf(name));
        const encoded =
          record === undefined ? [encodeChange(goneChange(number, name.key))] : encodeRecord(record, number);
        messages.push(...encoded);
        bytes += bytesOf(encoded);
      }
      return { messages, count };
    },
  };
}

/** The entries' records, each by the `seq` of its latest change: that of an entry, or of a later one that it comes with. */
async function recordsBySeq(
  store: RelayStore,
  schema: SchemaDescription,
  scope: Scope,
  entries: readonly FeedEntry[],
): Promise<Map<number, RelayRecord>> {
  const records = await visibleRecords(store, schema, scope, entries);
  return new Map([...records.values()].map((record) => [record.seq, record]));
}

/** What the session sees of the records of these names, by name. */
async function visibleRecords(
  store: RelayStore,
  schema: SchemaDescription,
  scope: Scope,
  names: readonly RecordName[],
): Promise<Map<string, RelayRecord>> {
  const keysByModel = new Map<ModelDescription, Set<string>>();
  for (const name of names) {
    const model = modelNamed(schema, name.model);
    if (model === undefined || !scope.canSeeSome(model) || !isKeyOf(model, name.key)) continue;
    const keys = keysByModel.get(model);
    if (keys === undefined) keysByModel.set(model, new Set([name.key]));
    else keys.add(name.key);
  }
  const visible = new Map<string, RelayRecord>();
  for (const [model, keys] of keysByModel) {
    for (const record of await store.records(model.name, [...keys])) {
      if (record !== null && scope.canSee(model, record.values)) visible.set(nameOf(record), record);
    }
  }
  return visible;
}

function pageRecord(record: RelayRecord, fields: readonly string[] | null): PageRecord {
  const { key, life, version, changedAt, createdAt, isDeleted, documents } = record;
  return {
    key: fields === null ? key : null,
    row: fields === null ? null : JSON.stringify(fields.map((name) => record.values[name] ?? null)),
    life,
    version,
    at: changedAt,
    createdAt,
    isDeleted,
    documents: isDeleted
      ? []
      : documents.map((document) => (document === null ? noBytes : updateFromDocument(document))),
  };
}

function pageRecordBytes({ key, row, documents }: PageRecord): number {
  return 40 + (key?.length ?? 0) + (row?.length ?? 0) + bytesOf(documents);
}

function bytesOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((bytes, part) => bytes + part.byteLength, 0);
}

/**
 * Reads what a session is sent outside live delivery: pages of the base, and pages of the change feed.
 *
 * Both are bounded by records and bytes, so that a session never holds more than a page of either.
 */
import { updateFromDocument } from "@tributary/model";
import type { PageRecord } from "@tributary/protocol";
import { modelNamed, type SchemaDescription } from "@tributary/schema";
import type { FeedEntry, RelayRecord, RelayStore } from "@tributary/storage";
import { encodeRecord } from "./change-encoder.ts";
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
  readonly seq: number;
  readonly isEmpty: boolean;
}

export interface PageReader {
  firstPosition(scope: Scope): BasePosition | null;
  readBase(
    scope: Scope,
    position: BasePosition,
    options: { readonly withRows: boolean; readonly withTombstones: boolean },
  ): Promise<BasePage>;
  readFeed(scope: Scope, afterSeq: number): Promise<FeedPage>;
}

const PAGE_RECORDS = 1000;
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
      if (model === undefined)
        return { records: [], isLast: true, next: nextModel(scope, order.indexOf(position.model)) };
      const found = await store.page(position.model, position.key, PAGE_RECORDS, withTombstones);
      const records: PageRecord[] = [];
      for (const record of found) {
        if (scope.canSee(model, record.values)) records.push(pageRecord(record, withRows));
      }
      const last = found.at(-1);
      const isLast = found.length < PAGE_RECORDS || last === undefined;
      const next = isLast ? nextModel(scope, order.indexOf(position.model)) : { model: position.model, key: last.key };
      return { records, isLast, next };
    },
    async readFeed(scope, afterSeq) {
      const entries = await store.feedAfter(afterSeq, PAGE_RECORDS);
      const messages: Uint8Array[] = [];
      const latest = await latestRecords(store, schema, scope, entries);
      for (const record of latest) {
        const model = modelNamed(schema, record.model);
        if (model !== undefined && scope.canSee(model, record.values)) {
          messages.push(...encodeRecord(record, order.indexOf(record.model)));
        }
      }
      return { messages, seq: entries.at(-1)?.seq ?? afterSeq, isEmpty: entries.length === 0 };
    },
  };
}

/** Records whose latest change is among the entries. What has changed again since comes with its later entry. */
async function latestRecords(
  store: RelayStore,
  schema: SchemaDescription,
  scope: Scope,
  entries: readonly FeedEntry[],
): Promise<RelayRecord[]> {
  const latest: RelayRecord[] = [];
  const recordsBySeq = new Map<number, RelayRecord>();
  for (const model of schema.models) {
    if (!scope.models.has(model.name)) continue;
    const keys = [...new Set(entries.filter((entry) => entry.model === model.name).map((entry) => entry.key))];
    if (keys.length === 0) continue;
    for (const record of await store.records(model.name, keys)) {
      if (record !== null) recordsBySeq.set(record.seq, record);
    }
  }
  for (const entry of entries) {
    const record = recordsBySeq.get(entry.seq);
    if (record !== undefined) latest.push(record);
  }
  return latest;
}

function pageRecord(record: RelayRecord, withRow: boolean): PageRecord {
  const { key, life, version, changedAt, createdAt, isDeleted, documents } = record;
  return {
    key: withRow ? null : key,
    row: withRow ? JSON.stringify(Object.values(record.values)) : null,
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

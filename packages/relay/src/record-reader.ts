/** Reads of stored records for an identity, through the read filter that deliveries use. */
import { type Identity, matches } from "@tributary/model";
import { modelNamed, type SchemaDescription } from "@tributary/schema";
import type { RelayRecord, RelayStore } from "@tributary/storage";
import type { RelayClock } from "./relay-clock.ts";
import type { DeltaQuery, RecordQuery, RecordReader, StoredRecord } from "./relay-port.ts";
import { canRead, canReadModel } from "./scope.ts";

export interface RecordReaderOptions {
  readonly schema: SchemaDescription;
  readonly store: RelayStore;
  readonly clock: RelayClock;
  readonly sandbox: boolean;
  readonly deltaLifetimeMs: number;
  /** The time of a commit that readers cannot see yet; null when there is none. */
  readonly committingAt: () => number | null;
  /** Lets others have their turn between two pages. */
  readonly breathe: () => Promise<void>;
}

const DELTA_PAGE = 1000;

export function createRecordReader(options: RecordReaderOptions): RecordReader {
  const { schema, store, clock, sandbox } = options;
  const modelOf = (name: string) => {
    const model = modelNamed(schema, name);
    if (model === undefined) throw new RangeError(`the schema has no model ${name}`);
    return model;
  };
  const isReadable = (identity: Identity, record: StoredRecord): boolean =>
    canRead(modelOf(record.model), identity, record.values, sandbox);

  return {
    async get(identity, model, key) {
      const [record] = await store.records(model, [key]);
      return record && isReadable(identity, storedRecord(record)) ? storedRecord(record) : null;
    },
    async query(identity, query) {
      if (!canReadModel(modelOf(query.model), identity, sandbox)) return [];
      return readablePage(query, isReadable, identity);
    },
    async delta(identity, query) {
      if (query.since < clock.now() - options.deltaLifetimeMs) return null;
      if (!canReadModel(modelOf(query.model), identity, sandbox)) return [];
      return deltaPage(identity, query);
    },
    canReadModel: (identity, model) => canReadModel(modelOf(model), identity, sandbox),
    canRead: isReadable,
    async startedAt() {
      const at = Math.min(clock.now(), options.committingAt() ?? Number.POSITIVE_INFINITY);
      await store.leaseClock(at);
      return at;
    },
  };

  /** Reads on until the page is full of readable records or the model ends. */
  async function readablePage(
    query: RecordQuery,
    readable: (identity: Identity, record: StoredRecord) => boolean,
    identity: Identity,
  ): Promise<StoredRecord[]> {
    const found: StoredRecord[] = [];
    let { after } = query;
    while (found.length < query.limit) {
      const limit = query.limit - found.length;
      const page = await store.scan({ ...query, sort: query.order, after, limit });
      for (const record of page) if (readable(identity, record)) found.push(storedRecord(record));
      after = page.at(-1)?.values ?? null;
      if (page.length < limit) break;
      if (found.length < query.limit) await options.breathe();
    }
    return found;
  }

  async function deltaPage(identity: Identity, query: DeltaQuery): Promise<StoredRecord[]> {
    const model = modelOf(query.model);
    const found: StoredRecord[] = [];
    let seq = query.afterSeq > 0 ? query.afterSeq : (await store.firstSeqAt(query.since)) - 1;
    for (;;) {
      const entries = await store.feedAfter(seq, DELTA_PAGE);
      const own = entries.filter((entry) => entry.model === query.model);
      const records = await store.records(query.model, [...new Set(own.map((entry) => entry.key))]);
      const bySeq = new Map(records.filter((record) => record !== null).map((record) => [record.seq, record]));
      for (const entry of own) {
        const record = bySeq.get(entry.seq);
        if (record === undefined || !isReadable(identity, storedRecord(record))) continue;
        if (query.where !== null && !matches(model, query.where, record.values)) continue;
        found.push(storedRecord(record));
        if (found.length === query.limit) return found;
      }
      if (entries.length < DELTA_PAGE) return found;
      seq = entries.at(-1)?.seq ?? seq;
      await options.breathe();
    }
  }
}

export function storedRecord(record: RelayRecord): StoredRecord {
  const { model, key, values, version, changedAt, createdAt, isDeleted, life, seq } = record;
  return { model, key, values, version, changedAt, createdAt, isDeleted, life, seq };
}

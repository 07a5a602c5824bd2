/** Reads of stored records for an identity, through the read filter that deliveries use. */
import { canReadEvery, type Identity, matches } from "@tributary/model";
import { modelNamed, type SchemaDescription } from "@tributary/schema";
import { type RelayRecord, type RelayStore, relatedTables } from "@tributary/storage";
import type { RelayClock } from "./relay-clock.ts";
import type { DeltaPage, DeltaQuery, RecordPage, RecordQuery, RecordReader, StoredRecord } from "./relay-port.ts";
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

/** Records or changes looked at before others have their turn: some milliseconds, where a disk is in it. */
const STEP = 1000;

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
      const [record = null] = await getMany(identity, model, [key]);
      return record;
    },
    getMany,
    async query(identity, query) {
      if (!canReadModel(modelOf(query.model), identity, sandbox)) return { records: [], looked: 0, behind: null };
      return readablePage(identity, query);
    },
    async queryJson(identity, { order, ...query }) {
      const models = [query.model, ...relatedTables(query.shape)];
      if (!models.every((model) => canReadEvery(modelOf(model), identity, { sandbox }))) return null;
      return store.scanJson({ ...query, sort: order });
    },
    async delta(identity, query) {
      if (query.since < clock.now() - options.deltaLifetimeMs) return null;
      if (!canReadModel(modelOf(query.model), identity, sandbox)) return { records: [], looked: 0, behind: null };
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

  async function getMany(identity: Identity, model: string, keys: readonly string[]): Promise<(StoredRecord | null)[]> {
    const records = await store.records(model, keys);
    return records.map((record) => (record !== null && isReadable(identity, record) ? storedRecord(record) : null));
  }

  /** Reads on until the page is full of readable records, enough was looked at, or the model ends. */
  async function readablePage(identity: Identity, query: RecordQuery): Promise<RecordPage> {
    const records: StoredRecord[] = [];
    let looked = 0;
    let behind = query.after;
    for (;;) {
      const limit = query.limit - records.length;
      const maxLooked = Math.min(query.maxLooked - looked, Math.max(query.limit, STEP));
      const page = await store.scan({ ...query, sort: query.order, after: behind, limit, maxLooked });
      records.push(...page.records.filter((record) => isReadable(identity, record)).map(storedRecord));
      looked += page.looked;
      behind = page.behind;
      const isDone = records.length === query.limit || looked >= query.maxLooked;
      if (behind === null || isDone) return { records, looked, behind };
      await options.breathe();
    }
  }

  async function deltaPage(identity: Identity, query: DeltaQuery): Promise<DeltaPage> {
    const model = modelOf(query.model);
    const found: StoredRecord[] = [];
    let looked = 0;
    let seq = query.afterSeq > 0 ? query.afterSeq : (await store.firstSeqAt(query.since)) - 1;
    for (;;) {
      const limit = Math.min(STEP, query.maxLooked - looked);
      const entries = await store.feedAfter(seq, limit);
      looked += entries.length;
      const own = entries.filter((entry) => entry.model === query.model);
      const records = await store.records(query.model, [...new Set(own.map((entry) => entry.key))]);
      const bySeq = new Map(records.filter((record) => record !== null).map((record) => [record.seq, record]));
      for (const entry of own) {
        const record = bySeq.get(entry.seq);
        if (record === undefined || !isReadable(identity, record)) continue;
        if (query.where !== null && !matches(model, query.where, record.values)) continue;
        found.push(storedRecord(record));
        if (found.length === query.limit) return { records: found, looked, behind: entry.seq };
      }
      if (entries.length < limit) return { records: found, looked, behind: null };
      seq = entries.at(-1)?.seq ?? seq;
      if (looked >= query.maxLooked) return { records: found, looked, behind: seq };
      await options.breathe();
    }
  }
}

export function storedRecord(record: RelayRecord): StoredRecord {
  const { model, key, values, version, changedAt, createdAt, isDeleted, life, seq } = record;
  return { model, key, values, version, changedAt, createdAt, isDeleted, life, seq };
}

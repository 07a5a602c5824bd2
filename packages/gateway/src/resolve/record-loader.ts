/**
 * Reads the records that the records of a page lead to, those of one step of execution together.
 *
 * Nothing is kept: a document's later mutations read what its earlier ones wrote. A record that several lead to is read once,
 * and counts for each, as it is answered for each.
 */
import type { Identity } from "@tributary/model";
import type { RecordReader, StoredRecord } from "@tributary/relay";
import DataLoader from "dataloader";
import type { RecordBudget } from "./record-budget.ts";

export interface RecordLoader {
  /** Null for a record that is not there or that the identity may not read. */
  load(model: string, key: string): Promise<StoredRecord | null>;
}

interface Asked {
  readonly model: string;
  readonly key: string;
}

/** Keys that are read before others have their turn: as many as the largest page holds by itself. */
const MAX_BATCH = 1_000;

export function createRecordLoader(reader: RecordReader, identity: Identity, budget: RecordBudget): RecordLoader {
  const loader = new DataLoader<Asked, StoredRecord | null>(
    (asked) => budget.spendEach(asked, (affordable) => readTogether(reader, identity, affordable)),
    { cache: false, maxBatchSize: MAX_BATCH },
  );
  return { load: (model, key) => loader.load({ model, key }) };
}

async function readTogether(
  reader: RecordReader,
  identity: Identity,
  asked: readonly Asked[],
): Promise<(StoredRecord | null)[]> {
  const keys = new Map<string, Set<string>>();
  for (const { model, key } of asked) keys.set(model, (keys.get(model) ?? new Set()).add(key));
  const found = new Map<string, ReadonlyMap<string, StoredRecord>>();
  for (const [model, wanted] of keys) {
    const records = await reader.getMany(identity, model, [...wanted]);
    found.set(model, new Map(records.filter((record) => record !== null).map((record) => [record.key, record])));
  }
  return asked.map(({ model, key }) => found.get(model)?.get(key) ?? null);
}

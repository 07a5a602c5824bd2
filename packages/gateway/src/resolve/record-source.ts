/** Records as the fields of their GraphQL types read them. */
import type { StoredRecord } from "@tributary/relay";

export type RecordSource = Readonly<Record<string, unknown>>;

/** The stored fields and the metadata. A record that is not deleted has no `_deleted`, rather than a false one. */
export function recordSource(record: StoredRecord): RecordSource {
  return {
    ...record.values,
    _version: record.version,
    _deleted: record.isDeleted ? true : null,
    _lastChangedAt: record.changedAt,
  };
}

export interface ConnectionSource<Items = readonly RecordSource[]> {
  readonly items: Items;
  /** Null at the end, never missing: clients page on until it is. */
  readonly nextToken: string | null;
  readonly startedAt: number;
}

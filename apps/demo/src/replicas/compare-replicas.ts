/** Compares what replicas hold, record by record and field by field. */
import type { FieldValue, Values } from "../scenario/edit.ts";

export interface Replica {
  readonly name: string;
  /** By `Model id`. Records that were deleted are not among them. */
  readonly records: ReadonlyMap<string, Values>;
}

export interface Difference {
  /** `Model id` */
  readonly record: string;
  /** Null when a replica does not have the record at all. */
  readonly field: string | null;
  /** What each replica has, by its name: a value as JSON, or whether the record is there. */
  readonly held: Readonly<Record<string, string>>;
}

export interface Comparison {
  readonly replicas: number;
  /** Records that any of the replicas has. */
  readonly records: number;
  readonly differences: readonly Difference[];
}

export function compareReplicas(replicas: readonly Replica[]): Comparison {
  const names = new Set(replicas.flatMap(({ records }) => [...records.keys()]));
  const differences = [...names].toSorted().flatMap((name) => compareRecord(name, replicas));
  return { replicas: replicas.length, records: names.size, differences };
}

function compareRecord(record: string, replicas: readonly Replica[]): Difference[] {
  if (replicas.some(({ records }) => !records.has(record))) {
    return [
      { record, field: null, held: heldBy(replicas, ({ records }) => (records.has(record) ? "there" : "missing")) },
    ];
  }
  const fields = new Set(replicas.flatMap(({ records }) => Object.keys(records.get(record) ?? {})));
  return [...fields].flatMap((field) => {
    const held = heldBy(replicas, ({ records }) => canonical(records.get(record)?.[field] ?? null));
    return new Set(Object.values(held)).size === 1 ? [] : [{ record, field, held }];
  });
}

function heldBy(replicas: readonly Replica[], say: (replica: Replica) => string): Record<string, string> {
  return Object.fromEntries(replicas.map((replica) => [replica.name, say(replica)]));
}

/** JSON with the keys of objects in order, so that equal values are equal texts. */
export function canonical(value: FieldValue): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

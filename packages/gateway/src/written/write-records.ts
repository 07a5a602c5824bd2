/** Records that were read, as JSON of a shape, with those that they lead to, which are read together. */
import type { Identity, JsonValue, Values } from "@tributary/model";
import type { Relay, StoredRecord } from "@tributary/relay";
import { modelNamed } from "@tributary/schema";
import { type RelatedMember, type RowMember, type RowShape, recordColumns } from "@tributary/storage";
import { keyOrNull } from "../resolve/get-record.ts";
import { type MemberWriter, objectWriter, valueWriter } from "./write-value.ts";

type Reader = Pick<Relay, "schema" | "records">;

export interface WrittenRecord {
  readonly text: string;
  /** How many keys of other records were followed from it. */
  readonly led: number;
}

/** One a record, in their order; null when one does not fit. */
export async function writeRecords(
  relay: Reader,
  identity: Identity,
  { members }: RowShape,
  records: readonly StoredRecord[],
): Promise<readonly WrittenRecord[] | null> {
  const writers: RecordWriter[] = [];
  for (const member of members) {
    const writer = await memberWriter(relay, identity, member, records);
    if (writer === null) return null;
    writers.push(writer);
  }
  const write = objectWriter(writers);
  const counts = writers.flatMap(({ ledFrom }) => ledFrom ?? []);
  const written: WrittenRecord[] = [];
  for (const record of records) {
    const text = write(record);
    if (text === null) return null;
    written.push({ text, led: counts.reduce((led, ledFrom) => led + ledFrom(record), 0) });
  }
  return written;
}

interface RecordWriter extends MemberWriter<StoredRecord> {
  /** Absent where a member leads nowhere. */
  readonly ledFrom?: (record: StoredRecord) => number;
}

async function memberWriter(
  relay: Reader,
  identity: Identity,
  member: RowMember,
  records: readonly StoredRecord[],
): Promise<RecordWriter | null> {
  const { key } = member;
  switch (member.kind) {
    case "fixed": {
      const text = JSON.stringify(member.text);
      return { key, write: () => text };
    }
    case "column": {
      const read = columnReader(member.column);
      const write = valueWriter(member.shape);
      return { key, write: (record) => write(read(record)) };
    }
    case "related":
      return relatedWriter(relay, identity, member, records);
  }
}

function columnReader(column: string): (record: StoredRecord) => JsonValue | undefined {
  switch (column) {
    case recordColumns.version:
      return ({ version }) => version;
    case recordColumns.changedAt:
      return ({ changedAt }) => changedAt;
    case recordColumns.deletion:
      return ({ isDeleted }) => isDeleted;
    default:
      return ({ values }) => values[column];
  }
}

async function relatedWriter(
  relay: Reader,
  identity: Identity,
  { key, table, on, row, isRequired }: RelatedMember,
  records: readonly StoredRecord[],
): Promise<RecordWriter | null> {
  const model = modelNamed(relay.schema, table);
  if (model === undefined) return null;
  const keyIn = ({ values }: StoredRecord): string | null => {
    const held: Values = Object.fromEntries(on.map(({ own, other }) => [other, values[own] ?? null]));
    return keyOrNull(model, held);
  };
  const keys = new Set(records.map(keyIn).filter((held) => held !== null));
  const found = await relay.records.getMany(identity, table, [...keys]);
  const related = found.filter((record) => record !== null);
  const written = await writeRecords(relay, identity, row, related);
  if (written === null) return null;
  const byKey = new Map(related.map((record, i) => [record.key, written[i]]));
  const ofNone = isRequired ? null : "null";
  const at = (record: StoredRecord): WrittenRecord | undefined => byKey.get(keyIn(record) ?? "");
  return {
    key,
    write: (record) => at(record)?.text ?? ofNone,
    ledFrom: (record) => (keyIn(record) === null ? 0 : 1 + (at(record)?.led ?? 0)),
  };
}

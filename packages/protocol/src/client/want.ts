/** Asks for the full state of records, whatever the cursor covers. */
import type { Limits } from "../limits.ts";
import { clientKind } from "../message-kind.ts";
import { type RecordName, readRecordName } from "../record-name.ts";
import { encodeJsonFrame, readArray, readObject } from "../wire/json-body.ts";

export interface Want {
  readonly type: "want";
  readonly records: readonly RecordName[];
}

export function encodeWant({ records }: Want): Uint8Array {
  return encodeJsonFrame(clientKind.want, { records: records.map(({ model, key }) => ({ model, key })) });
}

export function readWant(value: unknown, limits: Limits): Want {
  const { records } = readObject(value, "want", ["records"]);
  return {
    type: "want",
    records: readArray(records, "want.records", limits.maxWantRecords, (record, where) =>
      readRecordName(record, where, limits.maxKeyBytes),
    ),
  };
}

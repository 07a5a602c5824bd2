/** What names a record on the wire. */
import { ceilings } from "./ceilings.ts";
import { readObject, readString } from "./wire/json-body.ts";

export interface RecordName {
  readonly model: string;
  /** Canonical key: the value itself where the key is one string field, else the JSON array text of the key's values. */
  readonly key: string;
}

/** A record's name as a key of maps and sets. No model's name holds a space. */
export function nameOf({ model, key }: RecordName): string {
  return `${model} ${key}`;
}

export function readRecordName(value: unknown, where: string, maxKeyBytes: number): RecordName {
  const { model, key } = readObject(value, where, ["model", "key"]);
  return {
    model: readString(model, `${where}.model`, 1, ceilings.modelBytes),
    key: readString(key, `${where}.key`, 1, maxKeyBytes),
  };
}

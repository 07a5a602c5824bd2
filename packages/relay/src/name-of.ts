import type { RecordName } from "@tributary/protocol";

/** A record's name as a key of maps and sets. No model's name holds a space. */
export function nameOf({ model, key }: RecordName): string {
  return `${model} ${key}`;
}

/**
 * `$writes`: the root that holds the register writes of a document, as entries `{t: stamp, f: {field: value}}`.
 *
 * Their order means nothing; a deletion is an entry that writes true to `_deleted`. An entry that is anything else than
 * exactly that is no entry: the guard lets none in, and none is read.
 */
import type { JsonValue, Values } from "../json-value.ts";
import { isStamp, type Stamp } from "../stamp.ts";
import { createByteReader } from "../update/byte-reader.ts";
import { readValue } from "../update/plain-value.ts";
import { ANY, type Struct } from "../update/struct.ts";
import type { StructStore } from "./struct-store.ts";

/** The root's name. GraphQL names cannot hold a `$`, so no field has it. */
export const WRITES = "$writes";

/** The register that deletes the record. Names of fields never begin with `_`. */
export const DELETED_FIELD = "_deleted";

/** One register write, and where in the document it stands. */
export interface WriteEntry {
  readonly client: number;
  readonly clock: number;
  readonly stamp: Stamp;
  readonly fields: Values;
}

/** The entries that are not deleted. */
export function readEntries(store: StructStore): WriteEntry[] {
  const entries: WriteEntry[] = [];
  for (const structs of store.values()) {
    for (const struct of structs) {
      if (struct.kind === ANY && struct.home === WRITES) readEntriesOf(struct, entries);
    }
  }
  return entries;
}

/** The values that a struct of kind ANY holds, in order. */
export function valuesOf(struct: Struct): JsonValue[] {
  const reader = createByteReader(struct.bytes, struct.from, struct.to);
  const values: JsonValue[] = [];
  for (let i = 0; i < struct.length; i++) values.push(readValue(reader));
  return values;
}

/** Null for a value that is no entry. */
export function parseEntry(value: JsonValue): { readonly stamp: Stamp; readonly fields: Values } | null {
  if (!isObject(value)) return null;
  const { t: stamp, f: fields } = value;
  if (typeof stamp !== "string" || !isStamp(stamp)) return null;
  if (fields === undefined || !isObject(fields)) return null;
  return holdsTwo(value) && !isEmpty(fields) ? { stamp, fields } : null;
}

/** An entry as it is written. */
export function entryValue(stamp: Stamp, fields: Values): JsonValue {
  return { t: stamp, f: fields };
}

function readEntriesOf(struct: Struct, entries: WriteEntry[]): void {
  const reader = createByteReader(struct.bytes, struct.from, struct.to);
  for (let i = 0; i < struct.length; i++) {
    const entry = parseEntry(readValue(reader));
    if (entry !== null) {
      entries.push({ client: struct.client, clock: struct.clock + i, stamp: entry.stamp, fields: entry.fields });
    }
  }
}

/** Asked of each entry of each document: without making lists of names. */
function holdsTwo(value: Values): boolean {
  let count = 0;
  for (const _ in value) count += 1;
  return count === 2;
}

function isEmpty(fields: Values): boolean {
  for (const _ in fields) return false;
  return true;
}

function isObject(value: JsonValue): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

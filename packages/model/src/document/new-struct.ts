/** Structs that this replica writes itself. Their content is kept in the writer that is passed. */
import type { JsonValue } from "../json-value.ts";
import type { ByteWriter } from "../update/byte-writer.ts";
import { writeValue } from "../update/plain-value.ts";
import { ANY, endOf, NONE, type Struct } from "../update/struct.ts";
import type { StructStore } from "./struct-store.ts";
import { WRITES } from "./write-entry.ts";

/** One element of a list. */
export interface ElementId {
  readonly client: number;
  readonly clock: number;
}

/** `values` at the start of a root, in which the writer sees nothing. */
export function structInRoot(
  writer: ByteWriter,
  client: number,
  clock: number,
  root: string,
  values: readonly JsonValue[],
): Struct {
  return newStruct(writer, client, clock, null, null, root, values);
}

/** `values` between two elements of a root; null stands for its start, or its end. */
export function structInList(
  writer: ByteWriter,
  client: number,
  clock: number,
  root: string,
  left: ElementId | null,
  right: ElementId | null,
  values: readonly JsonValue[],
): Struct {
  return newStruct(writer, client, clock, left, right, left === null && right === null ? root : null, values);
}

/**
 * Entries in `$writes`, behind the client's own last one rather than behind the last one of all: their order means nothing,
 * and so each client's deleted entries go on being one run, however many clients write in turn.
 */
export function structInWrites(
  writer: ByteWriter,
  store: StructStore,
  client: number,
  clock: number,
  entries: readonly JsonValue[],
): Struct {
  const structs = store.get(client) ?? [];
  for (let i = structs.length - 1; i >= 0; i--) {
    const struct = structs[i];
    if (struct?.home === WRITES) {
      return newStruct(writer, client, clock, { client, clock: endOf(struct) - 1 }, null, null, entries);
    }
  }
  return newStruct(writer, client, clock, null, null, WRITES, entries);
}

function newStruct(
  writer: ByteWriter,
  client: number,
  clock: number,
  left: ElementId | null,
  right: ElementId | null,
  root: string | null,
  values: readonly JsonValue[],
): Struct {
  const from = writer.at;
  for (const value of values) writeValue(writer, value);
  return {
    client,
    clock,
    length: values.length,
    kind: ANY,
    originClient: left?.client ?? NONE,
    originClock: left?.clock ?? 0,
    rightClient: right?.client ?? NONE,
    rightClock: right?.clock ?? 0,
    root,
    parentClient: NONE,
    parentClock: 0,
    parentSub: null,
    bytes: writer.bytes,
    from,
    to: writer.at,
    isPlain: true,
    home: null,
  };
}

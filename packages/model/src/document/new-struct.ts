/** Structs that this replica writes itself. Their content is kept in the writer that is passed. */
import type { JsonValue } from "../json-value.ts";
import type { ByteWriter } from "../update/byte-writer.ts";
import { writeValue } from "../update/plain-value.ts";
import { ANY, NONE, type Struct } from "../update/struct.ts";
import type { StructStore } from "./struct-store.ts";
import { WRITES } from "./write-entry.ts";

/** `values` at the start of a root, in which the writer sees nothing. */
export function structInRoot(
  writer: ByteWriter,
  client: number,
  clock: number,
  root: string,
  values: readonly JsonValue[],
): Struct {
  return newStruct(writer, client, clock, NONE, 0, root, values);
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
      return newStruct(writer, client, clock, client, struct.clock + struct.length - 1, null, entries);
    }
  }
  return newStruct(writer, client, clock, NONE, 0, WRITES, entries);
}

function newStruct(
  writer: ByteWriter,
  client: number,
  clock: number,
  originClient: number,
  originClock: number,
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
    originClient,
    originClock,
    rightClient: NONE,
    rightClock: 0,
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

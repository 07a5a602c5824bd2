/** Updates put together by hand, as no honest client would. */
import { createEncoder, toUint8Array, writeAny, writeUint8, writeVarString, writeVarUint } from "lib0/encoding";

export interface RawStruct {
  readonly kind: number;
  /** Clocks, for kinds without content. */
  readonly length?: number;
  readonly values?: readonly unknown[];
  readonly origin?: readonly [client: number, clock: number];
  readonly right?: readonly [client: number, clock: number];
  readonly root?: string;
  readonly parent?: readonly [client: number, clock: number];
  readonly sub?: string;
  readonly text?: string;
}

export interface RawClient {
  readonly client: number;
  readonly clock: number;
  readonly structs: readonly RawStruct[];
}

export const GC = 0;
export const DELETED = 1;
export const STRING = 4;
export const TYPE = 7;
export const ANY = 8;
export const SKIP = 10;

export function rawUpdate(
  clients: readonly RawClient[],
  deletes: readonly (readonly [client: number, clock: number, length: number])[] = [],
): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, clients.length);
  for (const { client, clock, structs } of clients) {
    writeVarUint(encoder, structs.length);
    writeVarUint(encoder, client);
    writeVarUint(encoder, clock);
    for (const struct of structs) writeStruct(encoder, struct);
  }
  const deleters = [...new Set(deletes.map(([client]) => client))];
  writeVarUint(encoder, deleters.length);
  for (const deleter of deleters) {
    const ranges = deletes.filter(([client]) => client === deleter);
    writeVarUint(encoder, deleter);
    writeVarUint(encoder, ranges.length);
    for (const [, clock, length] of ranges) {
      writeVarUint(encoder, clock);
      writeVarUint(encoder, length);
    }
  }
  return toUint8Array(encoder);
}

function writeStruct(encoder: ReturnType<typeof createEncoder>, struct: RawStruct): void {
  const { kind, origin, right, root, parent, sub } = struct;
  if (kind === GC || kind === SKIP) {
    writeUint8(encoder, kind);
    writeVarUint(encoder, struct.length ?? 1);
    return;
  }
  writeUint8(encoder, kind | (origin ? 0x80 : 0) | (right ? 0x40 : 0) | (sub !== undefined ? 0x20 : 0));
  for (const id of [origin, right]) {
    if (id === undefined) continue;
    writeVarUint(encoder, id[0]);
    writeVarUint(encoder, id[1]);
  }
  if (origin === undefined && right === undefined) {
    writeVarUint(encoder, parent === undefined ? 1 : 0);
    if (parent === undefined) {
      writeVarString(encoder, root ?? "$writes");
    } else {
      writeVarUint(encoder, parent[0]);
      writeVarUint(encoder, parent[1]);
    }
    if (sub !== undefined) writeVarString(encoder, sub);
  }
  if (kind === ANY) {
    writeVarUint(encoder, struct.values?.length ?? 0);
    for (const value of struct.values ?? []) writeAny(encoder, value as never);
  } else if (kind === STRING) {
    writeVarString(encoder, struct.text ?? "text");
  } else if (kind === TYPE) {
    writeVarUint(encoder, 0);
  } else {
    writeVarUint(encoder, struct.length ?? 1);
  }
}

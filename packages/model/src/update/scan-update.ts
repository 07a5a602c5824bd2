/**
 * Reads the structs and delete ranges of a Yjs update, format v1, without building their content.
 *
 * It knows nothing of documents: clocks are as the update says them. What Yjs itself never writes is malformed, even where
 * Yjs would read it: empty structs, a client named twice, unused bits, trailing bytes. So is content that carries JSON text,
 * formatting or documents, which no record holds and whose depth could not be bounded here.
 *
 * Source of the format: `readClientsStructRefs`, `readItemContent` and `readDeleteSet` of Yjs 13.6.
 */
import {
  type ByteReader,
  bytesLeft,
  createByteReader,
  malformed,
  readByte,
  readNameText,
  readVarUint,
  skipBytes,
} from "./byte-reader.ts";
import type { GuardCaps } from "./guard-caps.ts";
import { GuardError } from "./guard-error.ts";
import { skipValue, type ValueBudget } from "./plain-value.ts";
import {
  ANY,
  CONTENT_NUMBER,
  DELETED,
  type DeleteRange,
  GC,
  HAS_ORIGIN,
  HAS_PARENT_SUB,
  HAS_RIGHT_ORIGIN,
  NONE,
  SKIP,
  type Struct,
} from "./struct.ts";

export interface UpdateScan {
  /** In the order of the update: client by client, clocks ascending within one. */
  readonly structs: readonly Struct[];
  readonly deletes: readonly DeleteRange[];
}

/** The rest of Yjs' content numbers. */
const BINARY = 3;
const STRING = 4;
const TYPE = 7;

/** Yjs' type numbers: those up to 6 exist, these two carry a name. */
const MAX_TYPE = 6;
const XML_ELEMENT = 3;
const XML_HOOK = 5;

/** A struct takes 2 bytes or more, a client with one struct 5, a delete range 2. */
const MIN_STRUCT_BYTES = 2;
const MIN_CLIENT_BYTES = 5;
const MIN_RANGE_BYTES = 2;

/** Throws a `GuardError` for what is malformed or beyond the caps, and nothing else. */
export function scanUpdate(update: Uint8Array, caps: GuardCaps): UpdateScan {
  if (update.length > caps.maxBytes) {
    throw new GuardError("tooLarge", `the update has ${update.length} bytes; at most ${caps.maxBytes} are accepted`);
  }
  const reader = createByteReader(update);
  const structs = readStructs(reader, caps);
  const deletes = readDeletes(reader, caps);
  if (bytesLeft(reader) > 0) throw malformed(`${bytesLeft(reader)} bytes follow its end`);
  return { structs, deletes };
}

function readStructs(reader: ByteReader, caps: GuardCaps): Struct[] {
  let structs: Struct[] = [];
  const budget: ValueBudget = { nodes: caps.maxNodes, maxDepth: caps.maxDepth };
  const clients = readCount(reader, MIN_CLIENT_BYTES, caps.maxClients, "clients");
  const seen = clients > 1 ? new Set<number>() : null;
  for (let i = 0; i < clients; i++) {
    const count = readCount(reader, MIN_STRUCT_BYTES, caps.maxStructs - structs.length, "structs");
    const client = readVarUint(reader);
    if (seen?.has(client)) throw malformed(`client ${client} stands in it twice`);
    seen?.add(client);
    let clock = readVarUint(reader);
    if (count === 0) throw malformed(`client ${client} has no structs in it`);
    const own: Struct[] = new Array(count);
    for (let j = 0; j < count; j++) {
      const struct = readStruct(reader, client, clock, budget);
      clock = advance(clock, struct.length);
      own[j] = struct;
    }
    if (i === 0) structs = own;
    else for (const struct of own) structs.push(struct);
  }
  return structs;
}

function readDeletes(reader: ByteReader, caps: GuardCaps): DeleteRange[] {
  const deletes: DeleteRange[] = [];
  const clients = readCount(reader, MIN_RANGE_BYTES, caps.maxClients, "clients with deletions");
  const seen = clients > 1 ? new Set<number>() : null;
  for (let i = 0; i < clients; i++) {
    const client = readVarUint(reader);
    if (seen?.has(client)) throw malformed(`client ${client} stands in its deletions twice`);
    seen?.add(client);
    const count = readCount(reader, MIN_RANGE_BYTES, caps.maxDeleteRanges - deletes.length, "delete ranges");
    for (let j = 0; j < count; j++) {
      const clock = readVarUint(reader);
      const length = readVarUint(reader);
      if (length === 0) throw malformed("a delete range in it is empty");
      advance(clock, length);
      deletes.push({ client, clock, length });
    }
  }
  return deletes;
}

function readCount(reader: ByteReader, minBytes: number, max: number, what: string): number {
  const count = readVarUint(reader);
  if (count * minBytes > bytesLeft(reader)) throw malformed(`it names more ${what} than its bytes can hold`);
  if (count > max) throw new GuardError("tooLarge", `the update has too many ${what}`);
  return count;
}

function readStruct(reader: ByteReader, client: number, clock: number, budget: ValueBudget): Struct {
  const info = readByte(reader);
  const kind = info & CONTENT_NUMBER;
  let originClient = NONE;
  let originClock = 0;
  let rightClient = NONE;
  let rightClock = 0;
  let root: string | null = null;
  let parentClient = NONE;
  let parentClock = 0;
  let parentSub: string | null = null;
  if (kind === GC || kind === SKIP) {
    if (info !== kind) throw malformed(`a struct in it begins with ${info}`);
  } else {
    if (info & HAS_ORIGIN) {
      originClient = readVarUint(reader);
      originClock = readVarUint(reader);
    }
    if (info & HAS_RIGHT_ORIGIN) {
      rightClient = readVarUint(reader);
      rightClock = readVarUint(reader);
    }
    if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) === 0) {
      const parentInfo = readVarUint(reader);
      if (parentInfo > 1) throw malformed(`${parentInfo} tells no parent`);
      if (parentInfo === 1) {
        root = readName(reader);
      } else {
        parentClient = readVarUint(reader);
        parentClock = readVarUint(reader);
      }
      if (info & HAS_PARENT_SUB) parentSub = readName(reader);
    }
  }
  let length = 1;
  let isPlain = true;
  let from = reader.at;
  if (kind === ANY) {
    length = readVarUint(reader);
    if (length > bytesLeft(reader)) throw malformed("it names more values than its bytes can hold");
    from = reader.at;
    for (let i = 0; i < length; i++) {
      if (!skipValue(reader, budget)) isPlain = false;
    }
  } else {
    length = skipContent(reader, kind);
  }
  if (length === 0) throw malformed("a struct in it is empty");
  return {
    client,
    clock,
    length,
    kind,
    originClient,
    originClock,
    rightClient,
    rightClock,
    root,
    parentClient,
    parentClock,
    parentSub,
    bytes: reader.bytes,
    from,
    to: reader.at,
    isPlain,
    home: null,
  };
}

/** Passes over content other than values, and answers its length in clocks. */
function skipContent(reader: ByteReader, kind: number): number {
  switch (kind) {
    case GC:
    case DELETED:
    case SKIP:
      return readVarUint(reader);
    case BINARY:
      skipBytes(reader, readVarUint(reader));
      return 1;
    case STRING:
      return skipString(reader);
    case TYPE: {
      const type = readVarUint(reader);
      if (type > MAX_TYPE) throw malformed(`there is no shared type ${type}`);
      if (type === XML_ELEMENT || type === XML_HOOK) readName(reader);
      return 1;
    }
    default:
      throw malformed(`content of kind ${kind} is not accepted`);
  }
}

/** Yjs counts text in UTF-16 units: a character of 4 bytes is two of them. */
function skipString(reader: ByteReader): number {
  const byteLength = readVarUint(reader);
  const from = reader.at;
  skipBytes(reader, byteLength);
  let units = 0;
  for (let i = from; i < reader.at; i++) {
    const byte = reader.bytes[i] ?? 0;
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

function readName(reader: ByteReader): string {
  const name = readNameText(reader);
  if (name === "__proto__") throw malformed("a name in it is __proto__");
  return name;
}

function advance(clock: number, length: number): number {
  const end = clock + length;
  if (end > Number.MAX_SAFE_INTEGER) throw malformed("a clock in it is beyond 2^53 - 1");
  return end;
}

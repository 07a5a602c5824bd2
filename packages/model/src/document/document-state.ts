/**
 * Documents at rest: one byte that names the format of the Yjs update behind it, then that update, which holds the whole
 * document.
 *
 * Format 1 is smaller and cheaper for nearly every record. Format 2 pays where a document consists of very many structs, as
 * a list that many clients edited in turn does.
 */
import { bytesLeft, createByteReader, readVarUint } from "../update/byte-reader.ts";
import { type ByteWriter, createByteWriter, writeByte, writeVarUint, writtenBytes } from "../update/byte-writer.ts";
import { scanFormat2, writeFormat2 } from "../update/format-2.ts";
import type { GuardCaps } from "../update/guard-caps.ts";
import { GuardError } from "../update/guard-error.ts";
import { scanUpdate, type UpdateScan } from "../update/scan-update.ts";
import { byClient } from "../update/struct.ts";
import { writeUpdate } from "../update/write-update.ts";
import { encodeBeyond, integrate, nextClock, type StructStore, writeStore } from "./struct-store.ts";

/** The bytes of one document, self-contained. */
export type DocumentState = Uint8Array;

export const FORMAT_1 = 1;
const FORMAT_2 = 2;

/** From this size on, and with so many structs, format 2 is tried: below, it is larger. */
const MIN_FORMAT_2_BYTES = 1024;
const MIN_FORMAT_2_STRUCTS = 16;

/** More clients than any document has; longer vectors are only sent to waste time. */
const MAX_VECTOR_CLIENTS = 10_000;

/** For bytes that were judged before, or written here: only the depth of values is still bounded, since reading recurses. */
export const trustedCaps: GuardCaps = {
  maxBytes: Number.POSITIVE_INFINITY,
  maxStructs: Number.POSITIVE_INFINITY,
  maxClients: Number.POSITIVE_INFINITY,
  maxDeleteRanges: Number.POSITIVE_INFINITY,
  maxDepth: 1000,
  maxNodes: Number.POSITIVE_INFINITY,
  maxListSteps: Number.POSITIVE_INFINITY,
};

/** Keeps an update, format v1, that holds a whole document. */
export function documentFromUpdate(update: Uint8Array): DocumentState {
  return withFormat(FORMAT_1, update);
}

/** The whole document as one update, format v1. May share memory with `state`. */
export function updateFromDocument(state: DocumentState): Uint8Array {
  if (state[0] === FORMAT_1) return state.subarray(1);
  const { structs, deletes } = scanDocument(state);
  const writer = createByteWriter();
  writeUpdate(writer, byClient(structs), deletes);
  return writtenBytes(writer);
}

function scanDocument(state: DocumentState): UpdateScan {
  const [format] = state;
  const update = state.subarray(1);
  if (format === FORMAT_1) return scanUpdate(update, trustedCaps);
  if (format === FORMAT_2) return scanFormat2(update, { nodes: trustedCaps.maxNodes, maxDepth: trustedCaps.maxDepth });
  throw new RangeError(
    `a stored document begins with 1 or 2, not with ${format}; it is not a document of this version`,
  );
}

/** The state of a document, in the smaller format. `writer` may hold something already. */
export function packStore(store: StructStore, writer: ByteWriter = createByteWriter()): DocumentState {
  const from = writer.at;
  writeByte(writer, FORMAT_1);
  const structCount = writeStore(writer, store);
  const state = writtenBytes(writer, from);
  if (state.length <= MIN_FORMAT_2_BYTES || structCount < MIN_FORMAT_2_STRUCTS) return state;
  const other = writeFormat2(scanUpdate(state.subarray(1), trustedCaps));
  return other.length < state.length - 1 ? withFormat(FORMAT_2, other) : state;
}

/** The empty document. */
export function emptyDocument(): DocumentState {
  return documentFromUpdate(new Uint8Array([0, 0]));
}

/** Which clocks the document holds, as Yjs encodes a state vector; null is the empty document. */
export function stateVectorOf(state: DocumentState | null): Uint8Array {
  return state === null ? new Uint8Array([0]) : encodeStateVector(openDocument(state));
}

export function encodeStateVector(store: StructStore): Uint8Array {
  const writer = createByteWriter(64);
  writeVarUint(writer, store.size);
  for (const client of [...store.keys()].sort((a, b) => b - a)) {
    writeVarUint(writer, client);
    writeVarUint(writer, nextClock(store, client));
  }
  return writtenBytes(writer);
}

/**
 * What the holder of `stateVector` lacks, as an update, format v1, with all deletions. Throws a `GuardError` for bytes that
 * are no state vector.
 */
export function diffDocument(state: DocumentState, stateVector: Uint8Array): Uint8Array {
  return encodeBeyond(openDocument(state), readStateVector(stateVector));
}

/** The structs of a document at rest. Throws when the document is not whole. */
export function openDocument(state: DocumentState): StructStore {
  const store: StructStore = new Map();
  if (integrate(store, scanDocument(state)) === null) {
    throw new Error("a stored document builds on changes that it does not hold; fetch the record anew");
  }
  return store;
}

function readStateVector(bytes: Uint8Array): Map<number, number> {
  const reader = createByteReader(bytes);
  const count = readVarUint(reader);
  if (count * 2 > bytesLeft(reader)) {
    throw new GuardError("malformed", "the state vector names more clients than its bytes can hold");
  }
  if (count > MAX_VECTOR_CLIENTS) {
    throw new GuardError(
      "tooLarge",
      `the state vector names ${count} clients; at most ${MAX_VECTOR_CLIENTS} are accepted`,
    );
  }
  const clocks = new Map<number, number>();
  for (let i = 0; i < count; i++) clocks.set(readVarUint(reader), readVarUint(reader));
  if (bytesLeft(reader) > 0) throw new GuardError("malformed", "bytes follow the end of the state vector");
  return clocks;
}

function withFormat(format: number, update: Uint8Array): DocumentState {
  const state = new Uint8Array(update.length + 1);
  state[0] = format;
  state.set(update, 1);
  return state;
}

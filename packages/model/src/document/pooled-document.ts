/**
 * Documents that are written and let go of together, many to a buffer: an engine keeps account of every buffer by itself, which
 * costs more than to fill a small one.
 *
 * A buffer lives as long as any document in it: for those who pass documents on to a store that copies them.
 */
import { type DocumentState, FORMAT_1 } from "./document-state.ts";

const POOL_BYTES = 16_384;
/** Beyond, a document has a buffer of its own. */
const MAX_POOLED_BYTES = 1024;

let pool: ArrayBuffer = new ArrayBuffer(POOL_BYTES);
let used = 0;

/** As `documentFromUpdate`. Shares memory with other documents. */
export function pooledDocument(update: Uint8Array): DocumentState {
  const state = reserve(update.length + 1);
  state[0] = FORMAT_1;
  state.set(update, 1);
  return state;
}

function reserve(length: number): Uint8Array {
  if (length > MAX_POOLED_BYTES) return new Uint8Array(length);
  if (used + length > POOL_BYTES) {
    pool = new ArrayBuffer(POOL_BYTES);
    used = 0;
  }
  used += length;
  return new Uint8Array(pool, used - length, length);
}

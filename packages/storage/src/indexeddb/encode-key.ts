/**
 * Cells as IndexedDB keys that come in the order of cells.
 *
 * IndexedDB compares text by UTF-16 unit, cells compare by code point: characters beyond the first plane, written as two
 * surrogates, would come before U+E000 to U+FFFF. So each of them is put behind a U+FFFF, the last of the units, and U+FFFF
 * itself before a zero, to stay in front of them. All other text is its own key.
 */
import type { Cell } from "../adapter.ts";
import type { IdbKey } from "./indexed-db.ts";

/** Numbers are finite, so this is the least key, as null is the least cell. */
const NULL_KEY = Number.NEGATIVE_INFINITY;

export function encodeCell(cell: Cell): IdbKey {
  if (cell === null) return NULL_KEY;
  return typeof cell === "string" ? encodeText(cell) : cell;
}

const shifted = /\uffff|[\u{10000}-\u{10ffff}]/gu;

function encodeText(text: string): string {
  return text.replace(shifted, (character) => (character === "\uffff" ? "\uffff\u0000" : `\uffff${character}`));
}

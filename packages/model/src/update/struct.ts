/**
 * A struct of a Yjs update: a run of insertions by one client, with the place it was inserted at and its content still as
 * bytes. What Yjs calls an Item, a GC or a Skip, as it stands on the wire.
 */

/** Yjs' content numbers. */
export const GC = 0;
export const DELETED = 1;
export const ANY = 8;
export const SKIP = 10;

/** Bits of a struct's first byte above its content number. */
export const HAS_ORIGIN = 0x80;
export const HAS_RIGHT_ORIGIN = 0x40;
export const HAS_PARENT_SUB = 0x20;
export const CONTENT_NUMBER = 0x1f;

/** Stands for "no id" where a client id is expected. */
export const NONE = -1;

export interface Struct {
  readonly client: number;
  readonly clock: number;
  /** Clocks it covers; at least 1. */
  readonly length: number;
  /** Yjs' content number. */
  readonly kind: number;
  /** The element left of it when it was inserted; client `NONE` at the start. */
  readonly originClient: number;
  readonly originClock: number;
  /** The element right of it when it was inserted; client `NONE` at the end. */
  readonly rightClient: number;
  readonly rightClock: number;
  /** The root it says to be in; null where that follows from its neighbours or its parent. */
  readonly root: string | null;
  /** The item whose type it is inside of; client `NONE` when it is in a root. */
  readonly parentClient: number;
  readonly parentClock: number;
  /** The key it is under, in a map. */
  readonly parentSub: string | null;
  /** Its content is `bytes[from .. to)`, without its length. */
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** Whether the content, of kind ANY, is plain JSON. */
  readonly isPlain: boolean;
  /** The root it turned out to be in; set by the store that takes it in, null before and for GC. */
  home: string | null;
}

/** Clocks `[clock, clock + length)` of `client` are deleted. */
export interface DeleteRange {
  readonly client: number;
  readonly clock: number;
  readonly length: number;
}

/** Client by client, in the order in which clients come first; each client's in the order they came. */
export function byClient<Part extends DeleteRange | Struct>(parts: readonly Part[]): Map<number, Part[]> {
  const groups = new Map<number, Part[]>();
  for (const part of parts) {
    const group = groups.get(part.client);
    if (group === undefined) groups.set(part.client, [part]);
    else group.push(part);
  }
  return groups;
}

/** The clock behind the struct. */
export function endOf(range: DeleteRange | Struct): number {
  return range.clock + range.length;
}

/**
 * The structs of one document, merged without a Y.Doc.
 *
 * What Yjs does beyond this, putting the elements of a root in order, is only needed where order means something: `$writes`
 * is a set of entries to us, and lists are put in order when they are read (`list-order.ts`). The rest is bookkeeping: a
 * document is, for each client id, its structs from clock 0 on, each of them live or deleted.
 *
 * Invariants: a client's structs cover its clocks without gap or overlap; what a struct builds on is in the store; every
 * struct knows its root, or is GC. Structs are of the kinds ANY, DELETED and GC, outside maps and nested types.
 */
import { createByteReader } from "../update/byte-reader.ts";
import { type ByteWriter, createByteWriter, writtenBytes } from "../update/byte-writer.ts";
import { skipValue, type ValueBudget } from "../update/plain-value.ts";
import type { UpdateScan } from "../update/scan-update.ts";
import { ANY, byClient, DELETED, type DeleteRange, endOf, GC, NONE, type Struct } from "../update/struct.ts";
import { deletedRanges, joinRanges, writeUpdate } from "../update/write-update.ts";

/** By client id. */
export type StructStore = Map<number, Struct[]>;

/** What an update brought. */
export interface Integrated {
  /** New structs with their content, also those that the same update deletes. */
  readonly added: Struct[];
  /** What is deleted now and was not before, with its content; and what was not there before and came deleted. */
  readonly removed: Struct[];
}

/** The next clock of a client id. */
export function nextClock(store: StructStore, client: number): number {
  const last = store.get(client)?.at(-1);
  return last === undefined ? 0 : endOf(last);
}

/** Whether the store can hold such a struct at all. */
export function isStorable(struct: Struct): boolean {
  const isKnownKind = struct.kind === ANY || struct.kind === DELETED || struct.kind === GC;
  return isKnownKind && struct.parentClient === NONE && struct.parentSub === null;
}

/**
 * Takes an update in. Null when it builds on what the store does not hold, or deletes that; the store is spoilt then.
 * Structs that are known already are passed over, whatever they hold.
 */
export function integrate(store: StructStore, scan: UpdateScan): Integrated | null {
  const added = addStructs(store, scan.structs);
  if (added === null) return null;
  const removed = applyDeletes(store, scan.deletes);
  if (removed === null) return null;
  for (const struct of added) {
    if (struct.kind === DELETED) removed.push(struct);
  }
  return { added, removed };
}

/** The struct that covers a clock; the clock must be known. */
export function structAt(store: StructStore, client: number, clock: number): Struct {
  const structs = store.get(client) ?? [];
  const struct = structs[indexAt(structs, clock)];
  if (struct === undefined) throw new Error(`the document holds nothing of client ${client} at clock ${clock}`);
  return struct;
}

/** Appends the whole document as one update, and answers how many structs it has. */
export function writeStore(writer: ByteWriter, store: StructStore): number {
  return writeUpdate(writer, store, deletedRanges(store));
}

/** What the document holds beyond the clocks in `known`, with all its deletions. */
export function encodeBeyond(store: StructStore, known: ReadonlyMap<number, number>): Uint8Array {
  const beyond = new Map<number, readonly Struct[]>();
  for (const [client, structs] of store) {
    const from = known.get(client) ?? 0;
    if (from >= nextClock(store, client)) continue;
    const tail = structs.slice(indexAt(structs, from));
    const [first] = tail;
    if (first !== undefined && first.clock < from) tail[0] = splitStruct(first, from - first.clock)[1];
    beyond.set(client, tail);
  }
  const writer = createByteWriter();
  writeUpdate(writer, beyond, deletedRanges(store));
  return writtenBytes(writer);
}

/** The structs of one client in an update, on their way into the store. */
interface Queue {
  readonly structs: Struct[];
  next: number;
  /** Waits for another queue to bring what its next struct builds on. */
  isWaiting: boolean;
}

function addStructs(store: StructStore, structs: readonly Struct[]): Struct[] | null {
  const added: Struct[] = [];
  const [only] = structs;
  if (only === undefined) return added;
  // One struct, the usual update, waits for no other of the same update.
  if (structs.length === 1) {
    if (missingClient(store, only) !== NONE) return null;
    addStruct(store, only, added);
    return added;
  }
  const queues = new Map<number, Queue>();
  for (const [client, ofClient] of byClient(structs)) {
    queues.set(client, { structs: ofClient, next: 0, isWaiting: false });
  }
  for (const queue of queues.values()) {
    const stack = [queue];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const struct = top.structs[top.next];
      const missing = struct === undefined ? NONE : missingClient(store, struct);
      if (missing === NONE) {
        if (struct !== undefined) addStruct(store, struct, added);
        top.next += 1;
        top.isWaiting = false;
        if (struct === undefined || stack.length > 1) stack.pop();
        continue;
      }
      top.isWaiting = true;
      const provider = queues.get(missing);
      if (provider === undefined || provider.isWaiting || provider.next >= provider.structs.length) return null;
      stack.push(provider);
    }
  }
  return added;
}

/** The client whose structs must come before `struct` can be added; `NONE` when it can, or is known already. */
function missingClient(store: StructStore, struct: Struct): number {
  const known = nextClock(store, struct.client);
  if (endOf(struct) <= known) return NONE;
  if (struct.clock > known || !isStorable(struct)) return struct.client;
  if (!isKnown(store, struct, struct.originClient, struct.originClock)) return struct.originClient;
  if (!isKnown(store, struct, struct.rightClient, struct.rightClock)) return struct.rightClient;
  return NONE;
}

function isKnown(store: StructStore, struct: Struct, client: number, clock: number): boolean {
  if (client === NONE) return true;
  return client === struct.client ? clock < struct.clock : clock < nextClock(store, client);
}

function addStruct(store: StructStore, struct: Struct, added: Struct[]): void {
  const structs = store.get(struct.client);
  const last = structs?.at(-1);
  const known = last === undefined ? 0 : endOf(last);
  if (endOf(struct) <= known) return;
  const housed = housedIn(store, struct);
  const fresh = housed.clock < known ? splitStruct(housed, known - housed.clock)[1] : housed;
  if (structs === undefined) store.set(struct.client, [fresh]);
  else structs.push(fresh);
  added.push(fresh);
}

/** Finds the struct's root. An element beside one that was collected has no place any more: it is collected, too. */
function housedIn(store: StructStore, struct: Struct): Struct {
  if (struct.kind === GC) return struct;
  struct.home = struct.root ?? homeOfNeighbours(store, struct);
  return struct.home === null ? { ...struct, kind: GC, originClient: NONE, rightClient: NONE, from: 0, to: 0 } : struct;
}

function homeOfNeighbours(store: StructStore, struct: Struct): string | null {
  const left = struct.originClient === NONE ? undefined : structAt(store, struct.originClient, struct.originClock).home;
  const right = struct.rightClient === NONE ? undefined : structAt(store, struct.rightClient, struct.rightClock).home;
  return left === null || right === null ? null : (left ?? right ?? null);
}

/** Null when a range reaches beyond what is known. */
function applyDeletes(store: StructStore, deletes: readonly DeleteRange[]): Struct[] | null {
  const removed: Struct[] = [];
  const ranges = deletes.length > 1 ? joinRanges(deletes) : deletes;
  for (let from = 0; from < ranges.length; ) {
    const client = ranges[from]?.client ?? NONE;
    let to = from + 1;
    while (ranges[to]?.client === client) to += 1;
    if (endOf(ranges[to - 1] ?? { client, clock: 0, length: 0 }) > nextClock(store, client)) return null;
    store.set(client, deleteWithin(store.get(client) ?? [], ranges.slice(from, to), removed));
    from = to;
  }
  return removed;
}

/** One pass over a client's structs with its ranges, both ascending: cost does not multiply with the number of ranges. */
function deleteWithin(structs: readonly Struct[], ranges: readonly DeleteRange[], removed: Struct[]): Struct[] {
  const kept: Struct[] = [];
  let next = 0;
  for (const struct of structs) {
    let rest: Struct | null = struct;
    while (rest !== null) {
      while (next < ranges.length && endOf(ranges[next] ?? struct) <= rest.clock) next += 1;
      const range = ranges[next];
      if (range === undefined || range.clock >= endOf(rest) || rest.kind !== ANY) {
        kept.push(rest);
        rest = null;
      } else if (range.clock > rest.clock) {
        const [before, after]: [Struct, Struct] = splitStruct(rest, range.clock - rest.clock);
        kept.push(before);
        rest = after;
      } else if (endOf(range) < endOf(rest)) {
        const [gone, after]: [Struct, Struct] = splitStruct(rest, endOf(range) - rest.clock);
        kept.push(emptied(gone, removed));
        rest = after;
      } else {
        kept.push(emptied(rest, removed));
        rest = null;
      }
    }
  }
  return kept;
}

function emptied(struct: Struct, removed: Struct[]): Struct {
  removed.push(struct);
  return { ...struct, kind: DELETED, from: 0, to: 0 };
}

function splitStruct(struct: Struct, offset: number): [Struct, Struct] {
  const middle = struct.kind === ANY ? contentOffset(struct, offset) : struct.from;
  const isCollected = struct.kind === GC;
  return [
    { ...struct, length: offset, to: middle },
    {
      ...struct,
      clock: struct.clock + offset,
      length: struct.length - offset,
      originClient: isCollected ? NONE : struct.client,
      originClock: struct.clock + offset - 1,
      root: null,
      from: middle,
    },
  ];
}

/** Where the content of the element at `offset` begins. */
function contentOffset(struct: Struct, offset: number): number {
  const reader = createByteReader(struct.bytes, struct.from, struct.to);
  const budget: ValueBudget = { nodes: Number.POSITIVE_INFINITY, maxDepth: Number.POSITIVE_INFINITY };
  for (let i = 0; i < offset; i++) skipValue(reader, budget);
  return reader.at;
}

function indexAt(structs: readonly Struct[], clock: number): number {
  let low = 0;
  let high = structs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((structs[middle]?.clock ?? 0) <= clock) low = middle;
    else high = middle - 1;
  }
  return low;
}

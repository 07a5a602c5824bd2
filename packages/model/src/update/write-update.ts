/**
 * Writes structs and delete ranges as a Yjs update, format v1.
 *
 * Structs of one client that continue each other are written as one. That says the same: a run of n elements is n elements,
 * each with the one before as its left neighbour and all with the same right one. Clients go from the greatest id to the
 * least, as Yjs writes them.
 */
import { type ByteWriter, writeByte, writeBytes, writeText, writeVarUint } from "./byte-writer.ts";
import { ANY, DELETED, type DeleteRange, endOf, GC, NONE, type Struct } from "./struct.ts";

/**
 * Appends an update and answers how many structs it has. `clients` holds each client's structs, clocks ascending without a
 * gap; empty lists are passed over.
 */
export function writeUpdate(
  writer: ByteWriter,
  clients: ReadonlyMap<number, readonly Struct[]>,
  deletes: readonly DeleteRange[],
): number {
  const groups = [...clients.values()].filter((structs) => structs.length > 0);
  if (groups.length > 1) groups.sort((a, b) => (b[0]?.client ?? 0) - (a[0]?.client ?? 0));
  writeVarUint(writer, groups.length);
  let structCount = 0;
  for (const structs of groups) structCount += writeClient(writer, structs);
  writeDeletes(writer, deletes);
  return structCount;
}

/** The ranges of deleted structs, one client after the other, neighbouring ones joined. */
export function deletedRanges(clients: ReadonlyMap<number, readonly Struct[]>): DeleteRange[] {
  const ranges: DeleteRange[] = [];
  for (const structs of clients.values()) {
    for (const struct of structs) {
      if (struct.kind === DELETED || struct.kind === GC) ranges.push(struct);
    }
  }
  return ranges;
}

function writeClient(writer: ByteWriter, structs: readonly Struct[]): number {
  const [first] = structs;
  if (first === undefined) return 0;
  let runs = 0;
  let last: Struct | null = null;
  for (const struct of structs) {
    if (last === null || !isContinued(last, struct)) runs += 1;
    last = struct;
  }
  writeVarUint(writer, runs);
  writeVarUint(writer, first.client);
  writeVarUint(writer, first.clock);
  for (let from = 0; from < structs.length; ) {
    let to = from + 1;
    while (to < structs.length && isContinuedAt(structs, to)) to += 1;
    writeRun(writer, structs, from, to);
    from = to;
  }
  return runs;
}

function isContinuedAt(structs: readonly Struct[], index: number): boolean {
  const left = structs[index - 1];
  const right = structs[index];
  return left !== undefined && right !== undefined && isContinued(left, right);
}

/** Whether `right`, the next struct of the same client, can be written as the end of `left`. */
function isContinued(left: Struct, right: Struct): boolean {
  if (left.kind !== right.kind) return false;
  if (left.kind === GC) return true;
  return (
    (left.kind === ANY || left.kind === DELETED) &&
    right.originClient === left.client &&
    right.originClock === right.clock - 1 &&
    right.rightClient === left.rightClient &&
    right.rightClock === left.rightClock
  );
}

function writeRun(writer: ByteWriter, structs: readonly Struct[], from: number, to: number): void {
  const first = structs[from];
  if (first === undefined) return;
  let length = 0;
  for (let i = from; i < to; i++) length += structs[i]?.length ?? 0;
  writePlace(writer, first);
  writeVarUint(writer, length);
  if (first.kind !== ANY) return;
  for (let i = from; i < to; i++) {
    const struct = structs[i];
    if (struct !== undefined) writeBytes(writer, struct.bytes, struct.from, struct.to);
  }
}

/** What stands before a struct's content: its kind, its neighbours, or the root it is in. */
function writePlace(writer: ByteWriter, struct: Struct): void {
  const hasOrigin = struct.originClient !== NONE;
  const hasRight = struct.rightClient !== NONE;
  writeByte(writer, struct.kind | (hasOrigin ? 0x80 : 0) | (hasRight ? 0x40 : 0));
  if (struct.kind === GC) return;
  if (hasOrigin) {
    writeVarUint(writer, struct.originClient);
    writeVarUint(writer, struct.originClock);
  }
  if (hasRight) {
    writeVarUint(writer, struct.rightClient);
    writeVarUint(writer, struct.rightClock);
  }
  if (!hasOrigin && !hasRight) {
    writeByte(writer, 1);
    writeText(writer, struct.root ?? "");
  }
}

function writeDeletes(writer: ByteWriter, deletes: readonly DeleteRange[]): void {
  if (deletes.length === 0) {
    writeByte(writer, 0);
    return;
  }
  const ranges = joinRanges(deletes);
  const counts = new Map<number, number>();
  for (const { client } of ranges) counts.set(client, (counts.get(client) ?? 0) + 1);
  writeVarUint(writer, counts.size);
  let client = NONE;
  for (const range of ranges) {
    if (range.client !== client) {
      client = range.client;
      writeVarUint(writer, client);
      writeVarUint(writer, counts.get(client) ?? 0);
    }
    writeVarUint(writer, range.clock);
    writeVarUint(writer, range.length);
  }
}

/** Ranges by client, greatest id first, then by clock; those that touch are one. */
export function joinRanges(ranges: readonly DeleteRange[]): DeleteRange[] {
  const sorted = [...ranges].sort((a, b) => b.client - a.client || a.clock - b.clock);
  const joined: DeleteRange[] = [];
  for (const { client, clock, length } of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && last.client === client && clock <= endOf(last)) {
      const end = Math.max(endOf(last), clock + length);
      joined[joined.length - 1] = { client, clock: last.clock, length: end - last.clock };
    } else {
      joined.push({ client, clock, length });
    }
  }
  return joined;
}

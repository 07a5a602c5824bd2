/**
 * Yjs' update format 2 for the structs that records hold: values, deletions and garbage in roots. It keeps what structs say
 * in columns, which is far smaller where very many structs alternate between clients.
 *
 * Source of the format: `UpdateEncoderV2` and `UpdateDecoderV2` of Yjs 13.6; what is written here is what Yjs writes.
 */
import {
  type ByteReader,
  bytesLeft,
  createByteReader,
  malformed,
  readText,
  readVarUint,
  skipBytes,
} from "./byte-reader.ts";
import {
  type ByteWriter,
  createByteWriter,
  writeByte,
  writeBytes,
  writeText,
  writeVarUint,
  writtenBytes,
} from "./byte-writer.ts";
import { skipValue, type ValueBudget } from "./plain-value.ts";
import { createByteRuns, createStepRuns, createUintRuns, readByteRuns, readStepRuns, readUintRuns } from "./rle.ts";
import type { UpdateScan } from "./scan-update.ts";
import {
  ANY,
  byClient,
  CONTENT_NUMBER,
  DELETED,
  type DeleteRange,
  GC,
  HAS_ORIGIN,
  HAS_RIGHT_ORIGIN,
  NONE,
  type Struct,
} from "./struct.ts";
import { joinRanges } from "./write-update.ts";

/** Structs client by client, as a scan of format 1 gives them. */
export function writeFormat2({ structs, deletes }: UpdateScan): Uint8Array {
  const columns = {
    keyClocks: createStepRuns(),
    clients: createUintRuns(),
    leftClocks: createStepRuns(),
    rightClocks: createStepRuns(),
    infos: createByteRuns(),
    texts: createTexts(),
    parentInfos: createByteRuns(),
    types: createUintRuns(),
    lengths: createUintRuns(),
  };
  const rest = createByteWriter();
  const groups = byClient(structs);
  writeVarUint(rest, groups.size);
  for (const [client, group] of groups) {
    writeVarUint(rest, group.length);
    columns.clients.write(client);
    writeVarUint(rest, group[0]?.clock ?? 0);
    for (const struct of group) {
      const hasOrigin = struct.originClient !== NONE;
      const hasRight = struct.rightClient !== NONE;
      columns.infos.write(struct.kind | (hasOrigin ? HAS_ORIGIN : 0) | (hasRight ? HAS_RIGHT_ORIGIN : 0));
      if (hasOrigin) {
        columns.clients.write(struct.originClient);
        columns.leftClocks.write(struct.originClock);
      }
      if (hasRight) {
        columns.clients.write(struct.rightClient);
        columns.rightClocks.write(struct.rightClock);
      }
      if (struct.kind !== GC && !hasOrigin && !hasRight) {
        columns.parentInfos.write(1);
        columns.texts.write(struct.root ?? "");
      }
      columns.lengths.write(struct.length);
      if (struct.kind === ANY) writeBytes(rest, struct.bytes, struct.from, struct.to);
    }
  }
  writeDeletes(rest, deletes);
  const writer = createByteWriter(rest.at + 128);
  writeByte(writer, 0);
  for (const column of Object.values(columns)) {
    const bytes = column.bytes();
    writeVarUint(writer, bytes.length);
    writeBytes(writer, bytes, 0, bytes.length);
  }
  writeBytes(writer, rest.bytes, 0, rest.at);
  return writtenBytes(writer);
}

/** Throws a `GuardError` for bytes that are no such update, or hold other structs than records do. */
export function scanFormat2(update: Uint8Array, budget: ValueBudget): UpdateScan {
  const rest = createByteReader(update);
  if (readVarUint(rest) !== 0) throw malformed("it asks for features that are not known");
  skipBytes(rest, readVarUint(rest)); // Keys of formatting, of which a record has none.
  const clients = readUintRuns(readColumn(rest));
  const leftClocks = readStepRuns(readColumn(rest));
  const rightClocks = readStepRuns(readColumn(rest));
  const infos = readByteRuns(readColumn(rest));
  const texts = readTexts(readColumn(rest));
  const parentInfos = readByteRuns(readColumn(rest));
  skipBytes(rest, readVarUint(rest)); // Nested types, of which it has none either.
  const lengths = readUintRuns(readColumn(rest));
  const structs: Struct[] = [];
  const groups = readVarUint(rest);
  for (let i = 0; i < groups; i++) {
    const count = readVarUint(rest);
    const client = clients();
    let clock = readVarUint(rest);
    for (let j = 0; j < count; j++) {
      const info = infos();
      const kind = info & CONTENT_NUMBER;
      if (kind !== GC && kind !== DELETED && kind !== ANY) throw malformed(`a record holds no content of kind ${kind}`);
      const hasOrigin = (info & HAS_ORIGIN) !== 0;
      const hasRight = (info & HAS_RIGHT_ORIGIN) !== 0;
      const [originClient, originClock] = hasOrigin ? [clients(), leftClocks()] : [NONE, 0];
      const [rightClient, rightClock] = hasRight ? [clients(), rightClocks()] : [NONE, 0];
      const isFirst = kind !== GC && !hasOrigin && !hasRight;
      if (isFirst && parentInfos() !== 1) throw malformed("a struct in it is in no root");
      const root = isFirst ? texts() : null;
      const length = lengths();
      if (length === 0) throw malformed("a struct in it is empty");
      const from = rest.at;
      let isPlain = true;
      if (kind === ANY) for (let n = 0; n < length; n++) if (!skipValue(rest, budget)) isPlain = false;
      structs.push({
        client,
        clock,
        length,
        kind,
        originClient,
        originClock,
        rightClient,
        rightClock,
        root,
        parentClient: NONE,
        parentClock: 0,
        parentSub: null,
        bytes: rest.bytes,
        from,
        to: rest.at,
        isPlain,
        home: null,
      });
      clock += length;
    }
  }
  const deletes = readDeletes(rest);
  if (bytesLeft(rest) > 0) throw malformed(`${bytesLeft(rest)} bytes follow its end`);
  return { structs, deletes };
}

function writeDeletes(rest: ByteWriter, deletes: readonly DeleteRange[]): void {
  const groups = byClient(joinRanges(deletes));
  writeVarUint(rest, groups.size);
  for (const [client, ranges] of groups) {
    writeVarUint(rest, client);
    writeVarUint(rest, ranges.length);
    let end = 0;
    for (const { clock, length } of ranges) {
      writeVarUint(rest, clock - end);
      writeVarUint(rest, length - 1);
      end = clock + length;
    }
  }
}

function readDeletes(rest: ByteReader): DeleteRange[] {
  const deletes: DeleteRange[] = [];
  const groups = readVarUint(rest);
  for (let i = 0; i < groups; i++) {
    const client = readVarUint(rest);
    const count = readVarUint(rest);
    let end = 0;
    for (let j = 0; j < count; j++) {
      const clock = end + readVarUint(rest);
      const length = readVarUint(rest) + 1;
      deletes.push({ client, clock, length });
      end = clock + length;
    }
  }
  return deletes;
}

function readColumn(rest: ByteReader): ByteReader {
  const length = readVarUint(rest);
  const from = rest.at;
  skipBytes(rest, length);
  return createByteReader(rest.bytes, from, rest.at);
}

/** All texts in one, then their lengths. */
function createTexts(): { write(text: string): void; bytes(): Uint8Array } {
  const lengths = createUintRuns();
  let all = "";
  return {
    write(text) {
      all += text;
      lengths.write(text.length);
    },
    bytes() {
      const writer = createByteWriter(32);
      writeText(writer, all);
      const packed = lengths.bytes();
      writeBytes(writer, packed, 0, packed.length);
      return writtenBytes(writer);
    },
  };
}

function readTexts(column: ByteReader): () => string {
  const all = readText(column);
  const lengths = readUintRuns(column);
  let at = 0;
  return () => {
    const from = at;
    at += lengths();
    return all.slice(from, at);
  };
}

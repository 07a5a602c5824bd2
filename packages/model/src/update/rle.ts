/**
 * Columns of numbers, packed: the run-length codings of Yjs' format 2 (lib0's `RleEncoder`, `UintOptRleEncoder` and
 * `IntDiffOptRleEncoder`), byte for byte.
 */
import { type ByteReader, bytesLeft, readByte, readVarInt, readVarUint } from "./byte-reader.ts";
import { createByteWriter, writeByte, writeVarInt, writeVarUint, writtenBytes } from "./byte-writer.ts";

export interface ColumnWriter {
  write(value: number): void;
  bytes(): Uint8Array;
}

export type ColumnReader = () => number;

/** Bytes, each followed by how often it comes again; the last run is not counted. */
export function createByteRuns(): ColumnWriter {
  const writer = createByteWriter(16);
  let [last, count] = [-1, 0];
  return {
    write(value) {
      if (value === last) {
        count += 1;
        return;
      }
      if (count > 0) writeVarUint(writer, count - 1);
      writeByte(writer, value);
      [last, count] = [value, 1];
    },
    bytes: () => writtenBytes(writer),
  };
}

export function readByteRuns(reader: ByteReader): ColumnReader {
  let [value, left] = [0, 0];
  return () => {
    if (left === 0) {
      value = readByte(reader);
      left = bytesLeft(reader) > 0 ? readVarUint(reader) + 1 : Number.POSITIVE_INFINITY;
    }
    left -= 1;
    return value;
  };
}

/** Unsigned numbers; one that comes again is written negative, with its count. */
export function createUintRuns(): ColumnWriter {
  const writer = createByteWriter(16);
  let [last, count] = [0, 0];
  const end = (): void => {
    if (count === 0) return;
    writeVarInt(writer, count === 1 ? last : -last);
    if (count > 1) writeVarUint(writer, count - 2);
    count = 0;
  };
  return {
    write(value) {
      if (value !== last) {
        end();
        last = value;
      }
      count += 1;
    },
    bytes() {
      end();
      return writtenBytes(writer);
    },
  };
}

export function readUintRuns(reader: ByteReader): ColumnReader {
  let [value, left] = [0, 0];
  return () => {
    if (left === 0) {
      const read = readVarInt(reader);
      const isRun = read < 0 || Object.is(read, -0);
      value = isRun ? -read : read;
      left = isRun ? readVarUint(reader) + 2 : 1;
    }
    left -= 1;
    return value;
  };
}

/** The steps between numbers, doubled; odd where a step comes again, with its count. */
export function createStepRuns(): ColumnWriter {
  const writer = createByteWriter(16);
  let [last, step, count] = [0, 0, 0];
  const end = (): void => {
    if (count === 0) return;
    writeVarInt(writer, step * 2 + (count === 1 ? 0 : 1));
    if (count > 1) writeVarUint(writer, count - 2);
    count = 0;
  };
  return {
    write(value) {
      if (value - last !== step) {
        end();
        step = value - last;
      }
      last = value;
      count += 1;
    },
    bytes() {
      end();
      return writtenBytes(writer);
    },
  };
}

export function readStepRuns(reader: ByteReader): ColumnReader {
  let [value, step, left] = [0, 0, 0];
  return () => {
    if (left === 0) {
      const read = readVarInt(reader);
      step = Math.floor(read / 2);
      left = Math.abs(read % 2) === 1 ? readVarUint(reader) + 2 : 1;
    }
    left -= 1;
    value += step;
    return value;
  };
}

/**
 * Writes the primitives of Yjs' binary format, byte for byte as lib0 does.
 *
 * One writer may hold several outputs one behind the other: to allocate a buffer costs as much as to fill a small one.
 */
import { encodeUtf8 } from "lib0/string";

export interface ByteWriter {
  bytes: Uint8Array;
  /** Bytes written so far. */
  at: number;
}

/** Up to here text is written character by character as long as it is ASCII. */
const SHORT_TEXT = 120;

export function createByteWriter(capacity = 512): ByteWriter {
  return { bytes: new Uint8Array(capacity), at: 0 };
}

/** What was written from index `from` on, in an array of its own. */
export function writtenBytes(writer: ByteWriter, from = 0): Uint8Array {
  return writer.bytes.slice(from, writer.at);
}

export function writeByte(writer: ByteWriter, byte: number): void {
  if (writer.at === writer.bytes.length) reserve(writer, 1);
  writer.bytes[writer.at] = byte;
  writer.at += 1;
}

export function writeVarUint(writer: ByteWriter, value: number): void {
  reserve(writer, 8);
  writeGroups(writer, value);
}

export function writeVarInt(writer: ByteWriter, value: number): void {
  reserve(writer, 8);
  const isNegative = value < 0 || Object.is(value, -0);
  const size = isNegative ? -value : value;
  writer.bytes[writer.at] = (size > 63 ? 128 : 0) | (isNegative ? 64 : 0) | (size % 64);
  writer.at += 1;
  if (size > 63) writeGroups(writer, Math.floor(size / 64));
}

export function writeText(writer: ByteWriter, text: string): void {
  if (text.length <= SHORT_TEXT && writeAscii(writer, text)) return;
  const encoded = encodeUtf8(text);
  writeVarUint(writer, encoded.length);
  writeBytes(writer, encoded, 0, encoded.length);
}

/** Copies `source` from index `from` up to `to`. */
export function writeBytes(writer: ByteWriter, source: Uint8Array, from: number, to: number): void {
  reserve(writer, to - from);
  writer.bytes.set(from === 0 && to === source.length ? source : source.subarray(from, to), writer.at);
  writer.at += to - from;
}

export function writeFloat(writer: ByteWriter, value: number, size: 4 | 8): void {
  reserve(writer, size);
  const view = new DataView(writer.bytes.buffer, writer.bytes.byteOffset + writer.at, size);
  if (size === 4) view.setFloat32(0, value);
  else view.setFloat64(0, value);
  writer.at += size;
}

/** False, with nothing written, when the text is not ASCII. */
function writeAscii(writer: ByteWriter, text: string): boolean {
  const { length } = text;
  reserve(writer, length + 1);
  const { bytes } = writer;
  const from = writer.at + 1;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return false;
    bytes[from + i] = code;
  }
  bytes[writer.at] = length;
  writer.at = from + length;
  return true;
}

function writeGroups(writer: ByteWriter, value: number): void {
  let rest = value;
  while (rest > 127) {
    writer.bytes[writer.at] = 128 | (rest % 128);
    writer.at += 1;
    rest = Math.floor(rest / 128);
  }
  writer.bytes[writer.at] = rest;
  writer.at += 1;
}

function reserve(writer: ByteWriter, count: number): void {
  const needed = writer.at + count;
  if (needed <= writer.bytes.length) return;
  const grown = new Uint8Array(Math.max(needed, writer.bytes.length * 2));
  grown.set(writer.bytes);
  writer.bytes = grown;
}

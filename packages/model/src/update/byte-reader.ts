/**
 * Reads the primitives of Yjs' binary format (lib0's encoding) from untrusted bytes.
 *
 * Every read past the end, every number beyond 2^53 - 1 and every text that is not UTF-8 is a `GuardError`; nothing else is
 * thrown. No allocation depends on a number that was read.
 */
import { decodeUtf8 } from "lib0/string";
import { GuardError } from "./guard-error.ts";

export interface ByteReader {
  readonly bytes: Uint8Array;
  /** Index of the next byte. */
  at: number;
  readonly end: number;
}

/** Up to here text is put together from its characters; beyond, the decoder is faster. */
const SHORT_TEXT = 64;

/** From here on the engine keeps joined text in pieces. */
const JOINED_LENGTH = 13;

/** Names of so few bytes are remembered, in so many places (a power of two). */
const SHORT_NAME = 32;
const NAME_PLACES = 1024;

/** `value * 128 ** 7` may still be exact; a longer number is not. */
const MAX_VAR_BYTES = 8;

export function createByteReader(bytes: Uint8Array, from = 0, to: number = bytes.length): ByteReader {
  return { bytes, at: from, end: to };
}

export function bytesLeft(reader: ByteReader): number {
  return reader.end - reader.at;
}

export function readByte(reader: ByteReader): number {
  const byte = reader.at < reader.end ? reader.bytes[reader.at] : undefined;
  if (byte === undefined) throw truncated();
  reader.at += 1;
  return byte;
}

/** An unsigned integer, seven bits a byte, lowest first. */
export function readVarUint(reader: ByteReader): number {
  let byte = readByte(reader);
  if (byte < 128) return byte;
  let value = byte & 127;
  let unit = 128;
  for (let i = 1; i < MAX_VAR_BYTES; i++) {
    byte = readByte(reader);
    value += (byte & 127) * unit;
    if (byte < 128) return safe(value);
    unit *= 128;
  }
  throw malformed("a number is longer than 8 bytes");
}

/** A signed integer: the sign in the second bit of the first byte. -0 is told from 0. */
export function readVarInt(reader: ByteReader): number {
  let byte = readByte(reader);
  const sign = (byte & 64) === 0 ? 1 : -1;
  let value = byte & 63;
  if (byte < 128) return sign * value;
  let unit = 64;
  for (let i = 1; i < MAX_VAR_BYTES; i++) {
    byte = readByte(reader);
    value += (byte & 127) * unit;
    if (byte < 128) return sign * safe(value);
    unit *= 128;
  }
  throw malformed("a number is longer than 8 bytes");
}

/** Passes over `count` bytes. */
export function skipBytes(reader: ByteReader, count: number): void {
  if (count > reader.end - reader.at) throw truncated();
  reader.at += count;
}

/** Text with its length in bytes before it. */
export function readText(reader: ByteReader): string {
  const length = readVarUint(reader);
  const from = reader.at;
  skipBytes(reader, length);
  return textBetween(reader.bytes, from, reader.at);
}

/**
 * Text that is likely to come again and again, as the names of fields do: one that was read before is found rather than made. It
 * says nothing of what was read, only of how dear it was.
 */
export function readNameText(reader: ByteReader): string {
  const length = readVarUint(reader);
  const from = reader.at;
  skipBytes(reader, length);
  const { bytes, at: to } = reader;
  if (length === 0 || length > SHORT_NAME) return textBetween(bytes, from, to);
  let hash = length;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  const place = (hash ^ (hash >>> 15)) & (NAME_PLACES - 1);
  const known = names[place];
  if (known !== undefined && isTextAt(known, bytes, from, to)) return known;
  const name = asKey(textBetween(bytes, from, to));
  names[place] = name;
  return name;
}

/** A big-endian float of 4 or 8 bytes. */
export function readFloat(reader: ByteReader, size: 4 | 8): number {
  const from = reader.at;
  skipBytes(reader, size);
  const view = new DataView(reader.bytes.buffer, reader.bytes.byteOffset + from, size);
  return size === 4 ? view.getFloat32(0) : view.getFloat64(0);
}

export function malformed(problem: string): GuardError {
  return new GuardError("malformed", `the update is not a Yjs update of format 1: ${problem}`);
}

const names: (string | undefined)[] = new Array<string | undefined>(NAME_PLACES).fill(undefined);

/** The same text as the engine holds it once it was a key: it is compared by identity then, and is one piece. */
function asKey(text: string): string {
  return Object.keys({ [text]: null })[0] ?? text;
}

/** Only of ASCII text; other text takes more bytes than it has units, and so is never the same. */
function isTextAt(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let i = from; i < to; i++) {
    if (text.charCodeAt(i - from) !== bytes[i]) return false;
  }
  return true;
}

function textBetween(bytes: Uint8Array, from: number, to: number): string {
  const short = to - from <= SHORT_TEXT ? asciiText(bytes, from, to) : null;
  if (short !== null) return short;
  try {
    return decodeUtf8(bytes.subarray(from, to));
  } catch {
    throw malformed("text in it is not UTF-8");
  }
}

/** Null for what is not ASCII. */
function asciiText(bytes: Uint8Array, from: number, to: number): string | null {
  return to - from < JOINED_LENGTH ? fewCharacters(bytes, from, to) : manyCharacters(bytes, from, to);
}

/** Joins them by eight, by four and one by one. */
function fewCharacters(bytes: Uint8Array, from: number, to: number): string | null {
  let text = "";
  let i = from;
  if (i + 8 <= to) {
    const a = bytes[i] ?? 128;
    const b = bytes[i + 1] ?? 128;
    const c = bytes[i + 2] ?? 128;
    const d = bytes[i + 3] ?? 128;
    const e = bytes[i + 4] ?? 128;
    const f = bytes[i + 5] ?? 128;
    const g = bytes[i + 6] ?? 128;
    const h = bytes[i + 7] ?? 128;
    if ((a | b | c | d | e | f | g | h) > 127) return null;
    text = String.fromCharCode(a, b, c, d, e, f, g, h);
    i += 8;
  }
  if (i + 4 <= to) {
    const a = bytes[i] ?? 128;
    const b = bytes[i + 1] ?? 128;
    const c = bytes[i + 2] ?? 128;
    const d = bytes[i + 3] ?? 128;
    if ((a | b | c | d) > 127) return null;
    text += String.fromCharCode(a, b, c, d);
    i += 4;
  }
  for (; i < to; i++) {
    const byte = bytes[i] ?? 128;
    if (byte > 127) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Takes them all at once: text of this length that is joined is a chain of its pieces, which is kept and put together later. */
function manyCharacters(bytes: Uint8Array, from: number, to: number): string | null {
  const units = unitsOf(to - from);
  let all = 0;
  for (let i = 0; i < units.length; i++) {
    const byte = bytes[from + i] ?? 128;
    units[i] = byte;
    all |= byte;
  }
  return all > 127 ? null : String.fromCharCode(...units);
}

/** By length: of one text at a time. */
const unitLists: (number[] | undefined)[] = new Array<number[] | undefined>(SHORT_TEXT + 1).fill(undefined);

function unitsOf(length: number): number[] {
  const units = unitLists[length] ?? new Array<number>(length).fill(0);
  unitLists[length] = units;
  return units;
}

function safe(value: number): number {
  if (value > Number.MAX_SAFE_INTEGER) throw malformed("a number is beyond 2^53 - 1");
  return value;
}

function truncated(): GuardError {
  return malformed("it ends too early");
}

/**
 * JSON values in Yjs' binary format (lib0's `any`): how they are passed over, read and written.
 *
 * Passing over uses a stack of its own, with caps; reading recurses and is meant for bytes that were passed over before.
 * Writing gives the bytes that lib0 gives.
 */
import type { JsonValue } from "../json-value.ts";
import {
  type ByteReader,
  bytesLeft,
  malformed,
  readByte,
  readFloat,
  readNameText,
  readText,
  readVarInt,
  readVarUint,
  skipBytes,
} from "./byte-reader.ts";
import { type ByteWriter, writeByte, writeFloat, writeText, writeVarInt, writeVarUint } from "./byte-writer.ts";
import { GuardError } from "./guard-error.ts";

/** lib0's type bytes. */
const UNDEFINED = 127;
const NULL = 126;
const INTEGER = 125;
const FLOAT32 = 124;
const FLOAT64 = 123;
const BIGINT = 122;
const FALSE = 121;
const TRUE = 120;
const TEXT = 119;
const OBJECT = 118;
const LIST = 117;
const BYTES = 116;

const MAX_INTEGER = 2 ** 31 - 1;

/** The key that would give an object read from the wire a prototype of the sender's choice. */
const PROTO = [0x5f, 0x5f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x5f, 0x5f];

/**
 * Entries still to come of each open list (>= 0), or object (stored as -1 - entries): one stack for all values that are passed
 * over, since none is while another one is.
 */
const open: number[] = [];

/** What is left to spend on values, across one update. */
export interface ValueBudget {
  nodes: number;
  readonly maxDepth: number;
}

/**
 * Passes over one value. Answers whether it is plain JSON: no undefined, bigint, bytes, NaN or infinity in it. The key
 * `__proto__` is refused wherever it stands.
 */
export function skipValue(reader: ByteReader, budget: ValueBudget): boolean {
  let isPlain = true;
  let depth = 0;
  for (;;) {
    budget.nodes -= 1;
    if (budget.nodes < 0) throw new GuardError("tooLarge", "the update holds too many values");
    const type = readByte(reader);
    switch (type) {
      case UNDEFINED:
        isPlain = false;
        break;
      case NULL:
      case FALSE:
      case TRUE:
        break;
      case INTEGER:
        readVarInt(reader);
        break;
      case FLOAT32:
      case FLOAT64:
        if (!Number.isFinite(readFloat(reader, type === FLOAT32 ? 4 : 8))) isPlain = false;
        break;
      case BIGINT:
        skipBytes(reader, 8);
        isPlain = false;
        break;
      case TEXT:
        skipBytes(reader, readVarUint(reader));
        break;
      case BYTES:
        skipBytes(reader, readVarUint(reader));
        isPlain = false;
        break;
      case LIST:
      case OBJECT: {
        const entries = readVarUint(reader);
        if (entries > bytesLeft(reader)) throw malformed("a list or object is longer than the update");
        if (depth >= budget.maxDepth) {
          throw new GuardError("tooLarge", `a value in the update is nested more than ${budget.maxDepth} deep`);
        }
        open[depth] = type === LIST ? entries : -1 - entries;
        depth += 1;
        break;
      }
      default:
        throw malformed(`there is no value of type ${type}`);
    }
    depth = nextEntry(reader, depth);
    if (depth === 0) return isPlain;
  }
}

/** Goes to the next value of the innermost of `depth` lists and objects that has one. Answers how deep that lies: 0 when all are read. */
function nextEntry(reader: ByteReader, depth: number): number {
  for (let top = depth - 1; top >= 0; top--) {
    const left = open[top] ?? 0;
    if (left > 0) {
      open[top] = left - 1;
      return top + 1;
    }
    if (left < -1) {
      open[top] = left + 1;
      skipKey(reader);
      return top + 1;
    }
  }
  return 0;
}

function skipKey(reader: ByteReader): void {
  const length = readVarUint(reader);
  const from = reader.at;
  skipBytes(reader, length);
  if (length !== PROTO.length) return;
  for (let i = 0; i < length; i++) {
    if (reader.bytes[from + i] !== PROTO[i]) return;
  }
  throw malformed("an object in it has the key __proto__");
}

/** Reads one plain value. An object that names a key twice is malformed: what was judged could differ from what is kept. */
export function readValue(reader: ByteReader): JsonValue {
  const type = readByte(reader);
  switch (type) {
    case NULL:
      return null;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case INTEGER:
      return readVarInt(reader);
    case FLOAT32:
      return readFloat(reader, 4);
    case FLOAT64:
      return readFloat(reader, 8);
    case TEXT:
      return readText(reader);
    case LIST: {
      const length = readVarUint(reader);
      const list: JsonValue[] = [];
      for (let i = 0; i < length; i++) list.push(readValue(reader));
      return list;
    }
    case OBJECT: {
      const length = readVarUint(reader);
      const object: { [key: string]: JsonValue } = {};
      for (let i = 0; i < length; i++) {
        const key = readNameText(reader);
        if (Object.hasOwn(object, key)) throw malformed(`an object in it has the key ${JSON.stringify(key)} twice`);
        object[key] = readValue(reader);
      }
      return object;
    }
    default:
      throw malformed(`a value of type ${type} is not JSON`);
  }
}

export function writeValue(writer: ByteWriter, value: JsonValue): void {
  if (typeof value === "string") {
    writeByte(writer, TEXT);
    writeText(writer, value);
  } else if (typeof value === "number") {
    writeNumber(writer, value);
  } else if (value === null) {
    writeByte(writer, NULL);
  } else if (typeof value === "boolean") {
    writeByte(writer, value ? TRUE : FALSE);
  } else if (isList(value)) {
    writeByte(writer, LIST);
    writeVarUint(writer, value.length);
    for (const element of value) writeValue(writer, element);
  } else {
    writeObject(writer, value);
  }
}

function writeObject(writer: ByteWriter, object: { readonly [key: string]: JsonValue }): void {
  const keys = Object.keys(object);
  writeByte(writer, OBJECT);
  writeVarUint(writer, keys.length);
  for (const key of keys) {
    writeText(writer, key);
    writeValue(writer, object[key] ?? null);
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (Number.isInteger(value) && Math.abs(value) <= MAX_INTEGER) {
    writeByte(writer, INTEGER);
    writeVarInt(writer, value);
  } else if (Math.fround(value) === value) {
    writeByte(writer, FLOAT32);
    writeFloat(writer, value, 4);
  } else {
    writeByte(writer, FLOAT64);
    writeFloat(writer, value, 8);
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/**
 * Reads JSON that a peer sent: bounded before it is parsed, checked field by field after.
 *
 * Brackets and commas are counted in the text first, so that neither depth nor a flood of tiny values costs more than a scan
 * of the bytes that came. Every reader names the place (`hello.auth.key`) in its error. Nothing of the parsed value is
 * trusted before a reader returned it; `readOpaque` is for values that another package understands.
 */
import { decodeUtf8, encodeUtf8 } from "lib0/string";
import { malformed, tooLarge } from "./malformed.ts";

export type JsonObject = { readonly [name: string]: unknown };

export interface JsonBounds {
  readonly maxDepth: number;
  /** Values in the text, at any depth. */
  readonly maxNodes: number;
}

/** The message body behind the kind byte. */
export function parseJsonBody(frame: Uint8Array, where: string, bounds: JsonBounds): unknown {
  let text: string;
  try {
    text = decodeUtf8(frame.subarray(1));
  } catch {
    throw malformed(`${where}: the body is not UTF-8`);
  }
  return parseJsonText(text, where, bounds);
}

export function parseJsonText(text: string, where: string, bounds: JsonBounds): unknown {
  assertBounded(text, where, bounds);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(`${where}: not valid JSON`);
  }
  return value;
}

/** A frame of `kind` with `body` as JSON. */
export function encodeJsonFrame(kind: number, body: JsonObject): Uint8Array {
  const json = encodeUtf8(JSON.stringify(body));
  const frame = new Uint8Array(json.length + 1);
  frame[0] = kind;
  frame.set(json, 1);
  return frame;
}

/** An object with exactly `fields`; with any fields when none are given. */
export function readObject(value: unknown, where: string, fields?: readonly string[]): JsonObject {
  if (!isObject(value)) throw malformed(`${where} is ${nameOf(value)}, not an object`);
  if (fields === undefined) return value;
  for (const field of fields) {
    if (!Object.hasOwn(value, field)) throw malformed(`${where}.${field} is missing`);
  }
  for (const name of Object.keys(value)) {
    if (!fields.includes(name)) throw malformed(`${where} has an unknown field ${quoted(name)}`);
  }
  return value;
}

/** The entries of an object whose field names are data. */
export function readMap(value: unknown, where: string, maxEntries: number, maxNameBytes: number): [string, unknown][] {
  const entries = Object.entries(readObject(value, where));
  if (entries.length > maxEntries)
    throw tooLarge(`${where} has ${entries.length} entries, over the limit of ${maxEntries}`);
  for (const [name] of entries) {
    if (name === "__proto__") throw malformed(`${where} has a field named __proto__`);
    readString(name, `a field name of ${where}`, 1, maxNameBytes);
  }
  return entries;
}

export function readArray<T>(
  value: unknown,
  where: string,
  maxLength: number,
  read: (item: unknown, where: string) => T,
): T[] {
  if (!Array.isArray(value)) throw malformed(`${where} is ${nameOf(value)}, not a list`);
  if (value.length > maxLength) throw tooLarge(`${where} has ${value.length} entries, over the limit of ${maxLength}`);
  return value.map((item: unknown, i) => read(item, `${where}[${i}]`));
}

export function readNullable<T>(value: unknown, where: string, read: (value: unknown, where: string) => T): T | null {
  return value === null ? null : read(value, where);
}

/** Bytes are counted in UTF-8. Half a surrogate pair is refused: it has no bytes, so two names could become one. */
export function readString(value: unknown, where: string, minBytes: number, maxBytes: number): string {
  if (typeof value !== "string") throw malformed(`${where} is ${nameOf(value)}, not a string`);
  if (value.length < minBytes) throw malformed(`${where} is empty`);
  if (value.length * 3 > maxBytes) {
    const bytes = value.length > maxBytes ? value.length : encodeUtf8(value).length;
    if (bytes > maxBytes) throw tooLarge(`${where} is longer than ${maxBytes} bytes`);
  }
  if (hasLoneSurrogate(value)) throw malformed(`${where} holds half a surrogate pair`);
  return value;
}

export function readInteger(value: unknown, where: string, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value))
    throw malformed(`${where} is ${nameOf(value)}, not an integer`);
  if (value < min || value > max) throw malformed(`${where} is ${value}, outside ${min}..${max}`);
  return value;
}

export function readBoolean(value: unknown, where: string): boolean {
  if (typeof value !== "boolean") throw malformed(`${where} is ${nameOf(value)}, not true or false`);
  return value;
}

export function readChoice<T extends string>(value: unknown, where: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw malformed(`${where} is none of ${choices.join(", ")}`);
  return choice;
}

/** Any JSON, but for objects with a `__proto__` field, which copying would turn into a prototype of the sender's choice. */
export function readOpaque(value: unknown, where: string): unknown {
  if (Array.isArray(value)) {
    for (const item of value) readOpaque(item, where);
  } else if (isObject(value)) {
    for (const name of Object.keys(value)) {
      if (name === "__proto__") throw malformed(`${where} has a field named __proto__`);
      readOpaque(value[name], where);
    }
  }
  return value;
}

/** With the `u` flag a class of surrogates matches only those without their other half. */
export function hasLoneSurrogate(text: string): boolean {
  return /[\uD800-\uDFFF]/u.test(text);
}

function assertBounded(text: string, where: string, { maxDepth, maxNodes }: JsonBounds): void {
  let depth = 0;
  let nodes = 1;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        i = endOfString(text, i);
        break;
      case 0x5b: // [
      case 0x7b: // {
        nodes++;
        if (++depth > maxDepth) throw tooLarge(`${where}: nested deeper than ${maxDepth} levels`);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
        nodes++;
        break;
    }
    if (nodes > maxNodes) throw tooLarge(`${where}: more than ${maxNodes} values`);
  }
}

/** Index of the quote that ends the string opened at `start`; the text's length when nothing ends it. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x22) return i;
    if (unit === 0x5c) i++; // a backslash escapes what follows
  }
  return text.length;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "a string" : `${String(value)}`;
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
}

/**
 * The canonical form of values (D4): what two replicas that hold the same writes agree on to the byte.
 *
 * Object keys in code-unit order, -0 as 0, NaN and infinities as null (as JSON writes them), text and keys without halves of
 * surrogate pairs (UTF-8 cannot carry them), nothing under the key `__proto__`.
 */
import type { JsonValue } from "../json-value.ts";

/** The canonical form of a value; itself where nothing is to change. */
export function canonicalValue(value: JsonValue): JsonValue {
  if (typeof value === "string") return wellFormed(value);
  if (typeof value === "number") return canonicalNumber(value);
  if (value === null || typeof value === "boolean") return value;
  if (isList(value)) return value.map(canonicalValue);
  return canonicalObject(value);
}

/** JSON text that is equal for equal values, and different for different ones. */
export function canonicalJson(value: JsonValue): string {
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value === 0 ? 0 : value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${entries.join(",")}}`;
}

function canonicalNumber(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return value === 0 ? 0 : value;
}

function canonicalObject(value: { readonly [key: string]: JsonValue }): { readonly [key: string]: JsonValue } {
  const object: { [key: string]: JsonValue } = {};
  const keys = Object.keys(value).sort();
  if (!keys.every(isWellFormed)) return canonicalObject(withWellFormedKeys(value, keys));
  for (const key of keys) {
    // Assigned, it would become the object's prototype.
    if (key !== "__proto__") object[key] = canonicalValue(value[key] ?? null);
  }
  return object;
}

/** Keys that differ in halves of surrogate pairs alone become one, which holds the value of the last. */
function withWellFormedKeys(
  value: { readonly [key: string]: JsonValue },
  keys: readonly string[],
): { readonly [key: string]: JsonValue } {
  return Object.fromEntries(keys.map((key) => [wellFormed(key), value[key] ?? null]));
}

function wellFormed(text: string): string {
  return isWellFormed(text) ? text : text.replace(/\p{Surrogate}/gu, "\ufffd");
}

const native: unknown = Reflect.get(String.prototype, "isWellFormed");

/** Whether text has no half of a surrogate pair. */
export const isWellFormed: (text: string) => boolean =
  typeof native === "function" ? (text) => native.call(text) === true : (text) => !/\p{Surrogate}/u.test(text);

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/**
 * The canonical form of values (D4): what two replicas that hold the same writes agree on to the byte.
 *
 * Object keys in code-unit order, -0 as 0, text without halves of surrogate pairs (UTF-8 cannot carry them).
 */
import type { JsonValue } from "../json-value.ts";

/** The canonical form of a value; itself where nothing is to change. */
export function canonicalValue(value: JsonValue): JsonValue {
  if (typeof value === "string") return isWellFormed(value) ? value : value.replace(/\p{Surrogate}/gu, "\ufffd");
  if (typeof value === "number") return value === 0 ? 0 : value;
  if (value === null || typeof value === "boolean") return value;
  if (isList(value)) return value.map(canonicalValue);
  const object: { [key: string]: JsonValue } = {};
  for (const key of Object.keys(value).sort()) object[key] = canonicalValue(value[key] ?? null);
  return object;
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

const native: unknown = Reflect.get(String.prototype, "isWellFormed");

const isWellFormed: (text: string) => boolean =
  typeof native === "function" ? (text) => native.call(text) === true : (text) => !/\p{Surrogate}/u.test(text);

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/**
 * AppSync's AUTOMERGE: what is left of a write that was made on another version than the stored one.
 *
 * It does not look at what the writer started from. A stored scalar wins, whatever the write says; a list is the stored one
 * with the written one behind it; an object is merged by its members; where nothing is stored, the write wins.
 */
import type { JsonValue, Values } from "@tributary/model";

type JsonObject = { readonly [member: string]: JsonValue };

/** The fields that the write changes, with what they become. */
export function automerge(stored: Values, written: Values): Values {
  const taken: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(written)) {
    const before = stored[name] ?? null;
    const merged = mergeValue(before, value);
    if (merged !== before) taken[name] = merged;
  }
  return taken;
}

/** `stored` itself where the write changes nothing. */
function mergeValue(stored: JsonValue, written: JsonValue): JsonValue {
  if (stored === null || written === null) return stored === null ? written : stored;
  if (isList(stored) && isList(written)) return written.length === 0 ? stored : [...stored, ...written];
  if (isObject(stored) && isObject(written)) return mergeObject(stored, written);
  return stored;
}

function mergeObject(stored: JsonObject, written: JsonObject): JsonObject {
  const taken: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(written)) {
    const before = Object.hasOwn(stored, name) ? (stored[name] ?? null) : null;
    const merged = mergeValue(before, value);
    if (merged !== before) taken[name] = merged;
  }
  return Object.keys(taken).length === 0 ? stored : { ...stored, ...taken };
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

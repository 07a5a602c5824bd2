/**
 * JSON that strangers wrote.
 *
 * Nesting is measured before anything walks a value recursively, and the key `__proto__` is refused: a copy of an object that
 * has it would take its prototype from the sender.
 */
import type { JsonValue } from "@tributary/model";

/** Levels that a value may have: half of what records may hold, so that lists and embedded types fit around it. */
const MAX_DEPTH = 32;

export type ReadJson =
  | { readonly outcome: "read"; readonly value: JsonValue }
  | { readonly outcome: "refused"; readonly reason: string };

/** Parses text that should hold JSON. */
export function readJson(text: string): ReadJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { outcome: "refused", reason: "it is not JSON" };
  }
  const problem = jsonProblem(value, MAX_DEPTH);
  if (problem !== null) return { outcome: "refused", reason: problem };
  return isJson(value) ? { outcome: "read", value } : { outcome: "refused", reason: "it is not JSON" };
}

/** What makes a parsed value unfit to be walked; null when nothing does. */
export function jsonProblem(root: unknown, maxDepth: number): string | null {
  let level: unknown[] = [root];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxDepth) return `it is nested deeper than ${maxDepth} levels`;
    const inner: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      if (Object.hasOwn(value, "__proto__")) return `it has the key "__proto__"`;
      for (const child of Object.values(value)) if (typeof child === "object" && child !== null) inner.push(child);
    }
    level = inner;
  }
  return null;
}

/** Whether a JSON value is an object, rather than a list or a scalar. */
export function isJsonObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is made of JSON only. Recursive: the depth is checked before. */
export function isJson(value: unknown): value is JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  return Array.isArray(value) ? value.every(isJson) : Object.values(value).every(isJson);
}

/**
 * The values of fields as they go in and out of instances: what an app gives becomes what an instance holds, and that becomes
 * what is stored.
 *
 * Instances hold copies, so that nothing an app keeps in hand changes a frozen record, or is frozen with it.
 */
import { canonicalValue, type JsonValue, shapeProblem } from "@tributary/model";
import { embeddedNamed, type FieldDescription, type SchemaDescription } from "@tributary/schema";

/**
 * What the app gave for a field, as Amplify reads it: text for a list, an embedded type or JSON is parsed first. Text of what
 * no value may be stays text: somebody may have stored it as such.
 */
export function readGiven(field: FieldDescription, value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === "string" && isStructured(field)) {
    const parsed = parsedOr(value, value);
    return shapeProblem(parsed) === null ? parsed : value;
  }
  if (typeof value === "number" && field.type.name === "Boolean" && !field.isList) return value !== 0;
  return value;
}

/** A deep copy, each level in the hands of `finish`. What is neither list nor plain nor embedded object stays itself. */
function copyValue(value: unknown, finish: <Level extends object>(level: Level) => Level): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return finish(value.map((element) => copyValue(element, finish)));
  if (!isData(value)) return value;
  const copy = Object.create(Object.getPrototypeOf(value)) as Record<string, unknown>;
  for (const [key, inner] of Object.entries(value)) copy[key] = copyValue(inner, finish);
  return finish(copy);
}

export function frozenCopy(value: unknown): unknown {
  return copyValue(value, Object.freeze);
}

export function writableCopy(value: unknown): unknown {
  return copyValue(value, (level) => level);
}

/** Freezes a value that is nobody else's, at every level. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  for (const inner of Object.values(value)) deepFreeze(inner);
  Object.freeze(value);
}

/** Values of embedded types are objects of classes of their own; each class tells that it is one. */
const embeddedPrototypes = new WeakSet<object>();

export function markEmbedded(prototype: object): void {
  embeddedPrototypes.add(prototype);
}

function isData(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || embeddedPrototypes.has(prototype as object);
}

/** What is stored of a field's value: plain JSON in canonical form, and of embedded objects only the fields their type declares. */
export function storedValue(schema: SchemaDescription, field: FieldDescription, value: unknown): JsonValue {
  if (value === undefined || value === null) return null;
  if (typeof value !== "object") return canonicalValue(value as JsonValue);
  const plain = parsedOr(JSON.stringify(value), null) as JsonValue;
  return canonicalValue(field.type.kind === "embedded" ? declaredOnly(schema, field, plain) : plain);
}

function declaredOnly(schema: SchemaDescription, field: FieldDescription, value: JsonValue): JsonValue {
  if (field.type.kind !== "embedded" || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => declaredOnly(schema, { ...field, isList: false }, element));
  const object = value as { readonly [key: string]: JsonValue };
  const declared: Record<string, JsonValue> = {};
  for (const inner of embeddedNamed(schema, field.type.name)?.fields ?? []) {
    const held = Object.hasOwn(object, inner.name) ? object[inner.name] : undefined;
    if (held !== undefined) declared[inner.name] = declaredOnly(schema, inner, held);
  }
  return declared;
}

function isStructured(field: FieldDescription): boolean {
  return field.isList || field.type.kind === "embedded" || field.type.name === "AWSJSON";
}

export function parsedOr(text: string | undefined, otherwise: unknown): unknown {
  if (text === undefined) return otherwise;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // What does not parse is left to validation, which says so.
    return otherwise;
  }
}

/**
 * A record's key as one string: the value itself where the primary key is one field of text, else JSON text of the list of
 * key values in key order.
 *
 * Invariant: `keyOf(model, keyValues(model, key)) === key`, and no two keys share a string. Text with half a surrogate pair has no
 * UTF-8 form, two such keys could become one on disk: it is in none.
 */
import { type FieldDescription, keyFields, type ModelDescription } from "@tributary/schema";
import type { JsonValue, Values } from "./json-value.ts";
import { isWellFormed } from "./validation/canonical.ts";

/** Values or a key string that name no record. */
export class KeyError extends Error {
  override readonly name: string = "KeyError";
  readonly model: string;

  constructor(model: string, message: string) {
    super(message);
    this.model = model;
  }
}

/** Throws a `KeyError` when a key field is missing or of a type that no key can have. */
export function keyOf(model: ModelDescription, values: Values): string {
  const fields = keyFields(model);
  const [first] = fields;
  if (fields.length === 1 && first !== undefined && isText(first)) {
    const value = values[first.name];
    if (typeof value === "string" && isWellFormed(value)) return value;
  }
  return JSON.stringify(fields.map((field) => keyPart(model, field, values[field.name])));
}

/** Whether a key string stands for key values of the model. */
export function isKeyOf(model: ModelDescription, key: string): boolean {
  const [first, ...more] = keyFields(model);
  if (first !== undefined && more.length === 0 && isText(first)) return isWellFormed(key);
  try {
    keyValues(model, key);
    return true;
  } catch (error) {
    if (error instanceof KeyError) return false;
    throw error;
  }
}

/** The key fields' values that a key string stands for. Throws a `KeyError` for a malformed one. */
export function keyValues(model: ModelDescription, key: string): Values {
  const fields = keyFields(model);
  const [first] = fields;
  if (fields.length === 1 && first !== undefined && isText(first)) {
    return { [first.name]: keyPart(model, first, key) };
  }
  const parts = parseParts(model, fields, key);
  const values: { [field: string]: JsonValue } = {};
  for (const [i, field] of fields.entries()) values[field.name] = keyPart(model, field, parts[i]);
  if (JSON.stringify(parts) !== key) {
    throw new KeyError(
      model.name,
      `${show(key)} is not how a key of ${model.name} is written; write ${JSON.stringify(parts)}`,
    );
  }
  return values;
}

function parseParts(model: ModelDescription, fields: readonly FieldDescription[], key: string): readonly unknown[] {
  const names = fields.map((field) => field.name).join(", ");
  const malformed = `${show(key)} is no key of ${model.name}; write the values of ${names} as a JSON list`;
  let parts: unknown;
  try {
    parts = JSON.parse(key);
  } catch {
    throw new KeyError(model.name, malformed);
  }
  if (!Array.isArray(parts) || parts.length !== fields.length) throw new KeyError(model.name, malformed);
  return parts;
}

/** The value of one key field, checked to be what such a field can hold. */
function keyPart(model: ModelDescription, field: FieldDescription, value: unknown): string | number | boolean {
  if (isText(field)) {
    if (typeof value === "string" && isWellFormed(value)) return value;
  } else if (isBoolean(field)) {
    if (typeof value === "boolean") return value;
  } else if (typeof value === "number" && Number.isFinite(value)) {
    return value === 0 ? 0 : value;
  }
  const expected = isText(field) ? "text" : isBoolean(field) ? "true or false" : "a number";
  const found = value === undefined ? "missing" : show(value);
  throw new KeyError(model.name, `the key field ${model.name}.${field.name} is ${found}; give it ${expected}`);
}

function isText(field: FieldDescription): boolean {
  if (field.type.kind === "enum") return true;
  if (field.type.kind !== "scalar") return false;
  const { name } = field.type;
  return name !== "Int" && name !== "Float" && name !== "AWSTimestamp" && name !== "Boolean";
}

function isBoolean(field: FieldDescription): boolean {
  return field.type.kind === "scalar" && field.type.name === "Boolean";
}

function show(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * Checks a record's values against the schema. Messages are those of Amplify's DataStore, which code and tests match.
 */
import {
  type EmbeddedDescription,
  embeddedNamed,
  enumNamed,
  type FieldDescription,
  type ModelDescription,
  type SchemaDescription,
  storedFields,
} from "@tributary/schema";
import type { JsonValue, Values } from "../json-value.ts";
import { isScalarValue, jsTypeOf, type Strictness } from "./scalar.ts";
import { shapeProblem } from "./value-shape.ts";

/** Longer values are cut in messages: those travel back to whoever sent the value. */
const MAX_SHOWN = 500;

export interface ValueProblem {
  readonly field: string;
  readonly message: string;
}

export interface ValidationOptions {
  /** Also require what must not be null; false for values that are not all there yet. */
  readonly complete: boolean;
  /** Default `relay`. */
  readonly strictness?: Strictness;
}

/** Every problem of the record, in the order of its fields; none when it is valid. Undeclared fields are not looked at. */
export function validateValues(
  schema: SchemaDescription,
  model: ModelDescription,
  values: Values,
  options: ValidationOptions,
): ValueProblem[] {
  return problemsOf(schema, storedFields(model), values, options, (field) => isRelayField(model, field));
}

/** Every problem of a value of an embedded type, in the order of its fields. */
export function validateEmbedded(
  schema: SchemaDescription,
  embedded: EmbeddedDescription,
  values: Values,
  options: ValidationOptions,
): ValueProblem[] {
  return problemsOf(schema, embedded.fields, values, options, () => false);
}

function problemsOf(
  schema: SchemaDescription,
  fields: readonly FieldDescription[],
  values: Values,
  options: ValidationOptions,
  mayBeMissing: (field: FieldDescription) => boolean,
): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const strictness = options.strictness ?? "relay";
  for (const field of fields) {
    const value = ownValue(values, field.name);
    if (value === null || value === undefined) {
      const isMissing = value === null || options.complete;
      if (field.isRequired && isMissing && !mayBeMissing(field)) {
        problems.push({ field: field.name, message: `Field ${field.name} is required` });
      }
      continue;
    }
    const message = problemOf(schema, field, value, strictness);
    if (message !== null) problems.push({ field: field.name, message });
  }
  return problems;
}

/** Fields may be named as what every object inherits. */
function ownValue(values: Values, name: string): JsonValue | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** Timestamps come from the relay when the writer gives none. */
function isRelayField(model: ModelDescription, field: FieldDescription): boolean {
  return field.isReadOnly || field.name === model.timestamps.createdAt || field.name === model.timestamps.updatedAt;
}

function problemOf(
  schema: SchemaDescription,
  field: FieldDescription,
  value: JsonValue,
  strictness: Strictness,
): string | null {
  const { name, type, isList } = field;
  const shape = shapeProblem(value);
  if (shape !== null) return `Field ${name} ${shape}`;
  if (type.kind === "embedded") {
    return isList
      ? embeddedListProblem(schema, field, type.name, value, strictness)
      : embeddedProblem(schema, name, type.name, value, strictness);
  }
  return isList ? listProblem(schema, field, value, strictness) : valueProblem(schema, field, value, strictness);
}

function listProblem(
  schema: SchemaDescription,
  field: FieldDescription,
  value: JsonValue,
  strictness: Strictness,
): string | null {
  const { name } = field;
  const elementType = `${typeName(field)}${field.isElementRequired ? "" : " | null | undefined"}`;
  if (!isList(value))
    return `Field ${name} should be of type [${elementType}], ${typeof value} received. ${show(value)}`;
  const isOfType = value.every((element) => (isNothing(element) ? !field.isElementRequired : hasType(field, element)));
  if (!isOfType) {
    const received = value.map((element) => (element === null ? "null" : typeof element)).join(",");
    return `All elements in the ${name} array should be of type ${elementType}, [${received}] received. ${show(value)}`;
  }
  if (value.every((element) => isNothing(element) || isValid(schema, field, element, strictness))) return null;
  return `All elements in the ${name} array should be of type ${field.type.name}, validation failed for one or more elements. ${show(value)}`;
}

function valueProblem(
  schema: SchemaDescription,
  field: FieldDescription,
  value: JsonValue,
  strictness: Strictness,
): string | null {
  const { name, type } = field;
  const isJson = type.kind === "scalar" && type.name === "AWSJSON";
  if (isJson && strictness === "app") return jsonProblem(name, value, strictness);
  if (!hasType(field, value)) {
    return `Field ${name} should be of type ${typeName(field)}, ${typeof value} received. ${show(value)}`;
  }
  if (isValid(schema, field, value, strictness)) return null;
  const { values } = (type.kind === "enum" ? enumNamed(schema, type.name) : undefined) ?? {};
  return values === undefined
    ? `Field ${name} should be of type ${type.name}, validation failed. ${show(value)}`
    : `Field ${name} should be one of ${values.join(", ")}. ${show(value)}`;
}

/** Amplify's DataStore knows JSON as an object or list, or as their text. */
function jsonProblem(name: string, value: JsonValue, strictness: Strictness): string | null {
  if (typeof value === "object") return null;
  if (typeof value !== "string") {
    return `Field ${name} should be of type object, ${typeof value} received. ${show(value)}`;
  }
  return isScalarValue("AWSJSON", value, strictness) ? null : `Field ${name} is an invalid JSON object. ${value}`;
}

/** Whether a value of the right JavaScript type is one that the field may hold. */
function isValid(
  schema: SchemaDescription,
  field: FieldDescription,
  value: JsonValue,
  strictness: Strictness,
): boolean {
  const { type } = field;
  if (type.kind === "scalar") return isScalarValue(type.name, value, strictness);
  if (type.kind !== "enum" || strictness === "app") return true;
  return enumNamed(schema, type.name)?.values.includes(String(value)) === true;
}

function embeddedListProblem(
  schema: SchemaDescription,
  field: FieldDescription,
  type: string,
  value: JsonValue,
  strictness: Strictness,
): string | null {
  const { name, isElementRequired } = field;
  if (!isList(value)) {
    const elementType = `${type}${isElementRequired ? "" : " | null | undefined"}`;
    return `Field ${name} should be of type [${elementType}], ${typeof value} received. ${show(value)}`;
  }
  for (const element of value) {
    if (isNothing(element) ? isElementRequired : typeof element !== "object") {
      return `All elements in the ${name} array should be of type ${type}, [${typeof element}] received. ${show(element)}`;
    }
    const problem = isNothing(element) ? null : embeddedProblem(schema, name, type, element, strictness);
    if (problem !== null) return problem;
  }
  return null;
}

function embeddedProblem(
  schema: SchemaDescription,
  name: string,
  type: string,
  value: JsonValue,
  strictness: Strictness,
): string | null {
  if (typeof value !== "object" || value === null || isList(value)) {
    // So spelt by Amplify.
    return `Field ${name} should be of type ${type}, ${typeof value} recieved. ${show(value)}`;
  }
  const fields = embeddedNamed(schema, type)?.fields ?? [];
  if (strictness === "relay") {
    const unknown = Object.keys(value).find((key) => !fields.some((field) => field.name === key));
    if (unknown !== undefined) return `Field ${name} holds ${unknown}, which ${type} does not declare. ${show(value)}`;
  }
  for (const field of fields) {
    const inner = ownValue(value, field.name);
    if (isNothing(inner)) {
      if (field.isRequired) return `Field ${field.name} is required`;
      continue;
    }
    const problem = problemOf(schema, field, inner, strictness);
    if (problem !== null) return problem;
  }
  return null;
}

function hasType(field: FieldDescription, value: JsonValue): boolean {
  const { type } = field;
  if (type.kind === "enum") return typeof value === "string";
  if (type.kind !== "scalar") return true;
  const expected = jsTypeOf(type.name);
  return expected === "json" || typeof value === expected;
}

function typeName(field: FieldDescription): string {
  const { type } = field;
  if (type.kind !== "scalar") return "string";
  const name = jsTypeOf(type.name);
  return name === "json" ? "object" : name;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isNothing(value: JsonValue | undefined): value is null | undefined {
  return value === null || value === undefined;
}

/** As Amplify's messages hold a value. */
function show(value: JsonValue): string {
  const text = asText(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

/** What `String(value)` gives, but for objects that bring a `toString` of their own: that is data here. */
function asText(value: JsonValue): string {
  if (isList(value)) return value.map((element) => (isNothing(element) ? "" : asText(element))).join(",");
  return typeof value === "object" && value !== null ? "[object Object]" : String(value);
}

/**
 * Checks a record's values against the schema. Messages are those of Amplify's DataStore, which code and tests match.
 */
import {
  embeddedNamed,
  enumNamed,
  type FieldDescription,
  type ModelDescription,
  type SchemaDescription,
  storedFields,
} from "@tributary/schema";
import type { JsonValue, Values } from "../json-value.ts";
import { isScalarValue, jsTypeOf, type Strictness } from "./scalar.ts";

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
  const problems: ValueProblem[] = [];
  const strictness = options.strictness ?? "relay";
  for (const field of storedFields(model)) {
    const value = values[field.name];
    if (value === null || value === undefined) {
      const isMissing = value === null || options.complete;
      if (field.isRequired && isMissing && !isRelayField(model, field)) {
        problems.push({ field: field.name, message: `Field ${field.name} is required` });
      }
      continue;
    }
    const message = problemOf(schema, field, value, strictness);
    if (message !== null) problems.push({ field: field.name, message });
  }
  return problems;
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
  if (field.isList) return listProblem(schema, field, value, strictness);
  return valueProblem(schema, field, value, strictness);
}

function listProblem(
  schema: SchemaDescription,
  field: FieldDescription,
  value: JsonValue,
  strictness: Strictness,
): string | null {
  const { name } = field;
  if (!Array.isArray(value))
    return `Field ${name} should be of type [${typeName(field)}], ${typeof value} received. ${show(value)}`;
  const elements = value as readonly JsonValue[];
  const present = elements.filter((element) => element !== null);
  const hasWrongType = present.some((element) => !hasType(field, element));
  if (hasWrongType || (field.isElementRequired && present.length < elements.length)) {
    const optional = field.isElementRequired ? "" : " | null | undefined";
    const received = [...new Set(elements.map((element) => (element === null ? "null" : typeof element)))].join(",");
    return `All elements in the ${name} array should be of type ${typeName(field)}${optional}, [${received}] received. ${show(value)}`;
  }
  if (present.some((element) => valueProblem(schema, field, element, strictness) !== null)) {
    return `All elements in the ${name} array should be of type ${scalarOrTypeName(field)}, validation failed for one or more elements. ${show(value)}`;
  }
  return null;
}

function valueProblem(
  schema: SchemaDescription,
  field: FieldDescription,
  value: JsonValue,
  strictness: Strictness,
): string | null {
  const { name, type } = field;
  if (!hasType(field, value))
    return `Field ${name} should be of type ${typeName(field)}, ${typeof value} received. ${show(value)}`;
  switch (type.kind) {
    case "scalar":
      if (isScalarValue(type.name, value, strictness)) return null;
      return `Field ${name} should be of type ${type.name}, validation failed. ${show(value)}`;
    case "enum": {
      if (strictness === "app" || enumNamed(schema, type.name)?.values.includes(String(value))) return null;
      return `Field ${name} should be one of ${enumNamed(schema, type.name)?.values.join(", ")}. ${show(value)}`;
    }
    case "embedded":
      return embeddedProblem(schema, name, type.name, value, strictness);
    case "model":
      return null;
  }
}

function embeddedProblem(
  schema: SchemaDescription,
  name: string,
  type: string,
  value: JsonValue,
  strictness: Strictness,
): string | null {
  const fields = embeddedNamed(schema, type)?.fields ?? [];
  const values = value as Values;
  if (strictness === "relay") {
    const unknown = Object.keys(values).find((key) => !fields.some((field) => field.name === key));
    if (unknown !== undefined) return `Field ${name} holds ${unknown}, which ${type} does not declare. ${show(value)}`;
  }
  for (const field of fields) {
    const inner = values[field.name];
    if (inner === null || inner === undefined) {
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
  if (type.kind === "embedded") return typeof value === "object" && !Array.isArray(value);
  if (type.kind === "model") return true;
  const expected = jsTypeOf(type.name);
  return expected === "json" || typeof value === expected;
}

function typeName(field: FieldDescription): string {
  const { type } = field;
  if (type.kind === "embedded") return type.name;
  if (type.kind !== "scalar") return "string";
  const name = jsTypeOf(type.name);
  return name === "json" ? "AWSJSON" : name;
}

function scalarOrTypeName(field: FieldDescription): string {
  return field.type.name;
}

function show(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

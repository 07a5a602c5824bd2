/**
 * One operator of a filter on one field, as a test.
 *
 * The meaning is DynamoDB's: a field without a value fails every comparison but `ne`, `notContains` and `notIn`. Predicates
 * count a missing number as 0 in comparisons, so those say that there is a value too.
 */
import type { JsonValue, Values } from "@tributary/model";
import type { FieldDescription } from "@tributary/schema";
import { GatewayError } from "../gateway-error.ts";
import { isJsonObject, readJson } from "../json.ts";
import { compareText } from "./compare-text.ts";
import { allOf, always, compared, type FilterTest, never } from "./filter-test.ts";
import { givenOperand, listOperand, rangeOperand } from "./operand.ts";

/** `place` names the field as the filter does, for error messages. */
export function compareField(place: string, field: FieldDescription, operator: string, operand: JsonValue): FilterTest {
  const { name } = field;
  switch (operator) {
    case "attributeExists":
      return operand === false ? isMissing(name) : isPresent(name);
    case "attributeType":
      return hasAttributeType(field, givenOperand(place, operator, operand));
    case "size":
      return hasSize(`${place}.size`, name, givenOperand(place, operator, operand));
  }
  if (isJsonField(field)) return compareJson(place, name, operator, operand);
  return field.isList ? compareList(place, field, operator, operand) : compareValue(place, name, operator, operand);
}

function compareValue(place: string, field: string, operator: string, operand: JsonValue): FilterTest {
  switch (operator) {
    case "eq":
    case "ne":
      return compared(field, operator, operand);
    case "lt":
    case "le":
    case "gt":
    case "ge":
    case "contains":
    case "beginsWith":
      return allOf([isPresent(field), compared(field, operator, givenOperand(place, operator, operand))]);
    case "notContains":
      return compared(field, operator, givenOperand(place, operator, operand));
    case "between":
      return allOf([isPresent(field), compared(field, "between", rangeOperand(place, operator, operand))]);
    case "in":
    case "notIn":
      return compared(field, operator, listOperand(place, operator, operand));
    default:
      throw new GatewayError("ValidationError", `${place} has no operator ${operator}`);
  }
}

/** Of a list as a whole only equality can be asked, with a list; comparing it with one value never holds. */
function compareList(place: string, field: FieldDescription, operator: string, operand: JsonValue): FilterTest {
  const { name } = field;
  switch (operator) {
    case "eq":
    case "ne": {
      if (operand === null || Array.isArray(operand)) return compared(name, operator, operand);
      return operator === "eq" ? never : always;
    }
    case "contains":
    case "notContains":
      return compared(name, operator, givenOperand(place, operator, operand));
    case "notIn":
      return always;
    default:
      return never;
  }
}

/** A JSON value is compared by value where equality is asked, else as the text it is served as. */
function compareJson(place: string, field: string, operator: string, operand: JsonValue): FilterTest {
  if (operator !== "eq" && operator !== "ne") {
    const accepts = compareText(place, operator, operand);
    return valueTest(field, (value) => accepts(value === null ? null : JSON.stringify(value)));
  }
  if (typeof operand !== "string") return compared(field, operator, operand);
  const read = readJson(operand);
  if (read.outcome === "refused") return operator === "eq" ? never : always;
  return compared(field, operator, read.value);
}

function isPresent(field: string): FilterTest {
  return compared(field, "ne", null);
}

function isMissing(field: string): FilterTest {
  return compared(field, "eq", null);
}

function valueTest(field: string, accepts: (value: JsonValue) => boolean): FilterTest {
  return { kind: "value", field, accepts: (values: Values) => accepts(values[field] ?? null) };
}

/** Null values are not stored, so nothing is of type `_null`; only a JSON value can be of several types. */
function hasAttributeType(field: FieldDescription, type: JsonValue): FilterTest {
  if (isJsonField(field)) return valueTest(field.name, (value) => value !== null && attributeTypeOf(value) === type);
  return attributeTypeOfField(field) === type ? isPresent(field.name) : never;
}

function attributeTypeOfField(field: FieldDescription): string {
  if (field.isList) return "list";
  if (field.type.kind !== "scalar") return "string";
  switch (field.type.name) {
    case "Int":
    case "Float":
    case "AWSTimestamp":
      return "number";
    case "Boolean":
      return "bool";
    default:
      return "string";
  }
}

function attributeTypeOf(value: Exclude<JsonValue, null>): string {
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "object":
      return "map";
    case "number":
      return "number";
    case "boolean":
      return "bool";
    default:
      return "string";
  }
}

/** Size is that of a text in characters, of a list in elements, of an object in members. */
function hasSize(place: string, field: string, conditions: JsonValue): FilterTest {
  const tests = Object.entries(isJsonObject(conditions) ? conditions : {}).map(([operator, operand]) => {
    const holds = compareSize(place, operator, operand);
    return valueTest(field, (value) => {
      const size = sizeOf(value);
      return size !== null && holds(size);
    });
  });
  return allOf(tests);
}

function compareSize(place: string, operator: string, operand: JsonValue): (size: number) => boolean {
  if (operator === "between") {
    const [from, to] = rangeOperand(place, operator, operand);
    return (size) => size >= Number(from) && size <= Number(to);
  }
  const than = Number(givenOperand(place, operator, operand));
  switch (operator) {
    case "eq":
      return (size) => size === than;
    case "ne":
      return (size) => size !== than;
    case "lt":
      return (size) => size < than;
    case "le":
      return (size) => size <= than;
    case "gt":
      return (size) => size > than;
    case "ge":
      return (size) => size >= than;
    default:
      throw new GatewayError("ValidationError", `${place} has no operator ${operator}`);
  }
}

function sizeOf(value: JsonValue): number | null {
  if (typeof value === "string") return [...value].length;
  if (Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : null;
}

function isJsonField(field: FieldDescription): boolean {
  return field.type.kind === "scalar" && field.type.name === "AWSJSON" && !field.isList;
}

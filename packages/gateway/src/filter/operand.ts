/** Operands as GraphQL hands them over, as values that predicates compare with. */
import type { JsonValue } from "@tributary/model";
import { GatewayError } from "../gateway-error.ts";
import { isJson } from "../json.ts";

/** Null for an operand that is null; an operand that is no JSON cannot come out of a filter input. */
export function operandOf(operand: unknown): JsonValue {
  if (operand === undefined) return null;
  if (isJson(operand)) return operand;
  throw new TypeError("an operand of a filter is no JSON value");
}

/** An operand that must not be null. */
export function givenOperand(place: string, operator: string, operand: JsonValue): Exclude<JsonValue, null> {
  if (operand !== null) return operand;
  throw new GatewayError("ValidationError", `${place}.${operator} is null; give it a value or leave it out`);
}

/** The two ends of a range. */
export function rangeOperand(place: string, operator: string, operand: JsonValue): readonly [JsonValue, JsonValue] {
  const [from, to, ...rest] = Array.isArray(operand) ? operand : [];
  if (from === undefined || from === null || to === undefined || to === null || rest.length > 0) {
    throw new GatewayError("ValidationError", `${place}.${operator} needs two values: [from, to]`);
  }
  return [from, to];
}

export function listOperand(place: string, operator: string, operand: JsonValue): readonly JsonValue[] {
  if (Array.isArray(operand)) return operand;
  throw new GatewayError("ValidationError", `${place}.${operator} is null; give it a list or leave it out`);
}

/** Comparison operators on text at hand; null for a field without a value. Text is ordered by code point, as stores order it. */
import type { JsonValue } from "@tributary/model";
import { GatewayError } from "../gateway-error.ts";
import { givenOperand, listOperand, rangeOperand } from "./operand.ts";

export function compareText(place: string, operator: string, operand: JsonValue): (text: string | null) => boolean {
  const present = (holds: (text: string) => boolean) => (text: string | null) => text !== null && holds(text);
  switch (operator) {
    case "between": {
      const [from, to] = rangeOperand(place, operator, operand);
      return present((text) => codePointOrder(text, String(from)) >= 0 && codePointOrder(text, String(to)) <= 0);
    }
    case "in": {
      const list = listOperand(place, operator, operand);
      return present((text) => list.includes(text));
    }
    case "notIn": {
      const list = listOperand(place, operator, operand);
      return (text) => text === null || !list.includes(text);
    }
  }
  const than = String(givenOperand(place, operator, operand));
  switch (operator) {
    case "lt":
      return present((text) => codePointOrder(text, than) < 0);
    case "le":
      return present((text) => codePointOrder(text, than) <= 0);
    case "gt":
      return present((text) => codePointOrder(text, than) > 0);
    case "ge":
      return present((text) => codePointOrder(text, than) >= 0);
    case "contains":
      return present((text) => text.includes(than));
    case "notContains":
      return (text) => text === null || !text.includes(than);
    case "beginsWith":
      return present((text) => text.startsWith(than));
    default:
      throw new GatewayError("ValidationError", `${place} has no operator ${operator}`);
  }
}

/** UTF-8 keeps the order of code points. */
function codePointOrder(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

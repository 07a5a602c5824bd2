/**
 * A condition on the fields that records are sorted by, as a predicate.
 *
 * Several sort fields compare like words: by the first field, then by the next. A condition may name only the first ones; `gt`
 * and `le` then go by those alone, and `beginsWith` takes the last one named as a beginning.
 */
import type { JsonValue, Predicate, PredicateOperator } from "@tributary/model";
import type { FieldDescription } from "@tributary/schema";
import { GatewayError } from "../gateway-error.ts";
import { operandOf, rangeOperand } from "./operand.ts";

interface Bound {
  readonly field: string;
  readonly value: JsonValue;
}

/** Null when the condition says nothing. `argument` names it in error messages. */
export function sortKeyPredicate(
  argument: string,
  sort: readonly FieldDescription[],
  condition: unknown,
): Predicate | null {
  if (typeof condition !== "object" || condition === null) return null;
  const entries = Object.entries(condition).filter(([, operand]) => operand !== null && operand !== undefined);
  if (entries.length === 0) return null;
  const of = entries.map(([operator, given]) => readOperator(argument, sort, operator, operandOf(given)));
  return { kind: "and", of };
}

function readOperator(
  argument: string,
  sort: readonly FieldDescription[],
  operator: string,
  operand: JsonValue,
): Predicate {
  const bounds = (value: JsonValue): Bound[] => readBounds(`${argument}.${operator}`, sort, value);
  switch (operator) {
    case "eq":
      return all(bounds(operand).map(({ field, value }) => compare(field, "eq", value)));
    case "lt":
    case "gt":
      return beyond(bounds(operand), operator, operator);
    case "le":
      return beyond(bounds(operand), "lt", "le");
    case "ge":
      return beyond(bounds(operand), "gt", "ge");
    case "between": {
      const [from, to] = rangeOperand(argument, operator, operand);
      return all([beyond(bounds(from), "gt", "ge"), beyond(bounds(to), "lt", "le")]);
    }
    case "beginsWith": {
      const given = bounds(operand);
      return all(
        given.map(({ field, value }, i) =>
          compare(field, i === given.length - 1 && typeof value === "string" ? "beginsWith" : "eq", value),
        ),
      );
    }
    default:
      throw new GatewayError("InvalidArgumentsError", `${argument} has no operator ${operator}`);
  }
}

/** `(a, b) > (x, y)` as `a > x or (a = x and b > y)`; `last` compares the last field, and may let it be equal. */
function beyond([first, ...rest]: readonly Bound[], inner: PredicateOperator, last: PredicateOperator): Predicate {
  if (first === undefined) return { kind: "all" };
  if (rest.length === 0) return compare(first.field, last, first.value);
  const behind = all([compare(first.field, "eq", first.value), beyond(rest, inner, last)]);
  return { kind: "or", of: [compare(first.field, inner, first.value), behind] };
}

/** The fields that a composite value names, in their order, none left out before another. */
function readBounds(place: string, sort: readonly FieldDescription[], value: JsonValue): Bound[] {
  const [only] = sort;
  if (sort.length === 1 && only !== undefined) return [{ field: only.name, value }];
  const members = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const given = new Map(members.filter(([, member]) => member !== null));
  const bounds: Bound[] = [];
  for (const { name } of sort) {
    const member = given.get(name);
    if (member === undefined) break;
    bounds.push({ field: name, value: member });
  }
  if (bounds.length === given.size && bounds.length > 0) return bounds;
  const names = sort.map((field) => field.name).join(", ");
  throw new GatewayError("InvalidArgumentsError", `${place} names its fields in their order, none left out: ${names}`);
}

function all(of: readonly Predicate[]): Predicate {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind: "and", of };
}

function compare(field: string, op: PredicateOperator, value: JsonValue): Predicate {
  return { kind: "field", field, op, value };
}

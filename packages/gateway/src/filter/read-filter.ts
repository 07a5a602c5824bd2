/**
 * Reads a filter, a condition or a subscription filter as a test of records.
 *
 * All members of one level must hold; `or` holds when one of its filters does. A null, an empty list and an empty object say
 * nothing and are passed over.
 */
import type { JsonValue } from "@tributary/model";
import { fieldNamed, type ModelDescription } from "@tributary/schema";
import { GatewayError } from "../gateway-error.ts";
import { compareField } from "./compare-field.ts";
import { allOf, always, anyOf, type FilterTest, negate, never } from "./filter-test.ts";
import { operandOf } from "./operand.ts";

/** The filter comes out of a filter input, so its names are known; `maxNodes` bounds how much it may ask. */
export function readFilter(model: ModelDescription, filter: unknown, maxNodes: number): FilterTest {
  let nodes = 0;
  return readGroup(filter, "filter");

  function readGroup(group: unknown, path: string): FilterTest {
    if (group === null || group === undefined) return always;
    return allOf(membersOf(group).map(([name, value]) => readMember(name, value, `${path}.${name}`)));
  }

  function readMember(name: string, value: unknown, path: string): FilterTest {
    if (value === null || value === undefined) return always;
    count(path);
    switch (name) {
      case "and":
      case "or": {
        const of = groupsOf(value).map((group, i) => readGroup(group, `${path}[${i}]`));
        if (of.length === 0) return always;
        return name === "and" ? allOf(of) : anyOf(of);
      }
      case "not":
        return membersOf(value).length === 0 ? always : negate(readGroup(value, path));
      case "_deleted":
        return readDeletion(value, path);
    }
    const field = fieldNamed(model, name);
    const operators = membersOf(value);
    return allOf(
      operators.map(([operator, given]) => {
        count(path);
        const operand = operandOf(given);
        return field === undefined ? compareMissing(operator, operand) : compareField(path, field, operator, operand);
      }),
    );
  }

  function count(path: string): void {
    nodes += 1;
    if (nodes <= maxNodes) return;
    // Amplify's DataStore goes by the first words: it subscribes again without a filter, and filters itself.
    const limit = `Filters exceed maximum attributes limit ${maxNodes}`;
    const message = `${limit}: the filter asks more than ${maxNodes} things, at ${path}; ask fewer`;
    throw new GatewayError("ValidationError", message);
  }
}

/** `_deleted` is true or has no value; it is never false. */
function readDeletion(comparison: unknown, path: string): FilterTest {
  const held = (operator: string, operand: JsonValue, deleted: true | null): boolean => {
    switch (operator) {
      case "eq":
        return deleted === operand;
      case "ne":
        return deleted !== operand;
      case "attributeExists":
        return (deleted !== null) === (operand !== false);
      case "attributeType":
        return deleted !== null && operand === "bool";
      default:
        throw new GatewayError("ValidationError", `${path} has no operator ${operator}`);
    }
  };
  return allOf(
    membersOf(comparison).map(([operator, given]) => {
      const operand = operandOf(given);
      return { kind: "deletion", live: held(operator, operand, null), deleted: held(operator, operand, true) };
    }),
  );
}

/** Filters can ask for an `id` also where the model has none. */
function compareMissing(operator: string, operand: JsonValue): FilterTest {
  switch (operator) {
    case "eq":
      return operand === null ? always : never;
    case "ne":
      return operand === null ? never : always;
    case "notContains":
    case "notIn":
      return always;
    case "attributeExists":
      return operand === false ? always : never;
    default:
      return never;
  }
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function groupsOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.filter((group) => group !== null && membersOf(group).length > 0) : [];
}

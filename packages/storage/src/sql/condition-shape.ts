/**
 * The two halves of a condition: its shape, which its SQL depends on, and its parameters.
 *
 * Invariants: conditions of one shape compile to the same SQL; `conditionParameters` answers them in the order in which that
 * SQL has its placeholders.
 */
import type { JsonValue } from "@tributary/model";
import type { Cell, Condition, Look } from "../adapter.ts";
import { upperEndOf } from "../upper-end.ts";

/** Equal for conditions that compile alike. */
export function conditionShape(condition: Condition): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return `${condition.kind}(${condition.of.map(conditionShape).join(",")})`;
    case "not":
      return `not(${conditionShape(condition.of)})`;
    case "compare":
      return `${condition.op}${subjectShape(condition)}`;
    case "in": {
      const list = inListOf(condition.values);
      return `in${list.form === "json" ? "j" : list.values.length}${list.hasNull ? "n" : ""}:${condition.column}`;
    }
    case "hasPrefix":
      return `prefix${upperEndOf(condition.value) === null ? "*" : ""}${subjectShape(condition)}`;
    case "hasSubstring":
      return `part${subjectShape(condition)}`;
    case "hasElement":
      return `element-${elementKindOf(condition.element)}:${condition.column}`;
    case "exists":
      return `exists:${lookShape(condition)}`;
  }
}

/** Equal for looks that compile alike. */
export function lookShape({ table, on, where }: Look): string {
  const pairs = on.map(({ own, other }) => `${own}=${other}`);
  return `${table}(${pairs.join(",")},${conditionShape(where)})`;
}

export function conditionParameters(condition: Condition): Cell[] {
  const parameters: Cell[] = [];
  collect(condition, parameters);
  return parameters;
}

function collect(condition: Condition, parameters: Cell[]): void {
  switch (condition.kind) {
    case "and":
    case "or":
      for (const part of condition.of) collect(part, parameters);
      return;
    case "not":
      collect(condition.of, parameters);
      return;
    case "compare":
    case "hasSubstring":
      parameters.push(condition.value);
      return;
    case "in": {
      const list = inListOf(condition.values);
      if (list.form === "json") parameters.push(JSON.stringify(list.values));
      else parameters.push(...list.values);
      return;
    }
    case "hasPrefix": {
      const end = upperEndOf(condition.value);
      parameters.push(condition.value);
      if (end !== null) parameters.push(end);
      return;
    }
    case "hasElement":
      parameters.push(elementParameter(condition.element));
      return;
    case "exists":
      collect(condition.where, parameters);
      return;
  }
}

function subjectShape({ column, asText }: { readonly column: string; readonly asText?: true }): string {
  return `${asText === undefined ? ":" : '"'}${column}`;
}

/** What kind of element is looked for: true, false and null by their JSON type, objects and lists by their JSON text. */
export type ElementKind = "constant" | "number" | "text" | "json";

export function elementKindOf(element: JsonValue): ElementKind {
  if (element === null || typeof element === "boolean") return "constant";
  if (typeof element === "number") return "number";
  return typeof element === "string" ? "text" : "json";
}

function elementParameter(element: JsonValue): Cell {
  if (element === null || typeof element === "boolean") return String(element);
  return typeof element === "object" ? JSON.stringify(element) : element;
}

export interface InList {
  /** `parameters`: a placeholder a value. `json`: the values as one JSON array. */
  readonly form: "parameters" | "json";
  readonly values: readonly Cell[];
  readonly hasNull: boolean;
}

/** Beyond this many values a list is one parameter: statements bound how many they have. */
const MAX_LISTED = 64;

/** A list's values without null, the last repeated up to a power of two, so that lists of many lengths share few shapes. */
export function inListOf(values: readonly Cell[]): InList {
  const given = values.filter((value) => value !== null);
  const hasNull = given.length < values.length;
  if (given.length > MAX_LISTED && given.every(isExactInJson)) return { form: "json", values: given, hasNull };
  const last = given.at(-1);
  if (last === undefined) return { form: "parameters", values: given, hasNull };
  let size = 1;
  while (size < given.length) size *= 2;
  return { form: "parameters", values: [...given, ...new Array<Cell>(size - given.length).fill(last)], hasNull };
}

/** Databases read decimal fractions back with less than all their bits. */
function isExactInJson(value: Cell): boolean {
  return typeof value === "string" || Number.isSafeInteger(value);
}

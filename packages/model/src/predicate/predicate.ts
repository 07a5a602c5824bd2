/** Predicates as data: one AST for apps, the wire, the gateway and the stores. It is JSON as it stands. */
import type { JsonValue } from "../json-value.ts";

export type PredicateOperator =
  | "eq"
  | "ne"
  | "lt"
  | "le"
  | "gt"
  | "ge"
  | "between"
  | "in"
  | "notIn"
  | "contains"
  | "notContains"
  | "beginsWith";

export type FieldPredicate = {
  readonly kind: "field";
  readonly field: string;
  readonly op: PredicateOperator;
  /** `[from, to]` for `between`, a list for `in` and `notIn`, else one value; in canonical form, as rows are. */
  readonly value: JsonValue;
};

export type Predicate =
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly of: readonly Predicate[] }
  | { readonly kind: "not"; readonly of: Predicate }
  | FieldPredicate;

export const predicateOperators: readonly PredicateOperator[] = [
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "between",
  "in",
  "notIn",
  "contains",
  "notContains",
  "beginsWith",
];

/** A predicate that cannot be taken: names the operator or field, and the path to it. */
export class PredicateError extends Error {
  override readonly name = "PredicateError";
}

/** The fields a predicate looks at. */
export function fieldsOf(predicate: Predicate): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (part: Predicate): void => {
    if (part.kind === "field") found.add(part.field);
    else if (part.kind === "not") visit(part.of);
    else if (part.kind !== "all") part.of.forEach(visit);
  };
  visit(predicate);
  return found;
}

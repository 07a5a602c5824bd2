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

/** Some record at the other end of the relation `field` meets `of`, a predicate on that record's model. */
export type RelatedPredicate = {
  readonly kind: "related";
  readonly field: string;
  readonly of: JoinedPredicate;
};

/**
 * A predicate that may look through relations. Only stores answer it: what one row holds does not tell. It stays on the
 * device; the wire and the gateway know `Predicate`.
 */
export type JoinedPredicate =
  | Predicate
  | { readonly kind: "and" | "or"; readonly of: readonly JoinedPredicate[] }
  | { readonly kind: "not"; readonly of: JoinedPredicate }
  | RelatedPredicate;

/** What every record meets. */
export const predicateAll: Predicate & { readonly kind: "all" } = Object.freeze({ kind: "all" });

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

/** Whether a predicate looks at one record only. */
export function isOwnPredicate(predicate: JoinedPredicate): predicate is Predicate {
  switch (predicate.kind) {
    case "related":
      return false;
    case "and":
    case "or":
      return predicate.of.every(isOwnPredicate);
    case "not":
      return isOwnPredicate(predicate.of);
    default:
      return true;
  }
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

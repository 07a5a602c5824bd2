/** `Predicates.ALL`, and what Amplify's internals make predicates and sorts with: here over Tributary's own. */
import {
  buildPredicate,
  buildSort,
  type JsonValue,
  type Predicate,
  type PredicateProducer,
  predicateAll,
  type SortKey,
  type SortProducer,
} from "@tributary/model";
import { modelOfClass } from "../models/schema-classes.ts";

export const Predicates: { readonly ALL: typeof predicateAll } = { ALL: predicateAll };

/** A predicate in the form that Amplify's storage adapters read. */
export type PredicatesGroup =
  | { readonly type: "and" | "or" | "not"; readonly predicates: readonly PredicatesGroup[] }
  | { readonly field: string; readonly operator: string; readonly operand: JsonValue };

export const ModelPredicateCreator = {
  /** A predicate on the model of a class. Throws a `TypeError` for what is none. */
  createFromExisting(modelConstructor: unknown, producer: PredicateProducer): Predicate {
    const model = modelOfClass(modelConstructor);
    if (model === undefined) throw new TypeError("Constructor is not for a valid model");
    return buildPredicate(model, producer);
  },
  isValidPredicate: (value: unknown): boolean => typeof value === "object" && value !== null && "kind" in value,
  getPredicates: (predicate: Predicate): PredicatesGroup => groupOf(predicate),
} as const;

export const ModelSortPredicateCreator = {
  createFromExisting(modelConstructor: unknown, producer: SortProducer): readonly SortKey[] {
    const model = modelOfClass(modelConstructor);
    if (model === undefined) throw new TypeError("Constructor is not for a valid model");
    return buildSort(model, producer);
  },
  isValidPredicate: (value: unknown): boolean => Array.isArray(value),
  getPredicates(
    keys: readonly SortKey[],
  ): readonly { readonly field: string; readonly sortDirection: SortKey["direction"] }[] {
    return keys.map(({ field, direction }) => ({ field, sortDirection: direction }));
  },
} as const;

function groupOf(predicate: Predicate): PredicatesGroup {
  switch (predicate.kind) {
    case "all":
      return { type: "and", predicates: [] };
    case "and":
    case "or":
      return { type: predicate.kind, predicates: predicate.of.map(groupOf) };
    case "not":
      return { type: "not", predicates: [groupOf(predicate.of)] };
    case "field":
      return { field: predicate.field, operator: predicate.op, operand: predicate.value };
  }
}

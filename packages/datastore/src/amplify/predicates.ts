/** `Predicates.ALL`, and what Amplify's internals make predicates and sorts with: here over Tributary's own. */
import {
  buildPredicate,
  buildSort,
  type JsonValue,
  type Predicate,
  type PredicateOperator,
  type PredicateProducer,
  predicateAll,
  type SortKey,
  type SortProducer,
} from "@tributary/model";
import { modelOfClass } from "../models/schema-classes.ts";
import type { SortDirection } from "./enums.ts";
import type { PersistentModel } from "./model-type.ts";

export const Predicates: { readonly ALL: typeof predicateAll } = { ALL: predicateAll };

export type PredicateAll = typeof predicateAll;

/** A predicate in the form that Amplify's storage adapters read: groups of groups and of conditions on fields. */
export interface PredicatesGroup<T = PersistentModel> {
  readonly type: "and" | "or" | "not";
  readonly predicates: readonly (PredicateObject<T> | PredicatesGroup<T>)[];
}

export interface PredicateObject<T = PersistentModel> {
  readonly field: keyof T & string;
  readonly operator: AllFieldOperators;
  readonly operand: JsonValue;
}

/** The operators of predicates. */
export type AllFieldOperators = PredicateOperator;

/** A sort in the form that Amplify's storage adapters read. */
export type SortPredicatesGroup<T = PersistentModel> = readonly SortPredicateObject<T>[];

export interface SortPredicateObject<T = PersistentModel> {
  readonly field: keyof T & string;
  readonly sortDirection: SortDirection;
}

export const ModelPredicateCreator = {
  /** A predicate on the model of a class. Throws a `TypeError` for what is none. */
  createFromExisting(modelConstructor: unknown, producer: PredicateProducer): Predicate {
    const model = modelOfClass(modelConstructor);
    if (model === undefined) throw new TypeError("Constructor is not for a valid model");
    return buildPredicate(model, producer);
  },
  isValidPredicate: (value: unknown): boolean => typeof value === "object" && value !== null && "kind" in value,
  /** A condition on one field is a group of one. */
  getPredicates(predicate: Predicate): PredicatesGroup {
    const read = partOf(predicate);
    return "type" in read ? read : { type: "and", predicates: [read] };
  },
} as const;

export const ModelSortPredicateCreator = {
  createFromExisting(modelConstructor: unknown, producer: SortProducer): readonly SortKey[] {
    const model = modelOfClass(modelConstructor);
    if (model === undefined) throw new TypeError("Constructor is not for a valid model");
    return buildSort(model, producer);
  },
  isValidPredicate: (value: unknown): boolean => Array.isArray(value),
  getPredicates(keys: readonly SortKey[]): SortPredicatesGroup {
    return keys.map(({ field, direction }) => ({ field, sortDirection: direction }));
  },
} as const;

function partOf(predicate: Predicate): PredicatesGroup | PredicateObject {
  switch (predicate.kind) {
    case "all":
      return { type: "and", predicates: [] };
    case "and":
    case "or":
      return { type: predicate.kind, predicates: predicate.of.map(partOf) };
    case "not":
      return { type: "not", predicates: [partOf(predicate.of)] };
    case "field":
      return { field: predicate.field, operator: predicate.op, operand: predicate.value };
  }
}

/** Derived names for types of a document, whose plurals are English: `Person` -> `People`, `userProfile` -> `userProfiles`. */
import pluralize from "pluralize";
import { indexQueryOf, operationNames } from "../derived-names.ts";
import type { OperationNames } from "../description.ts";
import type { Dialect } from "./draft.ts";

export function pluralOf(typeName: string): string {
  return pluralize(typeName);
}

/** The operations of a model that says nothing about them. */
export function defaultOperations(typeName: string, dialect: Dialect): OperationNames {
  return operationNames(typeName, pluralOf(typeName), dialect);
}

/** The query over an index that names none, in the second dialect. */
export function indexQueryName(typeName: string, fields: readonly string[]): string {
  return indexQueryOf(pluralOf(typeName), fields);
}

/**
 * Names that a document may not give away, because GraphQL, the record's metadata or the generated API own them.
 */
import type { ASTNode } from "graphql";
import { isScalarName } from "../scalar-names.ts";
import type { Problems } from "./problems.ts";

const rootTypes: readonly string[] = ["Query", "Mutation", "Subscription"];
const metadata: readonly string[] = ["_version", "_deleted", "_lastChangedAt"];
/** Beside the fields of a model these stand in its filter inputs. */
const filterWords: readonly string[] = ["and", "or", "not"];

/** Whether a type may have this name; reports when not. */
export function isFreeTypeName(name: string, at: ASTNode, problems: Problems): boolean {
  if (rootTypes.includes(name)) {
    const hint =
      "Remove it: its fields are generated from the models. Rename those with @model(queries:, mutations:, subscriptions:).";
    problems.report(at, `Type "${name}" is reserved for the generated API.`, hint);
    return false;
  }
  if (isScalarName(name)) {
    problems.report(
      at,
      `"${name}" is a scalar that every schema has.`,
      "Choose another name, or leave the definition out.",
    );
    return false;
  }
  if (name.startsWith("__")) {
    problems.report(at, `Type "${name}" begins with "__", which GraphQL reserves.`, "Choose another name.");
    return false;
  }
  return true;
}

/** Whether a field of a model may have this name; reports when not. `label` names the field. */
export function isFreeFieldName(name: string, label: string, at: ASTNode, problems: Problems): boolean {
  if (metadata.includes(name)) {
    problems.report(at, `${label} is metadata that every record has.`, "Remove the field, or choose another name.");
    return false;
  }
  if (name.startsWith("_")) {
    problems.report(at, `${label} begins with "_", which is reserved for metadata.`, "Choose another name.");
    return false;
  }
  if (filterWords.includes(name)) {
    problems.report(at, `${label} has the name of a filter's "${name}".`, "Choose another name.");
    return false;
  }
  return true;
}

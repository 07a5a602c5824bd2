/**
 * Where the provider directives of an API stand, for the rules of its models.
 *
 * A type bears those of all its rules, an operation those of the rules that grant it. Each dialect has ways of its own with
 * the types that a model contains, and with rules of single fields.
 */
import type { AuthProvider, ModelDescription, SchemaDescription } from "@tributary/schema";
import { placeFirstDialect } from "./place-first-dialect.ts";
import { placeSecondDialect } from "./place-second-dialect.ts";
import { createDirectivePlaces, type PlacedDirectives } from "./placed-directives.ts";
import type { RootField } from "./root-operation.ts";

/** With one provider there is nothing to tell. */
export function placeDirectives(
  schema: SchemaDescription,
  fields: readonly RootField[],
  providers: readonly AuthProvider[],
): PlacedDirectives {
  const places = createDirectivePlaces(providers);
  const fieldsOf = (model: ModelDescription): RootField[] =>
    fields.filter(({ operation }) => operation.model === model);
  if (schema.dialect === "v1") placeFirstDialect(schema, fieldsOf, places);
  else placeSecondDialect(schema, fieldsOf, places);
  return places.placed;
}

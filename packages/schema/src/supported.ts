/**
 * What this version of the engine cannot do yet, of what a schema may ask: field kinds it does not merge, and models whose
 * fields have different readers.
 *
 * A description may hold both; whoever puts a schema to work refuses it here first.
 */
import type { CrdtKind, ModelDescription, SchemaDescription } from "./description.ts";
import { SchemaError } from "./schema-error.ts";

/** The field kinds this version merges. */
export const mergedKinds: readonly CrdtKind[] = ["REGISTER", "LIST"];

/** Something in a schema that this version cannot do. */
export interface Unsupported {
  readonly model: string;
  readonly field: string;
  readonly reason: "crdt" | "facet";
  /** What is not supported, as a sentence. */
  readonly message: string;
  /** What to do about it, as a sentence. */
  readonly hint: string;
}

/** Everything in `schema` that this version cannot do, in order of models and fields; empty when it can be put to work. */
export function unsupportedIn(schema: SchemaDescription): readonly Unsupported[] {
  return schema.models.flatMap((model) => [...unmergedFields(model), ...fieldsOutsideFacet0(model)]);
}

/** Throws a `SchemaError` that names every field this version cannot keep. */
export function assertSupported(schema: SchemaDescription): void {
  const found = unsupportedIn(schema);
  if (found.length === 0) return;
  throw new SchemaError(
    "schema",
    found.map(({ message, hint }) => ({ line: 0, column: 0, message, hint })),
  );
}

function unmergedFields(model: ModelDescription): readonly Unsupported[] {
  return model.fields
    .filter((field) => !mergedKinds.includes(field.crdt))
    .map((field) => ({
      model: model.name,
      field: field.name,
      reason: "crdt",
      message: `${model.name}.${field.name} is of kind ${field.crdt}, which this version does not merge.`,
      hint: `Use one of the kinds it merges: ${mergedKinds.join(", ")}.`,
    }));
}

function fieldsOutsideFacet0(model: ModelDescription): readonly Unsupported[] {
  return model.facets.slice(1).flatMap((facet) =>
    facet.fields.map((field) => ({
      model: model.name,
      field,
      reason: "facet" as const,
      message: `${model.name}.${field} has other readers than ${model.name} itself, which this version cannot deliver.`,
      hint: `Give the field rules that let the same identities read, or move it to a model of its own.`,
    })),
  );
}

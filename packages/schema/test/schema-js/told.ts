/** Descriptions without what a `schema.js` cannot tell, so that they can be compared with those of the SDL behind it. */
import type { AuthRule, FieldDescription, ModelDescription, SchemaDescription } from "@tributary/schema";

/** The names of the fields that the file holds of a model. */
export type Held = (model: string) => readonly string[];

export function told({ hash: _, authHash: __, ...schema }: SchemaDescription, held: Held): unknown {
  return { ...schema, models: schema.models.map((model) => toldModel(model, held(model.name))) };
}

/** The fields that the models of a file hold. */
export function heldBy(file: unknown): Held {
  const { models } = file as { readonly models: Readonly<Record<string, { readonly fields: object }>> };
  return (model) => Object.keys(models[model]?.fields ?? {});
}

function toldModel(model: ModelDescription, held: readonly string[]): unknown {
  const fields = model.fields.map((field) => toldField(field, held));
  const facets = model.facets.flatMap((facet) => facet.fields).sort();
  const auth = model.auth.map(toldRule);
  return { ...model, fields: byName(fields), indexes: byName(model.indexes), facets, auth };
}

/** Not told: rules and defaults of fields, limits, whether an id is implied, and how the first dialect declared foreign keys. */
function toldField(
  { auth: _, defaultValue: __, ...field }: FieldDescription,
  held: readonly string[],
): FieldDescription {
  const isLeftOut = !held.includes(field.name) && field.name !== "owner";
  return {
    ...field,
    auth: [],
    isImplied: field.name === "id" || isLeftOut || field.isImplied,
    isRequired: isLeftOut || field.isRequired,
    relation: field.relation?.kind === "hasMany" ? { ...field.relation, limit: 100 } : field.relation,
  };
}

/** Not told: whether `username` was asked for, or is the default. */
function toldRule(rule: AuthRule): AuthRule {
  return rule.identityClaim === "username" ? { ...rule, identityClaim: "sub::username" } : rule;
}

function byName<T extends { readonly name: string }>(list: readonly T[]): readonly T[] {
  return [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
}

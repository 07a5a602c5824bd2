/**
 * The `version` of model files: Amplify's digest of a schema, by which its DataStore notices that models changed.
 *
 * It covers models and embedded types with the names, types, lists and nullability of their fields, keys of the first dialect, and
 * relation directives as they are written. Rules, enums and indexes of the second dialect leave it alone.
 */
import { md5 } from "../md5.ts";
import type { Blueprint, DirectiveBlueprint, FieldBlueprint } from "./blueprint.ts";

export function versionDigest({ dialect, models, embedded }: Blueprint): string {
  const counted = countedDirectives[dialect];
  const types = [
    ...[...models.values()].map(({ name, directives, fields }) => ({
      name,
      directives: directives.filter((directive) => counted.onModels.includes(directive.name)),
      fields: digestedFields(fields, counted.onFields),
    })),
    ...[...embedded.values()].map(({ name, fields }) => ({
      name,
      directives: [],
      fields: digestedFields(fields, counted.onFields),
    })),
  ];
  return md5(JSON.stringify(types.sort(byName)));
}

const countedDirectives: Readonly<
  Record<Blueprint["dialect"], { readonly onModels: readonly string[]; readonly onFields: readonly string[] }>
> = {
  v1: { onModels: ["key"], onFields: ["connection"] },
  v2: { onModels: [], onFields: ["hasOne", "belongsTo", "hasMany", "manyToMany"] },
};

function digestedFields(fields: readonly FieldBlueprint[], counted: readonly string[]) {
  return fields
    .map(({ name, directives, typeName, isNullable, isList, isListNullable }) => ({
      name,
      directives: directives.filter((directive) => counted.includes(directive.name)).map(digestedDirective),
      type: typeName,
      isNullable,
      isList,
      isListNullable,
    }))
    .sort(byName);
}

/** The order of properties counts. */
function digestedDirective({ name, arguments: given, fieldName }: DirectiveBlueprint) {
  return { name, arguments: given, fieldName };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

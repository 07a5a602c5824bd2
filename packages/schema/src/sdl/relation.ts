/**
 * What the relation directives share: finding the model at the other end, matching given key fields against a key, and laying
 * down the foreign key that a relation implies.
 */
import type { ASTNode } from "graphql";
import { relationIndexName } from "../derived-names.ts";
import type { FieldType } from "../description.ts";
import { didYouMean } from "../suggestion.ts";
import type { FieldUse } from "./directive.ts";
import { draftField, draftKey, type FieldDraft, impliedField, type ModelDraft, type SchemaDraft } from "./draft.ts";
import { isFreeFieldName } from "./reserved-names.ts";
import type { LocatedName, Readers } from "./value-reader.ts";

/** Whether a relation leads to one record, to many, or to either. */
export type Cardinality = "one" | "many" | "any";

/**
 * The model that a relation field leads to; null after reporting why there is none. Notes on the field which directive makes it a
 * relation.
 */
export function relatedModel<R extends Readers>(
  { node, model, field }: FieldUse<R>,
  cardinality: Cardinality,
  { models, problems }: SchemaDraft,
): ModelDraft | null {
  const directive = `@${node.name.value}`;
  const label = `${model.name}.${field.name}`;
  if (field.relationDirective !== null) {
    const hint = "Keep one relation directive on the field.";
    problems.report(node, `${directive} stands on ${label} beside @${field.relationDirective}.`, hint);
    return null;
  }
  field.relationDirective = node.name.value;
  if (field.type === null) return null;
  const related = field.type.kind === "model" ? models.get(field.type.name) : undefined;
  if (related === undefined) {
    const hint =
      field.type.kind === "embedded"
        ? `Add @model to type ${field.type.name}, or remove ${directive}.`
        : `Remove ${directive}.`;
    problems.report(node, `${directive} stands on ${label}, whose type ${field.type.name} is no model.`, hint);
    return null;
  }
  if (cardinality === "many" && !field.isList) {
    problems.report(
      node,
      `${directive} stands on ${label}, which is no list.`,
      `Declare it as ${field.name}: [${related.name}].`,
    );
    return null;
  }
  if (cardinality === "one" && field.isList) {
    problems.report(
      node,
      `${directive} stands on ${label}, which is a list.`,
      `Declare it as ${field.name}: ${related.name}.`,
    );
    return null;
  }
  return related;
}

/** The fields of these names in `model`; null after reporting those that cannot hold a part of a key. */
export function foreignKeyFields(
  model: ModelDraft,
  names: readonly LocatedName[],
  { problems }: SchemaDraft,
): readonly FieldDraft[] | null {
  const fields = names.map(({ name, at }) => {
    const field = draftField(model, name);
    if (field === undefined) {
      const known = model.fields.filter((other) => other.type?.kind !== "model").map((other) => other.name);
      const hint = didYouMean(name, known, `Declare it, or use one of ${known.join(", ")}.`);
      problems.report(at, `There is no field "${name}" in ${model.name} for the relation.`, hint);
      return null;
    }
    if (field.type === null) return null;
    if (field.isList || (field.type.kind !== "scalar" && field.type.kind !== "enum")) {
      const message = `Field ${model.name}.${name} is no single scalar or enum, so it cannot hold a key.`;
      problems.report(at, message, "Name fields that hold one value each.");
      return null;
    }
    return field;
  });
  return fields.every((field) => field !== null) ? fields : null;
}

/**
 * Whether `own` fields can be compared with the parts of `key` one by one; reports when not. Fewer fields than parts will do only
 * where `mayBePartial`.
 */
export function matchesKey(
  own: { readonly model: ModelDraft; readonly fields: readonly FieldDraft[] },
  key: { readonly label: string; readonly fields: readonly FieldDraft[] },
  mayBePartial: boolean,
  at: ASTNode,
  { problems }: SchemaDraft,
): boolean {
  const names = key.fields.map((field) => field.name).join(", ");
  if (own.fields.length > key.fields.length || (!mayBePartial && own.fields.length < key.fields.length)) {
    const message = `The relation gives ${own.fields.length} fields for the ${key.fields.length} of ${key.label} (${names}).`;
    problems.report(at, message, "Give one field for each.");
    return false;
  }
  const misfit = own.fields.findIndex((field, i) => !areComparable(field.type, key.fields[i]?.type ?? null));
  const [field, part] = [own.fields[misfit], key.fields[misfit]];
  if (field === undefined || part === undefined) return true;
  const message = `Field ${own.model.name}.${field.name} is of type ${field.type?.name}, but ${part.name} of ${key.label} is of type ${part.type?.name}.`;
  problems.report(at, message, "Give both the same type.");
  return false;
}

/**
 * Gives `holder` one field for each part of the key of `target`, under these names; a declared field of the name is used as it is.
 * Null when the key is unknown or a declared field does not fit, which is reported.
 */
export function layForeignKey(
  holder: ModelDraft,
  target: ModelDraft,
  nameOfPart: (part: string) => string,
  isRequired: boolean,
  at: ASTNode,
  draft: SchemaDraft,
): readonly string[] | null {
  const key = draftKey(target);
  if (key === null) return null;
  const names = key.map((part) => nameOfPart(part.name));
  for (const part of key) addKeyField(holder, nameOfPart(part.name), part.type, isRequired, at, draft);
  const located = names.map((name) => ({ name, at: draftField(holder, name)?.at ?? at }));
  const fields = foreignKeyFields(holder, located, draft);
  if (fields === null) return null;
  const label = `the key of ${target.name}`;
  return matchesKey({ model: holder, fields }, { label, fields: key }, false, at, draft) ? names : null;
}

/** Adds one implied key field unless a field of the name is there. */
export function addKeyField(
  holder: ModelDraft,
  name: string,
  type: FieldType | null,
  isRequired: boolean,
  at: ASTNode,
  { problems }: SchemaDraft,
): void {
  if (draftField(holder, name) !== undefined) return;
  if (isFreeFieldName(name, `Foreign key "${name}" of ${holder.name}`, at, problems))
    holder.fields.push(impliedField(at, { name, type, isRequired }));
}

/** The index of `holder` that begins with `fields`, added under the relation's name if there is none. */
export function layRelationIndex(
  holder: ModelDraft,
  fields: readonly string[],
  relation: string,
  at: ASTNode,
): { readonly name: string } {
  const existing = holder.indexes.find((index) => fields.every((field, i) => index.fields[i] === field));
  if (existing !== undefined) return existing;
  const index = { name: relationIndexName(relation), fields, queryField: null, at };
  holder.indexes.push(index);
  return index;
}

/** ID and String hold the same values; anything else compares with its own kind only. */
function areComparable(a: FieldType | null, b: FieldType | null): boolean {
  if (a === null || b === null) return true;
  const kindOf = (type: FieldType): string => (type.kind === "scalar" && type.name === "ID" ? "String" : type.name);
  return kindOf(a) === kindOf(b);
}

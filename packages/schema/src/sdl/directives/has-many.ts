/**
 * `@hasMany(indexName, fields, limit)`: records of the other model hold this model's key.
 *
 * Without arguments the other model gets the foreign key `<model><Field><Key>` and an index over it. With `indexName` that index
 * is used; with `fields` alone, the other model's primary key.
 */

import type { ASTNode } from "graphql";
import { camelName } from "../../derived-names.ts";
import type { Relation } from "../../description.ts";
import { defaultRelationLimit } from "../../relation-limit.ts";
import { didYouMean } from "../../suggestion.ts";
import { type Directive, defineDirective } from "../directive.ts";
import { draftField, draftKey, type FieldDraft, type ModelDraft, type SchemaDraft } from "../draft.ts";
import { foreignKeyFields, layForeignKey, layRelationIndex, matchesKey, relatedModel } from "../relation.ts";
import { int, type LocatedName, listOf, located, text } from "../value-reader.ts";

export const hasMany: Directive = defineDirective({
  name: "hasMany",
  dialect: "v2",
  arguments: { indexName: text, fields: listOf(located), limit: int },
  phase: "foreignKeys",
  onField(use, draft) {
    const { node, model, field, values } = use;
    const related = relatedModel(use, "many", draft);
    if (related === null) return;
    const limit = checkedLimit(values.limit, node, draft);
    if (values.indexName !== undefined || values.fields !== undefined) {
      const through = { indexName: values.indexName, fields: values.fields };
      field.relation = hasManyThrough(model, related, through, limit, node, draft);
      return;
    }
    const nameOfPart = (part: string): string => camelName(model.name, field.name, part);
    const keys = layForeignKey(related, model, nameOfPart, field.isRequired, node, draft);
    if (keys === null) return;
    const index = layRelationIndex(related, keys, `${model.name}.${field.name}`, node);
    field.relation = { kind: "hasMany", model: related.name, keys, index: index.name, limit };
  },
});

/** A has-many relation over an index, or the primary key, that the other model declares. */
export function hasManyThrough(
  model: ModelDraft,
  related: ModelDraft,
  through: { readonly indexName: string | undefined; readonly fields: readonly LocatedName[] | undefined },
  limit: number,
  at: ASTNode,
  draft: SchemaDraft,
): Relation | null {
  const searched = searchedFields(related, through.indexName, at, draft);
  const own = through.fields === undefined ? draftKey(model) : foreignKeyFields(model, through.fields, draft);
  if (searched === null || own === null) return null;
  if (own.length === 0) {
    draft.problems.report(at, `The relation to ${related.name} names no fields.`, "Name at least one field.");
    return null;
  }
  const label = through.indexName === undefined ? `the key of ${related.name}` : `index "${through.indexName}"`;
  if (!matchesKey({ model, fields: own }, { label, fields: searched }, true, at, draft)) return null;
  const keys = searched.slice(0, own.length).map((field) => field.name);
  const from = own.map((field) => field.name);
  const isOwnKey = from.join() === model.primaryKey?.fields.join();
  const relation = { kind: "hasMany", model: related.name, keys, index: through.indexName ?? null, limit } as const;
  return isOwnKey ? relation : { ...relation, from };
}

export function checkedLimit(limit: number | undefined, at: ASTNode, { problems }: SchemaDraft): number {
  if (limit === undefined) return defaultRelationLimit;
  if (limit < 1) {
    const hint = `Give a number of at least 1, or leave it out for ${defaultRelationLimit}.`;
    problems.report(at, `The limit of related records is ${limit}.`, hint);
  }
  return limit;
}

function searchedFields(
  related: ModelDraft,
  indexName: string | undefined,
  at: ASTNode,
  { problems }: SchemaDraft,
): readonly FieldDraft[] | null {
  if (indexName === undefined) return draftKey(related);
  const index = related.indexes.find((candidate) => candidate.name === indexName);
  if (index !== undefined) return index.fields.flatMap((name) => draftField(related, name) ?? []);
  const known = related.indexes.map((candidate) => candidate.name);
  const otherwise =
    known.length === 0 ? `Add an index to ${related.name}.` : `${related.name} has ${known.join(", ")}.`;
  problems.report(at, `There is no index "${indexName}" in ${related.name}.`, didYouMean(indexName, known, otherwise));
  return null;
}

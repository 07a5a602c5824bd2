/**
 * `@hasOne(fields)`: this model holds the key of one record of the other model, in the fields named or in `<model><Field><Key>`,
 * which may be null where the relation may.
 */

import type { ASTNode } from "graphql";
import { camelName } from "../../derived-names.ts";
import { type Directive, defineDirective } from "../directive.ts";
import { draftKey, type FieldDraft, type ModelDraft, type SchemaDraft } from "../draft.ts";
import { foreignKeyFields, layForeignKey, matchesKey, relatedModel } from "../relation.ts";
import { type LocatedName, listOf, located } from "../value-reader.ts";

export const hasOne: Directive = defineDirective({
  name: "hasOne",
  dialect: "v2",
  arguments: { fields: listOf(located) },
  phase: "foreignKeys",
  onField(use, draft) {
    const related = relatedModel(use, "one", draft);
    if (related === null) return;
    const { node, model, field, values } = use;
    const keys =
      values.fields === undefined
        ? layOwnKey(model, field, related, node, draft)
        : ownKeyOf(model, related, values.fields, node, draft);
    if (keys !== null) field.relation = { kind: "hasOne", model: related.name, keys };
  },
});

/** The implied fields of `model` that hold the key of `related` for the relation `field`. */
export function layOwnKey(
  model: ModelDraft,
  field: FieldDraft,
  related: ModelDraft,
  at: ASTNode,
  draft: SchemaDraft,
): readonly string[] | null {
  const nameOfPart = (part: string): string => camelName(model.name, field.name, part);
  return layForeignKey(model, related, nameOfPart, field.isRequired, at, draft);
}

/** The named fields of `model`, when they can hold the whole key of `related`. */
export function ownKeyOf(
  model: ModelDraft,
  related: ModelDraft,
  names: readonly LocatedName[],
  at: ASTNode,
  draft: SchemaDraft,
): readonly string[] | null {
  const fields = foreignKeyFields(model, names, draft);
  const key = draftKey(related);
  if (fields === null || key === null) return null;
  const label = `the key of ${related.name}`;
  if (!matchesKey({ model, fields }, { label, fields: key }, false, at, draft)) return null;
  return fields.map((field) => field.name);
}

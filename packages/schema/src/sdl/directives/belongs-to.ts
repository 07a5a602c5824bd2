/**
 * `@belongsTo(fields)`: the other end of a `@hasMany` or `@hasOne`.
 *
 * It uses the fields named, else the foreign key that the other model's `@hasMany` keeps here; facing a `@hasOne` it keeps a key of
 * its own, `<model><Field><Key>`. Of several relations back, the first declared counts.
 */
import { type Directive, defineDirective, type FieldUse } from "../directive.ts";
import type { ModelDraft, SchemaDraft } from "../draft.ts";
import { relatedModel } from "../relation.ts";
import { listOf, located } from "../value-reader.ts";
import { layOwnKey, ownKeyOf } from "./has-one.ts";

const readers = { fields: listOf(located) };

export const belongsTo: Directive = defineDirective({
  name: "belongsTo",
  dialect: "v2",
  arguments: readers,
  phase: "backReferences",
  onField(use, draft) {
    const related = relatedModel(use, "one", draft);
    if (related === null) return;
    const { node, model, values } = use;
    const keys =
      values.fields === undefined
        ? keysFacing(use, related, draft)
        : ownKeyOf(model, related, values.fields, node, draft);
    if (keys !== null) use.field.relation = { kind: "belongsTo", model: related.name, keys };
  },
});

function keysFacing(
  { node, model, field }: FieldUse<typeof readers>,
  related: ModelDraft,
  draft: SchemaDraft,
): readonly string[] | null {
  const opposite = related.fields.find(
    (candidate) =>
      candidate !== field &&
      (candidate.relationDirective === "hasMany" || candidate.relationDirective === "hasOne") &&
      candidate.type?.name === model.name,
  );
  const label = `@belongsTo on ${model.name}.${field.name}`;
  if (opposite === undefined) {
    const hint = `Add @hasMany or @hasOne to a field of ${related.name}, or name the fields of ${model.name} that hold its key: @belongsTo(fields: [...]).`;
    draft.problems.report(node, `${label} has no relation back from ${related.name}.`, hint);
    return null;
  }
  if (opposite.relationDirective === "hasOne") return layOwnKey(model, field, related, node, draft);
  const relation = opposite.relation;
  if (relation?.kind !== "hasMany") return null;
  const holdsWholeKey = relation.from === undefined && relation.keys.length === related.primaryKey?.fields.length;
  if (holdsWholeKey) return relation.keys;
  const hint = `Name the fields of ${model.name} that hold the key of ${related.name}: @belongsTo(fields: [...]).`;
  draft.problems.report(
    node,
    `${label} faces ${related.name}.${opposite.name}, which goes by other fields than the key.`,
    hint,
  );
  return null;
}

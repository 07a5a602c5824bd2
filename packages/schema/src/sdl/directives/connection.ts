/**
 * `@connection` of the first dialect, in its three forms:
 * - `(keyName, fields, limit)`: over an index of the other model, or its primary key; `fields` are this model's.
 * - `(name, keyField, sortField, limit)`: pairs this field with the one of the same name in the other model. A list and a single
 *   field share one foreign key, two single fields have one each.
 * - without `fields` and `name`: on its own. A list keeps the foreign key in the other model, a single field in this one.
 *
 * An implied foreign key is `<model><Field>Id` after the single field of the pair, or after the field itself. A single field belongs to
 * what it leads to, unless its key is its own record's key, it is the optional one of two single fields, or it is optional, names its
 * fields, and no list leads back: then it has one.
 */
import type { ASTNode } from "graphql";
import { camelName, relationIndexName } from "../../derived-names.ts";
import type { Relation } from "../../description.ts";
import { addIndex } from "../add-index.ts";
import { type Directive, defineDirective, type FieldUse } from "../directive.ts";
import { type ConnectionSide, draftKey, type ModelDraft, type SchemaDraft } from "../draft.ts";
import { addKeyField, layRelationIndex, relatedModel } from "../relation.ts";
import { int, type LocatedName, listOf, located, text } from "../value-reader.ts";
import { checkedLimit, hasManyThrough } from "./has-many.ts";
import { ownKeyOf } from "./has-one.ts";

const readers = {
  name: text,
  keyName: text,
  fields: listOf(located),
  keyField: located,
  sortField: located,
  limit: int,
};

export const connection: Directive = defineDirective({
  name: "connection",
  dialect: "v1",
  arguments: readers,
  phase: "foreignKeys",
  onField(use, draft) {
    const { node, model, field, values } = use;
    const related = relatedModel(use, "any", draft);
    if (related === null) return;
    const { name, fields, keyName, keyField, sortField } = values;
    const side: ConnectionSide = {
      model,
      field,
      related,
      at: node,
      keyField,
      sortField,
      limit: checkedLimit(values.limit, node, draft),
    };
    if (fields !== undefined) {
      field.relation = relationOverFields(use, fields, side, draft);
      draft.connectionsOverFields.push(side);
    } else if (keyName !== undefined) {
      const message = `@connection on ${model.name}.${field.name} has keyName but no fields.`;
      draft.problems.report(node, message, `Name the fields of ${model.name} to look up, as in fields: ["id"].`);
    } else if (name === undefined) field.relation = relationAlone(side, draft);
    else {
      const pair = `${name} ${[model.name, related.name].sort().join(" ")}`;
      draft.connections.set(pair, [...(draft.connections.get(pair) ?? []), side]);
    }
  },
});

/** Tells which optional fields have one record rather than belong to it, once all lists are known. */
export function settleSingleConnections({ connectionsOverFields }: SchemaDraft): void {
  for (const { model, field, related } of connectionsOverFields) {
    const relation = field.relation;
    if (relation?.kind !== "belongsTo" || field.isRequired) continue;
    const isListed = related.fields.some(
      (other) => other.relation?.kind === "hasMany" && other.relation.model === model.name,
    );
    if (!isListed) field.relation = { ...relation, kind: "hasOne" };
  }
}

/** Completes the named connections once both halves are known. */
export function pairConnections(draft: SchemaDraft): void {
  for (const [pair, [left, right, third]] of draft.connections) {
    const name = pair.slice(0, pair.indexOf(" "));
    if (left === undefined) continue;
    const label = `@connection(name: "${name}")`;
    if (right === undefined) {
      const hint = `Add ${label} to a field of type ${left.model.name} in ${left.related.name}, or leave the name out.`;
      draft.problems.report(left.at, `${label} stands on ${labelOf(left)} only.`, hint);
    } else if (third !== undefined) {
      const hint = "Give each pair of fields a connection name of its own.";
      draft.problems.report(third.at, `${label} stands on a third field, ${labelOf(third)}.`, hint);
    } else if (left.field.isList && right.field.isList) {
      const hint = "Write a model that joins the two, with a @key for each side.";
      draft.problems.report(right.at, `${label} ties the lists ${labelOf(left)} and ${labelOf(right)}.`, hint);
    } else if (left.field.isList) pairListWithOne(left, right, draft);
    else if (right.field.isList) pairListWithOne(right, left, draft);
    else {
      left.field.relation = relationToOne(left, right, draft);
      right.field.relation = relationToOne(right, left, draft);
    }
  }
}

function pairListWithOne(list: ConnectionSide, one: ConnectionSide, draft: SchemaDraft): void {
  const keyName = one.keyField ?? list.keyField ?? impliedKeyName(one);
  const key = layKey(one.model, list.model, keyName, one.field.isRequired, one.at, draft);
  if (key === null) return;
  one.field.relation = { kind: "belongsTo", model: list.model.name, keys: [key] };
  const sortField = list.sortField ?? one.sortField;
  list.field.relation = relationToMany({ ...list, sortField }, key, draft);
}

function relationOverFields(
  { node, model, field, values }: FieldUse<typeof readers>,
  fields: readonly LocatedName[],
  { related, limit }: ConnectionSide,
  draft: SchemaDraft,
): Relation | null {
  if (field.isList) return hasManyThrough(model, related, { indexName: values.keyName, fields }, limit, node, draft);
  if (values.keyName !== undefined) {
    const message = `@connection on ${model.name}.${field.name} leads to one record but names the index "${values.keyName}".`;
    draft.problems.report(node, message, `Remove keyName, and name the fields that hold the key of ${related.name}.`);
    return null;
  }
  return toOneOver(model, related, fields, node, draft);
}

function relationAlone(side: ConnectionSide, draft: SchemaDraft): Relation | null {
  if (!side.field.isList) return relationToOne(side, null, draft);
  const key = layKey(side.related, side.model, side.keyField ?? impliedKeyName(side), false, side.at, draft);
  return key === null ? null : relationToMany(side, key, draft);
}

/** A single field with a key of its own; `opposite` is the single field it is paired with. */
function relationToOne(side: ConnectionSide, opposite: ConnectionSide | null, draft: SchemaDraft): Relation | null {
  const { model, field, related, at, sortField } = side;
  const keyName = side.keyField ?? impliedKeyName(side);
  if (sortField !== undefined) {
    addKeyField(model, keyName.name, { kind: "scalar", name: "ID" }, field.isRequired, at, draft);
    return toOneOver(model, related, [keyName, sortField], at, draft);
  }
  const key = layKey(model, related, keyName, field.isRequired, at, draft);
  if (key === null) return null;
  const hasOne = opposite !== null && !field.isRequired && opposite.field.isRequired;
  return { kind: hasOne ? "hasOne" : "belongsTo", model: related.name, keys: [key] };
}

function toOneOver(
  model: ModelDraft,
  related: ModelDraft,
  fields: readonly LocatedName[],
  at: ASTNode,
  draft: SchemaDraft,
): Relation | null {
  const keys = ownKeyOf(model, related, fields, at, draft);
  if (keys === null) return null;
  const isOwnKey = keys.join() === model.primaryKey?.fields.join();
  return { kind: isOwnKey ? "hasOne" : "belongsTo", model: related.name, keys };
}

function relationToMany(side: ConnectionSide, key: string, draft: SchemaDraft): Relation {
  const { related, at, sortField, limit } = side;
  if (sortField === undefined) {
    const index = layRelationIndex(related, [key], labelOf(side), at);
    return { kind: "hasMany", model: related.name, keys: [key], index: index.name, limit };
  }
  const index = relationIndexName(labelOf(side));
  addIndex(related, { name: index, fields: [{ name: key, at }, sortField], queryField: null }, at, draft);
  return { kind: "hasMany", model: related.name, keys: [key], index, limit };
}

/** The one field of `holder` that holds the key of `target`, declared or added; null after reporting that there can be none. */
function layKey(
  holder: ModelDraft,
  target: ModelDraft,
  name: LocatedName,
  isRequired: boolean,
  at: ASTNode,
  draft: SchemaDraft,
): string | null {
  const key = draftKey(target);
  if (key === null) return null;
  const [part, ...more] = key;
  if (more.length > 0 || (part?.type?.name !== "ID" && part?.type?.name !== "String")) {
    const parts = key.map((field) => `${field.name}: ${field.type?.name}`).join(", ");
    const message = `The connection has one foreign key of type ID, but the key of ${target.name} is (${parts}).`;
    draft.problems.report(at, message, "Declare fields for it and name them: @connection(fields: [...]).");
    return null;
  }
  addKeyField(holder, name.name, { kind: "scalar", name: "ID" }, isRequired, at, draft);
  return ownKeyOf(holder, target, [name], at, draft)?.[0] ?? null;
}

function impliedKeyName({ model, field, at }: ConnectionSide): LocatedName {
  return { name: camelName(model.name, field.name, "id"), at };
}

function labelOf({ model, field }: ConnectionSide): string {
  return `${model.name}.${field.name}`;
}

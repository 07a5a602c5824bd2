/**
 * Join models of `@manyToMany`, told from models that somebody wrote by what only the generator writes: an id, two optional foreign
 * keys, two required relations, an index by each side, and on each side one list of it.
 */
import type { FileField, FileModel, FileSchema } from "./model-file.ts";

/** A join model with its relations to both sides. */
export interface Join {
  readonly model: FileModel;
  readonly relations: readonly FileField[];
}

export function joinsIn({ models }: FileSchema): readonly Join[] {
  return models.flatMap((model) => {
    const relations = model.fields.filter(({ association }) => association !== null);
    return isJoin(model, relations, models) ? [{ model, relations }] : [];
  });
}

function isJoin(model: FileModel, relations: readonly FileField[], models: readonly FileModel[]): boolean {
  const [left, right, third] = relations;
  if (left === undefined || right === undefined || third !== undefined || left.type.name === right.type.name)
    return false;
  const keys = relations.flatMap(({ association }) =>
    association?.kind === "BELONGS_TO" ? association.targetNames : [],
  );
  const stored = model.fields.filter((field) => !relations.includes(field) && !field.isReadOnly);
  return (
    relations.every(({ isRequired, association }) => isRequired && association?.kind === "BELONGS_TO") &&
    stored.every(({ name, isRequired }) => (isRequired ? name === "id" : keys.includes(name))) &&
    hasIndexBySide(model, relations) &&
    relations.every((relation) => isListedOnce(model, relation, models))
  );
}

function hasIndexBySide({ attributes }: FileModel, relations: readonly FileField[]): boolean {
  const names = attributes.filter(({ type }) => type === "key").map(({ properties }) => nameOf(properties.value));
  const sides = relations.map(({ type }) => `by${type.name}`);
  return names.length === sides.length && sides.every((side) => names.includes(side));
}

function nameOf(properties: unknown): unknown {
  return typeof properties === "object" && properties !== null && "name" in properties ? properties.name : undefined;
}

function isListedOnce(join: FileModel, relation: FileField, models: readonly FileModel[]): boolean {
  const side = models.find(({ name }) => name === relation.type.name);
  const lists = side?.fields.filter(({ type }) => type.name === join.name) ?? [];
  return lists.length === 1 && lists.every(({ association }) => association?.kind === "HAS_MANY");
}

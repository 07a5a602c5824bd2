/**
 * What the relation fields of a model's type stand for, as data: one record by its key, or the records that hold a key.
 *
 * Which fields hold which is in the schema description; here it becomes an order of records with arguments, like those of
 * root fields.
 */
import { type Join, joinOf } from "@tributary/model";
import {
  type FieldDescription,
  indexNamed,
  isRelationIndex,
  type ModelDescription,
  type SchemaDescription,
} from "@tributary/schema";
import { type SortPath, sortPath } from "./key-path.ts";

export type RelationOperation =
  /** The record of `model` whose key is in `keys` of the record one comes from. */
  | { readonly kind: "related"; readonly model: ModelDescription; readonly keys: readonly string[] }
  /** The records of `model` whose fields equal those of the record one comes from; of `limit` when nothing else is asked for. */
  | {
      readonly kind: "connection";
      readonly model: ModelDescription;
      readonly on: Join["on"];
      readonly path: SortPath;
      readonly limit: number | null;
      /** The keys are there for this relation alone. */
      readonly isImplied: boolean;
    };

/** Null for a field that is no relation to a model that is served. */
export function relationOperation(
  schema: SchemaDescription,
  owner: ModelDescription,
  { name, relation }: FieldDescription,
): RelationOperation | null {
  if (relation === null) return null;
  const { model, on } = joinOf(schema, owner, name);
  if (!model.isSyncable) return null;
  switch (relation.kind) {
    case "belongsTo":
    case "hasOne":
      return { kind: "related", model, keys: relation.keys };
    case "hasMany": {
      const { keys, index, limit } = relation;
      const fields = index === null ? model.primaryKey : (indexNamed(model, index)?.fields ?? []);
      // An index that the second dialect makes for the relation itself sorts by what the other model's key sorts by.
      const isImplied = schema.dialect === "v2" && index !== null && isRelationIndex(index);
      const path = isImplied
        ? sortPath(model, null, model.primaryKey.slice(1))
        : sortPath(model, index, fields.slice(keys.length));
      return { kind: "connection", model, on, path, limit, isImplied };
    }
    case "manyToMany":
      return { kind: "connection", model, on, path: sortPath(model, null, []), limit: null, isImplied: false };
  }
}

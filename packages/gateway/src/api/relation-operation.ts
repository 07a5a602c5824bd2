/**
 * What the relation fields of a model's type stand for, as data: one record by its key, or the records that hold a key.
 *
 * Which fields hold which is in the schema description; here it becomes an order of records with arguments, like those of
 * root fields.
 */
import {
  type FieldDescription,
  fieldNamed,
  indexNamed,
  type ModelDescription,
  modelNamed,
  type Relation,
  relationFields,
  type SchemaDescription,
} from "@tributary/schema";
import { type SortPath, sortPath } from "./key-path.ts";

/** A field of the record one comes from, and the field of related records that holds the same value. */
export interface Match {
  readonly from: string;
  readonly field: string;
}

export type RelationOperation =
  /** The record of `model` whose key is in `keys` of the record one comes from. */
  | { readonly kind: "related"; readonly model: ModelDescription; readonly keys: readonly string[] }
  /** The records of `model` that match; of `limit` when nothing else is asked for. */
  | {
      readonly kind: "connection";
      readonly model: ModelDescription;
      readonly matches: readonly Match[];
      readonly path: SortPath;
      readonly limit: number | null;
      /** The keys are there for this relation alone. */
      readonly isImplied: boolean;
    };

/** Null for a field that is no relation to a model that is served. */
export function relationOperation(
  schema: SchemaDescription,
  owner: ModelDescription,
  { relation }: FieldDescription,
): RelationOperation | null {
  if (relation === null) return null;
  const model = modelNamed(schema, relation.kind === "manyToMany" ? relation.through : relation.model);
  if (model === undefined || !model.isSyncable) return null;
  switch (relation.kind) {
    case "belongsTo":
    case "hasOne":
      return { kind: "related", model, keys: relation.keys };
    case "hasMany":
      return toMany(schema, owner, model, relation);
    case "manyToMany":
      return throughJoin(owner, model);
  }
}

/** Whether an index is there for a relation, and not declared. */
export function isRelationIndex(name: string): boolean {
  return name.startsWith("gsi-");
}

function toMany(
  { dialect }: SchemaDescription,
  owner: ModelDescription,
  model: ModelDescription,
  { keys, index, limit, from }: Extract<Relation, { kind: "hasMany" }>,
): RelationOperation {
  const own = from ?? owner.primaryKey;
  const matches = keys.map((field, i) => ({ field, from: own[i] ?? field }));
  const fields = index === null ? model.primaryKey : (indexNamed(model, index)?.fields ?? []);
  const behind = fields.slice(keys.length);
  // An index that the second dialect makes for the relation itself sorts by what the other model's key sorts by.
  const isImplied = dialect === "v2" && index !== null && isRelationIndex(index);
  const path = isImplied ? sortPath(model, null, model.primaryKey.slice(1)) : sortPath(model, index, behind);
  return { kind: "connection", model, matches, path, limit, isImplied };
}

/** The join model's records that name the owner. */
function throughJoin(owner: ModelDescription, join: ModelDescription): RelationOperation | null {
  const side = relationFields(join).find(({ relation }) => relation?.model === owner.name)?.relation;
  if (side?.kind !== "belongsTo") return null;
  const matches = side.keys.flatMap((field, i) => {
    const from = owner.primaryKey[i];
    return from === undefined || fieldNamed(join, field) === undefined ? [] : [{ field, from }];
  });
  return { kind: "connection", model: join, matches, path: sortPath(join, null, []), limit: null, isImplied: false };
}

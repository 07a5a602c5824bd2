/**
 * Relations as joins: which fields of which other model equal which own fields.
 *
 * A many-to-many relation leads to the join model that stands between: its records are records like any other.
 */
import {
  fieldNamed,
  type ModelDescription,
  modelNamed,
  type Relation,
  relationFields,
  type SchemaDescription,
} from "@tributary/schema";

export interface Join {
  /** At the other end. */
  readonly model: ModelDescription;
  readonly isMany: boolean;
  /** Which fields are equal, in pairs. A null on either side equals nothing. */
  readonly on: readonly { readonly own: string; readonly other: string }[];
}

/** Throws a `RangeError` for a field that is no relation of the model. */
export function joinOf(schema: SchemaDescription, model: ModelDescription, field: string): Join {
  const relation = fieldNamed(model, field)?.relation ?? null;
  if (relation === null) throw new RangeError(`${model.name} has no relation ${field}`);
  const { name, own, other } = endsOf(schema, model, relation);
  const related = modelNamed(schema, name);
  if (related === undefined)
    throw new RangeError(`${model.name}.${field} leads to ${name}, which is not in the schema`);
  const others = other ?? related.primaryKey;
  return {
    model: related,
    isMany: relation.kind === "hasMany" || relation.kind === "manyToMany",
    on: own.map((one, i) => ({ own: one, other: others[i] ?? "" })),
  };
}

/** `other` null stands for the primary key there. */
function endsOf(
  schema: SchemaDescription,
  model: ModelDescription,
  relation: Relation,
): { readonly name: string; readonly own: readonly string[]; readonly other: readonly string[] | null } {
  switch (relation.kind) {
    case "belongsTo":
    case "hasOne":
      return { name: relation.model, own: relation.keys, other: null };
    case "hasMany": {
      const own = relation.from ?? model.primaryKey.slice(0, relation.keys.length);
      return { name: relation.model, own, other: relation.keys };
    }
    case "manyToMany":
      return { name: relation.through, own: model.primaryKey, other: keysTowards(schema, relation.through, model) };
  }
}

/** The fields of a join model that hold the key of `side`. */
function keysTowards(schema: SchemaDescription, through: string, side: ModelDescription): readonly string[] {
  const between = modelNamed(schema, through);
  const back = between === undefined ? [] : relationFields(between);
  for (const { relation } of back) {
    if (relation?.kind === "belongsTo" && relation.model === side.name) return relation.keys;
  }
  throw new RangeError(`the join model ${through} has no relation to ${side.name}`);
}

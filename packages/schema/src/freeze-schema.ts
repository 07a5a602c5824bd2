/**
 * The last step of every source of schemas: checks the invariants of a description, computes its two digests, and freezes it.
 *
 * `hash` covers names, types, nullability, keys, indexes, facets and crdt kinds, whatever the order of declaration: a row or a
 * document written under one schema can be read under another of the same hash, as long as nothing is told by position. Relations,
 * operation names, defaults and rules leave it alone. `authHash` covers the reading part of every rule.
 */
import { canonicalJson, type Json } from "./canonical-json.ts";
import type { FieldDescription, ModelDescription, SchemaDescription } from "./description.ts";
import { digest } from "./digest.ts";
import { readingPart, rulesOfField } from "./read-rules.ts";

/** A description whose digests are still to be computed. */
export type UnhashedSchema = Omit<SchemaDescription, "hash" | "authHash">;

/** The same description with its digests, frozen to the last leaf. Throws when an invariant of descriptions is broken. */
export function freezeSchema(schema: UnhashedSchema): SchemaDescription {
  for (const model of schema.models) assertModel(model);
  return deepFreeze({
    dialect: schema.dialect,
    models: schema.models,
    enums: schema.enums,
    embedded: schema.embedded,
    hash: digest(canonicalJson(shapeOf(schema))),
    authHash: digest(canonicalJson(readersOf(schema))),
  });
}

function shapeOf(schema: UnhashedSchema): Json {
  return {
    models: sortedByName(schema.models).map((model) => ({
      name: model.name,
      fields: fieldShapes(model.fields),
      primaryKey: model.primaryKey,
      indexes: sortedByName(model.indexes).map((index) => [index.name, index.fields]),
      facets: sortedByName(model.facets).map((facet) => [facet.name, [...facet.fields].sort()]),
      timestamps: [model.timestamps.createdAt, model.timestamps.updatedAt],
      isSyncable: model.isSyncable,
    })),
    enums: sortedByName(schema.enums).map((entry) => [entry.name, [...entry.values].sort()]),
    embedded: sortedByName(schema.embedded).map((entry) => [entry.name, fieldShapes(entry.fields)]),
  };
}

function fieldShapes(fields: readonly FieldDescription[]): Json {
  return sortedByName(fields.filter((field) => field.relation === null)).map((field) => [
    field.name,
    field.type.kind,
    field.type.name,
    field.isList,
    field.isRequired,
    field.isElementRequired,
    field.crdt,
  ]);
}

function readersOf(schema: UnhashedSchema): Json {
  return sortedByName(schema.models).map((model) => {
    const readers = readingPart(model.auth);
    const others = sortedByName(model.fields).flatMap((field) => {
      const own = readingPart(rulesOfField(model, field));
      return own === readers ? [] : [[field.name, own]];
    });
    return [model.name, readers, others];
  });
}

function assertModel(model: ModelDescription): void {
  const stored = model.fields.filter((field) => field.relation === null).map((field) => field.name);
  const assertStored = (names: readonly string[], where: string): void => {
    const unknown = names.find((name) => !stored.includes(name));
    if (unknown !== undefined) throw new Error(`${model.name}: ${where} names "${unknown}", which is no stored field.`);
  };
  if (new Set(model.fields.map((field) => field.name)).size !== model.fields.length)
    throw new Error(`${model.name}: two fields share a name.`);
  if (model.primaryKey.length === 0) throw new Error(`${model.name}: the primary key is empty.`);
  assertStored(model.primaryKey, "the primary key");
  for (const index of model.indexes) assertStored(index.fields, `index "${index.name}"`);
  for (const facet of model.facets) assertStored(facet.fields, `facet "${facet.name}"`);
  const placed = model.facets.flatMap((facet) => facet.fields);
  if (placed.length !== stored.length || new Set(placed).size !== stored.length)
    throw new Error(`${model.name}: its facets do not hold every stored field exactly once.`);
  const first = model.facets[0];
  if (first?.name !== "" || !model.primaryKey.every((name) => first.fields.includes(name)))
    throw new Error(`${model.name}: facet 0 is not named "" or lacks a key field.`);
}

function sortedByName<T extends { readonly name: string }>(list: readonly T[]): readonly T[] {
  return [...list].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const entry of Object.values(value)) deepFreeze(entry);
  }
  return value;
}

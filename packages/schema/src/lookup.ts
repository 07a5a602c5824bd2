/**
 * Look-ups by name over a schema description, answered from memo tables that live as long as the description does.
 *
 * Descriptions are frozen, so a table is built at the first question and never goes stale. Unknown names give
 * `undefined`; whoever holds a name that must exist says so in an error of their own.
 */
import type {
  EmbeddedDescription,
  EnumDescription,
  FacetDescription,
  FieldDescription,
  IndexDescription,
  ModelDescription,
  SchemaDescription,
} from "./description.ts";

/** What holds fields: a model or an embedded type. */
export type FieldOwner = ModelDescription | EmbeddedDescription;

/** The model of this name. */
export function modelNamed(schema: SchemaDescription, name: string): ModelDescription | undefined {
  return models(schema.models).get(name);
}

/** The enum of this name. */
export function enumNamed(schema: SchemaDescription, name: string): EnumDescription | undefined {
  return enums(schema.enums).get(name);
}

/** The embedded type of this name. */
export function embeddedNamed(schema: SchemaDescription, name: string): EmbeddedDescription | undefined {
  return embedded(schema.embedded).get(name);
}

/** The field of this name, relations included. */
export function fieldNamed(owner: FieldOwner, name: string): FieldDescription | undefined {
  return fields(owner.fields).get(name);
}

/** The index of this name. */
export function indexNamed(model: ModelDescription, name: string): IndexDescription | undefined {
  return indexes(model.indexes).get(name);
}

/** Fields that have a column and a place in a document: all but relations. In the model's field order. */
export function storedFields(model: ModelDescription): readonly FieldDescription[] {
  return stored(model);
}

/** Fields that stand for a relation. In the model's field order. */
export function relationFields(model: ModelDescription): readonly FieldDescription[] {
  return relations(model);
}

/** Fields with authorization rules of their own. In the model's field order. */
export function ruledFields(model: ModelDescription): readonly FieldDescription[] {
  return ruled(model);
}

/** Whether a field is a list that is merged element by element. */
export function isListField(field: FieldDescription | undefined): boolean {
  return field?.crdt === "LIST";
}

/** The key fields: partition field first, then the sort fields. */
export function keyFields(model: ModelDescription): readonly FieldDescription[] {
  return keys(model);
}

/** The fields of a facet, in the facet's order. */
export function fieldsOfFacet(model: ModelDescription, facet: FacetDescription): readonly FieldDescription[] {
  return facetFields(model).get(facet) ?? [];
}

/** The facet that a stored field belongs to. */
export function facetOfField(model: ModelDescription, fieldName: string): FacetDescription | undefined {
  return facetsByField(model).get(fieldName);
}

const models = memo((list: readonly ModelDescription[]) => byName(list));
const enums = memo((list: readonly EnumDescription[]) => byName(list));
const embedded = memo((list: readonly EmbeddedDescription[]) => byName(list));
const fields = memo((list: readonly FieldDescription[]) => byName(list));
const indexes = memo((list: readonly IndexDescription[]) => byName(list));
// Lists of fields are gone through for every record, and engines go through frozen lists ten times slower: these are kept from
// change by their types alone.
const stored = memo((model: ModelDescription) => model.fields.filter((field) => field.relation === null));
const relations = memo((model: ModelDescription) => model.fields.filter((field) => field.relation !== null));
const ruled = memo((model: ModelDescription) => model.fields.filter((field) => field.auth.length > 0));
const keys = memo((model: ModelDescription) => namedFields(model, model.primaryKey));
const facetFields = memo(
  (model: ModelDescription) => new Map(model.facets.map((facet) => [facet, namedFields(model, facet.fields)])),
);
const facetsByField = memo(
  (model: ModelDescription) =>
    new Map(model.facets.flatMap((facet) => facet.fields.map((field) => [field, facet] as const))),
);

function namedFields(model: ModelDescription, names: readonly string[]): readonly FieldDescription[] {
  return names.flatMap((name) => fieldNamed(model, name) ?? []);
}

function byName<T extends { readonly name: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((item) => [item.name, item]));
}

function memo<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const answers = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known.value;
    const value = compute(key);
    answers.set(key, { value });
    return value;
  };
}

/**
 * The partition of a model's stored fields by read rule: the fields of one facet share a document, because the bytes of a
 * document cannot be filtered for a reader.
 *
 * Facet 0, named `""`, holds the primary key and every field that whoever reads the record may read. Each further facet is
 * named after its alphabetically first field, so that its name changes only with the partition.
 */
import type { FacetDescription, FieldDescription, ModelDescription } from "./description.ts";
import { readingPart, rulesOfField } from "./read-rules.ts";

/** The facets of a model, facet 0 first, the others by name. Fields keep the model's order. */
export function facetsOf(model: Pick<ModelDescription, "fields" | "primaryKey" | "auth">): readonly FacetDescription[] {
  const fieldsByReaders = new Map<string, FieldDescription[]>();
  const everyone = readingPart(model.auth);
  fieldsByReaders.set(everyone, []);
  for (const field of model.fields) {
    if (field.relation !== null) continue;
    const isKey = model.primaryKey.includes(field.name);
    const readers = isKey ? everyone : readingPart(rulesOfField(model, field));
    const fields = fieldsByReaders.get(readers);
    if (fields === undefined) fieldsByReaders.set(readers, [field]);
    else fields.push(field);
  }
  const parts = [...fieldsByReaders].map(([readers, fields]) => {
    const names = fields.map((field) => field.name);
    return { name: readers === everyone ? "" : ([...names].sort()[0] ?? ""), fields: names };
  });
  return parts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The fields that one document holds. */
import { type FieldDescription, fieldNamed, fieldsOfFacet, type ModelDescription } from "@tributary/schema";

/** The fields of a facet by its number, in the facet's order. Throws a `RangeError` for a facet the model does not have. */
export function facetFields(model: ModelDescription, facet: number): readonly FieldDescription[] {
  const description = model.facets[facet];
  if (description === undefined)
    throw new RangeError(`${model.name} has ${model.facets.length} facets, none numbered ${facet}`);
  return fieldsOfFacet(model, description);
}

/** The field of this name, if the facet holds it. */
export function facetFieldNamed(model: ModelDescription, facet: number, name: string): FieldDescription | undefined {
  const isHeld = model.facets[facet]?.fields.includes(name) === true;
  return isHeld ? fieldNamed(model, name) : undefined;
}

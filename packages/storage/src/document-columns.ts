/** The columns of a record's documents, one a facet. */
import type { ModelDescription } from "@tributary/schema";
import type { ColumnLayout } from "./adapter.ts";

export function documentColumn(facet: number): string {
  return facet === 0 ? "$doc" : `$doc${facet}`;
}

export function documentColumns(model: ModelDescription): ColumnLayout[] {
  return model.facets.map((_, facet) => ({ name: documentColumn(facet), type: "blob" }));
}

/** What a document says. */
import type { Values } from "../json-value.ts";
import type { Stamp } from "../stamp.ts";

/** What one facet's document says, read in full. */
export interface Fold {
  /** Canonical values of the facet's fields, only those that were ever written. */
  readonly values: Values;
  /** The winning stamp of each register. A LIST field has one when it was written as null or as empty. */
  readonly stamps: { readonly [field: string]: Stamp };
  /** The greatest stamp that deleted the record; null while it lives. Values stay readable. */
  readonly deleted: Stamp | null;
  /** The greatest stamp in the document; new ones must be greater (S1). */
  readonly maxStamp: Stamp | null;
}
import type { ModelDescription } from "@tributary/schema";
import type { DocumentState } from "./document-state.ts";
export function foldDocument(model: ModelDescription, facet: number, state: DocumentState): Fold {
  throw new Error(String(model) + facet + String(state));
}

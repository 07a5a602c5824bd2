/** What a document says: the winner of each register and the elements of each list, in canonical form. */
import { isListField, type ModelDescription } from "@tributary/schema";
import type { JsonValue, Values } from "../json-value.ts";
import type { Stamp } from "../stamp.ts";
import { canonicalValue } from "../validation/canonical.ts";
import { type DocumentState, openDocument } from "./document-state.ts";
import { facetFields } from "./facet-fields.ts";
import { type Lists, listValue, readLists, readOrders } from "./list-root.ts";
import { maxStampOf, type Registers, registersOf } from "./registers.ts";
import { DELETED_FIELD, readEntries } from "./write-entry.ts";

/** What one facet's document says, read in full. */
export interface Fold {
  /** Canonical values of the facet's fields, in the facet's order; only those that were ever written. */
  readonly values: Values;
  /** The greatest stamp that deleted the record; null while it lives. Values stay readable. */
  readonly deleted: Stamp | null;
  /** The greatest stamp in the document; new ones must be greater (S1). */
  readonly maxStamp: Stamp | null;
}

/** Of a facet that nothing was ever written to. */
export const noFold: Fold = { values: {}, deleted: null, maxStamp: null };

/** Reads a document. Fields that `model` does not have in this facet are left out. */
export function foldDocument(model: ModelDescription, facet: number, state: DocumentState): Fold {
  const store = openDocument(state);
  return foldOf(model, facet, registersOf(readEntries(store)), readLists(readOrders(store)));
}

export function foldOf(model: ModelDescription, facet: number, registers: Registers, lists: Lists): Fold {
  const values: { [field: string]: JsonValue } = {};
  for (const field of facetFields(model, facet)) {
    const { name } = field;
    const register = registers.get(name);
    const value = isListField(field)
      ? listValue(lists.get(name), register)
      : register === undefined
        ? undefined
        : canonicalValue(register.value);
    if (value !== undefined) values[name] = value;
  }
  return {
    values,
    deleted: registers.get(DELETED_FIELD)?.stamp ?? null,
    maxStamp: maxStampOf(registers),
  };
}

/** What an intent amounts to on a document: the register writes of one entry, and the changes of lists. */
import { type FieldDescription, isListField, type ModelDescription } from "@tributary/schema";
import type { JsonValue } from "../json-value.ts";
import { canonicalValue } from "../validation/canonical.ts";
import { facetFields } from "./facet-fields.ts";
import type { ListPlace, WriteIntent } from "./intent.ts";
import { type ListChange, planListChange } from "./list-change.ts";
import { type Lists, listValue } from "./list-root.ts";
import { isSameValue, isSuperseded, type Registers } from "./registers.ts";

export interface PlannedWrite {
  /** In the facet's order, canonical. */
  readonly fields: { readonly [field: string]: JsonValue };
  readonly lists: ReadonlyMap<string, ListChange>;
}

/**
 * Writes that would lose are left out, and keys that stay as they are. Fields of other facets, and fields that the schema
 * does not have (any more), are not for this document.
 */
export function planWrite(
  model: ModelDescription,
  facet: number,
  intent: WriteIntent,
  registers: Registers,
  elements: Lists,
): PlannedWrite {
  const fields: { [field: string]: JsonValue } = {};
  const lists = new Map<string, ListChange>();
  for (const field of facetFields(model, facet)) {
    const { name } = field;
    const value = isListField(field)
      ? planList(name, intent, registers, elements, lists)
      : planRegister(model, field, intent, registers);
    if (value === undefined) continue;
    const winner = registers.get(name);
    if (winner === undefined || isSuperseded(winner, { stamp: intent.stamp, value })) fields[name] = value;
  }
  return { fields, lists };
}

function planRegister(
  model: ModelDescription,
  field: FieldDescription,
  intent: WriteIntent,
  registers: Registers,
): JsonValue | undefined {
  const value = Object.hasOwn(intent.set, field.name) ? intent.set[field.name] : undefined;
  if (value === undefined) return undefined;
  const known = registers.get(field.name);
  if (known !== undefined && model.primaryKey.includes(field.name) && isSameValue(known.value, value)) {
    return undefined;
  }
  return canonicalValue(value);
}

/** Plans the change of a list, and answers what its register has to say beside the elements, if anything. */
function planList(
  name: string,
  intent: WriteIntent,
  registers: Registers,
  elements: Lists,
  lists: Map<string, ListChange>,
): JsonValue | undefined {
  const set = Object.hasOwn(intent.set, name) ? intent.set[name] : undefined;
  const edit = Object.hasOwn(intent.lists, name) ? intent.lists[name] : undefined;
  if (set === undefined && edit === undefined) return undefined;
  const register = registers.get(name);
  const shown = listValue(elements.get(name), register);
  const current = isList(shown) ? shown : [];
  const change = planListChange(current, edit ?? { base: current, value: isList(set) ? set : [] });
  // Shown from a register of old, the elements are in no root yet: the first edit puts all of them there.
  const isSeeding = change !== null && !elements.has(name) && current.length > 0;
  if (isSeeding) lists.set(name, { ...change, deletes: [], inserts: [{ place: atStart, values: change.result }] });
  else if (change !== null) lists.set(name, change);
  if (set === null) return null;
  if (register?.value === null) return [];
  const isToldByElements = elements.has(name) || (change?.result ?? current).length > 0;
  return isToldByElements || (shown !== undefined && current.length === 0) ? undefined : [];
}

const atStart: ListPlace = { index: 0, gone: 0 };

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

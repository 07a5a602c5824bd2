/**
 * What one update did to the lists of a document, so that it can be taken back in thought: a document keeps the place of each
 * element that was ever in a list, but neither when it came nor, once it is deleted, what it was.
 */
import type { JsonValue } from "../json-value.ts";
import { ANY } from "../update/struct.ts";
import { canonicalValue } from "../validation/canonical.ts";
import type { Fold } from "./fold.ts";
import type { ListOrders } from "./list-root.ts";
import type { Integrated } from "./struct-store.ts";
import { valuesOf, WRITES } from "./write-entry.ts";

/** Elements that one client inserted one behind the other: of which client, from which clock on, how many. */
export type AddedElements = readonly [client: number, clock: number, length: number];

/** Elements that went: of which client, from which clock on, and what they were. */
export type RemovedElements = readonly [client: number, clock: number, values: readonly JsonValue[]];

/** By field; fields whose elements stayed as they were are left out. JSON. */
export type ListStep = {
  readonly [field: string]: { readonly added: readonly AddedElements[]; readonly removed: readonly RemovedElements[] };
};

const noStep: ListStep = {};

/**
 * `orders` and `fold` are those before the update. Null when a list that a register held until then became one of elements:
 * what the list was has no elements to tell it by.
 */
export function listStepOf({ added, removed }: Integrated, orders: ListOrders, fold: Fold): ListStep | null {
  let step: Record<string, { added: AddedElements[]; removed: RemovedElements[] }> | null = null;
  const ofField = (name: string): { added: AddedElements[]; removed: RemovedElements[] } => {
    step ??= {};
    const known = step[name] ?? { added: [], removed: [] };
    step[name] = known;
    return known;
  };
  for (const { home, client, clock, length } of added) {
    if (home === null || home === WRITES) continue;
    if (!orders.has(home) && isFilled(fold.values[home])) return null;
    ofField(home).added.push([client, clock, length]);
  }
  for (const struct of removed) {
    const { home, client, clock } = struct;
    if (home === null || home === WRITES || struct.kind !== ANY) continue;
    ofField(home).removed.push([client, clock, valuesOf(struct).map(canonicalValue)]);
  }
  return step ?? noStep;
}

function isFilled(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}

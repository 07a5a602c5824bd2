/**
 * LIST fields: each is a root of its own, named as the field, whose elements stand in Yjs' order.
 *
 * A root cannot tell a list that is empty from one that is null or was never written, so that is a register of the same name
 * in `$writes`, written as null or as the empty list. Elements speak louder than it: an insertion that was concurrent with
 * the null is kept.
 */
import type { JsonValue } from "../json-value.ts";
import { ANY, type Struct } from "../update/struct.ts";
import { canonicalValue } from "../validation/canonical.ts";
import { type OrderBudget, orderOf, type Run } from "./list-order.ts";
import type { RegisterWrite } from "./registers.ts";
import type { StructStore } from "./struct-store.ts";
import { valuesOf, WRITES } from "./write-entry.ts";

/** The elements of every root that was ever written to, in order, by the root's name. */
export type Lists = ReadonlyMap<string, readonly JsonValue[]>;

/** The same with the place of each element, deleted ones included. */
export type ListOrders = ReadonlyMap<string, readonly Run[]>;

/** Most documents have no lists. */
const noLists: Lists = new Map();
const noOrders: ListOrders = new Map();
const noRoots: ReadonlyMap<string, readonly Struct[]> = new Map();

/** Throws a `GuardError` when the order of some list costs more than `budget`; by default it may cost anything. */
export function readOrders(store: StructStore, budget: OrderBudget = { steps: Number.POSITIVE_INFINITY }): ListOrders {
  const roots = structsByRoot(store);
  if (roots.size === 0) return noOrders;
  return new Map([...roots].map(([root, structs]) => [root, orderOf(structs, budget)]));
}

export function readLists(orders: ListOrders): Lists {
  if (orders.size === 0) return noLists;
  return new Map([...orders].map(([root, order]) => [root, elementsOf(order)]));
}

/** Null: nothing was ever written, neither elements nor the register. */
export function listValue(
  elements: readonly JsonValue[] | undefined,
  register: RegisterWrite | undefined,
): JsonValue | undefined {
  if (elements !== undefined && elements.length > 0) return elements.map(canonicalValue);
  if (register === undefined) return elements === undefined ? undefined : [];
  if (register.value === null) return null;
  // Written while the field was a register: shown until somebody edits the list.
  if (elements === undefined && Array.isArray(register.value)) return canonicalValue(register.value);
  return [];
}

/** The structs of each list, client by client. */
function structsByRoot(store: StructStore): ReadonlyMap<string, readonly Struct[]> {
  let roots: Map<string, Struct[]> | null = null;
  for (const structs of store.values()) {
    for (const struct of structs) {
      const { home } = struct;
      if (home === WRITES || home === null) continue;
      roots ??= new Map();
      const others = roots.get(home);
      if (others === undefined) roots.set(home, [struct]);
      else others.push(struct);
    }
  }
  return roots ?? noRoots;
}

function elementsOf(order: readonly Run[]): JsonValue[] {
  const elements: JsonValue[] = [];
  const valuesByStruct = new Map<Struct, readonly JsonValue[]>();
  for (const { struct, clock, length } of order) {
    if (struct.kind !== ANY) continue;
    let values = valuesByStruct.get(struct);
    if (values === undefined) {
      values = valuesOf(struct);
      valuesByStruct.set(struct, values);
    }
    const from = clock - struct.clock;
    for (let i = from; i < from + length; i++) elements.push(values[i] ?? null);
  }
  return elements;
}

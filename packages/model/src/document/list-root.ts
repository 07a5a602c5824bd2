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
import type { LoadedDocument } from "./loaded-document.ts";
import type { RegisterWrite } from "./registers.ts";
import type { StructStore } from "./struct-store.ts";
import { valuesOf, WRITES } from "./write-entry.ts";

/** The elements of every root that was ever written to, in order, by the root's name. */
export type Lists = ReadonlyMap<string, readonly JsonValue[]>;

const noLists: Lists = new Map();
/** Most documents have no lists. */
const noRoots = new Map<string, Struct[]>();

/** `load` gives the same document as Yjs reads it; called only where order cannot be told without. */
export function readLists(store: StructStore, load: () => LoadedDocument): Lists {
  const roots = structsByRoot(store);
  if (roots.size === 0) return noLists;
  const lists = new Map<string, readonly JsonValue[]>();
  for (const [root, structs] of roots) {
    lists.set(root, isOneRun(structs) ? elementsOfRun(structs) : load().elements(root));
  }
  return lists;
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
export function structsByRoot(store: StructStore): ReadonlyMap<string, readonly Struct[]> {
  let roots = noRoots;
  for (const structs of store.values()) {
    for (const struct of structs) {
      const { home } = struct;
      if (home === WRITES || home === null) continue;
      if (roots === noRoots) roots = new Map();
      const others = roots.get(home);
      if (others === undefined) roots.set(home, [struct]);
      else others.push(struct);
    }
  }
  return roots;
}

/** Whether each struct follows the one before by the same client, so that the order of clocks is the order of elements. */
export function isOneRun(structs: readonly Struct[]): boolean {
  const [first] = structs;
  return structs.every((struct, i) => {
    const left = structs[i - 1];
    if (left === undefined || first === undefined) return true;
    return (
      struct.client === first.client &&
      struct.originClient === first.client &&
      struct.originClock === left.clock + left.length - 1 &&
      struct.rightClient === first.rightClient &&
      struct.rightClock === first.rightClock
    );
  });
}

function elementsOfRun(structs: readonly Struct[]): JsonValue[] {
  return structs.flatMap((struct) => (struct.kind === ANY ? valuesOf(struct) : []));
}

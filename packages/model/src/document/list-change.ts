/**
 * What an edit of a list amounts to on the list as it is now.
 *
 * The edit names the list its writer saw and what he made of it. Elements he took out go where they still are; elements he
 * put in come behind the element they were put behind, or behind the nearest one before it that is still there. What others
 * put in meanwhile stays.
 */
import type { JsonValue } from "../json-value.ts";
import { canonicalJson, canonicalValue } from "../validation/canonical.ts";
import type { ListEdit, ListMatch } from "./intent.ts";
import { matchLists } from "./match-lists.ts";

/** Against the list before: indexes stay those of that list for all steps. */
export interface ListChange {
  /** Indexes of elements to delete, ascending. */
  readonly deletes: readonly number[];
  /** Elements to insert before the element at an index, by that index. */
  readonly inserts: ReadonlyMap<number, readonly JsonValue[]>;
  /** The list afterwards, canonical. */
  readonly result: readonly JsonValue[];
}

/** Null when the edit changes nothing. */
export function planListChange(current: readonly JsonValue[], edit: ListEdit): ListChange | null {
  const match = edit.match ?? matchByValue(current, edit);
  const deletes = match.found.filter((index, i) => index !== -1 && match.kept[i] === -1);
  const inserts = placeInserts(edit.value, match);
  if (deletes.length === 0 && inserts.size === 0) return null;
  return { deletes, inserts, result: applied(current, deletes, inserts) };
}

function matchByValue(current: readonly JsonValue[], edit: ListEdit): ListMatch {
  const base = edit.base.map(canonicalJson);
  const found = matchLists(base, current.map(canonicalJson));
  const behind = [0];
  for (const index of found) behind.push(index === -1 ? (behind.at(-1) ?? 0) : index + 1);
  return { kept: matchLists(base, edit.value.map(canonicalJson)), found, behind };
}

function placeInserts(value: readonly JsonValue[], { kept, behind }: ListMatch): Map<number, JsonValue[]> {
  const inserts = new Map<number, JsonValue[]>();
  const baseIndexOf = new Map(kept.map((j, i) => [j, i]));
  let place = behind[0] ?? 0;
  for (const [j, element] of value.entries()) {
    const baseIndex = baseIndexOf.get(j);
    if (baseIndex !== undefined) {
      place = behind[baseIndex + 1] ?? place;
      continue;
    }
    const others = inserts.get(place);
    if (others === undefined) inserts.set(place, [canonicalValue(element)]);
    else others.push(canonicalValue(element));
  }
  return inserts;
}

function applied(
  current: readonly JsonValue[],
  deletes: readonly number[],
  inserts: ReadonlyMap<number, readonly JsonValue[]>,
): JsonValue[] {
  const gone = new Set(deletes);
  const result: JsonValue[] = [];
  for (let i = 0; i <= current.length; i++) {
    result.push(...(inserts.get(i) ?? []));
    const element = current[i];
    if (element !== undefined && !gone.has(i)) result.push(canonicalValue(element));
  }
  return result;
}

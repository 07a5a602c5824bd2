/**
 * What an edit of a list amounts to on the list as it is now.
 *
 * The edit names the list its writer saw and what he made of it. Elements he took out go where they still are; elements he
 * put in come behind the element they were put behind, or behind the nearest one before it that is still there. What others
 * put in meanwhile stays.
 */
import type { JsonValue } from "../json-value.ts";
import { canonicalJson, canonicalValue } from "../validation/canonical.ts";
import type { ListEdit, ListMatch, ListPlace } from "./intent.ts";
import { matchLists } from "./match-lists.ts";

/** Against the list before: indexes stay those of that list for all steps. */
export interface ListChange {
  /** Indexes of elements to delete, ascending. */
  readonly deletes: readonly number[];
  /** Ascending. */
  readonly inserts: readonly ListInsert[];
  /** The list afterwards, canonical. */
  readonly result: readonly JsonValue[];
}

export interface ListInsert {
  readonly place: ListPlace;
  /** Canonical. */
  readonly values: readonly JsonValue[];
}

/** Behind all that a list of so many elements ever held. */
export function lastPlace(length: number): ListPlace {
  return { index: length, gone: Number.MAX_SAFE_INTEGER };
}

/** Null when the edit changes nothing. */
export function planListChange(current: readonly JsonValue[], edit: ListEdit): ListChange | null {
  const match = edit.match ?? matchByValue(current, edit);
  const deletes = match.found.filter((index, i) => index !== -1 && match.kept[i] === -1);
  const inserts = placeInserts(edit.value, match);
  if (deletes.length === 0 && inserts.length === 0) return null;
  return { deletes, inserts, result: applied(current, deletes, inserts) };
}

function matchByValue(current: readonly JsonValue[], edit: ListEdit): ListMatch {
  const base = edit.base.map(canonicalJson);
  const found = matchLists(base, current.map(canonicalJson));
  let place: ListPlace = { index: 0, gone: 0 };
  const behind = [place];
  for (const index of found) {
    if (index !== -1) place = { index: index + 1, gone: 0 };
    behind.push(place);
  }
  return { kept: matchLists(base, edit.value.map(canonicalJson)), found, behind };
}

function placeInserts(value: readonly JsonValue[], { kept, behind }: ListMatch): ListInsert[] {
  const inserts: ListInsert[] = [];
  const baseIndexOf = new Map(kept.map((j, i) => [j, i]));
  let place = behind[0];
  let values: JsonValue[] | null = null;
  for (const [j, element] of value.entries()) {
    const baseIndex = baseIndexOf.get(j);
    if (baseIndex !== undefined) {
      place = behind[baseIndex + 1];
      values = null;
      continue;
    }
    if (values === null) {
      values = [];
      if (place === undefined) throw new RangeError("a match of lists names no place behind an element of the base");
      inserts.push({ place, values });
    }
    values.push(canonicalValue(element));
  }
  return inserts;
}

function applied(
  current: readonly JsonValue[],
  deletes: readonly number[],
  inserts: readonly ListInsert[],
): JsonValue[] {
  const gone = new Set(deletes);
  const result: JsonValue[] = [];
  let next = 0;
  for (let i = 0; i <= current.length; i++) {
    for (let insert = inserts[next]; insert?.place.index === i; insert = inserts[next]) {
      result.push(...insert.values);
      next += 1;
    }
    const element = current[i];
    if (element !== undefined && !gone.has(i)) result.push(canonicalValue(element));
  }
  return result;
}

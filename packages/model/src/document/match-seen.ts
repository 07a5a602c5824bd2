/**
 * Which elements of a list those of a written list are, by a writer who saw some of them and may have put in others since.
 *
 * What he saw is matched first. Of what that leaves of the written list, an element that equals one of his own is taken for it: as
 * one of those that he wrote beside it where it stands in that order, and otherwise only as there already.
 */
import type { JsonValue } from "../json-value.ts";
import { canonicalJson } from "../validation/canonical.ts";
import type { ListPlace } from "./intent.ts";
import { matchLists } from "./match-lists.ts";

/** An element that the list holds, or held. */
export interface HeldElement {
  /** Its number among all that the list ever held. */
  readonly place: number;
  /** Its index in the list; -1 when it is gone. */
  readonly index: number;
  /** The place behind it. */
  readonly behind: ListPlace;
  readonly value: JsonValue;
}

export interface SeenMatch {
  /** What he saw, and his own elements that stand between as he wrote them; in the order of the list. */
  readonly base: readonly HeldElement[];
  /** For each of these, its index in the written list without what is dropped; -1 when it is not there. Ascending. */
  readonly kept: readonly number[];
  /** Indexes in the written list of equals of his own elements that stand elsewhere. */
  readonly dropped: ReadonlySet<number>;
}

/** `seen` and `own` are in the order of the list. */
export function matchSeen(
  seen: readonly HeldElement[],
  own: readonly HeldElement[],
  written: readonly JsonValue[],
): SeenMatch {
  const json = written.map(canonicalJson);
  const matches = matchLists(seen.map(jsonOf), json);
  const candidates = [
    ...seen.map((element, i): Candidate => ({ element, at: matches[i] ?? -1, isOwn: false })),
    ...claimsOf(own, json, new Set(matches)),
  ].sort((a, b) => a.element.place - b.element.place);
  const limits = nextSeenAt(candidates, written.length);
  const base: Candidate[] = [];
  const dropped = new Set<number>();
  let last = -1;
  for (const [i, candidate] of candidates.entries()) {
    const { at, isOwn } = candidate;
    if (isOwn && (at < last || at > (limits[i] ?? 0))) {
      dropped.add(at);
    } else {
      base.push(candidate);
      last = Math.max(last, at);
    }
  }
  const indexes = indexesWithout(dropped, written.length);
  return {
    base: base.map(({ element }) => element),
    kept: base.map(({ at }) => indexes[at] ?? -1),
    dropped,
  };
}

interface Candidate {
  readonly element: HeldElement;
  /** Its index in the written list; -1 when it is not there. */
  readonly at: number;
  readonly isOwn: boolean;
}

/** For each element of the written list that `accounted` leaves, an own one that is equal, as far as there are. */
function claimsOf(
  own: readonly HeldElement[],
  written: readonly string[],
  accounted: ReadonlySet<number>,
): readonly Candidate[] {
  const equals = new Map<string, HeldElement[]>();
  for (const element of own) {
    const json = jsonOf(element);
    const others = equals.get(json);
    if (others === undefined) equals.set(json, [element]);
    else others.push(element);
  }
  return written.flatMap((json, at) => {
    const element = accounted.has(at) ? undefined : equals.get(json)?.shift();
    return element === undefined ? [] : [{ element, at, isOwn: true }];
  });
}

/** For each candidate, where in the written list the next one stands that the writer saw and kept; `end` when none does. */
function nextSeenAt(candidates: readonly Candidate[], end: number): number[] {
  const limits: number[] = [];
  let limit = end;
  for (const { at, isOwn } of [...candidates].reverse()) {
    limits.push(limit);
    if (!isOwn && at !== -1) limit = at;
  }
  return limits.reverse();
}

/** The index of each of `length` elements once some are dropped. */
function indexesWithout(dropped: ReadonlySet<number>, length: number): number[] {
  let next = 0;
  return Array.from({ length }, (_, i) => (dropped.has(i) ? -1 : next++));
}

function jsonOf({ value }: HeldElement): string {
  return canonicalJson(value);
}

/**
 * The edit of a list by a writer who saw it as it was some updates ago.
 *
 * Elements are told apart by the ids that Yjs gave them, not by value or index: what was put in since is none of the writer's
 * business, and what was taken out since still has its place among the others, where what he put beside it comes to stand.
 */
import type { JsonValue } from "../json-value.ts";
import { ANY, endOf } from "../update/struct.ts";
import { type DocumentState, openDocument } from "./document-state.ts";
import type { ListEdit, ListPlace } from "./intent.ts";
import { lastPlace } from "./list-change.ts";
import type { Run } from "./list-order.ts";
import { readLists, readOrders } from "./list-root.ts";
import type { ListStep } from "./list-step.ts";
import { type HeldElement, matchSeen } from "./match-seen.ts";

/** What an update did since the writer saw the list. */
export interface StepSince {
  readonly lists: ListStep;
  /** It may be the same writer's, made on the same list as this edit. */
  readonly isOwn: boolean;
}

/** A list as it is, and as it was written. */
export interface WrittenList {
  readonly state: DocumentState;
  readonly field: string;
  /** What `state` shows in the field. */
  readonly shown: readonly JsonValue[];
  readonly value: readonly JsonValue[];
}

/**
 * `since` are all updates that the writer did not see, in any order.
 *
 * An element that an own one of those put in counts as seen where the value holds its equal, and only there: a writer who makes
 * one edit upon another before he hears of the first names the same list in both, and means his element once.
 */
export function pastListEdit({ state, field, shown, value }: WrittenList, since: readonly StepSince[]): ListEdit {
  const orders = readOrders(openDocument(state));
  const order = orders.get(field);
  // A list of elements that only a register holds: nobody has edited it.
  if (order === undefined) return { base: shown, value };
  const elements = readLists(orders).get(field) ?? [];
  const { seen, own } = sortedOut(order, elements, stepsOf(field, since));
  const { base, kept, dropped } = matchSeen(seen, own, value);
  return {
    base: base.map((element) => element.value),
    value: value.filter((_, j) => !dropped.has(j)),
    match: {
      kept,
      found: base.map(({ index }) => index),
      behind: placesBehind(base, elements.length),
    },
  };
}

/** By client, then by clock. */
type ByElement<Value> = Map<number, Map<number, Value>>;

interface ElementsSince {
  /** Those put in, with whether it may have been the writer. */
  readonly added: ByElement<boolean>;
  /** Those taken out, with what they were. */
  readonly removed: ByElement<JsonValue>;
}

function stepsOf(field: string, since: readonly StepSince[]): ElementsSince {
  const added: ByElement<boolean> = new Map();
  const removed: ByElement<JsonValue> = new Map();
  for (const { lists, isOwn } of since) {
    const step = Object.hasOwn(lists, field) ? lists[field] : undefined;
    for (const [client, clock, length] of step?.added ?? []) {
      for (let at = clock; at < clock + length; at++) put(added, client, at, isOwn);
    }
    for (const [client, clock, values] of step?.removed ?? []) {
      for (const [i, value] of values.entries()) put(removed, client, clock + i, value);
    }
  }
  return { added, removed };
}

function put<Value>(elements: ByElement<Value>, client: number, clock: number, value: Value): void {
  const ofClient = elements.get(client);
  if (ofClient === undefined) elements.set(client, new Map([[clock, value]]));
  else ofClient.set(clock, value);
}

/** `seen`: the list as the writer saw it. `own`: elements of the list that he may have put in since. */
function sortedOut(
  order: readonly Run[],
  elements: readonly JsonValue[],
  { added, removed }: ElementsSince,
): { readonly seen: HeldElement[]; readonly own: HeldElement[] } {
  const seen: HeldElement[] = [];
  const own: HeldElement[] = [];
  let place = 0;
  let behind: ListPlace = { index: 0, gone: 0 };
  for (const run of order) {
    const { client, struct } = run;
    const isThere = struct.kind === ANY;
    for (let clock = run.clock; clock < endOf(run); clock++) {
      const index = isThere ? behind.index : -1;
      behind = isThere ? { index: index + 1, gone: 0 } : { index: behind.index, gone: behind.gone + 1 };
      const value = isThere ? elements[index] : removed.get(client)?.get(clock);
      const isOwn = added.get(client)?.get(clock);
      if (value !== undefined && isOwn === undefined) seen.push({ place, index, behind, value });
      else if (value !== undefined && isOwn === true && isThere) own.push({ place, index, behind, value });
      place += 1;
    }
  }
  return { seen, own };
}

/** What was put behind all that the writer saw comes last: it comes after what others put there before. */
function placesBehind(base: readonly HeldElement[], length: number): ListPlace[] {
  const places = [{ index: 0, gone: 0 }, ...base.map(({ behind }) => behind)];
  places[base.length] = lastPlace(length);
  return places;
}

/**
 * The edit of a list by a writer who saw it as it was some updates ago.
 *
 * Elements are told apart by the ids that Yjs gave them, not by value or index: what was put in since is none of the writer's
 * business, and what was taken out since still has its place among the others, where what he put beside it comes to stand.
 */
import type { JsonValue } from "../json-value.ts";
import { ANY, endOf } from "../update/struct.ts";
import { canonicalJson } from "../validation/canonical.ts";
import { type DocumentState, openDocument } from "./document-state.ts";
import type { ListEdit } from "./intent.ts";
import type { Run } from "./list-order.ts";
import { readLists, readOrders } from "./list-root.ts";
import type { ListStep } from "./list-step.ts";
import { matchLists } from "./match-lists.ts";

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
  const valueJson = value.map(canonicalJson);
  const base = [...seen, ...claimed(own, seen, valueJson)].sort((a, b) => a.place - b.place);
  return {
    base: base.map((element) => element.value),
    value,
    match: {
      kept: matchLists(base.map(jsonOf), valueJson),
      found: base.map(({ index }) => index),
      behind: placesBehind(base, elements.length),
    },
  };
}

/** An element that the list holds, or held. */
interface Element {
  /** Its place among all that the list ever held. */
  readonly place: number;
  /** Its index in the list; -1 when it is gone. */
  readonly index: number;
  /** How many elements of the list stand up to its place. */
  readonly until: number;
  readonly value: JsonValue;
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
): { readonly seen: Element[]; readonly own: Element[] } {
  const seen: Element[] = [];
  const own: Element[] = [];
  let place = 0;
  let until = 0;
  for (const run of order) {
    const { client, struct } = run;
    const isThere = struct.kind === ANY;
    for (let clock = run.clock; clock < endOf(run); clock++) {
      const index = isThere ? until : -1;
      if (isThere) until += 1;
      const value = isThere ? elements[index] : removed.get(client)?.get(clock);
      const isOwn = added.get(client)?.get(clock);
      if (value !== undefined && isOwn === undefined) seen.push({ place, index, until, value });
      else if (value !== undefined && isOwn === true && isThere) own.push({ place, index, until, value });
      place += 1;
    }
  }
  return { seen, own };
}

/** Of the writer's own elements, one for each element of the value that what he saw does not account for. */
function claimed(own: readonly Element[], seen: readonly Element[], value: readonly string[]): Element[] {
  if (own.length === 0) return [];
  const kept = new Set(matchLists(seen.map(jsonOf), value));
  const wanted = new Map<string, number>();
  for (const [j, json] of value.entries()) if (!kept.has(j)) wanted.set(json, (wanted.get(json) ?? 0) + 1);
  return own.filter((element) => {
    const json = jsonOf(element);
    const count = wanted.get(json) ?? 0;
    wanted.set(json, count - 1);
    return count > 0;
  });
}

function jsonOf({ value }: Element): string {
  return canonicalJson(value);
}

/** What was put behind all that the writer saw comes last: it comes after what others put there before. */
function placesBehind(base: readonly Element[], end: number): number[] {
  const places = [0, ...base.map(({ until }) => until)];
  places[base.length] = end;
  return places;
}

/**
 * Judges the place of new elements in lists: each stands between the two elements that it says it was inserted between.
 *
 * Replicas integrate in different orders and agree on the order of elements as long as that holds. An element that names its
 * neighbours the wrong way round could end in different places.
 */
import { isOneRun, structsByRoot } from "../document/list-root.ts";
import type { ElementRun, LoadedDocument } from "../document/loaded-document.ts";
import type { StructStore } from "../document/struct-store.ts";
import { WRITES } from "../document/write-entry.ts";
import { endOf, NONE, type Struct } from "../update/struct.ts";
import { type RefusedUpdate, refuse } from "./verdict.ts";

/** `fresh` are the new structs, `store` the document with them, `load` the same as Yjs reads it. */
export function judgeLists(
  store: StructStore,
  fresh: readonly Struct[],
  load: () => LoadedDocument,
): RefusedUpdate | null {
  if (fresh.every(({ home }) => home === WRITES || home === null)) return null;
  for (const [root, structs] of structsByRoot(store)) {
    const inRoot = fresh.filter(({ home }) => home === root);
    if (inRoot.length === 0 || isOneRun(structs)) continue;
    const placeOf = createPlaces(load().order(root));
    if (!inRoot.every((struct) => isBetweenNeighbours(struct, placeOf))) {
      return refuse("invalid", `an element of ${root} names its neighbours in an order that the list does not have`, [
        root,
      ]);
    }
  }
  return null;
}

/** Where an element stands, as a number that grows along the list. */
type PlaceOf = (client: number, clock: number) => number;

function isBetweenNeighbours(struct: Struct, placeOf: PlaceOf): boolean {
  const { client, clock, originClient, originClock, rightClient, rightClock } = struct;
  const isBehindLeft = originClient === NONE || placeOf(originClient, originClock) < placeOf(client, clock);
  const isBeforeRight = rightClient === NONE || placeOf(client, endOf(struct) - 1) < placeOf(rightClient, rightClock);
  return isBehindLeft && isBeforeRight;
}

function createPlaces(order: readonly ElementRun[]): PlaceOf {
  const runs = new Map<number, { readonly clock: number; readonly place: number }[]>();
  let place = 0;
  for (const { client, clock, length } of order) {
    const others = runs.get(client);
    if (others === undefined) runs.set(client, [{ clock, place }]);
    else others.push({ clock, place });
    place += length;
  }
  for (const ofClient of runs.values()) ofClient.sort((a, b) => a.clock - b.clock);
  return (client, clock) => {
    const ofClient = runs.get(client) ?? [];
    let low = 0;
    let high = ofClient.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((ofClient[middle]?.clock ?? 0) <= clock) low = middle;
      else high = middle - 1;
    }
    const run = ofClient[low];
    if (run === undefined) throw new Error(`client ${client} has no element in the list`);
    return run.place + clock - run.clock;
  };
}

/**
 * Judges the place of new elements in lists: each stands between the two elements that it says it was inserted between.
 *
 * Replicas integrate in different orders and agree on the order of elements as long as that holds. An element that names its
 * neighbours the wrong way round could end in different places.
 */
import type { Run } from "../document/list-order.ts";
import type { ListOrders } from "../document/list-root.ts";
import { WRITES } from "../document/write-entry.ts";
import { endOf, NONE, type Struct } from "../update/struct.ts";
import { type RefusedUpdate, refuse } from "./verdict.ts";

/** `added` are the new structs, `orders` the lists with them. */
export function judgeLists(added: readonly Struct[], orders: ListOrders): RefusedUpdate | null {
  for (const [root, structs] of structsOfLists(added)) {
    const placeOf = createPlaces(orders.get(root) ?? []);
    if (!structs.every((struct) => isBetweenNeighbours(struct, placeOf))) {
      return refuse("invalid", `an element of ${root} names its neighbours in an order that the list does not have`, [
        root,
      ]);
    }
  }
  return null;
}

function structsOfLists(added: readonly Struct[]): ReadonlyMap<string, readonly Struct[]> {
  const structsByRoot = new Map<string, Struct[]>();
  for (const struct of added) {
    const { home } = struct;
    if (home === WRITES || home === null) continue;
    const others = structsByRoot.get(home);
    if (others === undefined) structsByRoot.set(home, [struct]);
    else others.push(struct);
  }
  return structsByRoot;
}

/** Where an element stands, as a number that grows along the list. */
type PlaceOf = (client: number, clock: number) => number;

function isBetweenNeighbours(struct: Struct, placeOf: PlaceOf): boolean {
  const { client, clock, originClient, originClock, rightClient, rightClock } = struct;
  const isBehindLeft = originClient === NONE || placeOf(originClient, originClock) < placeOf(client, clock);
  const isBeforeRight = rightClient === NONE || placeOf(client, endOf(struct) - 1) < placeOf(rightClient, rightClock);
  return isBehindLeft && isBeforeRight;
}

function createPlaces(order: readonly Run[]): PlaceOf {
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

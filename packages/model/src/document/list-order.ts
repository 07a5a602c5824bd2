/**
 * The order of a list's elements, out of the neighbours that each names.
 *
 * This is what Yjs does when it integrates items into an array: structs are put in one by one, each between its left and its
 * right neighbour, and where others were inserted between the same two concurrently, the conflict is decided by whose
 * neighbours lie inside whose and, last, by client id. The outcome does not depend on the sequence of integration as long as
 * each struct was made between two neighbours that stood side by side.
 *
 * Source of the algorithm: `Item.integrate` of Yjs 13.6, which is YATA (Nicolaescu et al., "Near Real-Time Peer-to-Peer Shared
 * Editing on Extensible Data Types", 2016).
 */

import { GuardError } from "../update/guard-error.ts";
import { byClient, endOf, NONE, type Struct } from "../update/struct.ts";

/** Elements that one client inserted one behind the other, all live or all deleted. Runs of one struct share it. */
export interface Run {
  readonly client: number;
  readonly clock: number;
  readonly length: number;
  readonly struct: Struct;
}

/** What is left to spend on conflicts: how many runs may be passed in search of a place. */
export interface OrderBudget {
  steps: number;
}

/** Runs in the order of the list, deleted ones included. `structs` are all of one root, clocks ascending within a client. */
export function orderOf(structs: readonly Struct[], budget: OrderBudget): readonly Run[] {
  if (isOneRun(structs)) return structs.map((struct) => runOf(struct));
  const order: Order = { first: null, runsByClient: new Map(), budget };
  integrateAll(order, structs);
  const runs: Run[] = [];
  for (let run = order.first; run !== null; run = run.right) runs.push(run);
  return runs;
}

/** Whether each struct follows the one before by the same client, so that the order of clocks is the order of elements. */
function isOneRun(structs: readonly Struct[]): boolean {
  const [first] = structs;
  return structs.every((struct, i) => {
    const left = structs[i - 1];
    if (left === undefined || first === undefined) return true;
    return (
      struct.client === first.client &&
      struct.originClient === first.client &&
      struct.originClock === endOf(left) - 1 &&
      struct.rightClient === first.rightClient &&
      struct.rightClock === first.rightClock
    );
  });
}

/** A run on its place. The neighbours it was inserted between are `origin` and the right one of its struct. */
interface PlacedRun extends Run {
  length: number;
  readonly originClient: number;
  readonly originClock: number;
  left: PlacedRun | null;
  right: PlacedRun | null;
}

interface Order {
  first: PlacedRun | null;
  /** Clocks ascending. */
  readonly runsByClient: Map<number, PlacedRun[]>;
  readonly budget: OrderBudget;
}

function runOf(struct: Struct): PlacedRun {
  const { client, clock, length, originClient, originClock } = struct;
  return { client, clock, length, struct, originClient, originClock, left: null, right: null };
}

/** Client by client, but for structs that others name as neighbours: those come before. */
function integrateAll(order: Order, structs: readonly Struct[]): void {
  const queues = byClient(structs);
  const nextOf = new Map<number, number>();
  for (const client of queues.keys()) {
    const stack = [client];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = nextOf.get(top) ?? 0;
      const struct = queues.get(top)?.[next];
      const missing = struct === undefined ? NONE : missingClient(order, struct);
      if (missing !== NONE) {
        if (stack.length > queues.size) throw unreadable();
        stack.push(missing);
        continue;
      }
      if (struct === undefined && stack.length > 1) throw unreadable();
      if (struct !== undefined) {
        nextOf.set(top, next + 1);
        integrate(order, runOf(struct));
      }
      if (struct === undefined || stack.length > 1) stack.pop();
    }
  }
}

/** The client of a neighbour that has no place yet; `NONE` when both have. */
function missingClient(order: Order, { originClient, originClock, rightClient, rightClock }: Struct): number {
  if (!isPlaced(order, originClient, originClock)) return originClient;
  return isPlaced(order, rightClient, rightClock) ? NONE : rightClient;
}

function isPlaced(order: Order, client: number, clock: number): boolean {
  if (client === NONE) return true;
  const last = order.runsByClient.get(client)?.at(-1);
  return last !== undefined && clock < endOf(last);
}

function integrate(order: Order, run: PlacedRun): void {
  const left = run.originClient === NONE ? null : runEndingAt(order, run.originClient, run.originClock);
  const { rightClient, rightClock } = run.struct;
  const right = rightClient === NONE ? null : runStartingAt(order, rightClient, rightClock);
  const next = left === null ? order.first : left.right;
  place(order, run, next === right ? left : leftAmongRivals(order, run, left, next, right));
  const others = order.runsByClient.get(run.client);
  if (others === undefined) order.runsByClient.set(run.client, [run]);
  else others.push(run);
}

/** Behind which run a run comes, between whose neighbours others were put already. */
function leftAmongRivals(
  order: Order,
  run: PlacedRun,
  left: PlacedRun | null,
  first: PlacedRun | null,
  right: PlacedRun | null,
): PlacedRun | null {
  let place = left;
  const passed = new Set<PlacedRun>();
  /** Those passed since `place`. */
  const rivals = new Set<PlacedRun>();
  for (let other = first; other !== null && other !== right; other = other.right) {
    spend(order.budget);
    passed.add(other);
    rivals.add(other);
    const hasSameLeft = other.originClient === run.originClient && other.originClock === run.originClock;
    if (hasSameLeft) {
      const isBefore = other.client < run.client;
      if (!isBefore && hasSameRight(other.struct, run.struct)) break;
      if (!isBefore) continue;
    } else {
      const origin = other.originClient === NONE ? null : runAt(order, other.originClient, other.originClock);
      if (origin === null || !passed.has(origin)) break;
      if (rivals.has(origin)) continue;
    }
    place = other;
    rivals.clear();
  }
  return place;
}

function spend(budget: OrderBudget): void {
  budget.steps -= 1;
  if (budget.steps < 0) {
    throw new GuardError("tooLarge", "the elements of a list in the update are too entangled to be put in order");
  }
}

function hasSameRight(a: Struct, b: Struct): boolean {
  return a.rightClient === b.rightClient && a.rightClock === b.rightClock;
}

function place(order: Order, run: PlacedRun, left: PlacedRun | null): void {
  const right = left === null ? order.first : left.right;
  run.left = left;
  run.right = right;
  if (left === null) order.first = run;
  else left.right = run;
  if (right !== null) right.left = run;
}

/** The run whose last element this is; it is split there when it goes on. */
function runEndingAt(order: Order, client: number, clock: number): PlacedRun {
  const run = runAt(order, client, clock);
  if (clock < endOf(run) - 1) split(order, run, clock + 1);
  return run;
}

function runStartingAt(order: Order, client: number, clock: number): PlacedRun {
  const run = runAt(order, client, clock);
  return clock === run.clock ? run : split(order, run, clock);
}

/** Cuts a run before `clock` and answers its second part. */
function split(order: Order, run: PlacedRun, clock: number): PlacedRun {
  const { client, struct } = run;
  const length = endOf(run) - clock;
  const second: PlacedRun = {
    client,
    clock,
    length,
    struct,
    originClient: client,
    originClock: clock - 1,
    left: null,
    right: null,
  };
  run.length -= length;
  place(order, second, run);
  const runs = order.runsByClient.get(client) ?? [];
  runs.splice(indexAt(runs, clock) + 1, 0, second);
  return second;
}

function runAt(order: Order, client: number, clock: number): PlacedRun {
  const runs = order.runsByClient.get(client) ?? [];
  const run = runs[indexAt(runs, clock)];
  if (run === undefined || clock < run.clock || clock >= endOf(run)) throw unreadable();
  return run;
}

/** The last run that begins at `clock` or before. */
function indexAt(runs: readonly Run[], clock: number): number {
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((runs[middle]?.clock ?? 0) <= clock) low = middle;
    else high = middle - 1;
  }
  return low;
}

function unreadable(): Error {
  return new Error("an element of a list names a neighbour that the list does not hold; fetch the record anew");
}

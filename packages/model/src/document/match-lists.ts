/**
 * Which elements two lists have in common, in order: a longest common subsequence, by Myers' greedy algorithm ("An O(ND)
 * Difference Algorithm and Its Variations", 1986) between the common ends.
 */

/**
 * Beyond so many differences the rest counts as replaced: cost and memory grow with their square. A list that differs in a
 * thousand places was not edited but written anew.
 */
const MAX_DIFFERENCES = 1000;

/** For each index of `from`, the index in `to` of the same element, or -1. Matched indexes ascend. */
export function matchLists(from: readonly string[], to: readonly string[]): number[] {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail += 1;
  const fromEnd = from.length - tail;
  const matches = from.map((_, i) => (i < start ? i : i >= fromEnd ? i - from.length + to.length : -1));
  const pairs = matchMiddle(from.slice(start, fromEnd), to.slice(start, to.length - tail));
  for (const [i, j] of pairs) matches[start + i] = start + j;
  return matches;
}

/** Pairs of equal elements; none when the lists differ in too many places. */
function matchMiddle(from: readonly string[], to: readonly string[]): [number, number][] {
  if (from.length === 0 || to.length === 0) return [];
  const rounds = furthestReaches(from, to);
  return rounds === null ? [] : walkBack(rounds, from.length, to.length);
}

/**
 * `rounds[d].get(k)`: how far into `from` one gets on diagonal k (index in `from` - index in `to`) with d differences. The
 * last round reaches both ends.
 */
function furthestReaches(from: readonly string[], to: readonly string[]): Map<number, number>[] | null {
  const rounds: Map<number, number>[] = [];
  let last = new Map([[1, 0]]);
  const most = Math.min(from.length + to.length, MAX_DIFFERENCES);
  for (let d = 0; d <= most; d++) {
    const reach = new Map<number, number>();
    rounds.push(reach);
    for (let k = -d; k <= d; k += 2) {
      let x = entered(last, d, k).x;
      while (x < from.length && x - k < to.length && from[x] === to[x - k]) x += 1;
      reach.set(k, x);
      if (x >= from.length && x - k >= to.length) return rounds;
    }
    last = reach;
  }
  return null;
}

/** From which diagonal of the round before diagonal `k` is entered, and at which index of `from`. */
function entered(last: ReadonlyMap<number, number>, d: number, k: number): { readonly k: number; readonly x: number } {
  const below = last.get(k - 1) ?? -1;
  const above = last.get(k + 1) ?? -1;
  return k === -d || (k !== d && below < above) ? { k: k + 1, x: above } : { k: k - 1, x: below + 1 };
}

function walkBack(rounds: readonly Map<number, number>[], fromLength: number, toLength: number): [number, number][] {
  const pairs: [number, number][] = [];
  let x = fromLength;
  let k = fromLength - toLength;
  for (let d = rounds.length - 1; d >= 0; d--) {
    const start = d === 0 ? { k, x: 0 } : entered(rounds[d - 1] ?? new Map(), d, k);
    while (x > start.x) {
      x -= 1;
      pairs.push([x, x - k]);
    }
    // A step down leaves the index in `from`, a step right takes one element of it.
    x = start.k === k - 1 ? start.x - 1 : start.x;
    k = start.k;
  }
  return pairs.reverse();
}

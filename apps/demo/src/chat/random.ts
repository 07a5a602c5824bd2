/**
 * Seeded random choices: the same seed gives the same choices on every machine. For generated data only; nothing of it is secret.
 *
 * The generator is Mulberry32, 32 bits of state, which is plenty for some hundred thousand choices.
 */

export interface Random {
  /** A whole number from `from` up to, without, `to`. */
  int(from: number, to: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the items. Throws a `RangeError` when there are none. */
  pick<Item>(items: readonly Item[]): Item;
  /** The items in another order. */
  shuffled<Item>(items: readonly Item[]): Item[];
  /** A generator of its own for one part of the work, so that more choices in one part change nothing in another. */
  fork(name: string): Random;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from));

  return {
    int,
    chance: (probability) => next() < probability,
    pick(items) {
      const index = int(0, items.length);
      if (index >= items.length) throw new RangeError("nothing to pick from");
      return items[index] as (typeof items)[number];
    },
    shuffled(items) {
      const rest = [...items];
      const order: typeof rest = [];
      while (rest.length > 0) order.push(...rest.splice(int(0, rest.length), 1));
      return order;
    },
    fork: (name) => createRandom(hash(name, seed)),
  };
}

/** FNV-1a, begun at the seed. */
function hash(text: string, seed: number): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value;
}

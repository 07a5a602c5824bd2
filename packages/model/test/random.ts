/** Random choices that a seed repeats. */
export interface Random {
  /** From 0 up to, not including, `below`. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    chance: (probability) => next() < probability,
    pick(from) {
      const picked = from[int(from.length)];
      if (picked === undefined) throw new Error("nothing to pick from");
      return picked;
    },
  };
}

/** The bytes cut short, or some of them changed. */
export function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  if (random.chance(0.3)) return bytes.slice(0, random.int(bytes.length));
  const mutated = bytes.slice();
  for (let i = random.int(3); i >= 0; i--) mutated[random.int(mutated.length)] = random.int(256);
  return mutated;
}

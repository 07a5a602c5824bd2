import { describe, expect, test } from "vitest";
import { matchLists } from "../../src/document/match-lists.ts";
import { createRandom } from "../random.ts";

/** The length of a longest common subsequence, by the textbook table. */
function commonLength(from: readonly string[], to: readonly string[]): number {
  let row = new Array<number>(to.length + 1).fill(0);
  for (const element of from) {
    const next = [0];
    for (let j = 0; j < to.length; j++) {
      next.push(element === to[j] ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

describe("matching lists", () => {
  test("LIST-2 finds a longest common subsequence, seed 3", () => {
    const random = createRandom(3);
    let matched = 0;
    for (let i = 0; i < 3000; i++) {
      const letters = 1 + random.int(5);
      const list = (): string[] =>
        Array.from({ length: random.int(14) }, () => String.fromCharCode(97 + random.int(letters)));
      const from = list();
      const to = list();
      const matches = matchLists(from, to);
      expect(matches).toHaveLength(from.length);
      const pairs = matches.flatMap((j, at) => (j === -1 ? [] : [[at, j] as const]));
      for (const [n, [at, j]] of pairs.entries()) {
        expect(from[at]).toBe(to[j]);
        expect(j).toBeGreaterThan(pairs[n - 1]?.[1] ?? -1);
      }
      expect(pairs.length, `${from} | ${to}`).toBe(commonLength(from, to));
      matched += pairs.length;
    }
    expect(matched).toBeGreaterThan(5000);
  });

  test("LIST-2 one change in a long list matches all the rest", () => {
    const from = Array.from({ length: 20_000 }, (_, i) => String(i));
    const to = [...from.slice(0, 9000), "new", ...from.slice(9001)];
    const matches = matchLists(from, to);
    expect(matches.filter((j) => j === -1)).toHaveLength(1);
    expect(matches[9000]).toBe(-1);
    expect(matches[19_999]).toBe(19_999);
  });

  test("LIST-2 what differs in more than a thousand places is replaced between the common ends", () => {
    const middle = (sign: string): string[] =>
      Array.from({ length: 3000 }, (_, i) => (i % 2 ? `${sign}${i}` : String(i)));
    const from = ["first", ...middle("a"), "last"];
    const to = ["first", ...middle("b"), "last"];
    const matches = matchLists(from, to);
    expect(matches[0]).toBe(0);
    expect(matches.at(-1)).toBe(to.length - 1);
    // The first of the middle is common, too.
    expect(matches[1]).toBe(1);
    expect(matches.slice(2, -1).every((j) => j === -1)).toBe(true);
  });
});

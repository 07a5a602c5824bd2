import { describe, expect, test } from "vitest";
import { createStampClock, isStamp, makeStamp, parseStamp, stampMs } from "../src/index.ts";
import { createRandom } from "./random.ts";

describe("a stamp", () => {
  test("S1 has 24 characters and gives back its parts", () => {
    const stamp = makeStamp(1_767_225_600_123, 46_655, Number.MAX_SAFE_INTEGER);
    expect(stamp).toHaveLength(24);
    expect(parseStamp(stamp)).toEqual({ ms: 1_767_225_600_123, counter: 46_655, clientId: Number.MAX_SAFE_INTEGER });
    expect(stampMs(stamp)).toBe(1_767_225_600_123);
  });

  test("S1 sorts as text by time, then counter, then client", () => {
    const random = createRandom(1);
    const parts = Array.from({ length: 2000 }, () => {
      const isNear = random.chance(0.5);
      return [
        random.int(isNear ? 3 : 2 ** 40),
        random.int(isNear ? 3 : 36 ** 4),
        random.int(isNear ? 3 : 2 ** 31) * (isNear ? 1 : 2 ** 22),
      ] as const;
    });
    for (const [i, a] of parts.entries()) {
      const b = parts[(i * 7 + 1) % parts.length] ?? a;
      const difference = a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
      expect(Math.sign(difference)).toBe(
        makeStamp(...a) < makeStamp(...b) ? -1 : makeStamp(...a) > makeStamp(...b) ? 1 : 0,
      );
    }
  });

  test.each([
    ["", "empty"],
    ["0".repeat(23), "too short"],
    ["0".repeat(25), "too long"],
    [`${"0".repeat(23)}A`, "upper case"],
    [`${"0".repeat(23)}-`, "no digit"],
    [`${"0".repeat(23)}é`, "not ASCII"],
    [`${"0".repeat(13)}${"z".repeat(11)}`, "a client id beyond 2^53 - 1"],
    [`${"0".repeat(13)}2gosa7pa2gw`, "the first client id beyond 2^53 - 1"],
  ])("G3 %j is none: %s", (text) => {
    expect(parseStamp(text)).toBeNull();
    expect(isStamp(text)).toBe(false);
  });

  test.each([
    [-1, 0, 0],
    [0.5, 0, 0],
    [36 ** 9, 0, 0],
    [0, 36 ** 4, 0],
    [0, -1, 0],
    [0, 0, 2 ** 53],
    [Number.NaN, 0, 0],
  ])("S1 cannot hold %d, %d, %d", (ms, counter, clientId) => {
    expect(() => makeStamp(ms, counter, clientId)).toThrow(RangeError);
  });
});

describe("a stamp clock", () => {
  test("S1 issues stamps greater than all before, while time stands still or goes back", () => {
    let now = 1000;
    const clock = createStampClock({ now: () => now });
    const random = createRandom(2);
    let last = clock.next(null, 7);
    for (let i = 0; i < 1000; i++) {
      now += random.int(5) - 3;
      const next = clock.next(null, random.int(1000));
      expect(next > last).toBe(true);
      last = next;
    }
  });

  test("S1 issues a stamp greater than the document's greatest, also when that is of the future", () => {
    const clock = createStampClock({ now: () => 1000 });
    const ahead = makeStamp(5000, 7, 99);
    const next = clock.next(ahead, 1);
    expect(next > ahead).toBe(true);
    expect(parseStamp(next)).toEqual({ ms: 5000, counter: 8, clientId: 1 });
  });

  test("S1 is greater than a document's stamp of the same time and counter by a greater client", () => {
    const clock = createStampClock({ now: () => 1000 });
    const other = makeStamp(1000, 0, 99);
    expect(clock.next(other, 1) > other).toBe(true);
  });

  test("S1 moves on to the next ms when the counter is used up", () => {
    const clock = createStampClock({ now: () => 1000 });
    expect(parseStamp(clock.next(makeStamp(1000, 36 ** 4 - 1, 5), 1))).toEqual({ ms: 1001, counter: 0, clientId: 1 });
  });

  test("S2 a correction backwards lets it issue the corrected time", () => {
    const clock = createStampClock({ now: () => 90_000, offsetMs: 10_000 });
    expect(parseStamp(clock.next(null, 1))?.ms).toBe(100_000);
    clock.setOffset(-30_000);
    expect(clock.now()).toBe(60_000);
    expect(parseStamp(clock.next(null, 1))?.ms).toBe(60_000);
  });

  test("S1 refuses to follow what is no stamp", () => {
    const clock = createStampClock({ now: () => 1 });
    expect(() => clock.next("yesterday" as never, 1)).toThrow('"yesterday" is no stamp');
  });
});

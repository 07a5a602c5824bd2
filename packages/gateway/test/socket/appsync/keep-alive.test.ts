import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createKeepAlive } from "../../../src/socket/appsync/keep-alive.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("createKeepAlive", () => {
  it("RT-1 beats once a period for each that joined, until it leaves", () => {
    const keepAlive = createKeepAlive();
    const beats = Array.from({ length: 70 }, () => vi.fn());
    const leaves = beats.map((beat) => keepAlive.join(beat));
    vi.advanceTimersByTime(60_000);
    for (const beat of beats) expect(beat).toHaveBeenCalledTimes(1);
    leaves[3]?.();
    vi.advanceTimersByTime(60_000);
    for (const [i, beat] of beats.entries()) expect(beat).toHaveBeenCalledTimes(i === 3 ? 1 : 2);
    keepAlive.stop();
    vi.advanceTimersByTime(60_000);
    expect(beats[0]).toHaveBeenCalledTimes(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("RT-1 spreads those that joined over the period", () => {
    const keepAlive = createKeepAlive();
    const beats = Array.from({ length: 300 }, () => vi.fn());
    for (const beat of beats) keepAlive.join(beat);
    const before = vi.getTimerCount();
    vi.advanceTimersToNextTimer();
    expect([before, beats.filter((beat) => beat.mock.calls.length > 0).length]).toEqual([1, 10]);
    keepAlive.stop();
  });
});

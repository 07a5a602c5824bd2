import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { callAt } from "../../src/socket/call-at.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const now = (): number => Date.now();
const DAY_MS = 24 * 60 * 60 * 1000;

describe("callAt", () => {
  it("GQL-23 calls at the time, however far off, once", () => {
    const action = vi.fn();
    callAt(now() + 60 * DAY_MS, { now }, action);
    vi.advanceTimersByTime(60 * DAY_MS - 1);
    expect(action).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(action).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("GQL-23 calls for a time that is past, but not before it returned", () => {
    const action = vi.fn();
    callAt(now() - DAY_MS, { now }, action);
    expect(action).not.toHaveBeenCalled();
    vi.advanceTimersByTime(0);
    expect(action).toHaveBeenCalledTimes(1);
  });

  it("GQL-23 is called off, in whichever part of the wait", () => {
    const action = vi.fn();
    const callOff = callAt(now() + 60 * DAY_MS, { now }, action);
    vi.advanceTimersByTime(30 * DAY_MS);
    callOff();
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(action).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

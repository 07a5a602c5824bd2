import { describe, expect, it } from "vitest";
import type { Cursor } from "../src/cursor.ts";
import { rewoundTo } from "../src/session-start.ts";

const starts = [
  { start: "a", ordinal: 1, firstSeq: 1 },
  { start: "b", ordinal: 2, firstSeq: 11 },
];
const at = (start: string, seq: number): Cursor => ({ epoch: "e", start, seq, scope: "s", base: null });

describe("rewoundTo", () => {
  it("F1 accepts what each start could commit", () => {
    expect(rewoundTo(starts, at("a", 10), 20)).toBeNull();
    expect(rewoundTo(starts, at("b", 20), 20)).toBeNull();
  });

  it("F1 finds a start that the store does not know", () => {
    expect(rewoundTo(starts, at("c", 5), 20)).toBe(20);
  });

  it("F1 finds more than a start committed here, and names the last common change", () => {
    expect(rewoundTo(starts, at("a", 11), 20)).toBe(10);
    expect(rewoundTo(starts, at("b", 21), 20)).toBe(20);
  });
});

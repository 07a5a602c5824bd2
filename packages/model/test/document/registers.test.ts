import { describe, expect, test } from "vitest";
import { addWrites, isSameValue, isSuperseded, maxStampOf, type Registers } from "../../src/document/registers.ts";
import type { JsonValue } from "../../src/index.ts";
import { at, BOB } from "../chat-model.ts";

describe("registers", () => {
  test("I2 end at the greatest stamp, then at the greater canonical JSON, in whatever order", () => {
    const writes: [number, JsonValue][] = [
      [1, "z"],
      [2, { b: 1 }],
      [2, { a: 2 }],
      [2, 5],
      [0, null],
    ];
    for (const order of [writes, [...writes].reverse(), [2, 4, 0, 1, 3].map((i) => writes[i] ?? [0, null])]) {
      const registers: Registers = new Map();
      for (const [minute, value] of order as [number, JsonValue][]) addWrites(registers, at(minute), { f: value });
      expect(registers.get("f")?.value).toEqual({ b: 1 });
      expect(maxStampOf(registers)).toBe(at(2));
    }
    expect(maxStampOf(new Map())).toBeNull();
  });

  test("I2 a write loses neither against itself nor against the same value in another form", () => {
    const write = { stamp: at(1), value: { a: 1, b: [0] } };
    expect(isSuperseded(write, write)).toBe(false);
    expect(isSuperseded(write, { stamp: at(1), value: { b: [-0], a: 1 } })).toBe(false);
    expect(isSuperseded(write, { stamp: at(1, BOB), value: null })).toBe(true);
    expect(isSameValue({ a: 1, b: [0] }, { b: [-0], a: 1 })).toBe(true);
    expect(isSameValue({ a: 1 }, { a: 2 })).toBe(false);
    expect(isSameValue(0, -0)).toBe(true);
    expect(isSameValue(0, "0")).toBe(false);
    expect(isSameValue(null, {})).toBe(false);
  });

  test("I12 a value is printed once, with however many of its stamp it is compared", () => {
    let printed = 0;
    const large: JsonValue = {
      get z() {
        printed += 1;
        return 1;
      },
    };
    const registers: Registers = new Map();
    addWrites(registers, at(1), { f: large });
    for (let i = 0; i < 1000; i++) addWrites(registers, at(1), { f: { a: i } });
    expect(registers.get("f")?.value).toBe(large);
    expect(printed).toBe(1);
  });
});

import { describe, expect, it } from "vitest";
import { createWaitingLine, type WaitingLine } from "../src/waiting-line.ts";

/** What the first test takes where the whole line is moved each time; it takes a hundredth of that. */
const QUADRATIC_MS = 20_000;

function lineOf(count: number): WaitingLine<number> {
  const line = createWaitingLine<number>();
  for (let i = 0; i < count; i++) line.push(i);
  return line;
}

function inLine(line: WaitingLine<number>): (number | undefined)[] {
  return Array.from({ length: line.length }, (_, i) => line.at(i));
}

describe("createWaitingLine", () => {
  it("I11 takes from the front at the cost of what it takes, however much waits", { timeout: QUADRATIC_MS / 4 }, () => {
    const line = lineOf(400_000);
    let sum = 0;
    while (line.length > 0) sum += line.take(1)[0] ?? 0;
    expect(sum).toBe((400_000 * 399_999) / 2);
  });

  it("I7 keeps the order, of what is put back in front as well", () => {
    const line = lineOf(4);
    expect(line.take(2)).toEqual([0, 1]);
    line.push(4);
    line.putBack([0, 1]);
    expect(inLine(line)).toEqual([0, 1, 2, 3, 4]);
    line.keep((item) => item !== 1 && item !== 4);
    line.push(5);
    expect(inLine(line)).toEqual([0, 2, 3, 5]);
    expect(line.take(9)).toEqual([0, 2, 3, 5]);
    expect([line.length, line.at(0), line.take(1)]).toEqual([0, undefined, []]);
  });
});

import { expect, test } from "vitest";
import { columns, fit } from "../../src/terminal/columns.ts";
import { createProgress } from "../../src/terminal/progress.ts";
import { createStyle, wantsColour } from "../../src/terminal/style.ts";

test("DEMO-10 colours are for terminals that want them", () => {
  expect(wantsColour({ isTTY: true }, {})).toBe(true);
  expect(wantsColour({ isTTY: true }, { NO_COLOR: "" })).toBe(true);
  expect(wantsColour({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
  expect(wantsColour({ isTTY: true }, { TERM: "dumb" })).toBe(false);
  expect(wantsColour({}, {})).toBe(false);
  expect(createStyle(false).bold("x")).toBe("x");
  expect(createStyle(true).red("x")).toBe("\u001b[31mx\u001b[39m");
});

test("DEMO-10 columns line up whatever the colours, and end at the width", () => {
  const style = createStyle(true);
  const rows = [
    [{ text: "a", style: style.bold }, { text: "1", align: "right" as const }, { text: "short" }],
    [{ text: "longer" }, { text: "100", align: "right" as const }, { text: "too long for this line" }],
  ];
  const [first, second] = columns(rows, 2, 22);
  expect(first).toBe(`  ${style.bold("a     ")}    1  short`);
  expect(second).toBe("  longer  100  too lo…");
  expect(second).toHaveLength(22);
  expect(columns([[{ text: "a" }, { text: "" }]], 0, 10)).toEqual(["a"]);
  expect([fit("12345", 5), fit("123456", 5)]).toEqual(["12345", "1234…"]);
});

test("DEMO-10 progress is one line on a terminal, and rare lines elsewhere", () => {
  let now = 0;
  const said: string[] = [];
  const write = (text: string): void => void said.push(text);
  const terminal = createProgress({ write, isTerminal: true, now: () => now });
  terminal.show("writing", 1, 3);
  terminal.show("writing", 2, 3);
  now += 100;
  terminal.show("writing", 3, 3);
  terminal.clear();
  terminal.clear();
  expect(said.splice(0)).toEqual(["\r\u001b[Kwriting 1 of 3 ...", "\r\u001b[Kwriting 3 of 3 ...", "\r\u001b[K"]);

  const file = createProgress({ write, isTerminal: false, now: () => now });
  file.show("writing", 1, 3);
  now += 6_000;
  file.show("writing", 2, 3);
  file.clear();
  expect(said).toEqual(["writing 2 of 3 ...\n"]);
});

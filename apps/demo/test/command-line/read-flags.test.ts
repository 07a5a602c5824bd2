import { expect, test } from "vitest";
import { readFlags, readWholeNumber, UsageError } from "../../src/command-line/read-flags.ts";

const specs = { seed: { kind: "text" }, keep: { kind: "switch" } } as const;

test("DEMO-11 reads flags with their values", () => {
  expect(readFlags([], specs)).toEqual({ seed: undefined, keep: false });
  expect(readFlags(["--seed", "7", "--keep"], specs)).toEqual({ seed: "7", keep: true });
  expect(readFlags(["--seed=7"], specs)).toEqual({ seed: "7", keep: false });
});

test.each([
  [["--sed", "7"], "there is no flag --sed; --help lists those there are"],
  [["--toString"], "there is no flag --toString; --help lists those there are"],
  [["-s"], "there is no flag -s; --help lists those there are"],
  [["--seed", "1", "--seed", "2"], "--seed is given twice"],
  [["--keep", "--keep"], "--keep is given twice"],
  [["--seed"], "--seed needs a value"],
  [["--seed", "--keep"], "--seed needs a value"],
  [["--seed="], "--seed needs a value"],
  [["--keep=yes"], "--keep takes no value"],
  [["seed"], '"seed" is not expected here; --help says what is'],
  [["--", "x"], '"--" is not expected here; --help says what is'],
])("DEMO-11 refuses %j", (args, message) => {
  expect(() => readFlags(args, specs)).toThrow(new UsageError(message));
});

test("DEMO-11 takes whole numbers within bounds", () => {
  expect(readWholeNumber("--seed", "0", 0, 9)).toBe(0);
  for (const text of ["", "-1", "1.5", "10", "1e1", "0x1", " 1", "1".repeat(400)]) {
    expect(() => readWholeNumber("--seed", text, 0, 9), text).toThrow("--seed is a whole number from 0 to 9, not ");
  }
});

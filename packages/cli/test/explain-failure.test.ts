import { StartError } from "@tributary/server";
import { expect, test } from "vitest";
import { explainFailure } from "../src/explain-failure.ts";

test("CLI-4 what a person can act upon is told without a stack, lists line by line", () => {
  expect(explainFailure(new StartError("the port is taken"))).toEqual({
    lines: ["tributary: the port is taken"],
    exitCode: 1,
  });
  expect(explainFailure(new StartError(["2 problems:", "a:1:1 x", "a:2:2 y"])).lines).toEqual([
    "tributary: 2 problems:",
    "a:1:1 x",
    "a:2:2 y",
  ]);
});

test("CLI-4 what nobody expected comes with its stack", () => {
  const { lines, exitCode } = explainFailure(new TypeError("x is not a function"));
  expect(exitCode).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^tributary: unexpected error: TypeError: x is not a function\n\s+at /);
  expect(explainFailure("thrown text").lines).toEqual(["tributary: unexpected error: thrown text"]);
});

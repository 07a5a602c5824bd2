import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchFile } from "../src/watch-file.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tributary-watch-"));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

test("CLI-12 a file is watched through writing, replacement, disappearance and return", () => {
  const file = path.join(folder, "schema.graphql");
  writeFileSync(file, "1");
  let changes = 0;
  const stop = watchFile(file, () => {
    changes += 1;
  });
  const look = (): number => {
    vi.advanceTimersByTime(1_000);
    return changes;
  };
  expect(look()).toBe(0);
  writeFileSync(file, "2");
  expect(look()).toBe(1);
  writeFileSync(`${file}.new`, "3");
  renameSync(`${file}.new`, file);
  expect(look()).toBe(2);
  rmSync(file);
  expect(look()).toBe(3);
  expect(look()).toBe(3);
  writeFileSync(file, "4");
  expect(look()).toBe(4);
  stop();
  writeFileSync(file, "55");
  expect(look()).toBe(4);
});

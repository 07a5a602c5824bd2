import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeDirectory } from "../../src/data/make-directory.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tributary-make-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (...parts: string[]): number => statSync(path.join(folder, ...parts)).mode & 0o777;

test("SERVER-1 what is missing is made with the mode, what is there keeps its own", () => {
  mkdirSync(path.join(folder, "there"), { mode: 0o755 });
  makeDirectory(path.join(folder, "there", "deep", "er"), 0o700);
  expect([modeOf("there"), modeOf("there", "deep"), modeOf("there", "deep", "er")]).toEqual([0o755, 0o700, 0o700]);
  makeDirectory(path.join(folder, "there"), 0o700);
  expect(modeOf("there")).toBe(0o755);
  makeDirectory(path.parse(folder).root);
});

test("SERVER-1 a link to a directory is one", () => {
  symlinkSync(folder, path.join(folder, "link"));
  makeDirectory(path.join(folder, "link", "deep"));
  makeDirectory(path.join(folder, "link"));
  expect(statSync(path.join(folder, "deep")).isDirectory()).toBe(true);
});

test.each(["file", "file/deep", "file/deep/er"])("SERVER-3 a file in its place or in a parent's: %s", (place) => {
  writeFileSync(path.join(folder, "file"), "");
  expect(() => makeDirectory(path.join(folder, place))).toThrow(/^(EEXIST|ENOTDIR): /);
});

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CommandError } from "../src/command-error.ts";
import { writeFiles } from "../src/write-files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tributary-write-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const textOf = (name: string): string => readFileSync(path.join(folder, name), "utf8");

test("CLI-30 files are written in order, over what was there, in folders that are made", () => {
  writeFileSync(path.join(folder, "a.js"), "old and longer");
  const written = writeFiles(folder, [
    { name: "a.js", text: "new" },
    { name: "deep/er/b.js", text: "b" },
  ]);
  expect(written).toEqual([path.join(folder, "a.js"), path.join(folder, "deep/er/b.js")]);
  expect([textOf("a.js"), textOf("deep/er/b.js")]).toEqual(["new", "b"]);
  expect(readdirSync(folder).sort()).toEqual(["a.js", "deep"]);
});

test("CLI-32 a directory in the place of a file leaves all others as they were", () => {
  writeFileSync(path.join(folder, "a.js"), "old");
  mkdirSync(path.join(folder, "b.js"));
  const both = [
    { name: "a.js", text: "new" },
    { name: "b.js", text: "new" },
  ];
  expect(() => writeFiles(folder, both)).toThrow(
    new CommandError(`${path.join(folder, "b.js")} is a directory where a file is to be written; remove it`),
  );
  expect([textOf("a.js"), readdirSync(folder).sort()]).toEqual(["old", ["a.js", "b.js"]]);
});

test.each([
  ["a file where a folder is needed", "file/b.js"],
  ["a name that is too long", `${"b".repeat(250)}.js`],
])("CLI-32 %s leaves all others as they were, and nothing beside them", (_, name) => {
  writeFileSync(path.join(folder, "a.js"), "old");
  writeFileSync(path.join(folder, "file"), "");
  const both = [
    { name: "a.js", text: "new" },
    { name, text: "new" },
  ];
  expect(() => writeFiles(folder, both)).toThrow(/^.* cannot be written to \(E.*\); name another folder with --out$/);
  expect([textOf("a.js"), readdirSync(folder).sort()]).toEqual(["old", ["a.js", "file"]]);
});

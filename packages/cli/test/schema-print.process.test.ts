import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "./run-command.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tributary-print-"));
  writeFileSync(path.join(folder, "schema.graphql"), "type Note @model { id: ID! title: String! }");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const print = (...args: string[]) => runCommand(["schema", "print", ...args], { cwd: folder }).ended;

test("CLI-16 prints what the gateway serves, on stdout alone", async () => {
  const { code, stdout, stderr } = await print("--schema", "schema.graphql");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^type Note\b[\s\S]*?_version: Int!/m);
  expect(stdout).toMatch(/^ {2}getNote\(/m);
  expect(stdout.endsWith("}\n")).toBe(true);
  const explicit = await print("--schema=schema.graphql", "--conflict-detection=on", "--dialect=v2", "--auth=apiKey");
  expect(explicit.stdout).toBe(stdout);
});

test.each([
  [[], "no schema is given; name its file with --schema"],
  [["--schema", "none"], "the schema file none does not exist; name it with --schema"],
  [
    ["--schema", "schema.graphql", "--conflict-detection", "off"],
    "--conflict-detection off is not served by this version; leave it out or say on",
  ],
  [["--schema", "schema.graphql", "--conflict-detection", "maybe"], '--conflict-detection is on or off, not "maybe"'],
  [["--schema", "schema.graphql", "--dialect", "v3"], '--dialect is one of v1, v2, not "v3"'],
  [
    ["--schema", "schema.graphql", "--auth", "apiKey,userPools"],
    "--auth names userPools, which this version does not serve yet; it serves apiKey",
  ],
])("CLI-17 refuses in one line what it cannot print: %j", async (args, message) => {
  expect(await print(...args)).toMatchObject({ code: 1, stdout: "", stderr: `tributary: ${message}\n` });
});

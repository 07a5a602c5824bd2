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

test("CLI-17 prints it for other settings of an API", async () => {
  const rules = "@auth(rules: [{ allow: public, operations: [read] }, { allow: private }])";
  writeFileSync(path.join(folder, "shared.graphql"), `type Note @model ${rules} { id: ID! title: String! }`);
  const plain = await print("--schema", "shared.graphql", "--auth", "apiKey, userPools", "--conflict-detection", "off");
  expect([plain.code, plain.stderr]).toEqual([0, ""]);
  expect(plain.stdout).toMatch(/^type Note @aws_api_key @aws_cognito_user_pools \{$/m);
  expect(plain.stdout).toMatch(/^ {2}createNote\(.*\): Note @aws_cognito_user_pools$/m);
  expect(plain.stdout).not.toMatch(/_version|_deleted|_lastChangedAt|startedAt|syncNotes/);
  const first = await print("--schema", "shared.graphql", "--dialect", "v1");
  expect(first.stdout).toMatch(/^ {2}onCreateNote: Note @aws_subscribe/m);
  const second = await print("--schema", "shared.graphql");
  expect(second.stdout).toMatch(/^ {2}onCreateNote\(filter: ModelSubscriptionNoteFilterInput\): Note @aws_subscribe/m);
});

test("CLI-17 prints also what this version cannot serve yet", async () => {
  writeFileSync(path.join(folder, "text.graphql"), "type Note @model { id: ID! title: String @crdt(type: TEXT) }");
  expect(await print("--schema", "text.graphql")).toMatchObject({ code: 0, stderr: "" });
});

test.each([
  [[], "no schema is given; name its file with --schema"],
  [["--schema", "none"], "the schema file none does not exist; name it with --schema"],
  [["--schema", "schema.graphql", "--conflict-detection", "maybe"], '--conflict-detection is on or off, not "maybe"'],
  [["--schema", "schema.graphql", "--dialect", "v3"], '--dialect is one of v1, v2, not "v3"'],
  [
    ["--schema", "schema.graphql", "--auth", "apiKey,cognito"],
    '--auth names "cognito"; the providers are apiKey, userPools, oidc, iam, function',
  ],
  [["--schema", "schema.graphql", "--auth", "iam,iam"], "--auth names iam twice"],
  [
    ["--schema", "schema.graphql", "--auth", ""],
    '--auth names ""; the providers are apiKey, userPools, oidc, iam, function',
  ],
])("CLI-17 refuses in one line what it cannot print: %j", async (args, message) => {
  expect(await print(...args)).toMatchObject({ code: 1, stdout: "", stderr: `tributary: ${message}\n` });
});

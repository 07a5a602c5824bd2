/** The README's screen of code, run as it stands there: only the port and the folder are this test's. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { endChildren, startChild } from "../src/processes/child.ts";
import { startRelayProcess } from "../src/processes/relay-process.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const PORT_IN_README = "http://127.0.0.1:4000";

afterEach(endChildren);

/** The code blocks of the README, by language, in order. */
function codeBlocks(): { readonly language: string; readonly code: string }[] {
  const text = readFileSync(path.join(root, "README.md"), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({ language, code }));
}

function blockWith(language: string, part: string): string {
  const found = codeBlocks().find((block) => block.language === language && block.code.includes(part));
  if (found === undefined) throw new Error(`the README has no ${language} block with ${part}`);
  return found.code;
}

/** The arguments of a command line without quotes. */
const wordsOf = (line: string): string[] => line.trim().split(/\s+/);

describe("README", () => {
  it("DOC-3 the screen of code saves, edits and queries, and the relay serves the result over GraphQL", async () => {
    const parent = mkdtempSync(path.join(tmpdir(), "tributary-readme-"));
    onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
    symlinkSync(root, path.join(parent, "tributary"), "dir");
    const folder = path.join(parent, "app");
    mkdirSync(folder);
    writeFileSync(path.join(folder, "package.json"), "{}");
    const [npm = "", ...install] = wordsOf(blockWith("sh", "npm install"));
    await promisify(execFile)(npm, [...install, "--offline", "--no-audit", "--no-fund"], { cwd: folder });
    expect(existsSync(path.join(folder, "node_modules/.bin/tributary"))).toBe(true);
    const schemaFile = path.join(folder, "schema.graphql");
    writeFileSync(schemaFile, blockWith("graphql", "type Note"));

    const [npx, command, ...args] = wordsOf(blockWith("sh", "tributary start"));
    expect([npx, command]).toEqual(["npx", "tributary"]);
    const given = args.map((arg) => (arg === "schema.graphql" ? schemaFile : arg));
    const { url } = await startRelayProcess([...given, "--port", "0", "--data", path.join(folder, "data")]);

    const program = blockWith("ts", "DataStore.configure");
    expect(program).toContain(PORT_IN_README);
    const script = path.join(folder, "app.mjs");
    const inFolder = program
      .replace(PORT_IN_README, url)
      .replace('"schema.graphql"', JSON.stringify(schemaFile))
      .replace('"notes.db"', JSON.stringify(path.join(folder, "notes.db")));
    writeFileSync(script, `${inFolder}\nconsole.log(JSON.stringify(drafts));\n`);
    const app = startChild(script, []);
    await app.until((lines) => lines.some((line) => line.startsWith("[")));
    const drafts: unknown = JSON.parse(app.lines.find((line) => line.startsWith("[")) ?? "");
    const note = { title: "On the train", body: "written in a tunnel" };
    expect(drafts).toMatchObject([{ ...note, tags: ["draft"] }]);

    const curl = blockWith("sh", "curl -s");
    const body = /-d '(.*)'/.exec(curl)?.[1] ?? "";
    const key = /x-api-key: ([\w-]+)/.exec(curl)?.[1] ?? "";
    const headers = { "x-api-key": key, "content-type": "application/json" };
    await expect
      .poll(async () => (await fetch(`${url}/graphql`, { method: "POST", headers, body })).json(), { timeout: 10_000 })
      .toMatchObject({ data: { syncNotes: { items: [{ ...note, _version: 2, _deleted: null }] } } });
  });
});

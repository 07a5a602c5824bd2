import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readConfigFile } from "../../src/config/read-config-file.ts";
import { StartError } from "../../src/start-error.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tributary-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

async function failure(file: string): Promise<string> {
  const error: unknown = await readConfigFile(file).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof StartError) return error.message;
  throw new Error("it was read, or failed in another way", { cause: error });
}

test.each([
  ["plain.json", '{"port": 1}'],
  ["module.mjs", "const port = 1; export default { port };"],
  ["typed.ts", "interface C { port: number }; const config: C = { port: 1 }; export default config satisfies C;"],
  ["typed.mts", "export default { port: 1 as number };"],
])("SERVER-13 reads %s", async (name, text) => {
  expect(await readConfigFile(write(name, text))).toEqual({ port: 1 });
});

test("SERVER-13 a typed config imports its own files, packages, and what belongs to Node", async () => {
  write("ports.ts", "export enum Port { Main = 4001 }");
  mkdirSync(path.join(folder, "node_modules", "some-package"), { recursive: true });
  write("node_modules/some-package/index.js", 'exports.host = "::1"; exports.os = require("node:os").EOL;');
  const file = write(
    "imports.ts",
    `import path from "node:path";
     import { fileURLToPath } from "node:url";
     import { host } from "some-package";
     import { Port } from "./ports.ts";
     export default { port: Port.Main, host, data: path.dirname(fileURLToPath(import.meta.url)) };`,
  );
  expect(await readConfigFile(file)).toEqual({ port: 4001, host: "::1", data: folder });
});

describe("SERVER-14", () => {
  test("a missing file", async () => {
    const file = path.join(folder, "none.json");
    expect(await failure(file)).toBe(`the config file ${file} does not exist; correct the path after --config`);
  });

  test.each([
    ["a directory", "folder.json", null, /cannot be read \(EISDIR/],
    ["another kind", "config.yaml", "port: 1", /is of no known kind; it ends in \.ts, \.mjs, \.js or \.json/],
    ["broken JSON", "broken.json", "{", /is not valid JSON \(/],
    ["no object", "list.json", "[1]", /must hold a JSON object/],
    ["no default export", "named.mjs", "export const port = 1;", /must export an object: export default/],
    ["a module that throws", "throws.mjs", 'throw new Error("no luck");', /failed to load \(no luck\)/],
    ["a typed module that throws", "throws.ts", 'throw new Error("no luck");', /failed to load \(no luck\)/],
    ["broken syntax", "syntax.mjs", "export default {", /failed to load \(/],
  ])("%s", async (_, name, text, message) => {
    if (text === null) mkdirSync(path.join(folder, name));
    else write(name, text);
    expect(await failure(path.join(folder, name))).toMatch(message);
  });

  test("a typed file that does not compile, with every place", async () => {
    const file = write("syntax.ts", 'import "./missing.ts";\nimport "./absent.ts";\nexport default {};');
    const lines = (await failure(file)).split("\n");
    expect(lines).toEqual([
      expect.stringMatching(/syntax\.ts:1:8 Could not resolve "\.\/missing\.ts"/),
      expect.stringMatching(/syntax\.ts:2:8 Could not resolve "\.\/absent\.ts"/),
    ]);
  });
});

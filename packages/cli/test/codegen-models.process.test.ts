import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { generateModels } from "@tributary/schema/codegen";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { endCommands, runCommand } from "./run-command.ts";

const sdl = "type Note @model {\n  id: ID!\n  title: String!\n}\n";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tributary-codegen-"));
  write("schema.graphql", sdl);
});
afterEach(async () => {
  await endCommands();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Puts a package into the project's `node_modules`. */
function install(name: string, code: string): void {
  write(`node_modules/@aws-amplify/${name}/package.json`, `{ "name": "@aws-amplify/${name}", "main": "main.js" }`);
  write(`node_modules/@aws-amplify/${name}/main.js`, code);
}

const codegen = (...args: string[]) => runCommand(["codegen", "models", ...args], { cwd: folder }).ended;
const filesIn = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(path.join(folder, name)).map((file) => [file, textOf(name, file)]));
const textOf = (...parts: string[]): string => readFileSync(path.join(folder, ...parts), "utf8");

describe("CLI-30 writes the files of its target and names them on stderr alone", () => {
  test.each([
    ["javascript", []],
    ["typescript", ["--target", "typescript"]],
    ["introspection", ["--target=introspection", "--dialect=v2", "--auth=userPools,apiKey"]],
  ] as const)("%s", async (target, flags) => {
    const { code, stdout, stderr } = await codegen("--schema", "schema.graphql", "--out", "src/models", ...flags);
    const files = generateModels(sdl, target);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toBe(files.map(({ name }) => `wrote ${path.join("src/models", name)}\n`).join(""));
    expect(filesIn("src/models")).toEqual(Object.fromEntries(files.map(({ name, text }) => [name, text])));
  });

  test("importing from the package that is asked for", async () => {
    for (const target of ["javascript", "typescript"] as const) {
      await codegen(
        "--schema",
        "schema.graphql",
        "--out",
        target,
        "--target",
        target,
        "--package",
        "@tributary/datastore/node",
      );
      for (const [name, text] of Object.entries(filesIn(target))) {
        expect(text, name).not.toContain("@aws-amplify");
        expect(text.includes("@tributary/datastore/node"), name).toBe(name !== "schema.js");
      }
    }
    const { code, stderr } = await codegen("--schema", "schema.graphql", "--out", "x", "--package", "a'; evil()");
    expect([code, stderr]).toEqual([1, `tributary: --package is the name of a package, not "a'; evil()"\n`]);
  });

  test("in the dialect that is asked for", async () => {
    await codegen("--schema", "schema.graphql", "--out", "models", "--dialect", "v1");
    expect(textOf("models", "index.d.ts")).toContain("type NoteMetaData = {");
  });
});

describe("CLI-30 docs/codegen.md", () => {
  const docs = readFileSync(path.resolve(import.meta.dirname, "../../../docs/codegen.md"), "utf8");
  const commands = [...docs.matchAll(/^tributary (codegen .*)$/gm)].map(([, args = ""]) => args.split(" "));

  test("has commands that run", async () => {
    install("graphql-generator", 'exports.generateModels = async () => ({ "Note.dart": "" });');
    expect(commands.length).toBeGreaterThanOrEqual(2);
    for (const args of commands) {
      const { code, stderr } = await runCommand(args, { cwd: folder }).ended;
      expect([args, code, stderr]).toEqual([args, 0, expect.stringMatching(/^(wrote .*\n)+$/)]);
    }
  });

  test("has imports that exist", async () => {
    const imports = [...docs.matchAll(/^import \{ (.*) \} from "(@tributary\/.*)";$/gm)];
    expect(imports).toHaveLength(2);
    for (const [, names = "", entry = ""] of imports)
      expect(Object.keys(await import(entry))).toEqual(expect.arrayContaining(names.split(", ")));
  });
});

describe("CLI-31 a schema with mistakes", () => {
  test("is told with its places, and nothing is written", async () => {
    write("schema.graphql", "type Note @model {\n  id: ID!\n  title: Strng!\n  at: Int @hasMny\n}\n");
    const { code, stdout, stderr } = await codegen("--schema", "schema.graphql", "--out", "models");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.split("\n")).toEqual([
      "tributary: the schema has 2 problems:",
      'schema.graphql:3:10 Type "Strng" of Note.title is unknown. Did you mean "String"?',
      'schema.graphql:4:11 Directive @hasMny is unknown. Did you mean "@hasMany"?',
      "",
    ]);
    expect(existsSync(path.join(folder, "models"))).toBe(false);
  });

  test("is not one that this version cannot serve yet", async () => {
    write("schema.graphql", sdl.replace("String!", "String @crdt(type: RICH_TEXT)"));
    expect(await codegen("--schema", "schema.graphql", "--out", "models")).toMatchObject({ code: 0 });
  });
});

describe("CLI-33 the targets of Amplify's generator", () => {
  const dart = ["--schema", "schema.graphql", "--out", "lib", "--target", "dart"];
  /** Stands in for the generator: it writes down what it was asked. */
  const generator = `exports.generateModels = async (options) => ({
    "Note.dart": JSON.stringify(options),
    [String.raw\`deep\\Provider.dart\`]: "provider",
  });`;

  test("need it in the project, and say how to install it", async () => {
    const { code, stderr } = await codegen(...dart);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^tributary: --target dart needs Amplify's generator, and @aws-amplify\/graphql-generator is not installed in .*; run: npm install --save-dev @aws-amplify\/graphql-generator @aws-amplify\/graphql-directives\n$/,
    );
    expect(existsSync(path.join(folder, "lib"))).toBe(false);
  });

  test("run it without our own directives", async () => {
    install("graphql-generator", generator);
    write("schema.graphql", sdl.replace("String!", "String! @crdt(type: TEXT)"));
    const { code, stderr } = await codegen(...dart);
    expect([code, stderr]).toEqual([0, "wrote lib/Note.dart\nwrote lib/deep/Provider.dart\n"]);
    const options = JSON.parse(textOf("lib", "Note.dart"));
    expect(options).toEqual({ schema: expect.any(String), target: "dart", isDataStoreEnabled: true });
    expect(options.schema.trim()).toBe(sdl.trim());
  });

  test("run it with the options of the first dialect", async () => {
    install("graphql-generator", generator);
    install(
      "graphql-directives",
      `exports.AppSyncDirectives = [{ definition: "one" }]; exports.V1Directives = [{ definition: "two" }];`,
    );
    expect(await codegen(...dart, "--dialect", "v1")).toMatchObject({ code: 0 });
    expect(JSON.parse(textOf("lib", "Note.dart"))).toEqual({
      schema: sdl,
      target: "dart",
      isDataStoreEnabled: true,
      directives: "one\ntwo",
      transformerVersion: 1,
      useExperimentalPipelinedTransformer: false,
      respectPrimaryKeyAttributesOnConnectionField: false,
    });
  });

  test.each([
    [
      'exports.generateModels = async () => { throw new Error("no such relation\\n  at line 2"); };',
      "@aws-amplify/graphql-generator refuses the schema: no such relation",
    ],
    [
      "exports.other = 1;",
      "@aws-amplify/graphql-generator has no generateModels; install version 0.5 of it, or a later one",
    ],
    [
      'exports.generateModels = async () => ({ "../up.dart": "" });',
      "@aws-amplify/graphql-generator names a file outside the folder: ../up.dart",
    ],
  ])("tell in one line what went wrong in it: %s", async (code, message) => {
    install("graphql-generator", code);
    expect(await codegen(...dart)).toMatchObject({ code: 1, stderr: `tributary: ${message}\n` });
    expect(existsSync(path.join(folder, "lib"))).toBe(false);
  });
});

const given = ["--schema", "schema.graphql", "--out", "models"];

test.each([
  [["--out", "models"], "no schema is given; name its file with --schema"],
  [["--schema", "schema.graphql"], "no folder is given; name it with --out"],
  [["--schema", "none", "--out", "models"], "the schema file none does not exist; name it with --schema"],
  [["--schema", ".", "--out", "models"], ". is a directory; name a schema file with --schema"],
  [
    [...given, "--target", "cobol"],
    '--target is one of javascript, typescript, introspection, dart, swift, java, not "cobol"',
  ],
  [[...given, "--dialect", "v3"], '--dialect is one of v1, v2, not "v3"'],
  [
    [...given, "--auth", "apiKey,cognito"],
    '--auth names "cognito"; the providers are apiKey, userPools, oidc, iam, function',
  ],
])("CLI-34 refuses in one line: %j", async (args, message) => {
  expect(await codegen(...args)).toMatchObject({ code: 1, stdout: "", stderr: `tributary: ${message}\n` });
  expect(existsSync(path.join(folder, "models"))).toBe(false);
});

test.runIf(process.platform === "linux")(
  "CLI-32 a folder that the file system denies to make is one line",
  async () => {
    const { code, stdout, stderr } = await codegen("--schema", "schema.graphql", "--out", "/proc/none/models");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^tributary: \/proc\/none\/models cannot be written to \(E[^\n]+\); name another folder with --out\n$/,
    );
  },
  20_000,
);

/** docs/moving-from-amplify.md as it stands: each of its code blocks does what the page says, on the app that moves. */
import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { generateModels } from "@tributary/schema/codegen";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { endChildren } from "../src/processes/child.ts";
import { startRelayProcess } from "../src/processes/relay-process.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const app = path.join(import.meta.dirname, "amplify-app");
const datastore = path.join(root, "packages/datastore");
const page = readFileSync(path.join(root, "docs/moving-from-amplify.md"), "utf8");
const require = createRequire(import.meta.url);
const URL_IN_PAGE = "http://127.0.0.1:4000";

afterEach(endChildren);

interface Block {
  readonly language: string;
  readonly code: string;
  /** Some test ran it. */
  isUsed: boolean;
}

const blocks: Block[] = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
  language,
  code,
  isUsed: false,
}));

function block(language: string, part: string): string {
  const found = blocks.filter((one) => one.language === language && one.code.includes(part));
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} ${language} blocks have ${part}`);
  first.isUsed = true;
  return first.code;
}

/** A folder within the workspace, where its packages are found by name. */
function tempFolder(): string {
  const parent = path.join(root, "packages/testkit/dist");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, "moving-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes `name` an installed package of the folder. */
function install(folder: string, name: string, from: string): void {
  const target = path.join(folder, "node_modules", name);
  mkdirSync(path.dirname(target), { recursive: true });
  symlinkSync(from, target, "dir");
}

const binOf = (name: string, file: string): string =>
  path.join(path.dirname(require.resolve(`${name}/package.json`)), file);

/** Runs a script with this Node; answers what it printed. Rejects with that when it fails. */
async function run(script: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, [script, ...args], { cwd })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${script} failed:\n${stdout}${stderr}`);
  }
}

/** The arguments of a command line without quotes. */
const wordsOf = (line: string): string[] => line.trim().split(/\s+/);

async function startRelay(folder: string): Promise<string> {
  const [npx, command, ...args] = wordsOf(block("sh", "tributary start"));
  expect([npx, command]).toEqual(["npx", "tributary"]);
  const given = args.map((arg) => (arg === "schema.graphql" ? path.join(app, arg) : arg));
  const data = path.join(folder, "data");
  return (await startRelayProcess([...given, "--port", "0", "--data", data])).url;
}

/** What the compiler says, under strict settings and the paths of the page, to the modules of the folder. */
async function compile(folder: string, include: readonly string[]): Promise<string> {
  const { compilerOptions } = JSON.parse(block("json", '"compilerOptions"'));
  const strict = { strict: true, noEmit: true, module: "esnext", moduleResolution: "bundler", target: "es2023" };
  const options = { ...strict, lib: ["es2023"], types: [], ...compilerOptions };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, include }));
  return run(binOf("typescript", "bin/tsc"), ["-p", folder], folder).catch((error: Error) => error.message);
}

describe("docs/moving-from-amplify.md", () => {
  it("DOC-6 the bundler's alias and the new configuration move an app; AppSync clients read what it wrote", async () => {
    const folder = tempFolder();
    const url = await startRelay(folder);
    cpSync(path.join(app, "models"), path.join(folder, "models"), { recursive: true });
    writeFileSync(path.join(folder, "vite.config.ts"), block("ts", "defineConfig"));
    const program = block("ts", "DataStore.configure").replace(URL_IN_PAGE, url);
    const told = "await DataStore.settled();\nconsole.log(JSON.stringify({ post, found }));\nawait DataStore.stop();\n";
    writeFileSync(path.join(folder, "app.ts"), `${program}${told}`);
    const vite = binOf("vite", "bin/vite.js");
    await run(vite, ["build", "--ssr", "app.ts", "--outDir", "out", "--logLevel", "error"], folder);
    const printed = JSON.parse(await run(path.join(folder, "out/app.js"), [], folder));
    expect(printed.post).toMatchObject({ title: "Moved", status: "ACTIVE" });
    expect(printed.found).toEqual([printed.post]);

    const curl = block("sh", "curl -s");
    const body = /-d '(.*)'/.exec(curl)?.[1] ?? "";
    const key = /x-api-key: ([\w-]+)/.exec(curl)?.[1] ?? "";
    const headers = { "x-api-key": key, "content-type": "application/json" };
    const response = await fetch(`${url}/graphql`, { method: "POST", headers, body });
    const item = { id: printed.post.id, title: "Moved", status: "ACTIVE", _version: 1, _deleted: null };
    expect(await response.json()).toMatchObject({ data: { syncPosts: { items: [item] } } });
  });

  it("DOC-6 package.json leads Amplify's name to the checkout beside the app, which Node and browsers find under it", async () => {
    const parent = realpathSync(mkdtempSync(path.join(tmpdir(), "tributary-moving-")));
    onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
    symlinkSync(root, path.join(parent, "tributary"), "dir");
    const folder = path.join(parent, "app");
    // In place of `aws-amplify`, which asks for Amplify's own version.
    const asking = { name: "asking", version: "1.0.0", dependencies: { "@aws-amplify/datastore": "5.1.0" } };
    mkdirSync(path.join(folder, "asking"), { recursive: true });
    writeFileSync(path.join(folder, "asking/package.json"), JSON.stringify(asking));
    writeFileSync(path.join(folder, "asking/index.mjs"), 'export * from "@aws-amplify/datastore";\n');
    const given = JSON.parse(block("json", '"overrides"'));
    const dependencies = { ...given.dependencies, asking: "file:asking" };
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ ...given, private: true, dependencies }));
    const [, line = ""] = /`npm (install \.\.[^`]*)`/.exec(page) ?? [];
    await promisify(execFile)("npm", [...wordsOf(line), "--offline", "--no-audit", "--no-fund"], { cwd: folder });
    expect(existsSync(path.join(folder, "node_modules/.bin/tributary"))).toBe(true);
    writeFileSync(
      path.join(folder, "app.mjs"),
      `import * as moved from "@aws-amplify/datastore";
      import * as asked from "asking/index.mjs";
      import { DataStore } from "@tributary/datastore/node";
      const isSame = [moved, asked].every((found) => found.DataStore === DataStore);
      console.log(JSON.stringify({ isSame, names: Object.keys(moved) }));\n`,
    );
    const inNode = JSON.parse(await run(path.join(folder, "app.mjs"), [], folder));
    expect(inNode.isSame).toBe(true);
    expect(inNode.names).toEqual(expect.arrayContaining(["DataStore", "Predicates", "initSchema", "Hub"]));
    const resolve = `console.log(import.meta.resolve("@aws-amplify/datastore"))`;
    writeFileSync(path.join(folder, "where.mjs"), resolve);
    expect(await run("--conditions=browser", [path.join(folder, "where.mjs")], folder)).toContain(
      "dist/browser/index.js",
    );
  });

  it("DOC-6 TypeScript's paths let the app compile under strict settings, checked down to the declarations", async () => {
    const folder = tempFolder();
    install(folder, "@tributary/datastore", datastore);
    for (const part of [
      "models",
      "posts.ts",
      "relations.ts",
      "identifiers.ts",
      "live.ts",
      "generic.ts",
      "first-dialect",
    ]) {
      cpSync(path.join(app, part), path.join(folder, part), { recursive: true });
    }
    const check = (more: string): Promise<string> => {
      writeFileSync(path.join(folder, "more.ts"), more);
      return compile(folder, ["*.ts", "first-dialect"]);
    };
    expect(await check("export {};\n")).toBe("");
    const wrong = `import { Post } from "./models";\nexport const post = new Post({ title: 5, status: "DRAFT" });\n`;
    expect(await check(wrong)).toMatch(/more\.ts\(2,\d+\): error TS2322/);
  });

  it("MOVE-3 the TypeScript module of the models compiles against the datastore, and types it", async () => {
    const folder = tempFolder();
    install(folder, "@tributary/datastore", datastore);
    const [module] = generateModels(readFileSync(path.join(app, "schema.graphql"), "utf8"), "typescript");
    if (module === undefined) throw new Error("nothing was generated");
    writeFileSync(path.join(folder, module.name), module.text);
    const check = (field: string): Promise<string> => {
      writeFileSync(
        path.join(folder, "app.ts"),
        `import { DataStore } from "@aws-amplify/datastore";
import { Contact, Post, PostStatus } from "./models";
export async function contents() {
  const post = await DataStore.save(new Post({ title: "x", status: PostStatus.ACTIVE }));
  const found = await DataStore.query(Post, (p) => p.comments.${field}.eq("x"), { sort: (s) => s.title("ASCENDING") });
  return [new Contact({ languages: ["en"] }), found, (await post.comments.toArray()).map(({ ${field} }) => ${field})];
}
`,
      );
      return compile(folder, ["*.ts"]);
    };
    expect(await check("content")).toBe("");
    expect(await check("nonsense")).toMatch(/app\.ts\(5,\d+\): error TS2339/);
  });

  it("DOC-6 Jest's mapping leads both names here, and no other", async () => {
    const folder = tempFolder();
    const file = path.join(folder, "jest.config.mjs");
    writeFileSync(file, block("js", "moduleNameMapper"));
    const { default: config } = (await import(pathToFileURL(file).href)) as {
      default: { moduleNameMapper: Record<string, string> };
    };
    const mapped = (name: string): string | undefined =>
      Object.entries(config.moduleNameMapper).find(([pattern]) => new RegExp(pattern).test(name))?.[1];
    const names = ["@aws-amplify/datastore", "aws-amplify/datastore"];
    expect(names.map(mapped)).toEqual(["@tributary/datastore", "@tributary/datastore"]);
    expect(["aws-amplify/auth", "@aws-amplify/datastore-storage-adapter", "aws-amplify"].map(mapped)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(require.resolve("@tributary/datastore")).toMatch(/\/datastore\/(src|dist)\/node\/index\.[jt]s$/);
  });

  it("DOC-6 three lines bring the datastore's events to Amplify's Hub", async () => {
    const folder = tempFolder();
    const amplify = path.join(folder, "node_modules/aws-amplify");
    mkdirSync(amplify, { recursive: true });
    const entries = { "./datastore": "./datastore.mjs", "./utils": "./utils.mjs" };
    writeFileSync(path.join(amplify, "package.json"), JSON.stringify({ name: "aws-amplify", exports: entries }));
    writeFileSync(path.join(amplify, "datastore.mjs"), 'export * from "@tributary/datastore";\n');
    const hub = "dispatch: (channel, payload) => console.log(JSON.stringify([channel, payload.event]))";
    writeFileSync(path.join(amplify, "utils.mjs"), `export const Hub = { ${hub} };\n`);
    cpSync(path.join(app, "first-dialect/models/schema.js"), path.join(folder, "schema.mjs"));
    writeFileSync(
      path.join(folder, "app.mjs"),
      `${block("ts", "Hub.dispatch")}
      import { initSchema } from "aws-amplify/datastore";
      import { schema } from "./schema.mjs";
      initSchema(schema);
      await DataStore.start();\n`,
    );
    const lines = (await run(path.join(folder, "app.mjs"), [], folder)).trim().split("\n");
    expect(lines).toEqual(['["datastore","storageSubscribed"]', '["datastore","ready"]']);
  });

  it("DOC-6 every code block of the page was run above", () => {
    expect(blocks.filter(({ isUsed }) => !isUsed).map(({ code }) => code)).toEqual([]);
    expect(blocks).toHaveLength(8);
  });
});

/**
 * The import table of the workspace, and its comparison with every import in it. A package may import only what its row
 * names, types included; what must run in browsers imports nothing of Node.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  type AreaRules,
  findManifestViolations,
  findViolations,
  type Manifest,
  type PackageRules,
  readImports,
  type SourceFile,
  type Workspace,
} from "@tributary/testkit";
import { describe, expect, test } from "vitest";

const node: AreaRules = { node: true };
const portable = (...externals: string[]): AreaRules => ({ node: false, externals });

function packageRow(name: string, mayImport: string[], areas: Record<string, AreaRules>): [string, PackageRules] {
  return [name, { folder: `packages/${name}`, mayImport, areas }];
}

function userRow(name: string, folder: string): [string, PackageRules] {
  return [name, { folder, mayImport: ["datastore", "react", "schema", "server"], areas: { "": node } }];
}

/** Who may import whom. A new package starts with a row here. */
const table: Record<string, PackageRules> = Object.fromEntries([
  packageRow("schema", [], {
    "": portable(),
    sdl: portable("graphql", "pluralize"),
    codegen: portable("graphql", "pluralize"),
  }),
  packageRow("protocol", [], { "": portable("lib0") }),
  packageRow("model", ["schema"], { "": portable("lib0", "yjs") }),
  packageRow("storage", ["model", "schema"], {
    "": portable("kysely"),
    sqlite: node,
    testing: portable("kysely", "vitest"),
  }),
  packageRow("datastore", ["model", "protocol", "schema", "storage"], {
    "": portable("lib0", "y-protocols", "yjs"),
    node,
  }),
  packageRow("relay", ["model", "protocol", "schema", "storage"], { "": node }),
  packageRow("gateway", ["model", "relay", "schema", "storage"], { "": node }),
  packageRow("server", ["gateway", "model", "protocol", "relay", "schema", "storage"], { "": node }),
  packageRow("react", ["datastore"], { "": portable("react") }),
  packageRow("cli", ["schema", "server"], { "": node }),
  packageRow(
    "testkit",
    ["cli", "datastore", "gateway", "model", "protocol", "react", "relay", "schema", "server", "storage"],
    { "": node },
  ),
  userRow("demo", "apps/demo"),
  userRow("bench", "bench"),
  ["scripts", { folder: "scripts", mayImport: [], areas: { "": { node: true, externals: [] } } }],
]);

describe("the workspace", () => {
  const root = path.resolve(import.meta.dirname, "../../..");
  const workspace = readWorkspace(root);
  const files = readSources(root);

  test("BOUNDARY-1 every import is one that the table allows", () => {
    expect(findViolations(workspace, files)).toEqual([]);
  });

  test("BOUNDARY-2 no package.json depends on a package outside its row", () => {
    expect(findManifestViolations(workspace)).toEqual([]);
  });

  test("BOUNDARY-1 every package of the workspace was read", () => {
    const folders = ["packages", "apps"].flatMap((parent) =>
      readdirSync(path.join(root, parent)).map((name) => `${parent}/${name}/`),
    );
    const unread = folders.filter((folder) => !files.some((file) => file.path.startsWith(`${folder}src/`)));
    expect(unread).toEqual([]);
  });
});

describe("the reader", () => {
  test.each([
    ["import", 'import { a } from "x";'],
    ["import", 'import "x";'],
    ["import", 'import type { A } from "x";'],
    ["import", 'import { type A } from "x";'],
    ["export", 'export { a } from "x";'],
    ["export", 'export {} from "x";'],
    ["export", 'export type { A } from "x";'],
    ["export", 'export * from "x";'],
    ["dynamic", 'const a = await import("x");'],
    ["dynamic", "const a = await import(`x`);"],
    ["type", 'let a: import("x").A;'],
    ["type", 'let a: typeof import("x");'],
    ["require", 'import a = require("x");'],
    ["require", 'const a = require("x");'],
    ["reference", '/// <reference types="x" />'],
  ])("BOUNDARY-3 finds %s: %s", (kind, source) => {
    expect(readImports("file.ts", `\n${source}`)).toEqual([{ kind, specifier: "x", line: 2 }]);
  });

  test.each(["await import(name);", `await import(\`./\${name}.ts\`);`])(
    "BOUNDARY-3 finds a computed one: %s",
    (source) => {
      expect(readImports("file.ts", source)).toEqual([{ kind: "dynamic", specifier: undefined, line: 1 }]);
    },
  );

  test("BOUNDARY-3 refuses a file that it cannot parse", () => {
    expect(() => readImports("file.ts", "import { from")).toThrow("file.ts: ");
  });
});

describe("the rules", () => {
  const workspace: Workspace = {
    scope: "@t/",
    testHelpers: "kit",
    rootManifest: { devDependencies: { runner: "1.0.0" } },
    packages: Object.fromEntries([
      packageRow("base", [], { "": portable(), parser: portable("grammar"), disk: node }),
      packageRow("top", ["base"], { "": node }),
      packageRow("web", ["base"], { "": portable("lib") }),
      packageRow("kit", ["base", "top"], { "": node }),
    ]),
    manifests: {
      base: { exports: { ".": "", "./parser": "", "./disk": "" }, dependencies: { grammar: "1.0.0" } },
      top: { exports: { ".": "" }, dependencies: { driver: "1.0.0" }, devDependencies: { tool: "1.0.0" } },
      web: { dependencies: { lib: "1.0.0", other: "1.0.0" } },
      kit: { exports: { ".": "" } },
    },
  };
  const violationsOf = (file: string, text: string): string[] => findViolations(workspace, [{ path: file, text }]);

  test.each([
    ["packages/top/src/a.ts", 'import "@t/base";', "a package of its row"],
    ["packages/top/src/a.ts", 'import "@t/base/disk";', "a Node entry in Node code"],
    ["packages/top/src/a.ts", 'import "node:fs";', "a built-in in Node code"],
    ["packages/top/src/a.ts", 'import "driver/sub";', "a declared dependency"],
    ["packages/top/src/a.ts", "await import(file);", "a computed specifier in Node code"],
    ["packages/top/src/a/b.ts", 'import "../c.ts";', "a file of its own"],
    [
      "packages/top/test/a.test.ts",
      'import "@t/top"; import "@t/kit"; import "../src/a.ts";',
      "tests: own and helpers",
    ],
    ["packages/top/test/a.test.ts", 'import "runner"; import "tool";', "tests: development dependencies"],
    ["packages/base/src/parser/a.ts", 'import "grammar"; import "../a.ts";', "an area: its own, and the core"],
    ["packages/base/src/disk/a.ts", 'import "node:fs"; import "../a.ts";', "a Node area"],
    ["packages/base/test/a.test.ts", 'import "node:fs"; import "../src/disk/a.ts";', "tests of portable code"],
    ["packages/web/src/a.ts", 'import "lib/sub"; import "@t/base/parser";', "portable entries"],
  ])("BOUNDARY-1 allows %s: %s (%s)", (file, text) => {
    expect(violationsOf(file, text)).toEqual([]);
  });

  test.each([
    ["packages/base/src/a.ts", 'import "@t/top";', "base may import no other package"],
    ["packages/base/src/a.ts", 'export type { A } from "@t/top";', "base may import no other package"],
    ["packages/base/src/a.ts", 'let a: import("@t/top").A;', "base may import no other package"],
    ["packages/base/src/a.ts", 'await import("@t/top");', "base may import no other package"],
    ["packages/web/src/a.ts", 'import "@t/top";', "web may import base"],
    ["packages/web/test/a.test.ts", 'import "@t/top";', "web may import base"],
    ["packages/top/src/a.ts", 'import "@t/kit";', "only tests import the test helpers"],
    ["packages/top/src/a.ts", 'import "@t/top";', "a source imports its own package by name"],
    ["packages/top/src/a.ts", 'import "@t/base/src/a.ts";', "not a public entry"],
    ["packages/top/src/a.ts", 'import "@t/nothing";', "no such package"],
    ["packages/top/src/a.ts", 'import "../../base/src/a.ts";', "leaves the package"],
    ["packages/top/src/a.ts", 'import "../test/a.ts";', "a source imports a test"],
    ["packages/top/test/a.test.ts", 'import "../../base/src/a.ts";', "leaves the package"],
    ["packages/top/src/a.ts", 'import "undeclared";', "not declared"],
    ["packages/top/src/a.ts", 'import "tool";', "not declared"],
    ["packages/top/test/a.test.ts", 'import "undeclared";', "not declared"],
    ["packages/top/src/a.ts", 'require("driver");', "no require"],
    ["packages/top/src/a.ts", '/// <reference types="node" />', "no triple-slash references"],
    ["packages/base/src/a.ts", 'import "node:fs";', "a Node built-in"],
    ["packages/base/src/a.ts", 'import "fs/promises";', "a Node built-in"],
    ["packages/base/src/a.ts", 'let a: import("node:net").Socket;', "a Node built-in"],
    ["packages/base/src/a.ts", 'import "./disk/a.ts";', "a Node-only folder"],
    ["packages/base/src/a.ts", 'import "./parser/a.ts";', "reaches a folder that imports grammar"],
    ["packages/base/src/a.ts", 'import "grammar";', "from outside, this folder may import nothing"],
    ["packages/base/src/a.ts", "await import(file);", "no computed specifier"],
    ["packages/web/src/a.ts", 'import "other";', "from outside, this folder may import lib"],
    ["packages/web/src/a.ts", 'import "@t/base/disk";', "a Node-only entry"],
  ])("BOUNDARY-1 refuses %s: %s (%s)", (file, text, reason) => {
    expect(violationsOf(file, text)).toEqual([expect.stringContaining(reason)]);
  });

  test("BOUNDARY-1 refuses a file outside the table", () => {
    expect(violationsOf("packages/new/src/a.ts", "")).toEqual([expect.stringContaining("belongs to no package")]);
  });

  test("BOUNDARY-2 refuses a dependency outside the row", () => {
    const manifests = { ...workspace.manifests, base: { dependencies: { "@t/top": "1.0.0" } } };
    expect(findManifestViolations({ ...workspace, manifests })).toEqual([
      "packages/base/package.json: depends on top, which base may not import",
    ]);
  });
});

function readWorkspace(root: string): Workspace {
  const scope = "@tributary/";
  const read = (folder: string): Manifest | undefined => {
    const file = path.join(root, folder, "package.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  };
  const manifests: Record<string, Manifest> = {};
  for (const [name, { folder }] of Object.entries(table)) {
    const manifest = read(folder);
    if (manifest) manifests[name] = manifest;
  }
  // The benchmarks measure against the very drivers that the packages use, beside what their own manifest names.
  const drivers = Object.values(manifests)
    .flatMap(({ dependencies }) => Object.entries(dependencies ?? {}))
    .filter(([name]) => !name.startsWith(scope));
  manifests.bench = {
    ...manifests.bench,
    dependencies: { ...Object.fromEntries(drivers), ...manifests.bench?.dependencies },
  };
  // The app that was written for Amplify imports what its own package.json names; here those names are aliases.
  manifests.testkit = {
    ...manifests.testkit,
    devDependencies: { ...manifests.testkit?.devDependencies, "@aws-amplify/datastore": "*", "aws-amplify": "*" },
  };
  return { scope, testHelpers: "testkit", packages: table, manifests, rootManifest: read(".") ?? {} };
}

/** Whatever is written by hand and can hold imports: not what was built, generated or installed. */
function readSources(root: string): SourceFile[] {
  return ["packages", "apps", "bench", "scripts"]
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) => listFiles(path.join(root, folder)))
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file))
    .map((file) => ({
      path: path.relative(root, file).split(path.sep).join("/"),
      text: readFileSync(file, "utf8"),
    }));
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isFile()) return [file];
    return entry.isDirectory() && !["dist", "node_modules"].includes(entry.name) ? listFiles(file) : [];
  });
}

/**
 * Compares the imports of source files with a table of what each package may import. Pure: files come in as text.
 *
 * The rules, for a file that belongs to package P:
 * - It imports other packages of the workspace by name, only those in P's row, and only through their public entries.
 * - A relative import stays inside P.
 * - Everything else it imports is declared in P's package.json, for the tests also in the root's.
 * - Portable code imports no Node built-in, no Node-only entry, no computed specifier, and from outside only what the
 *   table names. An area of a package (a folder with rules of its own) is reached from the rest of the package only
 *   where the importing file might have made the same imports itself.
 * - Tests may also import their own package by name, and the test helpers; sources never import the helpers.
 */
import { builtinModules } from "node:module";
import path from "node:path";
import { type ImportFound, readImports } from "./read-imports.ts";

/** Rules for a folder of a package; `""` is the package itself. */
export interface AreaRules {
  /** Runs on Node only: built-ins and Node-only entries of other packages are allowed. */
  readonly node: boolean;
  /** Packages from outside the workspace. Without a list, whatever the manifest declares. */
  readonly externals?: readonly string[];
}

export interface PackageRules {
  /** Where it lies, such as `packages/model`. */
  readonly folder: string;
  /** Names of the workspace packages that its sources may import. */
  readonly mayImport: readonly string[];
  /** By folder under `src`, with slashes. `""` must be there. */
  readonly areas: Readonly<Record<string, AreaRules>>;
}

/** The part of a package.json that matters here. */
export interface Manifest {
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Workspace {
  /** Prefix of the names of workspace packages, with the slash. */
  readonly scope: string;
  /** Rules by package name without the scope. */
  readonly packages: Readonly<Record<string, PackageRules>>;
  /** The package that only tests may import. */
  readonly testHelpers: string;
  /** Manifests by package name without the scope. */
  readonly manifests: Readonly<Record<string, Manifest>>;
  readonly rootManifest: Manifest;
}

export interface SourceFile {
  /** Relative to the root of the workspace, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Each violation as one line: where, what, and why it is not allowed. */
export function findViolations(workspace: Workspace, files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const owner = ownerOf(workspace, file.path);
    if (!owner) return [`${file.path}: belongs to no package of the import table; give its package a row`];
    return readImports(file.path, file.text).flatMap((found) => {
      const reason = judge(workspace, owner, file.path, found);
      return reason === undefined ? [] : [`${file.path}:${found.line}: ${found.specifier ?? "(computed)"}: ${reason}`];
    });
  });
}

/** Dependencies on workspace packages that a manifest declares although the table does not allow them. */
export function findManifestViolations(workspace: Workspace): string[] {
  return Object.entries(workspace.packages).flatMap(([name, rules]) =>
    Object.keys({ ...workspace.manifests[name]?.dependencies, ...workspace.manifests[name]?.peerDependencies })
      .filter((dependency) => dependency.startsWith(workspace.scope))
      .map((dependency) => dependency.slice(workspace.scope.length))
      .filter((dependency) => !rules.mayImport.includes(dependency))
      .map((dependency) => `${rules.folder}/package.json: depends on ${dependency}, which ${name} may not import`),
  );
}

interface Owner {
  readonly name: string;
  readonly rules: PackageRules;
  readonly isTest: boolean;
  readonly area: AreaRules;
}

function ownerOf(workspace: Workspace, file: string): Owner | undefined {
  for (const [name, rules] of Object.entries(workspace.packages)) {
    if (!file.startsWith(`${rules.folder}/`)) continue;
    const inside = file.slice(rules.folder.length + 1);
    const isTest = inside.startsWith("test/");
    return { name, rules, isTest, area: isTest ? { node: true } : areaOf(rules, inside) };
  }
  return undefined;
}

/** The area with the longest folder that holds the file; a file named like the folder belongs to it. */
function areaOf(rules: PackageRules, inside: string): AreaRules {
  const folders = Object.keys(rules.areas)
    .filter((folder) => folder === "" || inside.startsWith(`src/${folder}/`))
    .sort((a, b) => b.length - a.length);
  const area = rules.areas[folders[0] ?? ""];
  if (!area) throw new Error(`${rules.folder}: the import table has no area "" for it`);
  return area;
}

function judge(workspace: Workspace, owner: Owner, file: string, found: ImportFound): string | undefined {
  const { specifier, kind } = found;
  if (kind === "reference") return "no triple-slash references; name types in the tsconfig";
  if (kind === "require") return "no require; packages are ES modules";
  if (specifier === undefined) return owner.area.node ? undefined : "portable code imports no computed specifier";
  if (specifier.startsWith(".")) return judgeRelative(owner, file, specifier);
  if (specifier.startsWith("node:") || builtinModules.includes(specifier)) {
    return owner.area.node ? undefined : "a Node built-in in portable code";
  }
  if (specifier.startsWith(workspace.scope)) return judgeWorkspace(workspace, owner, specifier);
  return judgeExternal(workspace, owner, specifier);
}

function judgeRelative(owner: Owner, file: string, specifier: string): string | undefined {
  const target = path.posix.join(path.posix.dirname(file), specifier);
  const { folder } = owner.rules;
  if (!target.startsWith(`${folder}/`)) return "a relative import that leaves the package; import it by name";
  if (owner.isTest) return undefined;
  const inside = target.slice(folder.length + 1);
  if (inside.startsWith("test/")) return "a source imports a test";
  const { area } = owner;
  const targetArea = areaOf(owner.rules, inside);
  if (targetArea.node && !area.node) return "a Node-only folder in portable code";
  const unreachable = targetArea.externals?.find((name) => area.externals && !area.externals.includes(name));
  return unreachable && `reaches a folder that imports ${unreachable}, which this one may not`;
}

function judgeWorkspace(workspace: Workspace, owner: Owner, specifier: string): string | undefined {
  const [name = "", ...rest] = specifier.slice(workspace.scope.length).split("/");
  const entry = [".", ...rest].join("/");
  const target = workspace.packages[name];
  if (!target) return "no such package in the import table";
  if (name === workspace.testHelpers && !owner.isTest && owner.name !== name)
    return "only tests import the test helpers";
  const own = name === owner.name;
  if (own && !owner.isTest) return "a source imports its own package by name; import the file";
  if (!own && name !== workspace.testHelpers && !owner.rules.mayImport.includes(name)) {
    return `${owner.name} may import ${owner.rules.mayImport.join(", ") || "no other package"}`;
  }
  if (!(entry in (workspace.manifests[name]?.exports ?? {}))) return "not a public entry of that package";
  const targetArea = areaOf(target, `src/${rest.join("/")}/`);
  return targetArea.node && !owner.area.node ? "a Node-only entry in portable code" : undefined;
}

function judgeExternal(workspace: Workspace, owner: Owner, specifier: string): string | undefined {
  const parts = specifier.split("/");
  const name = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const manifest = workspace.manifests[owner.name] ?? {};
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  const forTests = { ...manifest.devDependencies, ...workspace.rootManifest.devDependencies };
  if (!(name in declared) && !(owner.isTest && name in forTests)) return "not declared in the package's package.json";
  if (owner.area.externals && !owner.area.externals.includes(name)) {
    return `from outside, this folder may import ${owner.area.externals.join(", ") || "nothing"}`;
  }
  return undefined;
}

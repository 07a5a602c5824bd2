/** docs/api.md speaks of every name that the datastore exports, and of none that it does not. */
import { readFileSync } from "node:fs";
import path from "node:path";
import * as browser from "@tributary/datastore/browser";
import * as node from "@tributary/datastore/node";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../../..");
const source = (file: string): string => readFileSync(path.join(root, "packages/datastore/src", file), "utf8");

interface Exported {
  readonly name: string;
  readonly isType: boolean;
}

/** The names that a module exports itself: of `export { … }`, `export type { … }` and of declarations. */
function exportsOf(text: string): Exported[] {
  const lists = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, allTypes, list = ""]) =>
    list
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map((part) => ({
        name:
          part
            .replace(/^type /, "")
            .split(" as ")
            .at(-1) ?? "",
        isType: allTypes !== undefined || part.startsWith("type "),
      })),
  );
  const declared = [...text.matchAll(/^export (?:const|function|class|(type|interface)) (\w+)/gm)];
  return [...lists, ...declared.map(([, type, name = ""]) => ({ name, isType: type !== undefined }))];
}

const shared = exportsOf(source("public-surface.ts"));
const entries = { node, browser };
const exported = [...shared, ...exportsOf(source("node/index.ts"))];

const page = readFileSync(path.join(root, "docs/api.md"), "utf8");

/** The names in the rows of the tables under a heading: each in code, up to a parenthesis, dot or space. */
function namesUnder(heading: string): string[] {
  const section = page.slice(page.indexOf(`## ${heading}\n`)).split(/\n## /)[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.flatMap((row) => {
    const cells = row.split(" | ");
    // The last cell is the state, and may speak of anything.
    return [
      ...cells
        .slice(0, -1)
        .join(" ")
        .matchAll(/`(?:new )?(\w+)[^`]*`/g),
    ].map(([, name = ""]) => name);
  });
}

describe("the names of the datastore", () => {
  it.each(Object.entries(entries))(
    "DOC-4 the reader of exports finds all that is there at run time: /%s",
    (name, entry) => {
      const found = [...shared, ...exportsOf(source(`${name}/index.ts`))];
      const atRunTime = found.filter(({ isType }) => !isType).map((one) => one.name);
      expect(atRunTime.sort()).toEqual(Object.keys(entry).sort());
      expect(found.filter(({ isType }) => isType).length).toBeGreaterThan(100);
    },
  );

  it("DOC-5 are the same on every platform", () => {
    const own = (name: string) => exportsOf(source(`${name}/index.ts`)).sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(own("browser")).toEqual(own("node"));
    expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
    for (const name of Object.keys(entries)) {
      expect(source(`${name}/index.ts`)).toMatch(/^export \* from "\.\.\/public-surface\.ts";$/m);
    }
  });

  it("DOC-4 stand in docs/api.md with their state", () => {
    const listed = new Set([...namesUnder("Run-time names"), ...namesUnder("Types")]);
    expect(exported.filter(({ name }) => !listed.has(name)).map(({ name }) => name)).toEqual([]);
  });

  it("DOC-4 are all that docs/api.md lists", () => {
    const names = (isType: boolean) => new Set(exported.filter((one) => one.isType === isType).map(({ name }) => name));
    // What stands behind a "with" is a member.
    const members = new Set([
      "getJSType",
      "getValidationFunction",
      "USER",
      "isModelConstructor",
      "isNonModelConstructor",
    ]);
    const atRunTime = names(false);
    expect(namesUnder("Run-time names").filter((name) => !atRunTime.has(name) && !members.has(name))).toEqual([]);
    const types = names(true);
    const listed = namesUnder("Types").filter((name) => name !== "debounceMs");
    expect(listed.filter((name) => !types.has(name))).toEqual([]);
    const absent = page.slice(page.indexOf("Not there are type names"));
    const missing = [...absent.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
    expect(missing.length).toBeGreaterThan(20);
    expect(missing.filter((name) => types.has(name) || atRunTime.has(name))).toEqual([]);
  });

  it("DOC-4 the calls of a datastore and its options are listed", () => {
    const calls = page.slice(0, page.indexOf("## Options"));
    const store = node.createDataStore();
    const methods = Object.keys(Object.getOwnPropertyDescriptors(store));
    expect(methods.length).toBeGreaterThan(20);
    expect(methods.filter((name) => !new RegExp(`\\b${name}\\b`).test(calls))).toEqual([]);
  });
});

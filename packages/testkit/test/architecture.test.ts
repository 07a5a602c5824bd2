/** ARCHITECTURE.md speaks of what is there: each file and each name in the walk of one `save()` exists. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../../..");
const text = readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8");

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(folder, file));

const sourceFolders = readdirSync(path.join(root, "packages"))
  .map((name) => path.join(root, "packages", name, "src"))
  .filter((folder) => existsSync(folder));
const sources = sourceFolders.flatMap(files);

/** The file a step names: `relay/src/session.ts` from the packages on, `session.ts` or `sync/apply-turn.ts` by its end. */
function fileNamed(name: string): string | undefined {
  return sources.find((file) => file.endsWith(`/${name}`));
}

describe("ARCHITECTURE.md", () => {
  const walk = text.slice(text.indexOf("## One `save()`"), text.indexOf("## When things go wrong"));
  const named = [...text.matchAll(/`([\w/-]+\.ts)`/g)].map(([, name = ""]) => name);

  it("DOC-1 names files that exist", () => {
    expect(named.length).toBeGreaterThan(12);
    expect(named.filter((name) => fileNamed(name) === undefined)).toEqual([]);
  });

  it("DOC-1 names functions that the file beside them holds", () => {
    const pairs = [...walk.matchAll(/`([\w/-]+\.ts)` `(\w+)`/g)].map(([, file = "", name = ""]) => ({ file, name }));
    expect(pairs.length).toBeGreaterThan(3);
    const missing = pairs.filter(({ file, name }) => !readFileSync(fileNamed(file) ?? "", "utf8").includes(name));
    expect(missing).toEqual([]);
  });

  it("DOC-2 links to files that exist", () => {
    for (const document of ["ARCHITECTURE.md", "README.md"]) {
      const links = [...readFileSync(path.join(root, document), "utf8").matchAll(/\]\(([^)#]+)/g)].map(
        ([, to = ""]) => to,
      );
      for (const link of links.filter((to) => !to.startsWith("http"))) {
        expect(statSync(path.join(root, link), { throwIfNoEntry: false }), `${document}: ${link}`).toBeDefined();
      }
    }
  });
});

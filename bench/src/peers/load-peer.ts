/** Modules of the peers' own package, which is installed on demand and has no types here. */
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const folder = path.resolve(import.meta.dirname, "../../peers");
const requirePeer = createRequire(path.join(folder, "package.json"));

/** A CommonJS module, or a file of an installed package by its path under node_modules. */
export function requireFromPeers<Module>(specifier: string): Module {
  return requirePeer(specifier.startsWith("./") ? path.join(folder, specifier) : specifier) as Module;
}

/** An ES module: the file that the package's `exports` name for `import`. */
export async function importFromPeers<Module>(file: string): Promise<Module> {
  return (await import(pathToFileURL(path.join(folder, "node_modules", file)).href)) as Module;
}

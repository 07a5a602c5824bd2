/**
 * Imports a TypeScript module on a Node that cannot: bundled into one module with everything it imports, and loaded from
 * memory, so that nothing has to be written beside it.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildFailure, buildSync } from "esbuild";
import { StartError } from "../start-error.ts";

export async function importTypeScript(file: string): Promise<unknown> {
  const code = bundle(path.resolve(file));
  return import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
}

function bundle(file: string): string {
  const url = JSON.stringify(pathToFileURL(file).href);
  try {
    const { outputFiles } = buildSync({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "node20",
      sourcemap: "inline",
      logLevel: "silent",
      // A module in memory has no place of its own to resolve from.
      define: {
        "import.meta.url": url,
        "import.meta.filename": JSON.stringify(file),
        "import.meta.dirname": JSON.stringify(path.dirname(file)),
      },
      banner: {
        js: `import { createRequire as $createRequire } from "node:module"; const require = $createRequire(${url});`,
      },
    });
    return outputFiles[0]?.text ?? "";
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const lines = error.errors.map(({ text, location }) =>
      location === null ? `${file} ${text}` : `${location.file}:${location.line}:${location.column + 1} ${text}`,
    );
    throw new StartError(lines, { cause: error });
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

/** The `tributary` command: parses the command line, runs what it names, and says in one line what went wrong. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { createProgram } from "./create-program.ts";
import { explainFailure } from "./explain-failure.ts";

// Whoever reads our output may leave before we end; that is no reason to fail.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);

try {
  await createProgram(readVersion()).parseAsync(process.argv);
} catch (error) {
  const { lines, exitCode } = explainFailure(error);
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exit(exitCode);
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return String(typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : "");
}

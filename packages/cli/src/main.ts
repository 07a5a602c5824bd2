/** The `tributary` command: parses the command line, runs what it names, and says in one line what went wrong. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { createProgram } from "./create-program.ts";
import { explainFailure } from "./explain-failure.ts";

process.stdout.on("error", tellLostOutput);
// Nothing is left to tell it on.
process.stderr.on("error", () => undefined);

try {
  await createProgram(readVersion()).parseAsync(process.argv);
} catch (error) {
  const { lines, exitCode } = explainFailure(error);
  for (const line of lines) process.stderr.write(`${line}\n`);
  // Help that was printed ends by itself, once it is known whether it could be.
  if (exitCode !== 0) process.exit(exitCode);
}

/** Whoever reads our output may leave before we end; that is no reason to fail. Output that has no room is. */
function tellLostOutput(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE" || process.exitCode === 1) return;
  process.exitCode = 1;
  process.stderr.write(`tributary: stdout cannot be written to (${error.message})\n`);
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return String(typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : "");
}

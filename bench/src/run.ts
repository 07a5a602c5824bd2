/**
 * `npm run bench`: measures the rows one after the other and prints a table on stdout. What goes on meanwhile is on stderr;
 * every sample is in bench/results/latest.json.
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { removeFolder } from "./fresh-folder.ts";
import { isInMemory, thisMachine } from "./machine.ts";
import { measureRow } from "./measure-row.ts";
import { type Options, readOptions, UsageError, usage } from "./options.ts";
import { installPeers } from "./peers/install-peers.ts";
import { heading, json, type Run, table } from "./report.ts";
import type { RowResult } from "./result.ts";
import { rows } from "./rows/rows.ts";

const root = path.resolve(import.meta.dirname, "../..");
const resultsFile = path.join(root, "bench/results/latest.json");
const docsFile = path.join(root, "docs/benchmarks.md");

async function main(): Promise<void> {
  const names = rows.map((row) => row.name);
  const options = readOptions(process.argv.slice(2), names);
  if (options === null) {
    process.stdout.write(usage(names));
    return;
  }
  if (isInMemory(options.folder))
    say(`${options.folder} is held in memory: durable writes will look free; name a disk with --tmp`);
  if (options.withPeers) await installPeers(path.join(root, "bench/peers"), say);
  const run: Run = {
    at: new Date(),
    machine: thisMachine(),
    rounds: options.rounds,
    isQuick: options.isQuick,
    results: await measureAll(options),
  };
  report(run, options);
}

async function measureAll(options: Options): Promise<RowResult[]> {
  const folder = mkdtempSync(path.join(options.folder, "tributary-bench-"));
  // Also after a signal: children end with this process, the folder with this handler.
  process.once("exit", () => removeFolder(folder));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  if (options.profiles !== null) {
    process.execArgv.push("--cpu-prof", `--cpu-prof-dir=${path.resolve(options.profiles)}`);
  }
  const chosen = rows.filter((row) => options.only.length === 0 || options.only.includes(row.name));
  const results: RowResult[] = [];
  for (const [i, row] of chosen.entries()) {
    const { rounds, isQuick, withPeers } = options;
    const title = `${i + 1}/${chosen.length} ${row.name}`;
    results.push(
      await measureRow(row, {
        rounds,
        isQuick,
        withPeers,
        folder: path.join(folder, row.name),
        onStep: (step) => say(`${title}: ${step}`),
      }),
    );
  }
  return results;
}

function report(run: Run, options: Options): void {
  mkdirSync(path.dirname(resultsFile), { recursive: true });
  writeFileSync(resultsFile, json(run));
  process.stdout.write(`${heading(run)}\n\n${table(run.results)}\n`);
  if (options.isQuick) say("a quick look: the figures mean nothing");
  if (options.writesDocs) writeDocs(run);
}

/** Replaces what stands between the two marks. */
function writeDocs(run: Run): void {
  const [begin, end] = ["<!-- table -->", "<!-- end of table -->"];
  const text = readFileSync(docsFile, "utf8");
  const [before, rest] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || rest < 0) throw new Error(`${docsFile} has no marks ${begin} and ${end}`);
  const made = `${begin}\n${heading(run)}\n\n${table(run.results)}\n`;
  writeFileSync(docsFile, text.slice(0, before) + made + text.slice(rest));
  say(`wrote ${path.relative(process.cwd(), docsFile)}`);
}

function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) say(`${error.message}; see --help`);
  else say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});

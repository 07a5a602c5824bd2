/** `npm run demo`: tells the story, cleans up whatever happens, and exits 0 only when all replicas ended the same. */
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { readFlags, readWholeNumber } from "./command-line/read-flags.ts";
import { createProcessGroup } from "./processes/child.ts";
import { reportEnd } from "./report/report-end.ts";
import { createNarrator } from "./story/narrator.ts";
import { tellStory } from "./story/tell-story.ts";
import { createProgress } from "./terminal/progress.ts";
import { createStyle, wantsColour } from "./terminal/style.ts";

const help = `The story of Tributary in a terminal: a relay and four devices, each a process with a SQLite file of its own. Two go
offline, all edit the same records, the relay and one device are killed (kill -9), all come back, and every replica is compared
with every other.

Usage: npm run demo -- [--seed <number>] [--keep]

  --seed <number>  the same records, edits and winners every time (default: another number each time)
  --keep           keep the folder with the databases and the relay's log, and say where it is
  --help           print this help

Exits with 0 when all replicas hold the same in the end, with 1 when not. NO_COLOR switches colours off.
`;

const MAX_SEED = 2 ** 32 - 1;
/** Seeds that nobody chose are short enough to type. */
const MAX_DRAWN_SEED = 99_999;
const NARROWEST = 80;
const WIDEST = 120;
const WIDTH_WITHOUT_TERMINAL = 110;

const schemaFile = path.resolve(import.meta.dirname, "../schema.graphql");

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, { seed: { kind: "text" }, keep: { kind: "switch" }, help: { kind: "switch" } });
  if (flags.help) {
    process.stdout.write(help);
    return;
  }
  const seed =
    flags.seed === undefined ? randomInt(1, MAX_DRAWN_SEED) : readWholeNumber("--seed", flags.seed, 0, MAX_SEED);
  const folder = mkdtempSync(path.join(tmpdir(), "tributary-demo-"));
  const group = createProcessGroup();
  const progress = createProgress({
    write: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY,
    now: () => performance.now(),
  });

  async function cleanUp(): Promise<void> {
    progress.clear();
    await group.killAll();
    if (!flags.keep) rmSync(folder, { recursive: true, force: true });
  }

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      void cleanUp().finally(() => {
        process.stderr.write("demo: stopped before the end\n");
        process.exit(128 + constants.signals[signal]);
      });
    });
  }
  // Whoever read along has gone.
  process.stdout.on("error", () => void cleanUp().finally(() => process.exit(1)));

  const style = createStyle(wantsColour(process.stdout, process.env));
  const columns = process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL;
  const page = { style, width: Math.min(WIDEST, Math.max(NARROWEST, columns)) };
  const narrator = createNarrator(page, progress, (text) => process.stdout.write(text));
  narrator.lines([
    style.bold("Four devices and a relay go through everything that can come between them"),
    "",
    `   seed ${seed}; the same again with ${style.cyan(`npm run demo -- --seed ${seed}`)}`,
    `   all files are in ${folder}${flags.keep ? "" : ", until the end"}`,
  ]);
  try {
    const end = await tellStory({ seed, folder, schemaFile, group, narrator });
    const { lines, isGood } = reportEnd(end, page);
    narrator.lines(lines);
    if (!isGood) process.exitCode = 1;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)} (seed ${seed})`, { cause: error });
  } finally {
    await cleanUp();
  }
}

/** The command line of the benchmark. */
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";

export interface Options {
  /** Rows to run; empty for all. */
  readonly only: readonly string[];
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly withPeers: boolean;
  /** Where databases are written. */
  readonly folder: string;
  /** Whether the table in docs/ is replaced. */
  readonly writesDocs: boolean;
  /** Where CPU profiles of all processes go; null for none. */
  readonly profiles: string | null;
}

/** A command line that cannot be followed. */
export class UsageError extends Error {}

export function usage(rowNames: readonly string[]): string {
  return `Measures Tributary beside the limits of this machine: ours, limit, ours, limit ..., and prints their ratios.

  npm run bench -- [options]

  --only ROW      only this row; may be repeated
                  (${rowNames.join(", ")})
  --rounds N      how often both sides take turns (default 5)
  --quick         small sizes and 2 rounds, to see that it works; its figures mean nothing
  --peers         also measures comparable products, installed into bench/peers on first use
  --tmp DIR       where databases are written; must be a real disk (default ${tmpdir()})
  --docs          puts the table into docs/benchmarks.md
  --profile DIR   writes a CPU profile of each process to DIR
  --help          prints this
`;
}

const QUICK_ROUNDS = 2;
const FULL_ROUNDS = 5;

/** Null when help was asked for. Throws a `UsageError`. */
export function readOptions(args: readonly string[], rowNames: readonly string[]): Options | null {
  const values = parsed(args);
  if (values.help === true) return null;
  const only = values.only ?? [];
  for (const name of only) {
    if (!rowNames.includes(name)) throw new UsageError(`there is no row ${name}; there are ${rowNames.join(", ")}`);
  }
  const isQuick = values.quick === true;
  if (values.docs === true && (isQuick || only.length > 0)) {
    throw new UsageError("--docs takes a whole run: leave out --quick and --only");
  }
  return {
    only,
    rounds: values.rounds === undefined ? (isQuick ? QUICK_ROUNDS : FULL_ROUNDS) : positiveInteger(values.rounds),
    isQuick,
    withPeers: values.peers === true,
    folder: values.tmp ?? tmpdir(),
    writesDocs: values.docs === true,
    profiles: values.profile ?? null,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true },
        rounds: { type: "string" },
        quick: { type: "boolean" },
        peers: { type: "boolean" },
        tmp: { type: "string" },
        docs: { type: "boolean" },
        profile: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`--rounds ${text} is not a whole number from 1 on`);
  return value;
}

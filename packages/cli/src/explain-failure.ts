/**
 * An error as a person at a terminal needs it: what is wrong in one line, further lines only where there are several places,
 * and a stack only for what nobody expected.
 */
import { CommanderError } from "commander";

export interface Failure {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

export function explainFailure(error: unknown): Failure {
  if (error instanceof CommanderError) return explainUsage(error);
  if (isExpected(error)) {
    const [first = "", ...places] = error.lines;
    return { lines: [`tributary: ${first}`, ...places], exitCode: 1 };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { lines: [`tributary: unexpected error: ${stack}`], exitCode: 1 };
}

/** Help that was asked for ends the command the same way, with exit code 0 and nothing left to say. */
function explainUsage(error: CommanderError): Failure {
  const isHelp = error.code === "commander.help" || error.code === "commander.helpDisplayed";
  if (isHelp || error.code === "commander.version") return { lines: [], exitCode: error.exitCode };
  const message = error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  return { lines: [`tributary: ${message}`], exitCode: 1 };
}

const expectedNames: readonly string[] = ["StartError", "CommandError"];

/** Told by its shape, so that explaining an error in the command line does not load the server. */
function isExpected(error: unknown): error is Error & { readonly lines: readonly string[] } {
  return error instanceof Error && expectedNames.includes(error.name) && "lines" in error && Array.isArray(error.lines);
}

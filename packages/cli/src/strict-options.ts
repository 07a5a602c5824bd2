/**
 * Refuses what the argument parser takes silently: a flag given twice, of which the last would win, and a flag in place of
 * another's value, as in `--schema --port 1`.
 */
import type { Command, Option } from "commander";

/** Applies to every option of the command but those in `repeatable`, by their long names without dashes. */
export function makeStrict(command: Command, repeatable: readonly string[] = []): void {
  for (const option of command.options) {
    let count = 0;
    command.on(`option:${option.name()}`, (value: unknown) => {
      count += 1;
      if (count > 1 && !repeatable.includes(option.name())) refuse(command, `option '${option.long}' is given twice`);
      if (typeof value === "string" && option.required && isFlag(command, value)) {
        refuse(command, `option '${option.flags}' argument missing, before '${value}'`);
      }
    });
  }
}

function isFlag(command: Command, value: string): boolean {
  const name = value.split("=", 1)[0];
  const isOne = (option: Option): boolean => option.long === name || option.short === name;
  return name === "--help" || name === "--" || command.options.some(isOne);
}

function refuse(command: Command, message: string): never {
  command.error(`error: ${message}`, { code: "tributary.strictOptions" });
}

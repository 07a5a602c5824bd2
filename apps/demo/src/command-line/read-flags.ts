/** Reads a command line strictly: unknown flags, flags given twice and stray words are refused, each in one line. */
import { type ParseArgsConfig, parseArgs } from "node:util";

export interface FlagSpec {
  /** `text` takes a value, `switch` none. */
  readonly kind: "text" | "switch";
}

export type FlagValues<Specs extends Readonly<Record<string, FlagSpec>>> = {
  readonly [Name in keyof Specs]: Specs[Name]["kind"] extends "text" ? string | undefined : boolean;
};

/** What somebody typed wrong: one line that says what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Throws a `UsageError`. */
export function readFlags<const Specs extends Readonly<Record<string, FlagSpec>>>(
  args: readonly string[],
  specs: Specs,
): FlagValues<Specs> {
  const options: ParseArgsConfig["options"] = Object.fromEntries(
    Object.entries(specs).map(([name, { kind }]) => [name, { type: kind === "text" ? "string" : "boolean" }]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values: Record<string, string | boolean | undefined> = {};
  for (const [name, { kind }] of Object.entries(specs)) values[name] = kind === "text" ? undefined : false;
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") {
      const word = token.kind === "positional" ? token.value : "--";
      throw new UsageError(`${JSON.stringify(word)} is not expected here; --help says what is`);
    }
    const { name, rawName, value, inlineValue } = token;
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) throw new UsageError(`there is no flag ${rawName}; --help lists those there are`);
    if (seen.has(name)) throw new UsageError(`${rawName} is given twice`);
    seen.add(name);
    if (spec.kind === "switch") {
      if (inlineValue) throw new UsageError(`${rawName} takes no value`);
      values[name] = true;
    } else {
      if (value === undefined || value === "" || (!inlineValue && value.startsWith("-"))) {
        throw new UsageError(`${rawName} needs a value`);
      }
      values[name] = value;
    }
  }
  return values as FlagValues<Specs>;
}

/** A whole number from `from` to `to`. Throws a `UsageError` for anything else. */
export function readWholeNumber(flag: string, text: string, from: number, to: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= from && number <= to) return number;
  throw new UsageError(`${flag} is a whole number from ${from} to ${to}, not ${JSON.stringify(text)}`);
}

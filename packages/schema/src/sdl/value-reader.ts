/**
 * Readers for the argument values of directives: each knows what it expects, turns a value of the document into plain data, and
 * reports what does not fit. They replace the `directive @x(…)` definitions and input types that Amplify would prepend.
 *
 * As in GraphQL, a single value stands for a list of one. `null` fits only where a reader says so.
 */
import { type ASTNode, type ConstDirectiveNode, Kind, print, type ValueNode } from "graphql";
import { didYouMean } from "../suggestion.ts";
import type { Problems } from "./problems.ts";

/** Reads one kind of value. `read` gives undefined after reporting that the value does not fit; `what` names the value. */
export interface ValueReader<T, Required extends boolean = boolean> {
  /** What the reader takes, as in "takes a String". */
  readonly expected: string;
  readonly isRequired: Required;
  read(value: ValueNode, what: string, problems: Problems): T | undefined;
}

/** A name together with the place where it is written. */
export interface LocatedName {
  readonly name: string;
  readonly at: ASTNode;
}

/** Readers by the name of the argument or field they read. */
export type Readers = Readonly<Record<string, ValueReader<unknown>>>;

/** What readers give: a property for each value that is there. */
export type ValuesOf<R extends Readers> = {
  readonly [K in keyof R as R[K] extends ValueReader<unknown, true> ? K : never]: ValueOf<R[K]>;
} & {
  readonly [K in keyof R as R[K] extends ValueReader<unknown, true> ? never : K]?: ValueOf<R[K]>;
};

type ValueOf<R> = R extends ValueReader<infer T> ? T : never;

export const text: ValueReader<string, false> = scalarReader("a String", (value) =>
  value.kind === Kind.STRING ? value.value : undefined,
);

/** A string that can name a GraphQL type or field. */
export const name: ValueReader<string, false> = {
  expected: "a String that is a GraphQL name",
  isRequired: false,
  read: (value, what, problems) => located.read(value, what, problems)?.name,
};

/** The same with its place. */
export const located: ValueReader<LocatedName, false> = {
  expected: name.expected,
  isRequired: false,
  read(value, what, problems) {
    const given = text.read(value, what, problems);
    if (given === undefined) return undefined;
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(given)) return { name: given, at: value };
    problems.report(value, `${what} is "${given}", which is no GraphQL name.`, "Use letters, digits and _ only.");
    return undefined;
  },
};

export const int: ValueReader<number, false> = scalarReader("an Int", (value) => {
  const number = value.kind === Kind.INT ? Number(value.value) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
});

/** Any value, as it stands in the document. */
export const anyValue: ValueReader<ValueNode, false> = scalarReader("a value", (value) => value);

/** One of the values of an enum. */
export function oneOf<const T extends string>(values: readonly T[]): ValueReader<T, false> {
  const expected = `one of ${values.join(", ")}`;
  return {
    expected,
    isRequired: false,
    read(value, what, problems) {
      const given = value.kind === Kind.ENUM ? values.find((candidate) => candidate === value.value) : undefined;
      if (given !== undefined) return given;
      if (value.kind === Kind.ENUM) {
        const hint = didYouMean(value.value, values, `Use ${expected}.`);
        problems.report(value, `${what} is ${value.value}, which is not ${expected}.`, hint);
      } else reportMisfit(value, what, expected, problems);
      return undefined;
    },
  };
}

/** A list, or a single value for a list of one. Entries that do not fit are left out. */
export function listOf<T>(entry: ValueReader<T>): ValueReader<readonly T[], false> {
  return {
    expected: `a list, each entry ${entry.expected}`,
    isRequired: false,
    read(value, what, problems) {
      const entries = value.kind === Kind.LIST ? value.values : [value];
      return entries.flatMap((node) => {
        const read = entry.read(node, entries.length > 1 ? `An entry of ${lowerFirst(what)}` : what, problems);
        return read === undefined ? [] : [read];
      });
    },
  };
}

/** An input object with these fields. */
export function record<const R extends Readers>(readers: R): ValueReader<ValuesOf<R>, false> {
  const expected = `an object with ${Object.keys(readers).join(", ")}`;
  return {
    expected,
    isRequired: false,
    read(value, what, problems) {
      if (value.kind === Kind.OBJECT)
        return readAll(readers, value.fields, value, { of: what, part: "Field" }, problems);
      reportMisfit(value, what, expected, problems);
      return undefined;
    },
  };
}

/** The same reader, for a value that may be null. */
export function nullable<T>(reader: ValueReader<T>): ValueReader<T | null, false> {
  return {
    expected: `${reader.expected} or null`,
    isRequired: false,
    read: (value, what, problems) => (value.kind === Kind.NULL ? null : reader.read(value, what, problems)),
  };
}

/** The same reader, for a value that must be there. */
export function required<T>(reader: ValueReader<T>): ValueReader<T, true> {
  return { ...reader, isRequired: true };
}

/** The arguments of a directive; undefined when one that is required is missing or does not fit. */
export function readArguments<R extends Readers>(
  readers: R,
  directive: ConstDirectiveNode,
  problems: Problems,
): ValuesOf<R> | undefined {
  const label = { of: `@${directive.name.value}`, part: "Argument" };
  return readAll(readers, directive.arguments ?? [], directive, label, problems);
}

interface NamedValue {
  readonly name: { readonly value: string };
  readonly value: ValueNode;
}

function readAll<R extends Readers>(
  readers: R,
  given: readonly (NamedValue & ASTNode)[],
  whole: ASTNode,
  label: { readonly of: string; readonly part: string },
  problems: Problems,
): ValuesOf<R> | undefined {
  const values: Record<string, unknown> = {};
  const seen = new Set<string>();
  const known = Object.keys(readers);
  for (const node of given) {
    const key = node.name.value;
    const what = `${label.part} "${key}" of ${lowerFirst(label.of)}`;
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (seen.has(key)) problems.report(node, `${what} is given twice.`, "Keep one of them.");
    else if (reader === undefined) {
      const otherwise = known.length === 0 ? "It takes none." : `It takes ${known.join(", ")}.`;
      problems.report(node, `${what} is unknown.`, didYouMean(key, known, otherwise));
    } else {
      const value = reader.read(node.value, what, problems);
      if (value !== undefined) values[key] = value;
    }
    seen.add(key);
  }
  let isComplete = true;
  for (const key of known) {
    const reader = readers[key];
    if (reader?.isRequired !== true || Object.hasOwn(values, key)) continue;
    isComplete = false;
    if (seen.has(key)) continue;
    const what = `${label.part} "${key}" of ${lowerFirst(label.of)}`;
    problems.report(whole, `${what} is missing.`, `Give ${key}: ${reader.expected}.`);
  }
  // Each property was read by the reader of its name, and all required ones are there.
  return isComplete ? (values as ValuesOf<R>) : undefined;
}

function scalarReader<T>(expected: string, read: (value: ValueNode) => T | undefined): ValueReader<T, false> {
  return {
    expected,
    isRequired: false,
    read(value, what, problems) {
      const result = read(value);
      if (result === undefined) reportMisfit(value, what, expected, problems);
      return result;
    },
  };
}

function reportMisfit(value: ValueNode, what: string, expected: string, problems: Problems): void {
  problems.report(value, `${what} is ${shortText(value)}, but takes ${expected}.`, `Give ${expected}.`);
}

/** A value as it stands in the document, cut to a readable length. */
export function shortText(value: ValueNode): string {
  const whole = print(value).replace(/\s+/g, " ");
  return whole.length <= 60 ? whole : `${whole.slice(0, 57)}...`;
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

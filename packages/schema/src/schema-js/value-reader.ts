/**
 * Reading values of unknown shape, each known by its path (`models.Post.fields.title`). What does not fit is noted with its path,
 * and reading goes on, so that one run finds everything.
 */
import { SchemaError, type SchemaProblem } from "../schema-error.ts";

/** The list of everything found wrong with one `schema.js`. */
export interface PathProblems {
  /** Notes one problem; `message` names the path. */
  report(message: string, hint: string): void;
  /** Throws a `SchemaError` with everything reported so far, if anything was. */
  throwIfAny(): void;
}

export function createPathProblems(file: string): PathProblems {
  const found: SchemaProblem[] = [];
  return {
    report(message, hint) {
      found.push({ line: 0, column: 0, message, hint });
    },
    throwIfAny() {
      if (found.length > 0) throw new SchemaError(file, found);
    },
  };
}

/** A value and where it stands. */
export interface Located {
  readonly value: unknown;
  readonly path: string;
}

export interface ValueReader {
  /** The part of an object under `key`; its value is undefined when there is none. */
  part(whole: Located, key: string): Located;
  /** All parts of an object, in its order; none after reporting that it is no object. */
  parts(whole: Located): readonly (readonly [key: string, part: Located])[];
  /** The entries of a list; a single value stands for a list of one where `isSingleAllowed`. */
  entries(whole: Located, isSingleAllowed?: boolean): readonly Located[];
  /** A text; empty after reporting that it is none. */
  text(at: Located): string;
  /** A truth value; `otherwise` when it is left out. */
  flag(at: Located, otherwise: boolean): boolean;
  /** One of these texts; undefined when it is left out, or after reporting that it is none of them. */
  oneOf<const T extends string>(at: Located, known: readonly T[]): T | undefined;
  readonly problems: PathProblems;
}

export function createValueReader(problems: PathProblems): ValueReader {
  const misfit = ({ value, path }: Located, expected: string): void => {
    const what = value === undefined ? "is missing" : `is ${shown(value)}, but takes ${expected}`;
    problems.report(`${path} ${what}.`, `Give ${expected}.`);
  };
  const part = ({ value, path }: Located, key: string): Located => ({
    value: isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined,
    path: path === "" ? key : `${path}.${key}`,
  });
  return {
    problems,
    part,
    parts(whole) {
      if (isObject(whole.value)) return Object.keys(whole.value).map((key) => [key, part(whole, key)] as const);
      misfit(whole, "an object");
      return [];
    },
    entries(whole, isSingleAllowed = false) {
      const { value, path } = whole;
      if (Array.isArray(value)) return value.map((entry: unknown, i) => ({ value: entry, path: `${path}[${i}]` }));
      if (isSingleAllowed && typeof value === "string") return [whole];
      misfit(whole, "a list");
      return [];
    },
    text(at) {
      if (typeof at.value === "string") return at.value;
      misfit(at, "a text");
      return "";
    },
    flag(at, otherwise) {
      if (typeof at.value === "boolean") return at.value;
      if (at.value != null) misfit(at, "true or false");
      return otherwise;
    },
    oneOf(at, known) {
      if (at.value == null) return undefined;
      const found = known.find((candidate) => candidate === at.value);
      if (found === undefined) misfit(at, `one of ${known.join(", ")}`);
      return found;
    },
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value, cut to a readable length. */
function shown(value: unknown): string {
  const text = typeof value === "object" ? (Array.isArray(value) ? "a list" : "an object") : String(value);
  const quoted = typeof value === "string" ? JSON.stringify(value) : text;
  return quoted.length <= 60 ? quoted : `${quoted.slice(0, 57)}...`;
}

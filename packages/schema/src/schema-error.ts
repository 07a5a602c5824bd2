/**
 * What is wrong with a schema: every problem that was found, each with its place and its cure.
 *
 * The message holds one line per problem, `schema.graphql:12:5 what. what to do`, in order of place.
 */

/** One mistake in a schema. */
export interface SchemaProblem {
  /** Counted from 1; 0 when the schema did not come from a text. */
  readonly line: number;
  /** Counted from 1; 0 when the schema did not come from a text. */
  readonly column: number;
  /** What is wrong, with the name or value at fault, as a sentence. */
  readonly message: string;
  /** What to do about it, as a sentence. */
  readonly hint: string;
}

/** Thrown when a schema cannot be used; holds at least one problem. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
  readonly code = "SCHEMA_INVALID";
  readonly retryable = false;
  /** The file the positions point into. */
  readonly file: string;
  readonly problems: readonly SchemaProblem[];

  constructor(file: string, problems: readonly SchemaProblem[]) {
    const ordered = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
    super(ordered.map((problem) => problemLine(file, problem)).join("\n"));
    this.file = file;
    this.problems = Object.freeze(ordered);
  }
}

function problemLine(file: string, problem: SchemaProblem): string {
  const place = problem.line === 0 ? file : `${file}:${problem.line}:${problem.column}`;
  return `${place} ${problem.message} ${problem.hint}`.trimEnd();
}

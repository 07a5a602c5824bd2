/** A reason why the server cannot start, or not go on, that the person who started it can act upon. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly code = "CANNOT_START";
  readonly retryable = false;
  /** What is wrong, one line each. A single line says what, which value, where and what to do; further lines list places. */
  readonly lines: readonly string[];

  constructor(lines: string | readonly string[], options: { readonly cause?: unknown } = {}) {
    const all = typeof lines === "string" ? [lines] : lines;
    super(all.join("\n"), options);
    this.lines = all;
  }
}

/** The code of a failed system call (`ENOENT`), or of a driver's error (`SQLITE_BUSY`). */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** The first line of what an error says, whatever was thrown. */
export function errorMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? "";
}

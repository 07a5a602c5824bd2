/** A reason why a command cannot do what it was asked, that the person at the terminal can act upon. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** What is wrong, one line each. A single line says what, which value, where and what to do; further lines list places. */
  readonly lines: readonly string[];

  constructor(lines: string | readonly string[], options: { readonly cause?: unknown } = {}) {
    const all = typeof lines === "string" ? [lines] : lines;
    super(all.join("\n"), options);
    this.lines = all;
  }
}

/** Bytes that are no update, or too much of one. Thrown while reading, before anything is merged. */
export class GuardError extends Error {
  override readonly name: string = "GuardError";
  readonly code: "malformed" | "tooLarge";

  constructor(code: "malformed" | "tooLarge", message: string) {
    super(message);
    this.code = code;
  }
}

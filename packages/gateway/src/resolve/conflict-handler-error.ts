/** Why the function that decides about conflicts did not: the end of a sentence that begins with it. */
export class ConflictHandlerError extends Error {
  override readonly name: string = "ConflictHandlerError";
}

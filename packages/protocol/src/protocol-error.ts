import type { CloseCode } from "./close-code.ts";

/**
 * A frame that does not decode. It ends the session it came from, with `code`, and no other.
 *
 * The message says what is wrong, with which value, in which message and at which byte or field.
 */
export class ProtocolError extends Error {
  readonly code: CloseCode;

  constructor(code: CloseCode, message: string) {
    super(message);
    this.name = "ProtocolError";
    this.code = code;
  }
}

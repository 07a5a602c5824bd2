import { CloseCode } from "../close-code.ts";
import { ProtocolError } from "../protocol-error.ts";

export function malformed(message: string): ProtocolError {
  return new ProtocolError(CloseCode.malformed, message);
}

export function tooLarge(message: string): ProtocolError {
  return new ProtocolError(CloseCode.tooLarge, message);
}

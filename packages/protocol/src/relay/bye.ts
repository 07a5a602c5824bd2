/**
 * A relay's last words before it closes the socket with `code`.
 *
 * A client of any version must understand them, so this body never changes but by fields that older clients pass over.
 */
import { ceilings } from "../ceilings.ts";
import { relayKind } from "../message-kind.ts";
import { cutText } from "../wire/cut-text.ts";
import { encodeJsonFrame, readInteger, readNullable, readObject, readString } from "../wire/json-body.ts";

export interface Bye {
  readonly type: "bye";
  /** The close code that follows. */
  readonly code: number;
  /** For the app's developer. */
  readonly message: string;
  /** How long to wait before the next attempt; null for the client's own back-off. */
  readonly retryAfterMs: number | null;
}

export function encodeBye({ code, message, retryAfterMs }: Bye): Uint8Array {
  return encodeJsonFrame(relayKind.bye, { code, message: cutText(message, ceilings.messageUnits), retryAfterMs });
}

export function readBye(value: unknown): Bye {
  const { code, message, retryAfterMs } = readObject(value, "bye");
  return {
    type: "bye",
    code: readInteger(code, "bye.code", 1000, 4999),
    message: readString(message, "bye.message", 0, 3 * ceilings.messageUnits),
    retryAfterMs: readNullable(retryAfterMs, "bye.retryAfterMs", (pause, where) => readInteger(pause, where, 0)),
  };
}

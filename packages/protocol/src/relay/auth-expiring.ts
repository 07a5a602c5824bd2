/** The session's credential ends soon: without a `reauthenticate` in time the relay closes with `unauthenticated`. */
import { relayKind } from "../message-kind.ts";
import { encodeJsonFrame, readInteger, readObject } from "../wire/json-body.ts";

export interface AuthExpiring {
  readonly type: "authExpiring";
  /** Milliseconds left. */
  readonly inMs: number;
}

export function encodeAuthExpiring({ inMs }: AuthExpiring): Uint8Array {
  return encodeJsonFrame(relayKind.authExpiring, { inMs });
}

export function readAuthExpiring(value: unknown): AuthExpiring {
  const { inMs } = readObject(value, "authExpiring", ["inMs"]);
  return { type: "authExpiring", inMs: readInteger(inMs, "authExpiring.inMs", 0) };
}

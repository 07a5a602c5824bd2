/** A newer credential of the same principal, before the old one expires. */
import { type Auth, readAuth } from "../auth.ts";
import { clientKind } from "../message-kind.ts";
import { encodeJsonFrame, readObject } from "../wire/json-body.ts";

export interface Reauthenticate {
  readonly type: "reauthenticate";
  readonly auth: Auth;
}

export function encodeReauthenticate({ auth }: Reauthenticate): Uint8Array {
  return encodeJsonFrame(clientKind.reauthenticate, { auth });
}

export function readReauthenticate(value: unknown): Reauthenticate {
  const { auth } = readObject(value, "reauthenticate", ["auth"]);
  return { type: "reauthenticate", auth: readAuth(auth, "reauthenticate.auth") };
}

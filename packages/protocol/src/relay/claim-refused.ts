/** The claimed client id belongs to another replica: the client draws another one. */
import { type ClientId, readClientId } from "../client-id.ts";
import { relayKind } from "../message-kind.ts";
import { encodeJsonFrame, readObject } from "../wire/json-body.ts";

export interface ClaimRefused {
  readonly type: "claimRefused";
  readonly clientId: ClientId;
}

export function encodeClaimRefused({ clientId }: ClaimRefused): Uint8Array {
  return encodeJsonFrame(relayKind.claimRefused, { clientId });
}

export function readClaimRefused(value: unknown): ClaimRefused {
  const { clientId } = readObject(value, "claimRefused", ["clientId"]);
  return { type: "claimRefused", clientId: readClientId(clientId, "claimRefused.clientId") };
}

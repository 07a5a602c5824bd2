/** Binds a further client id to the session's replica. Silence is consent: only a refusal is answered. */
import { type ClientId, readClientId } from "../client-id.ts";
import type { Limits } from "../limits.ts";
import { clientKind } from "../message-kind.ts";
import { type RecordName, readRecordName } from "../record-name.ts";
import { encodeJsonFrame, readNullable, readObject } from "../wire/json-body.ts";

export interface Claim {
  readonly type: "claim";
  readonly clientId: ClientId;
  /** The record whose live document alone will be written under the id; null for an id of the database. */
  readonly record: RecordName | null;
}

export function encodeClaim({ clientId, record }: Claim): Uint8Array {
  return encodeJsonFrame(clientKind.claim, { clientId, record });
}

export function readClaim(value: unknown, limits: Limits): Claim {
  const { clientId, record } = readObject(value, "claim", ["clientId", "record"]);
  return {
    type: "claim",
    clientId: readClientId(clientId, "claim.clientId"),
    record: readNullable(record, "claim.record", (name, where) => readRecordName(name, where, limits.maxKeyBytes)),
  };
}

/** The client has caught up: turns from now on are live. */
import { ceilings } from "../ceilings.ts";
import { relayKind } from "../message-kind.ts";
import { encodeJsonFrame, readObject, readString } from "../wire/json-body.ts";

export interface Synced {
  readonly type: "synced";
  readonly cursor: string;
}

export function encodeSynced({ cursor }: Synced): Uint8Array {
  return encodeJsonFrame(relayKind.synced, { cursor });
}

export function readSynced(value: unknown): Synced {
  const { cursor } = readObject(value, "synced", ["cursor"]);
  return { type: "synced", cursor: readString(cursor, "synced.cursor", 1, ceilings.cursorBytes) };
}

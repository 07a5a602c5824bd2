/** The name of a push: `n` is its place in the replica's outbox, `nonce` was drawn when the process that numbered it started. */
import { ceilings } from "./ceilings.ts";
import { readInteger, readObject, readString } from "./wire/json-body.ts";

export interface PushId {
  readonly nonce: string;
  /** From 1 on, strictly increasing within a replica, never used twice. */
  readonly n: number;
}

export function readPushId(value: unknown, where: string): PushId {
  const { nonce, n } = readObject(value, where, ["nonce", "n"]);
  return { nonce: readString(nonce, `${where}.nonce`, 1, ceilings.nonceBytes), n: readInteger(n, `${where}.n`, 1) };
}

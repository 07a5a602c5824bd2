/**
 * Who a database is to the relay: its replica id, the Yjs client ids it writes under, and the numbers of its pushes.
 *
 * A client id is never used again after clocks under it were abandoned (N4). The numbers of pushes only grow within a
 * replica (N3); `pushed` is the last one the relay answered, with the nonce it was sent under (N2).
 */
import type { ReplicaStore } from "@tributary/storage";

export interface ReplicaIdentity {
  readonly replica: string;
  /** The client id that new writes use. */
  readonly clientId: number;
  /** Every client id that unsent changes may stand under, the present one last. */
  readonly clientIds: readonly number[];
}

/** Random numbers, injected. */
export interface RandomSource {
  /** That many random bytes. */
  bytes(count: number): Uint8Array;
}

export const metaNames = {
  format: "format",
  replica: "replica",
  clientIds: "clientIds",
  cursor: "cursor",
  base: "base",
  epoch: "epoch",
  pushed: "pushed",
  principal: "principal",
  forked: "forked",
} as const;

/** A client remembers this many of its client ids: older ones have no unsent changes left. */
const MAX_CLIENT_IDS = 16;

/** 53 random bits. */
export function drawClientId(random: RandomSource): number {
  const view = new DataView(random.bytes(8).buffer);
  return (view.getUint32(0) & 0x1fffff) * 2 ** 32 + view.getUint32(4);
}

/** 128 random bits as hex text. */
export function drawId(random: RandomSource): string {
  return Array.from(random.bytes(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function identityOf(store: ReplicaStore): ReplicaIdentity | null {
  const replica = store.meta.get(metaNames.replica);
  const clientIds = JSON.parse(store.meta.get(metaNames.clientIds) ?? "[]") as number[];
  const clientId = clientIds.at(-1);
  return replica === undefined || clientId === undefined ? null : { replica, clientId, clientIds };
}

/** The last push that the relay answered; null before the first. */
export function pushedOf(store: ReplicaStore): { readonly nonce: string; readonly n: number } | null {
  const text = store.meta.get(metaNames.pushed);
  if (text === undefined || text === "") return null;
  const [nonce, n] = JSON.parse(text) as [string, number];
  return { nonce, n };
}

/** The metadata of a database that never met a relay under this identity. */
export function newIdentityMeta(random: RandomSource): Record<string, string> {
  return {
    [metaNames.format]: "tributary-replica 1",
    [metaNames.replica]: drawId(random),
    [metaNames.clientIds]: JSON.stringify([drawClientId(random)]),
  };
}

/** The metadata after clocks of the present client id were abandoned for a fresh one. */
export function freshClientIdMeta(store: ReplicaStore, clientId: number): Record<string, string> {
  const before = identityOf(store)?.clientIds ?? [];
  const clientIds = [...before, clientId].slice(-MAX_CLIENT_IDS);
  return { [metaNames.clientIds]: JSON.stringify(clientIds) };
}

/**
 * Set from taking a new identity until the outbox is replayed under it: what stands there was written under clocks that the
 * other half of the fork may have used too (N2).
 */
export function isForked(store: ReplicaStore): boolean {
  return store.meta.get(metaNames.forked) === "yes";
}

export function forkedMeta(isForked: boolean): Record<string, string> {
  return { [metaNames.forked]: isForked ? "yes" : "" };
}

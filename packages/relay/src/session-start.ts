/**
 * Where a session starts: on from its cursor, or with a base sync, and why.
 *
 * A cursor that was honestly made by this store can still prove the store wrong: when it names a start the store does not
 * know, or a sequence number that start could not commit, the database was replaced by an older copy of itself (F1).
 */
import type { Welcome } from "@tributary/protocol";
import type { RelayStore, StartRow } from "@tributary/storage";
import type { Cursor } from "./cursor.ts";

export type StartDecision =
  | { readonly start: "resume"; readonly cursor: Cursor }
  | { readonly start: "base"; readonly reason: Exclude<Welcome["reason"], null> }
  /** The store was rewound; the last sequence number both histories share, as far as can be told. */
  | { readonly start: "rewound"; readonly healSeq: number };

/** `cursor` is undefined when the client sent one that this store did not make. */
export async function decideStart(
  store: RelayStore,
  scope: string,
  schemaHash: string,
  cursor: Cursor | null | undefined,
): Promise<StartDecision> {
  if (cursor === null) return { start: "base", reason: "new" };
  if (cursor === undefined) return { start: "base", reason: "invalid" };
  if (cursor.epoch !== store.epoch) return { start: "base", reason: "epoch" };
  const healSeq = rewoundTo(await store.starts(), cursor, (await store.head()).seq);
  if (healSeq !== null) return { start: "rewound", healSeq };
  if (cursor.scope !== scope) return { start: "base", reason: "scope" };
  // Under another schema models and keys have other places, and a base sync that went on might miss some.
  if (cursor.base !== null && cursor.base.schemaHash !== schemaHash) return { start: "base", reason: "scope" };
  if (cursor.seq < store.expiredSeq) return { start: "base", reason: "expired" };
  return { start: "resume", cursor };
}

/**
 * The last common sequence number when the cursor lies beyond what its start committed here; null when it does not. What
 * this process committed, it committed after the store was rewound.
 */
export function rewoundTo(starts: readonly StartRow[], cursor: Cursor, headSeq: number): number | null {
  const at = starts.findIndex((row) => row.start === cursor.start);
  if (at < 0) return (starts.at(-1)?.firstSeq ?? headSeq + 1) - 1;
  const next = starts[at + 1];
  const last = next === undefined ? headSeq : next.firstSeq - 1;
  return cursor.seq > last ? last : null;
}

/**
 * How far a base sync has come, kept with its cursor: an interrupted one goes on behind its last page.
 *
 * Whether unlisted records go is decided when the base sync begins, and holds over interruptions: what the pages before the
 * interruption brought is not listed again by those after it.
 */
import type { ReplicaStore } from "@tributary/storage";
import { metaNames } from "../local/replica-identity.ts";

export interface BaseProgress {
  /** Acknowledged records that no page lists are gone at the relay, and go here. */
  readonly dropsUnlisted: boolean;
  /** The last key of the model under way; null at its start. */
  readonly lastKey: string | null;
}

export function baseProgressMeta(progress: BaseProgress | null): Record<string, string> {
  return {
    [metaNames.base]: progress === null ? "" : JSON.stringify([progress.dropsUnlisted, progress.lastKey]),
  };
}

/** Null when no base sync is under way. */
export function baseProgressOf(store: ReplicaStore): BaseProgress | null {
  const text = store.meta.get(metaNames.base);
  if (text === undefined || text === "") return null;
  const [dropsUnlisted, lastKey] = JSON.parse(text) as [boolean, string | null];
  return { dropsUnlisted, lastKey };
}

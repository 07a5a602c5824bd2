/**
 * Merges what a relay sent into a document. Nothing is judged: a relay did that before it committed the change.
 */
import type { ModelDescription } from "@tributary/schema";
import { scanUpdate } from "../update/scan-update.ts";
import { type DocumentState, emptyDocument, openDocument, packStore, trustedCaps } from "./document-state.ts";
import { type Fold, foldDocument, foldOf } from "./fold.ts";
import { readLists, readOrders } from "./list-root.ts";
import { registersOf } from "./registers.ts";
import { integrate, type StructStore } from "./struct-store.ts";
import { readEntries } from "./write-entry.ts";

export interface Merged {
  readonly state: DocumentState;
  readonly fold: Fold;
  /** Whether the update held anything new. */
  readonly changed: boolean;
  /** False when the update builds on what the state lacks: then nothing was merged, and the record must be fetched whole. */
  readonly isComplete: boolean;
}

/** `state` null is a record that is not held yet. Throws a `GuardError` for bytes that are no update. */
export function mergeDocument(
  model: ModelDescription,
  facet: number,
  state: DocumentState | null,
  update: Uint8Array,
): Merged {
  const scan = scanUpdate(update, trustedCaps);
  const store: StructStore = state === null ? new Map() : openDocument(state);
  const integrated = integrate(store, scan);
  if (integrated === null) return unchanged(model, facet, state, false);
  if (integrated.added.length === 0 && integrated.removed.length === 0) return unchanged(model, facet, state, true);
  return {
    state: packStore(store),
    fold: foldOf(model, facet, registersOf(readEntries(store)), readLists(readOrders(store))),
    changed: true,
    isComplete: true,
  };
}

function unchanged(model: ModelDescription, facet: number, state: DocumentState | null, isComplete: boolean): Merged {
  const kept = state ?? emptyDocument();
  return { state: kept, fold: foldDocument(model, facet, kept), changed: false, isComplete };
}

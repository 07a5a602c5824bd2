import type { ModelDescription } from "@tributary/schema";
import type { DocumentState } from "./document-state.ts";
import type { Fold } from "./fold.ts";
export interface Merged {
  readonly state: DocumentState;
  readonly fold: Fold;
  /** Whether the update held anything new. */
  readonly changed: boolean;
  /** False when the update builds on what the state lacks; then nothing was merged. */
  readonly isComplete: boolean;
}
export function mergeDocument(
  model: ModelDescription,
  facet: number,
  state: DocumentState | null,
  update: Uint8Array,
): Merged {
  throw new Error(String(model) + facet + String(update) + String(state));
}

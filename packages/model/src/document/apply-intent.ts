import type { ModelDescription } from "@tributary/schema";
import type { DocumentState } from "./document-state.ts";
import type { Intent, Written } from "./intent.ts";
export function applyIntent(
  model: ModelDescription,
  facet: number,
  state: DocumentState,
  intent: Intent,
  clientId: number,
  acknowledged: DocumentState | null,
): Written | null {
  throw new Error(String(model) + facet + String(intent) + clientId + String(state) + String(acknowledged));
}

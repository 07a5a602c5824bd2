import type { ModelDescription } from "@tributary/schema";
import type { Intent, Written } from "./intent.ts";
export function createDocument(model: ModelDescription, facet: number, intent: Intent, clientId: number): Written {
  throw new Error(String(model) + facet + String(intent) + clientId);
}

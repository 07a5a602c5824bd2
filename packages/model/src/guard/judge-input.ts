/** What the guard judges by. */
import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import type { DocumentState } from "../document/document-state.ts";
import type { GuardCaps } from "../update/guard-caps.ts";

export interface JudgeInput {
  readonly schema: SchemaDescription;
  readonly model: ModelDescription;
  readonly facet: number;
  /** What is stored; null when the life begins with this update. */
  readonly before: DocumentState | null;
  readonly update: Uint8Array;
  /** Whether the session may write under a client id. */
  readonly isOwnClientId: (clientId: number) => boolean;
  /** The relay's time, ms since 1970. */
  readonly nowMs: number;
  /** How far ahead of it a stamp may be. */
  readonly driftMs: number;
  readonly caps: GuardCaps;
}

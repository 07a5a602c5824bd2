import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import type { DocumentState } from "../document/document-state.ts";
import type { GuardCaps } from "./guard-caps.ts";
import type { Verdict } from "./verdict.ts";

export interface JudgeInput {
  readonly schema: SchemaDescription;
  readonly model: ModelDescription;
  readonly facet: number;
  /** What is stored; null when the life begins with this update. */
  readonly before: DocumentState | null;
  readonly update: Uint8Array;
  readonly isOwnClientId: (clientId: number) => boolean;
  /** The relay's time. */
  readonly nowMs: number;
  /** How far ahead of it a stamp may be. */
  readonly driftMs: number;
  readonly caps: GuardCaps;
}

export function judgeUpdate(input: JudgeInput): Verdict {
  throw new Error(String(input));
}

/** What the guard says about an update. */
import type { DocumentState } from "../document/document-state.ts";
import type { Fold } from "../document/fold.ts";
import type { ListStep } from "../document/list-step.ts";

export type GuardRefusalCode =
  /** No update of format 1. */
  | "malformed"
  | "tooLarge"
  /** Written under a client id that is not the session's. */
  | "clientId"
  /** Writes a field or a root that the facet does not declare. */
  | "unknownField"
  /** Declared, but not what a document may hold there. */
  | "invalid"
  /** Stamped too far ahead of the relay's time. */
  | "drift"
  /** Takes out a winning write without a later one. */
  | "regression"
  /** Writes into a deleted life. */
  | "deleted";

export interface AcceptedUpdate {
  readonly outcome: "accepted";
  /** False when the update holds nothing new: then it is no write (G4), and `state` says what it said before. */
  readonly changed: boolean;
  /** May share memory with other documents. */
  readonly state: DocumentState;
  /**
   * What of the update is new, and so what to pass on: clocks that were known are left out, since nobody judged what it says
   * of them. The update itself when all of it is new.
   */
  readonly update: Uint8Array;
  readonly before: Fold | null;
  readonly after: Fold;
  /** The fields that the update writes, winning or not; `_deleted` for a deletion. */
  readonly written: string[];
  /** The client ids with new structs. */
  readonly clientIds: number[];
  /** What it did to lists. Null for a creation, and where the lists before cannot be told from it. */
  readonly lists: ListStep | null;
}

export interface RefusedUpdate {
  readonly outcome: "refused";
  readonly code: GuardRefusalCode;
  readonly message: string;
  /** The fields at fault, where there are such. */
  readonly fields: string[];
}

export interface Gap {
  readonly outcome: "gap";
  /** What is held here. */
  readonly stateVector: Uint8Array;
}

export type Verdict =
  | AcceptedUpdate
  /** It builds on what is not known here. The sender is to answer with all it has beyond `stateVector`. */
  | Gap
  | RefusedUpdate;

export function refuse(code: GuardRefusalCode, message: string, fields: string[] = []): RefusedUpdate {
  return { outcome: "refused", code, message, fields };
}

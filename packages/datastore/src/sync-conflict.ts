/** Conflict handlers, which Amplify's apps may pass: kept by name and type. Changes merge here, so none is ever called. */
import type { OpType } from "./amplify/enums.ts";
import type { PersistentModel, PersistentModelConstructor } from "./amplify/model-type.ts";

/** What a conflict handler of Amplify's answers to take the server's record. */
export const DISCARD: unique symbol = Symbol("DISCARD");

export interface SyncConflict {
  readonly modelConstructor: PersistentModelConstructor<PersistentModel>;
  readonly localModel: PersistentModel;
  readonly remoteModel: PersistentModel;
  readonly operation: OpType;
  readonly attempts: number;
}

export type ConflictHandler = (
  conflict: SyncConflict,
) => Promise<PersistentModel | typeof DISCARD> | PersistentModel | typeof DISCARD;

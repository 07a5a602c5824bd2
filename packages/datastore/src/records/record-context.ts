/** What saving, querying, deleting and observing records work on. */
import type { ModelDescription, SchemaDescription } from "@tributary/schema";
import type { ReadRecord } from "@tributary/storage";
import type { ChangeOrigin } from "../local/local-database.ts";
import type { RecordChange } from "../local/workspace.ts";
import type { PersistentModel } from "../models/instance.ts";
import type { OpenStore } from "../open-store.ts";

/** Hears of commits, one call each, in order. */
export type ChangeListener = (changes: readonly RecordChange[], origin: ChangeOrigin) => void;

export interface RecordContext {
  schema(): SchemaDescription;
  /** The open store, opened now when it is not. */
  opened(): Promise<OpenStore>;
  /** Runs work on the open store, which stays open until it is done. */
  use<Result>(work: (store: OpenStore) => Promise<Result>): Promise<Result>;
  toInstance(model: ModelDescription, record: ReadRecord): PersistentModel;
  classOf(model: ModelDescription): unknown;
  /** The store is open. What looks at it only then does not open it anew. */
  isOpen(): boolean;
  /** Everything the relay had when the session began is here. */
  isSynced(): boolean;
  /** The app changed a record: `element` is what it wrote. */
  queued(store: OpenStore, model: ModelDescription, element: Readonly<Record<string, unknown>>): void;
  warn(message: string): void;
  /** Runs `action` later; answers the way to call it off. */
  after(ms: number, action: () => void): () => void;
  /** Each answers the way to stop listening. */
  onChanges(listener: ChangeListener): () => void;
  onStatus(listener: () => void): () => void;
  /** The store was opened, again maybe, or all it held was cleared. */
  onReset(listener: (what: "opened" | "cleared") => void): () => void;
}

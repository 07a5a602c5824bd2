/** What applying a message needs to know of the session and the database. */
import type { StampClock } from "@tributary/model";
import { type ModelDescription, modelNamed, type SchemaDescription } from "@tributary/schema";
import type { ReplicaStore } from "@tributary/storage";

export interface ApplyContext {
  readonly schema: SchemaDescription;
  readonly store: ReplicaStore;
  /** Model names by number, from the welcome. */
  readonly models: readonly string[];
  /** ms since 1970. */
  readonly now: () => number;
  readonly stamps: StampClock;
  /** Of this process start. */
  readonly nonce: string;
  readonly takeNumber: () => number;
}

/** The model a message speaks of by number; undefined when this client's schema does not have it. */
export function modelAt(context: ApplyContext, number: number): ModelDescription | undefined {
  return modelNamed(context.schema, context.models[number] ?? "");
}

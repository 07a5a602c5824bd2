/** What becomes of updates and deletions that were made on another version of a record than the stored one, by model. */
import type { StaleUpdate } from "@tributary/relay";
import type { ModelDescription } from "@tributary/schema";
import type { ConflictHandler } from "./conflict-handler.ts";

export const namedStrategies = ["MERGE", "AUTOMERGE", "OPTIMISTIC_CONCURRENCY"] as const;

/**
 * - `MERGE`: the fields that an update names are written into the record as it is, lists as edits of what its writer saw.
 * - `AUTOMERGE`: as AppSync does: what is stored wins over what an update says, lists are put behind one another.
 * - `OPTIMISTIC_CONCURRENCY`: an update is refused.
 *
 * None of them takes a deletion.
 */
export type NamedStrategy = (typeof namedStrategies)[number];

/** What AppSync calls LAMBDA: a function decides, about deletions too. */
export interface LambdaStrategy {
  /** A function, or the URL of one, which gets the conflict as JSON by POST and answers JSON. */
  readonly lambda: ConflictHandler | string;
  /** How long it may take, in ms. Default 10,000. */
  readonly timeoutMs?: number;
}

export type ConflictStrategy = NamedStrategy | LambdaStrategy;

export interface ConflictResolution {
  /** For models that are not named. Default `MERGE`. */
  readonly project?: ConflictStrategy;
  readonly models?: Readonly<Record<string, ConflictStrategy>>;
}

export function strategyOf(resolution: ConflictResolution, { name }: ModelDescription): ConflictStrategy {
  const { project = "MERGE", models = {} } = resolution;
  return Object.hasOwn(models, name) ? (models[name] ?? project) : project;
}

/** How the relay is to take updates under a strategy. */
export function staleUpdateOf(strategy: ConflictStrategy): StaleUpdate {
  switch (strategy) {
    case "MERGE":
      return "merge";
    case "AUTOMERGE":
      return "automerge";
    default:
      return "refuse";
  }
}

/**
 * Asks the function that decides about conflicts, in the shape in which AppSync asks a Lambda function.
 *
 * Whatever it does (throw, hang, answer nonsense) ends in a `ConflictHandlerError`, whose message says nothing of the inside of
 * the function.
 */
import type { JsonValue } from "@tributary/model";
import { isJsonObject, readJson } from "../json.ts";
import { ConflictHandlerError } from "./conflict-handler-error.ts";
import type { LambdaStrategy } from "./conflict-resolution.ts";
import { postConflict } from "./post-conflict.ts";

export type Item = { readonly [name: string]: JsonValue };

/** What the function is told. Items have no member where the record holds no value. */
export interface Conflict {
  /** The record as it would be if the write were made. It has `_deleted: true` for a deletion. */
  readonly newItem: Item;
  /** The record as it is stored, with `_version`, `_lastChangedAt` and, in a tombstone, `_deleted`. */
  readonly existingItem: Item;
  /** The arguments of the mutation; the version that it was made on is in `input._version`. */
  readonly arguments: Item;
  readonly resolver: {
    /** The model. */
    readonly tableName: string;
    readonly awsRegion: "local";
    readonly parentType: "Mutation";
    readonly field: string;
    readonly outputType: string;
  };
  /** Who writes, in AppSync's form; null for an API key. */
  readonly identity: Item | null;
}

/** What the function answers. An item is the whole record: fields that it leaves out are cleared. */
export type ConflictDecision =
  | { readonly action: "RESOLVE"; readonly item: Item }
  | { readonly action: "REJECT" }
  | { readonly action: "REMOVE" };

/** `signal` is aborted when the time is up. What it answers is taken as the JSON that it makes. */
export type ConflictHandler = (conflict: Conflict, signal: AbortSignal) => ConflictDecision | Promise<ConflictDecision>;

/** Longer than a function should take, shorter than a client waits for its answer. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** Rejects with a `ConflictHandlerError`. */
export async function askHandler(strategy: LambdaStrategy, conflict: Conflict): Promise<ConflictDecision> {
  const { lambda, timeoutMs = DEFAULT_TIMEOUT_MS } = strategy;
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ConflictHandlerError(`took longer than ${timeoutMs} ms`));
      abort.abort();
    }, timeoutMs);
  });
  try {
    const answer =
      typeof lambda === "string" ? postConflict(lambda, conflict, abort.signal) : call(lambda, conflict, abort.signal);
    return readDecision(await Promise.race([answer, timeUp]));
  } finally {
    clearTimeout(timer);
  }
}

/** Its answer as JSON text. What it gets is its own: it may change it. */
async function call(handler: ConflictHandler, conflict: Conflict, signal: AbortSignal): Promise<string> {
  try {
    return JSON.stringify(await handler(structuredClone(conflict), signal)) ?? "";
  } catch (error) {
    throw new ConflictHandlerError("threw an error", { cause: error });
  }
}

function readDecision(text: string): ConflictDecision {
  const read = readJson(text);
  if (read.outcome === "refused") throw new ConflictHandlerError(`gave an answer that cannot be used: ${read.reason}`);
  const answer = isJsonObject(read.value) ? read.value : {};
  switch (answer.action) {
    case "REJECT":
    case "REMOVE":
      return { action: answer.action };
    case "RESOLVE": {
      const { item = null } = answer;
      if (isJsonObject(item)) return { action: "RESOLVE", item };
      throw new ConflictHandlerError("answered RESOLVE without an item");
    }
    default:
      throw new ConflictHandlerError("answered no action; there are RESOLVE, REJECT and REMOVE");
  }
}

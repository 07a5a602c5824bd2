/** What went wrong without a caller to tell, in the form of Amplify's `SyncError` with what Tributary knows besides. */
import type { JsonValue } from "@tributary/model";
import { CloseCode } from "@tributary/protocol";
import type { RefusedChange } from "@tributary/storage";
import type { ProcessName } from "./amplify/enums.ts";
import type { PersistentModel } from "./amplify/model-type.ts";
import { SyncFault } from "./sync/sync-fault.ts";
import { NO_RELAY } from "./sync/sync-socket.ts";

export type ErrorType = "ConfigError" | "BadModel" | "BadRecord" | "Unauthorized" | "Transient" | "Unknown";

export interface SyncError<T = PersistentModel> {
  readonly message: string;
  readonly errorType: ErrorType;
  readonly errorInfo?: string;
  readonly recoverySuggestion: string;
  /** Name of the model concerned; empty when it is not about one. */
  readonly model: string;
  /** The fields that were to be written. Null where none were, which Amplify's type does not say either. */
  readonly localModel: T;
  /** Always null: the record is read from the datastore, which holds the relay's again. */
  readonly remoteModel: T;
  readonly process: ProcessName;
  readonly operation: "Create" | "Update" | "Delete" | "";
  readonly cause?: Error;
}

export type DataStoreProblem = SyncError &
  (
    | /** The relay refused a change: it was rolled back here and stands in `refused()`. */ {
        readonly kind: "refused";
        readonly change: RefusedChange;
      }
    | /** Syncing stopped or was interrupted. */ { readonly kind: "sync"; readonly error: Error }
  );

const errorTypes: Readonly<Record<string, ErrorType>> = {
  forbidden: "Unauthorized",
  gone: "Unauthorized",
  invalid: "BadRecord",
  tooLarge: "BadRecord",
  schema: "BadModel",
};

/** In the words of `SyncError`, whose records are never null. */
const noRecord = null as unknown as PersistentModel;

const operations = { create: "Create", update: "Update", delete: "Delete" } as const;

export function refusedProblem(change: RefusedChange): DataStoreProblem {
  const { intent } = change;
  return {
    kind: "refused",
    change,
    message: change.message,
    errorType: errorTypes[change.code] ?? "Unknown",
    errorInfo: change.code,
    recoverySuggestion: "The change was rolled back here. Read it with refused(), and save it again where it can be.",
    model: change.model,
    localModel: intent.op === "delete" ? noRecord : writtenFields(intent),
    remoteModel: noRecord,
    process: "mutate",
    operation: operations[intent.op],
  };
}

/** The fields an intent writes, with their values. */
export function writtenFields(intent: Exclude<RefusedChange["intent"], { op: "delete" }>): Record<string, JsonValue> {
  const lists = Object.entries(intent.lists).map(([name, edit]) => [name, edit.value] as const);
  return { ...intent.set, ...Object.fromEntries(lists) };
}

/** By close code. The other faults say in their message what is wrong. */
const faults: ReadonlyMap<number, Pick<SyncError, "errorType" | "recoverySuggestion">> = new Map([
  [
    CloseCode.unauthenticated,
    { errorType: "Unauthorized", recoverySuggestion: "Check the credentials; call start() to try again." },
  ],
  [
    CloseCode.forbidden,
    { errorType: "Unauthorized", recoverySuggestion: "Check whose database this is; call start() to try again." },
  ],
  [
    CloseCode.unsupportedVersion,
    { errorType: "ConfigError", recoverySuggestion: "Use the relay's version of this package." },
  ],
  [NO_RELAY, { errorType: "ConfigError", recoverySuggestion: "Check the address. It is tried again by itself." }],
]);

export function syncProblem(cause: unknown): DataStoreProblem {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const fault = error instanceof SyncFault ? faults.get(error.code) : undefined;
  return {
    kind: "sync",
    error,
    message: error.message,
    errorType: "Unknown",
    recoverySuggestion: "It is tried again by itself.",
    ...fault,
    model: "",
    localModel: noRecord,
    remoteModel: noRecord,
    process: "sync",
    operation: "",
    cause: error,
  };
}

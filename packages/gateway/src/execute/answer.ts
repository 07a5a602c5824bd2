/** The answer to a request that is not executed, or whose execution is over: data and errors as they are sent. */
import type { ExecutionResult, GraphQLError } from "graphql";
import { type AppSyncError, type ErrorFormatter, gatewayErrorOf } from "./format-error.ts";

export interface Answer {
  readonly data: NonNullable<ExecutionResult["data"]> | null;
  readonly errors?: readonly AppSyncError[];
}

/** What came of an execution, as far as it is sent. */
export interface Outcome {
  readonly data?: ExecutionResult["data"] | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
}

/** An answer without errors that was not made as data, but as the UTF-8 of its JSON. */
export interface WrittenResult extends ExecutionResult {
  readonly written: Buffer<ArrayBuffer>;
}

export function isWritten(result: unknown): result is WrittenResult {
  return typeof result === "object" && result !== null && "written" in result;
}

export function answerOf({ data, errors }: Outcome, formatter: ErrorFormatter): Answer {
  if (errors === undefined || errors.length === 0) return { data: data ?? null };
  return { data: data ?? null, errors: errors.map(formatter.format) };
}

/** 200 unless an error says otherwise and nothing else came of the request. */
export function statusOf({ data, errors = [] }: Outcome): number {
  const hasData = Object.values(data ?? {}).some((value) => value !== null);
  return hasData ? 200 : Math.max(200, ...errors.map(statusOfError));
}

function statusOfError(error: GraphQLError): number {
  return gatewayErrorOf(error)?.status ?? 200;
}

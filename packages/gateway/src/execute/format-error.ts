/**
 * Errors in AppSync's shape. What the gateway itself did not mean to say is masked and logged.
 */
import type { Logger } from "@tributary/relay";
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from "graphql";
import { type ErrorType, GatewayError } from "../gateway-error.ts";
import { appSyncMessage, nullInOutput } from "./appsync-message.ts";
import type { Introspection } from "./no-introspection.ts";

/**
 * What AppSync writes for an error: every member is there, null where there is nothing to say. Clients that know GraphQL alone look
 * for what is not of GraphQL's own under `extensions`.
 */
export interface WireError {
  readonly path: readonly (string | number)[] | null;
  readonly data: unknown;
  readonly errorType: ErrorType | null;
  readonly errorInfo: null;
  readonly locations: readonly { readonly line: number; readonly column: number; readonly sourceName: null }[] | null;
  readonly message: string;
  /** Where the error has a type: this, and the data it carries. */
  readonly extensions?: { readonly code: ErrorType; readonly data?: unknown };
}

/** An error that is written in AppSync's shape, by whatever writes it as JSON. */
export interface AppSyncError extends GraphQLFormattedError {
  toJSON(): WireError;
}

export interface ErrorFormatter {
  format(error: GraphQLError): AppSyncError;
}

export interface ErrorFormatterOptions {
  readonly log: Logger;
  /** Where it is off, errors do not say what the schema has either. */
  readonly introspection: Introspection;
}

export function createErrorFormatter(
  schema: GraphQLSchema,
  { log, introspection }: ErrorFormatterOptions,
): ErrorFormatter {
  const guesses = introspection === "on" ? "included" : "left out";
  return { format };

  function format(error: GraphQLError): AppSyncError {
    const cause = gatewayErrorOf(error);
    const { errorType, message } = cause ?? foreign(error);
    const data = cause?.data ?? null;
    return appSyncError({
      path: error.path ?? null,
      data,
      errorType,
      errorInfo: null,
      locations: error.locations?.map(({ line, column }) => ({ line, column, sourceName: null })) ?? null,
      message,
      ...(errorType === null ? {} : { extensions: { code: errorType, ...(data === null ? {} : { data }) } }),
    });
  }

  function foreign(error: GraphQLError): Pick<WireError, "errorType" | "message"> {
    if (isGraphqlOwn(error)) {
      // One with a path comes out of execution, where GraphQL itself only finds values that do not fit their type.
      return {
        errorType: error.path === undefined ? "ValidationError" : null,
        message: appSyncMessage(error, guesses),
      };
    }
    // The one thing GraphQL says with an error that is not of its kind.
    const nulled = nullInOutput(error, schema);
    if (nulled !== null) return { errorType: null, message: nulled };
    log.error({ err: error.originalError ?? error, path: error.path }, "a GraphQL request failed");
    return { errorType: "InternalFailure", message: "the server failed to answer; its log says why" };
  }
}

export function appSyncError(wire: WireError): AppSyncError {
  return { message: wire.message, toJSON: () => wire };
}

export function gatewayErrorOf(error: GraphQLError): GatewayError | null {
  return error.originalError instanceof GatewayError ? error.originalError : null;
}

/** GraphQL's own errors have no cause, or one that is of its own kind. */
function isGraphqlOwn({ originalError }: GraphQLError): boolean {
  return originalError === undefined || originalError instanceof GraphQLError;
}

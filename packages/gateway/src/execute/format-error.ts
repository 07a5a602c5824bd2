/**
 * Errors in AppSync's shape. What the gateway itself did not mean to say is masked and logged.
 */
import type { Logger } from "@tributary/relay";
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from "graphql";
import { type ErrorType, GatewayError } from "../gateway-error.ts";
import { appSyncMessage, nullInOutput } from "./appsync-message.ts";

/** What AppSync writes for an error: every member is there, null where there is nothing to say. */
export interface WireError {
  readonly path: readonly (string | number)[] | null;
  readonly data: unknown;
  readonly errorType: ErrorType | null;
  readonly errorInfo: null;
  readonly locations: readonly { readonly line: number; readonly column: number; readonly sourceName: null }[] | null;
  readonly message: string;
}

/** An error that is written in AppSync's shape, by whatever writes it as JSON. */
export interface AppSyncError extends GraphQLFormattedError {
  toJSON(): WireError;
}

export interface ErrorFormatter {
  format(error: GraphQLError): AppSyncError;
}

export function createErrorFormatter(schema: GraphQLSchema, log: Logger): ErrorFormatter {
  return { format };

  function format(error: GraphQLError): AppSyncError {
    const cause = gatewayErrorOf(error);
    const { errorType, message } = cause ?? foreign(error);
    return appSyncError({
      path: error.path ?? null,
      data: cause?.data ?? null,
      errorType,
      errorInfo: null,
      locations: error.locations?.map(({ line, column }) => ({ line, column, sourceName: null })) ?? null,
      message,
    });
  }

  function foreign(error: GraphQLError): Pick<WireError, "errorType" | "message"> {
    if (isGraphqlOwn(error)) {
      // One with a path comes out of execution, where GraphQL itself only finds values that do not fit their type.
      return { errorType: error.path === undefined ? "ValidationError" : null, message: appSyncMessage(error) };
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

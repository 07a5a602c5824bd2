/**
 * From a request's text to something that can be executed, for HTTP and WebSocket alike: parsed, validated, within limits, and
 * one operation of it chosen.
 */
import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationTypeNode,
} from "graphql";
import { GatewayError } from "../gateway-error.ts";
import { jsonProblem } from "../json.ts";
import type { RequestContext } from "../resolve/request-context.ts";
import { createDocuments, type DocumentsOptions } from "./documents.ts";
import { createFindText, type PersistedQueries } from "./persisted-queries.ts";

export interface OperationRequest {
  readonly query: unknown;
  readonly extensions?: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
}

export interface PreparedArgs extends ExecutionArgs {
  readonly contextValue: RequestContext;
}

export type PreparedOperation =
  | { readonly outcome: "ready"; readonly type: OperationTypeNode; readonly args: PreparedArgs }
  | { readonly outcome: "refused"; readonly errors: readonly GraphQLError[] };

export interface Operations {
  prepare(request: OperationRequest, context: RequestContext): PreparedOperation;
}

export interface OperationsOptions extends DocumentsOptions {
  readonly persistedQueries: PersistedQueries;
}

export function createOperations(
  schema: GraphQLSchema,
  { persistedQueries, ...options }: OperationsOptions,
): Operations {
  const { limits } = options;
  const documents = createDocuments(schema, options);
  const findText = createFindText(persistedQueries, limits);
  return {
    prepare({ query, extensions, variables, operationName }, contextValue) {
      const found = findText({ query, extensions });
      if (found.outcome === "refused") return refused(found.error);
      if (operationName !== undefined && operationName !== null && typeof operationName !== "string") {
        return malformed("operationName is not a string");
      }
      if (!isVariables(variables)) return malformed("variables are not an object");
      const problem = jsonProblem(variables, limits.maxValueDepth);
      if (problem !== null)
        return refused(new GatewayError("ValidationError", `the variables cannot be read: ${problem}`));
      const prepared = documents.prepare(found.text);
      if (prepared.outcome === "invalid") return { outcome: "refused", errors: prepared.errors };
      found.keep();
      const { document } = prepared;
      const operation = getOperationAST(document, operationName);
      if (!operation) return refused(new GatewayError("BadRequest", unclear(document, operationName)));
      return {
        outcome: "ready",
        type: operation.operation,
        args: {
          schema,
          document,
          contextValue,
          ...(variables === undefined || variables === null ? {} : { variableValues: variables }),
          ...(operationName ? { operationName } : {}),
        },
      };
    },
  };
}

type Variables = { readonly [variable: string]: unknown };

function isVariables(variables: unknown): variables is Variables | null | undefined {
  return variables === undefined || (typeof variables === "object" && !Array.isArray(variables));
}

function unclear(document: DocumentNode, operationName: string | null | undefined): string {
  if (operationName) return `the document has no operation ${operationName}`;
  const isNone = document.definitions.every((definition) => definition.kind !== "OperationDefinition");
  return isNone ? "the document has no operation" : "the document has several operations; name one in operationName";
}

function malformed(message: string): PreparedOperation {
  return refused(new GatewayError("MalformedHttpRequestException", message, { status: 400 }));
}

function refused(originalError: GatewayError): PreparedOperation {
  return { outcome: "refused", errors: [new GraphQLError(originalError.message, { originalError })] };
}

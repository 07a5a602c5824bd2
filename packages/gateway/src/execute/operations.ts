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
import { type ErrorType, GatewayError } from "../gateway-error.ts";
import type { GatewayLimits } from "../gateway-limits.ts";
import { jsonProblem } from "../json.ts";
import type { RequestContext } from "../resolve/request-context.ts";
import { createDocuments } from "./documents.ts";

export interface OperationRequest {
  readonly query: unknown;
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

export function createOperations(schema: GraphQLSchema, limits: GatewayLimits): Operations {
  const documents = createDocuments(schema, limits);
  return {
    prepare({ query, variables, operationName }, contextValue) {
      if (typeof query !== "string") return malformed("query is missing; send the GraphQL document as a string");
      if (operationName !== undefined && operationName !== null && typeof operationName !== "string") {
        return malformed("operationName is not a string");
      }
      if (!isVariables(variables)) return malformed("variables are not an object");
      const problem = jsonProblem(variables, limits.maxValueDepth);
      if (problem !== null) return refused("ValidationError", `the variables cannot be read: ${problem}`);
      const prepared = documents.prepare(query);
      if (prepared.outcome === "invalid") return { outcome: "refused", errors: prepared.errors };
      const { document } = prepared;
      const operation = getOperationAST(document, operationName);
      if (!operation) return refused("BadRequest", unclear(document, operationName));
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
  return refused("MalformedHttpRequestException", message, 400);
}

function refused(errorType: ErrorType, message: string, status?: number): PreparedOperation {
  const originalError = new GatewayError(errorType, message, status === undefined ? {} : { status });
  return { outcome: "refused", errors: [new GraphQLError(message, { originalError })] };
}

/**
 * GraphQL over HTTP: queries and mutations as JSON, one a request unless more are allowed.
 *
 * Yoga reads the parameters out of whatever form they come in; what is done with them is the same as for sockets. Subscriptions
 * are not served here, neither as event streams nor in parts.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type ExecutionResult, GraphQLError, OperationTypeNode } from "graphql";
import { createYoga, type GraphQLParams, type Plugin } from "graphql-yoga";
import type { DoorOptions } from "../door-options.ts";
import { answerOf, isWritten, type Outcome, statusOf } from "../execute/answer.ts";
import type { Introspection } from "../execute/no-introspection.ts";
import { type ErrorType, GatewayError } from "../gateway-error.ts";
import { requestHeaders } from "../request-headers.ts";
import type { RequestContext } from "../resolve/request-context.ts";
import { acceptedType } from "./accepted-type.ts";
import { refuseHttp } from "./answer-http.ts";
import { applyCors } from "./cors.ts";
import { createGraphiqlPage } from "./graphiql/graphiql-page.ts";
import { refuseForm } from "./request-form.ts";

export interface HttpDoor {
  /** Resolves when the answer is given. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

interface ServerContext {
  readonly requestContext: RequestContext;
}

export interface HttpDoorOptions extends DoorOptions {
  readonly introspection: Introspection;
}

export function createHttpDoor(options: HttpDoorOptions): HttpDoor {
  const { authenticate, contextFor, log } = options;
  const { maxBodyBytes, maxBatchedOperations } = options.limits;
  const graphiql = createGraphiqlPage(options.introspection);
  const yoga = createYoga<ServerContext>({
    graphqlEndpoint: "*",
    maxRequestBodySize: maxBodyBytes,
    plugins: [createExecution(options)],
    batching: maxBatchedOperations > 1 && { limit: maxBatchedOperations },
    cors: false,
    graphiql: false,
    // Yoga answers every URL that ends in this; no request's URL holds a line break.
    healthCheckEndpoint: "\n",
    landingPage: false,
    logging: false,
    maskedErrors: false,
    multipart: false,
    parserAndValidationCache: false,
  });

  return {
    async handle(request, response) {
      try {
        await answer(request, response);
      } catch (error) {
        log.error({ err: error }, "a GraphQL request failed");
        refuseHttp(response, 500, "InternalFailure", "the server failed to answer; its log says why");
      }
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (applyCors(request, response)) return;
    if (graphiql.isAsked(request)) return graphiql.answer(request, response);
    if (acceptedType(request.headers.accept) === null) {
      const message =
        "answers are application/json; subscriptions are served over WebSocket, with the subprotocol graphql-transport-ws";
      return refuseHttp(response, 406, "UnsupportedOperation", message);
    }
    if (refuseForm(request, response)) return;
    const authentication = await authenticate(requestHeaders(request));
    if (authentication.outcome === "refused") {
      return refuseHttp(response, 401, "UnauthorizedException", authentication.reason);
    }
    await yoga(request, response, { requestContext: contextFor(authentication.identity) });
  }
}

/** Takes over between the parameters and the answer: what lies between in Yoga is not used. */
function createExecution({ operations, executeOperation, formatter }: DoorOptions): Plugin<object, ServerContext> {
  return {
    onParams({ request, params, context, setParams, setParamsHandler }) {
      setParamsHandler(() => run(request.method, params, context.requestContext));
      // Yoga insists on a text, also where a document is named by its hash. Of an array, anything may come.
      const isNamed = (params?.query ?? null) === null && (params?.extensions?.persistedQuery ?? null) !== null;
      if (isNamed) setParams({ ...params, query: "" });
    },
    onResultProcess({ request, setResultProcessor }) {
      const type = acceptedType(request.headers.get("accept") ?? undefined) ?? "application/json";
      setResultProcessor((result, { Response }) => {
        const headers = { "cache-control": "no-store", "content-type": `${type}; charset=utf-8` };
        if (Array.isArray(result)) {
          const answers = result.map((one) => (isWritten(one) ? one.written : textOf(outcomeOf(one))));
          return new Response(`[${answers.join(",")}]`, { headers });
        }
        if (isWritten(result)) return new Response(result.written, { headers });
        const outcome = outcomeOf(result);
        return new Response(textOf(outcome), {
          status: statusOf(outcome),
          headers: { ...headers, ...outcome.errors?.map(headersOf).find((found) => found !== null) },
        });
      }, type);
    },
  };

  function textOf(outcome: Outcome): string {
    return JSON.stringify(answerOf(outcome, formatter));
  }

  function run(
    method: string,
    { query, variables, operationName, extensions }: GraphQLParams,
    context: RequestContext,
  ): ExecutionResult | Promise<ExecutionResult> {
    const prepared = operations.prepare({ query, variables, operationName, extensions }, context);
    if (prepared.outcome === "refused") return { errors: prepared.errors };
    switch (prepared.type) {
      case OperationTypeNode.QUERY:
        return executeOperation(prepared.args);
      case OperationTypeNode.MUTATION:
        if (method !== "GET") return executeOperation(prepared.args);
        return refused("MalformedHttpRequestException", "a mutation is not served over GET; send it by POST", 405);
      case OperationTypeNode.SUBSCRIPTION:
        return refused(
          "UnsupportedOperation",
          "subscriptions are not served over HTTP; connect a WebSocket with the subprotocol graphql-transport-ws",
          400,
        );
    }
  }
}

function refused(errorType: ErrorType, message: string, status: number): ExecutionResult {
  return { errors: [new GraphQLError(message, { originalError: new GatewayError(errorType, message, { status }) })] };
}

function outcomeOf(result: unknown): Outcome {
  if (!isResult(result)) return { errors: [new GraphQLError("nothing came of it")] };
  return { data: result.data, errors: result.errors?.map(withStatus) };
}

function isResult(result: unknown): result is ExecutionResult {
  return typeof result === "object" && result !== null && ("data" in result || "errors" in result);
}

/** Yoga's own refusals carry a status for HTTP; they are ours in all but name. */
function withStatus(error: GraphQLError): GraphQLError {
  const http = httpOf(error);
  if (http === null || error.originalError instanceof GatewayError) return error;
  const errorType = http.status === 413 ? "LimitExceededError" : "MalformedHttpRequestException";
  return new GraphQLError(error.message, {
    originalError: new GatewayError(errorType, error.message, { status: http.status }),
    extensions: error.extensions,
  });
}

function headersOf(error: GraphQLError): Record<string, string> | null {
  return httpOf(error)?.headers ?? null;
}

interface HttpExtension {
  readonly status: number;
  readonly headers: Record<string, string> | null;
}

function httpOf({ extensions }: GraphQLError): HttpExtension | null {
  const { http } = extensions;
  if (typeof http !== "object" || http === null || !("status" in http) || typeof http.status !== "number") return null;
  const given = "headers" in http && typeof http.headers === "object" && http.headers !== null ? http.headers : {};
  const headers = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return { status: http.status, headers };
}

/**
 * GraphQL over HTTP: queries and mutations as JSON, one a request.
 *
 * Yoga reads the parameters out of whatever form they come in; what is done with them is the same as for sockets. Subscriptions
 * are not served here, neither as event streams nor in parts.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type ExecutionResult, execute, GraphQLError, OperationTypeNode } from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import type { DoorOptions } from "../door-options.ts";
import { answerOf, statusOf } from "../execute/answer.ts";
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

export function createHttpDoor(options: DoorOptions): HttpDoor {
  const { authenticate, contextFor, log } = options;
  const graphiql = createGraphiqlPage();
  const yoga = createYoga<ServerContext>({
    graphqlEndpoint: "*",
    maxRequestBodySize: options.limits.maxBodyBytes,
    plugins: [createExecution(options)],
    batching: false,
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
function createExecution({ operations, formatter }: DoorOptions): Plugin<object, ServerContext> {
  return {
    onParams({ request, context, setParamsHandler }) {
      setParamsHandler(({ params }) => run(request.method, params, context.requestContext));
    },
    onResultProcess({ request, setResultProcessor }) {
      const type = acceptedType(request.headers.get("accept") ?? undefined) ?? "application/json";
      setResultProcessor((result, { Response }) => {
        const outcome: ExecutionResult = isResult(result)
          ? result
          : { errors: [new GraphQLError("nothing came of it")] };
        const errors = outcome.errors?.map(withStatus);
        const done = { data: outcome.data ?? null, ...(errors === undefined ? {} : { errors }) };
        const headers = {
          "cache-control": "no-store",
          "content-type": `${type}; charset=utf-8`,
          ...errors?.map(headersOf).find((found) => found !== null),
        };
        return new Response(JSON.stringify(answerOf(done, formatter)), { status: statusOf(done), headers });
      }, type);
    },
  };

  function run(
    method: string,
    params: { query?: unknown; variables?: unknown; operationName?: unknown },
    context: RequestContext,
  ): ExecutionResult | Promise<ExecutionResult> {
    const { query, variables, operationName } = params;
    const prepared = operations.prepare({ query, variables, operationName }, context);
    if (prepared.outcome === "refused") return { errors: prepared.errors };
    switch (prepared.type) {
      case OperationTypeNode.QUERY:
        return execute(prepared.args);
      case OperationTypeNode.MUTATION:
        if (method !== "GET") return execute(prepared.args);
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

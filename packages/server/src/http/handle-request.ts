/**
 * Plain HTTP: who may ask, and who answers.
 *
 * /healthz, /readyz and /metrics need no credential, so that a supervisor without one can watch the server; they name no
 * record. What is asked of /graphql is authenticated by the gateway, request by request.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@tributary/relay";
import type { OriginPolicy } from "../access/origin-policy.ts";
import type { EngineHost } from "../engine-host.ts";
import { errorMessage } from "../start-error.ts";
import { answerError, answerJson, answerText } from "./answer.ts";
import { limitBody } from "./body-limit.ts";
import { applyCors } from "./cors.ts";
import { landingHtml, landingText } from "./landing-page.ts";
import type { Metrics } from "./metrics.ts";
import { pathOf } from "./path-of.ts";

export interface RequestHandlerOptions {
  readonly engines: EngineHost;
  readonly origins: OriginPolicy;
  readonly maxBodyBytes: number;
  readonly isStopping: () => boolean;
  /** Loads the metrics when they are first asked for. */
  readonly metrics: () => Promise<Metrics>;
  readonly log: Logger;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export function createRequestHandler(options: RequestHandlerOptions): Answer {
  const { engines, origins, maxBodyBytes, isStopping, log } = options;
  const readOnly: ReadonlyMap<string, Answer> = new Map<string, Answer>([
    ["/", landing],
    ["/healthz", (_, response) => answerJson(response, 200, { status: "alive" })],
    ["/readyz", readiness],
    ["/metrics", metrics],
  ]);

  return async (request, response) => {
    const startedAt = performance.now();
    response.once("close", () => {
      const ms = Math.round(performance.now() - startedAt);
      log.debug({ method: request.method, path: pathOf(request), status: response.statusCode, ms }, "request");
    });
    try {
      await answer(request, response);
    } catch (error) {
      // A handler may fail just because its request was refused or its peer is gone.
      if (response.writableEnded || response.destroyed) return;
      log.error({ err: error, path: pathOf(request) }, "request failed");
      answerError(pathOf(request), response, 500, "the server failed to answer; its log says why");
    }
  };

  function answer(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    const path = pathOf(request);
    const refusal = origins.refusal(request.headers.origin, request.headers.host);
    if (refusal !== null) return answerError(path, response, 403, refusal);
    if (applyCors(request, response)) return;
    if (path === "/graphql") return graphql(request, response);
    if (path === "/sync" || path === "/graphql/realtime") {
      response.setHeader("upgrade", "websocket");
      return answerError(path, response, 426, `${path} speaks WebSocket`);
    }
    const route = readOnly.get(path);
    if (route === undefined)
      return answerError(path, response, 404, "there is nothing at this path; / says what there is");
    if (request.method === "GET" || request.method === "HEAD") return route(request, response);
    response.setHeader("allow", "GET, HEAD");
    return answerError(path, response, 405, `${path} takes GET`);
  }

  function graphql(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    const engine = engines.current();
    if (engine === null || isStopping()) {
      response.setHeader("retry-after", "1");
      response.setHeader("connection", "close");
      return answerError("/graphql", response, 503, "the relay is not running; try again in a second");
    }
    const refuseBody = (): void => {
      // What may still come of the body is not read, so the connection cannot be used again.
      response.setHeader("connection", "close");
      answerError("/graphql", response, 413, `a request may have ${maxBodyBytes} bytes`);
    };
    if (limitBody(request, maxBodyBytes, refuseBody)) return engine.handleGraphql(request, response);
  }

  async function readiness(_: IncomingMessage, response: ServerResponse): Promise<void> {
    const engine = engines.current();
    if (isStopping()) return answerJson(response, 503, { status: "stopping" });
    if (engine === null) return answerJson(response, 503, { status: "starting" });
    try {
      await engine.probe();
    } catch (error) {
      log.warn({ err: error }, "the store does not answer");
      return answerJson(response, 503, { status: "failing", reason: errorMessage(error) });
    }
    answerJson(response, 200, { status: "ready" });
  }

  async function metrics(_: IncomingMessage, response: ServerResponse): Promise<void> {
    const { contentType, text } = await options.metrics();
    const body = await text();
    response.writeHead(200, { "cache-control": "no-store", "content-type": contentType }).end(body);
  }

  function landing(request: IncomingMessage, response: ServerResponse): void {
    if (!/\btext\/html\b/.test(request.headers.accept ?? "")) {
      answerText(response, 200, "text/plain", landingText());
      return;
    }
    response.setHeader("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    answerText(response, 200, "text/html", landingHtml());
  }
}

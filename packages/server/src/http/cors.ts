/**
 * Lets web pages of allowed origins read answers. Credentials travel in headers that the page sets itself, never in cookies, so
 * no page is given `allow-credentials`.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

/** Seconds for which a browser need not ask again. */
const PREFLIGHT_LIFETIME_S = 600;

/** Sets the headers for an origin that was found to be allowed. True when the request was a preflight and is answered. */
export function applyCors(request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("vary", "Origin");
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
  response.setHeader("access-control-allow-methods", "GET, POST");
  response.setHeader("access-control-max-age", PREFLIGHT_LIFETIME_S);
  const asked = request.headers["access-control-request-headers"];
  if (asked !== undefined) response.setHeader("access-control-allow-headers", asked);
  response.writeHead(204).end();
  return true;
}

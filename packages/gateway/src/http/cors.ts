/**
 * Lets web pages ask the API. Credentials travel in headers that the page sets itself, never in cookies, so any origin may ask
 * unless somebody in front of the gateway already decided on origins.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

/** What Amplify's clients read from a refusal. */
const EXPOSED_HEADERS = "x-amzn-errortype, x-amzn-requestid";
/** Seconds for which a browser need not ask again. */
const PREFLIGHT_LIFETIME_S = 600;

/** Sets the headers. True when the request was a preflight and is answered. */
export function applyCors(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.headers.origin === undefined) return false;
  if (!response.hasHeader("access-control-allow-origin")) response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-expose-headers", EXPOSED_HEADERS);
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
  response.setHeader("access-control-allow-methods", "GET, POST");
  // Whatever headers a client has of its own, they are looked at no further.
  const asked = request.headers["access-control-request-headers"];
  if (asked !== undefined) response.setHeader("access-control-allow-headers", asked);
  response.setHeader("access-control-max-age", PREFLIGHT_LIFETIME_S);
  response.writeHead(204).end();
  return true;
}

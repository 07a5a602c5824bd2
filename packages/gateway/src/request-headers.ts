/** Headers by their lower-case names, as credentials are looked for in them. */
import type { IncomingMessage } from "node:http";

export type RequestHeaders = Record<string, string | undefined>;

export function requestHeaders({ headers }: IncomingMessage): RequestHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}

/**
 * The headers of an upgrade with what the client put into its first message, which wins: browsers cannot set headers. Clients
 * write them either as members of the payload or under `headers`.
 */
export function connectionHeaders(request: IncomingMessage, payload: unknown): RequestHeaders {
  const headers = requestHeaders(request);
  for (const given of [payload, memberOf(payload, "headers")]) {
    for (const [name, value] of membersOf(given)) if (typeof value === "string") headers[name.toLowerCase()] = value;
  }
  return headers;
}

function memberOf(value: unknown, name: string): unknown {
  return membersOf(value).find(([member]) => member === name)?.[1];
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

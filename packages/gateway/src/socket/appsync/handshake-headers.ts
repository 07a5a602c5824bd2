/**
 * What an AppSync client says about itself in its upgrade: the headers of a request, as JSON in base64.
 *
 * They come in a subprotocol, `header-<base64url>`, or in the query, `?header=<base64>`, as older and mobile clients send them;
 * those may break it into lines.
 */
import type { IncomingMessage } from "node:http";
import { isJsonObject, readJson } from "../../json.ts";
import type { RequestHeaders } from "../../request-headers.ts";

export type HandshakeHeaders =
  /** By their lower-case names. None when none were sent. */
  | { readonly outcome: "read"; readonly headers: RequestHeaders }
  | { readonly outcome: "refused"; readonly reason: string };

const PREFIX = "header-";

export function readHandshakeHeaders(request: Pick<IncomingMessage, "headers" | "url">): HandshakeHeaders {
  const encoded = inSubprotocol(request.headers["sec-websocket-protocol"] ?? "") ?? inQuery(request.url ?? "");
  if (encoded === null || encoded === "") return { outcome: "read", headers: {} };
  if (!/^[\w+/-]+={0,2}$/.test(encoded)) return refused("it is not base64");
  // The decoder knows both alphabets.
  const read = readJson(Buffer.from(encoded, "base64").toString("utf8"));
  if (read.outcome === "refused") return refused(read.reason);
  if (!isJsonObject(read.value)) return refused("it is no object");
  return { outcome: "read", headers: headersIn(read.value) };
}

/** The members that are text. */
export function headersIn(object: object): RequestHeaders {
  const texts = Object.entries(object).filter(([, value]) => typeof value === "string");
  return Object.fromEntries(texts.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function inSubprotocol(offered: string): string | null {
  const found = offered.split(",").find((name) => name.trim().startsWith(PREFIX));
  return found === undefined ? null : found.trim().slice(PREFIX.length);
}

function inQuery(url: string): string | null {
  const [, query = ""] = url.split("?", 2);
  const value = new URLSearchParams(query).get("header");
  // A plus that was not escaped reads as a space.
  return value?.replace(/[\r\n]/g, "").replaceAll(" ", "+") ?? null;
}

function refused(problem: string): HandshakeHeaders {
  return { outcome: "refused", reason: `the header of the connection cannot be read: ${problem}` };
}

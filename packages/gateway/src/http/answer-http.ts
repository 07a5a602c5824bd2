/** Answers over HTTP that GraphQL has no part in. */
import type { ServerResponse } from "node:http";
import type { ErrorType } from "../gateway-error.ts";
import { acceptedType } from "./accepted-type.ts";

/** A request that is refused as a whole: GraphQL's form, and the type of the error in a header for clients that look there. */
export function refuseHttp(response: ServerResponse, status: number, errorType: ErrorType, message: string): void {
  if (response.headersSent || response.destroyed) return;
  const body = JSON.stringify({ errors: [{ errorType, message, extensions: { code: errorType } }] });
  const type = acceptedType(response.req.headers.accept) ?? "application/json";
  response.writeHead(status, {
    "cache-control": "no-store",
    "content-type": `${type}; charset=utf-8`,
    "content-length": Buffer.byteLength(body),
    "x-amzn-errortype": errorType,
  });
  response.end(body);
}

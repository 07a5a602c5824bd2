/** Answers of the server itself: JSON and text, never cached, never sniffed. */
import type { ServerResponse } from "node:http";

export function answerText(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(body),
    "content-type": `${type}; charset=utf-8`,
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}

export function answerJson(response: ServerResponse, status: number, body: object): void {
  answerText(response, status, "application/json", `${JSON.stringify(body)}\n`);
}

/** In the form that clients of the path expect: GraphQL's at /graphql. */
export function answerError(path: string, response: ServerResponse, status: number, message: string): void {
  answerJson(response, status, path === "/graphql" ? { errors: [{ message }] } : { error: { message } });
}

/** Requests over connections that stay open, whose answers are read and not looked into. */
import { Agent, request } from "node:http";

export interface Fetcher {
  /** Posts JSON, or gets where there is none. */
  fetchBytes(url: string, json?: string): Promise<Buffer>;
  close(): void;
}

export function createFetcher(): Fetcher {
  const agent = new Agent({ keepAlive: true });
  return {
    fetchBytes: (url, json) =>
      new Promise((resolve, reject) => {
        const headers =
          json === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(json) };
        const asked = request(url, { agent, method: json === undefined ? "GET" : "POST", headers }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("end", () => resolve(Buffer.concat(chunks)));
          answer.on("error", reject);
        });
        asked.on("error", reject);
        asked.end(json);
      }),
    close: () => agent.destroy(),
  };
}

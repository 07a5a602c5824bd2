import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createNodePlatform } from "../../src/node/node-platform.ts";
import { NO_RELAY } from "../../src/sync/sync-socket.ts";

/** How a socket ends at a server that answers each request for one with `status`. */
async function endAt(status: number): Promise<{ code: number; reason: string; url: string }> {
  const server = createServer();
  server.on("upgrade", (_request, socket) => void socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\n\r\n`));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sync`;
  return new Promise((resolve) => {
    createNodePlatform().openSocket(url, {
      onOpen() {},
      onFrame() {},
      onClose: (code, reason) => resolve({ code, reason, url }),
    });
  });
}

describe("a socket in Node", () => {
  it("SYNC-5 tells a server that has no relay from one that has none at the moment", async () => {
    for (const status of [200, 301, 400, 401, 403, 404, 410]) {
      const { code, reason, url } = await endAt(status);
      expect({ code, reason }).toEqual({
        code: NO_RELAY,
        reason: `the server at ${url} answered with HTTP status ${status}`,
      });
    }
    for (const status of [408, 425, 429, 500, 502, 503]) {
      const { code, reason } = await endAt(status);
      expect(code, `status ${status}`).toBe(1006);
      expect(reason).toContain(`HTTP status ${status}`);
    }
  });
});

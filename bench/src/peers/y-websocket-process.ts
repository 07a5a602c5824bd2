/** Child process: @y/websocket-server, which keeps its documents in memory. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { serve } from "../child.ts";
import { importFromPeers } from "./load-peer.ts";

const { setupWSConnection } = await importFromPeers<{ setupWSConnection(socket: WebSocket, request: object): void }>(
  "@y/websocket-server/src/utils.js",
);
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket, request) => setupWSConnection(socket, request));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

serve(
  {
    async url() {
      return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
  },
  async () => {
    server.close();
  },
);

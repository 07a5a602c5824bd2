/** What Node gives the datastore. */
import { randomBytes } from "node:crypto";
import process from "node:process";
import { CloseCode } from "@tributary/protocol";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { createSqliteAdapter } from "@tributary/storage/sqlite";
import { v7 } from "uuid";
import { WebSocket } from "ws";
import type { Platform } from "../platform.ts";
import { NO_RELAY, type SocketEvents, type SyncSocket } from "../sync/sync-socket.ts";

export function createNodePlatform(): Platform {
  return {
    agent: "tributary-datastore/0.1.0 node",
    random: { bytes: (count) => new Uint8Array(randomBytes(count)) },
    now: Date.now,
    newId: v7,
    warn: (message) => process.emitWarning(message, "TributaryWarning"),
    after(ms, action) {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
    createAdapter: (path) =>
      path === undefined ? createMemoryAdapter() : createSqliteAdapter({ file: path, synchronous: "NORMAL" }),
    openSocket,
  };
}

const CONNECT_TIMEOUT_MS = 10_000;

function openSocket(url: string, events: SocketEvents): SyncSocket {
  const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: CONNECT_TIMEOUT_MS });
  socket.binaryType = "nodebuffer";
  let failure = "";
  let failureCode: number | null = null;
  socket.on("unexpected-response", (_request, { statusCode = 0 }) => {
    failure = `the server at ${url} answered with HTTP status ${statusCode}`;
    if (isLasting(statusCode)) failureCode = NO_RELAY;
    socket.terminate();
  });
  socket.on("open", () => events.onOpen());
  socket.on("message", (data, isBinary) => {
    if (!isBinary) socket.close(CloseCode.malformed, "text frame");
    else if (data instanceof Buffer) events.onFrame(data);
  });
  socket.on("error", (error) => {
    failure ||= error.message;
  });
  socket.on("close", (code, reason) => events.onClose(failureCode ?? code, reason.toString() || failure));
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    close: () => socket.close(1000),
  };
}

/** Statuses that ask a client to come again later; what is above 499 is mended without it. */
const comeAgain: ReadonlySet<number> = new Set([408, 425, 429]);

function isLasting(status: number): boolean {
  return status < 500 && !comeAgain.has(status);
}

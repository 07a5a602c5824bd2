/**
 * WebSocket upgrades: which are accepted, what each accepted socket may cost before it is known, and which protocol gets it.
 *
 * | path                           | subprotocol            | goes to                                          |
 * |--------------------------------|------------------------|--------------------------------------------------|
 * | /sync                          | none is chosen         | the relay                                        |
 * | /graphql, /graphql/realtime    | `graphql-transport-ws` | the gateway                                      |
 * | /graphql, /graphql/realtime    | `graphql-ws`           | the gateway: AppSync's realtime protocol         |
 * | /graphql, /graphql/realtime    | none                   | closed with 4406                                 |
 * | /graphql, /graphql/realtime    | another                | none is chosen, closed with 4406                 |
 *
 * A refused upgrade is answered as HTTP; a refused protocol with a close frame, which is all a browser lets its page see.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { CloseCode, type Limits } from "@tributary/protocol";
import type { Logger } from "@tributary/relay";
import { type WebSocket, WebSocketServer } from "ws";
import type { OriginPolicy } from "../access/origin-policy.ts";
import type { EngineHost } from "../engine-host.ts";
import { pathOf } from "../http/path-of.ts";
import { errorMessage } from "../start-error.ts";
import { connectRelay } from "./connect-relay.ts";
import { createHeartbeat } from "./heartbeat.ts";
import { createWaitingRoom } from "./waiting-room.ts";

export interface UpgradeOptions {
  readonly engines: EngineHost;
  readonly origins: OriginPolicy;
  readonly limits: Limits;
  readonly maxWaitingSockets: number;
  readonly isStopping: () => boolean;
  readonly log: Logger;
}

export interface Upgrades {
  readonly openSockets: number;
  readonly waitingSockets: number;
  accept(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** Ends every socket with `goingAway`; cuts off those that are still there after the grace. */
  close(graceMs: number): Promise<void>;
}

/** On top of the largest hello: the frame's header, and a ping or two. */
const WAITING_OVERHEAD_BYTES = 1024;

const TRANSPORT = "graphql-transport-ws";
const APPSYNC = "graphql-ws";

export function createUpgrades(options: UpgradeOptions): Upgrades {
  const { engines, origins, limits, log } = options;
  const heartbeat = createHeartbeat();
  const waitingRoom = createWaitingRoom({
    maxSockets: options.maxWaitingSockets,
    maxBytes: limits.maxHelloBytes + WAITING_OVERHEAD_BYTES,
  });
  // How long a closing handshake may take: a peer that is gone never answers. Missing in the library's types.
  const closing = { closeTimeout: 5_000 };
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxFrameBytes,
    perMessageDeflate: false,
    handleProtocols: chooseProtocol,
    ...closing,
  });

  return {
    get openSockets() {
      return server.clients.size;
    },
    get waitingSockets() {
      return waitingRoom.size;
    },
    accept(request, connection, head) {
      // A connection that breaks off while it is refused has nobody left to tell.
      connection.on("error", () => connection.destroy());
      const refusal = judge(request);
      if (refusal === null) {
        server.handleUpgrade(request, connection, head, (socket) => welcome(socket, request));
        return;
      }
      log.debug({ path: pathOf(request), status: refusal.status, reason: refusal.message }, "upgrade refused");
      refuse(connection, refusal);
    },
    async close(graceMs) {
      heartbeat.stop();
      for (const socket of server.clients) socket.close(CloseCode.goingAway, "the server stops");
      await allClosed(server, graceMs);
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };

  function judge(request: IncomingMessage): Refusal | null {
    const path = pathOf(request);
    if (path !== "/sync" && !isGraphql(path))
      return { status: "404 Not Found", message: `there is no socket at ${path}` };
    const refusal = origins.refusal(request.headers.origin, request.headers.host);
    if (refusal !== null) return { status: "403 Forbidden", message: refusal };
    if (!options.isStopping() && engines.current() !== null) return null;
    return { status: "503 Service Unavailable", message: "the relay is not running; try again in a second" };
  }

  function welcome(socket: WebSocket, request: IncomingMessage): void {
    const path = pathOf(request);
    reportErrors(socket, path, log);
    const leave = waitingRoom.enter(socket, request.socket);
    socket.once("close", leave);
    heartbeat.watch(socket, request.socket);
    try {
      hand(socket, path, request, leave);
    } catch (error) {
      log.error({ err: error, path }, "a socket could not be served");
      socket.terminate();
    }
  }

  function hand(socket: WebSocket, path: string, request: IncomingMessage, onAnswered: () => void): void {
    const engine = engines.current();
    if (engine === null) socket.close(CloseCode.tryAgain, "the relay is not running");
    else if (path === "/sync") connectRelay(socket, engine.relay, onAnswered);
    else if (socket.protocol !== "") engine.connectGateway(socket, request, onAnswered);
    else socket.close(CloseCode.unsupportedVersion, `no known subprotocol was offered; use ${TRANSPORT} or ${APPSYNC}`);
  }
}

/** On its own, so that the listener does not keep the request for as long as the socket lives. */
function reportErrors(socket: WebSocket, path: string, log: Logger): void {
  // "close" follows; without a listener the error would end the process.
  socket.on("error", (error) => log.debug({ path, reason: errorMessage(error) }, "socket failed"));
}

interface Refusal {
  readonly status: string;
  readonly message: string;
}

function isGraphql(path: string): boolean {
  return path === "/graphql" || path === "/graphql/realtime";
}

/** A subprotocol that starts with `header-` carries a credential and is never chosen. */
function chooseProtocol(offered: Set<string>, request: IncomingMessage): string | false {
  if (!isGraphql(pathOf(request))) return false;
  if (offered.has(TRANSPORT)) return TRANSPORT;
  return offered.has(APPSYNC) ? APPSYNC : false;
}

function refuse(connection: Duplex, { status, message }: Refusal): void {
  const body = `${JSON.stringify({ error: { message } })}\n`;
  connection.end(
    [
      `HTTP/1.1 ${status}`,
      "Connection: close",
      "Content-Type: application/json; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(status.startsWith("503") ? ["Retry-After: 1"] : []),
      "",
      body,
    ].join("\r\n"),
  );
}

function allClosed(server: WebSocketServer, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, graceMs);
    const check = (): void => {
      if (server.clients.size > 0) return;
      clearTimeout(timer);
      resolve();
    };
    // The server's own listener takes the socket out of `clients`, and was there first.
    for (const socket of server.clients) socket.once("close", check);
    check();
  });
}

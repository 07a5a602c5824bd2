/**
 * One connection of AppSync's realtime protocol.
 *
 * | state          | left by                       | to                                         |
 * |----------------|-------------------------------|--------------------------------------------|
 * | waiting        | connection_init               | authenticating                             |
 * | waiting        | none in time                  | closed with 4408                           |
 * | authenticating | its header says who it is     | connected, after connection_ack and ka     |
 * | authenticating | it does not                   | closed with 4403, after connection_error   |
 * | connected      | its credential expires        | closed with 4403                           |
 * | any            | a message that is not in turn | closed with 4400, after error              |
 *
 * Connected, it starts and stops subscriptions.
 */
import type { IncomingMessage } from "node:http";
import type { Identity } from "@tributary/model";
import { requestHeaders } from "../../request-headers.ts";
import { callAt } from "../call-at.ts";
import type { GatewaySocket } from "../gateway-socket.ts";
import { CloseCode, createOpenSocket } from "../open-socket.ts";
import type { SocketDoorOptions } from "../socket-door.ts";
import { createAppsyncSubscriptions } from "./appsync-subscriptions.ts";
import { readClientMessage } from "./client-message.ts";
import { readHandshakeHeaders } from "./handshake-headers.ts";
import type { KeepAlive } from "./keep-alive.ts";
import {
  connectionAckMessage,
  connectionErrorMessage,
  errorMessage,
  keepAliveMessage,
  type RealtimeError,
} from "./server-message.ts";

export interface AppsyncSession {
  /** Closes the socket because the gateway goes. */
  end(): void;
  /** The socket is gone. */
  closed(): void;
}

export interface AppsyncSessionOptions extends SocketDoorOptions {
  readonly keepAlive: KeepAlive;
  /** Called once it is known who the other side is. */
  readonly onAnswered: () => void;
}

type State =
  | { readonly kind: "waiting" | "authenticating" | "closed" }
  | { readonly kind: "connected"; readonly identity: Identity };

export function createAppsyncSession(
  socket: GatewaySocket,
  request: IncomingMessage,
  options: AppsyncSessionOptions,
): AppsyncSession {
  const { limits, authenticate, keepAlive, log, now } = options;
  const open = createOpenSocket(socket, { maxBufferedBytes: limits.maxBufferedBytes, log });
  const subscriptions = createAppsyncSubscriptions(open, options);
  let state: State = { kind: "waiting" };
  let stopTimers = callAt(now() + limits.maxInitWaitMs, { now }, () => {
    close(CloseCode.initTimeout, "connection_init did not come in time");
  });

  socket.on("message", (data) => {
    if (state.kind === "closed") return;
    receive(String(data)).catch((error: unknown) => {
      log.error({ err: error }, "a GraphQL socket message failed");
      close(CloseCode.internal, "the server failed; its log says why");
    });
  });

  return {
    end: () => close(CloseCode.goingAway, "the gateway stops"),
    closed: forget,
  };

  async function receive(text: string): Promise<void> {
    if (text.length > limits.maxRealtimeMessageLength) {
      return close(CloseCode.tooLarge, `a message may have ${limits.maxRealtimeMessageLength} characters`);
    }
    const read = readClientMessage(text);
    if (read.outcome === "refused") return refuse(read.error);
    const { message } = read;
    if (message.type === "connection_init") {
      return state.kind === "waiting" ? connect() : refuse(outOfTurn("connection_init was sent before"));
    }
    if (state.kind !== "connected") return refuse(outOfTurn(`${message.type} was sent before connection_ack`));
    return message.type === "start" ? subscriptions.start(message, state.identity) : subscriptions.stop(message.id);
  }

  async function connect(): Promise<void> {
    state = { kind: "authenticating" };
    stopTimers();
    const handshake = readHandshakeHeaders(request);
    if (handshake.outcome === "refused") {
      return refuseConnection({ errorType: "BadRequestException", message: handshake.reason });
    }
    const authentication = await authenticate({ ...requestHeaders(request), ...handshake.headers });
    // The socket may have gone meanwhile.
    if (state.kind !== "authenticating") return;
    if (authentication.outcome === "refused") {
      return refuseConnection({ errorType: "UnauthorizedException", message: authentication.reason });
    }
    state = { kind: "connected", identity: authentication.identity };
    void open.send(connectionAckMessage());
    void open.send(keepAliveMessage());
    const leaveKeepAlive = keepAlive.join(() => void open.send(keepAliveMessage()));
    const expire = (): void => close(CloseCode.forbidden, "the credential expired");
    const forgetExpiry = callAt(authentication.expiresAt, { now }, expire);
    stopTimers = () => {
      leaveKeepAlive();
      forgetExpiry();
    };
    options.onAnswered();
  }

  function refuseConnection(error: RealtimeError): void {
    void open.send(connectionErrorMessage(error));
    close(CloseCode.forbidden, error.message);
  }

  function refuse(error: RealtimeError): void {
    void open.send(errorMessage(null, [error]));
    close(CloseCode.malformed, error.message);
  }

  function close(code: number, reason: string): void {
    forget();
    open.close(code, reason);
  }

  function forget(): void {
    state = { kind: "closed" };
    stopTimers();
    subscriptions.close();
  }
}

function outOfTurn(message: string): RealtimeError {
  return { errorType: "BadRequestException", message };
}

/**
 * GraphQL over WebSocket, by the graphql-transport-ws protocol: subscriptions, and queries and mutations as well.
 *
 * A socket says who it is in its first message, or in the headers of its upgrade, and is closed when that expires: this protocol
 * has no way to say it again. Each event is only taken from its subscription when the one before has gone out, so that what a
 * slow reader leaves waiting is counted in one place.
 */
import type { IncomingMessage } from "node:http";
import type { Identity } from "@tributary/model";
import { execute, GraphQLError, subscribe } from "graphql";
import { type Context, makeServer, type ServerOptions } from "graphql-ws";
import type { DoorOptions } from "../door-options.ts";
import { answerOf } from "../execute/answer.ts";
import { GatewayError } from "../gateway-error.ts";
import { connectionHeaders } from "../request-headers.ts";
import type { GatewaySocket } from "./gateway-socket.ts";

export interface SocketDoorOptions extends DoorOptions {
  /** ms since 1970. */
  readonly now: () => number;
}

export interface SocketDoor {
  /** Takes over an accepted socket. `onAnswered` is called once it is known who the other side is. */
  connect(socket: GatewaySocket, request: IncomingMessage, onAnswered: () => void): void;
  /** Closes all sockets. */
  close(): void;
}

/** What is known of one connection. */
interface Connection {
  readonly socket: GatewaySocket;
  readonly request: IncomingMessage;
  readonly onAnswered: () => void;
  identity: Identity | null;
  expiry: NodeJS.Timeout | null;
}

type Payload = Record<string, unknown> | undefined;
type ConnectionContext = Context<Payload, Connection>;

const CloseCode = { goingAway: 1001, forbidden: 4403, internal: 4500 } as const;
/** The longest a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Bytes of a reason that a close frame holds. */
const MAX_REASON_BYTES = 123;

export function createSocketDoor(options: SocketDoorOptions): SocketDoor {
  const { operations, formatter, limits, authenticate, contextFor, log, now } = options;
  const connections = new Set<Connection>();

  const server = makeServer<Payload, Connection>({
    // GraphQL refuses a schema that was made with another copy of itself; both of these are of ours.
    execute,
    subscribe,
    onConnect,
    onSubscribe(context, _id, { query, variables, operationName }) {
      const { identity } = context.extra;
      if (identity === null) return [refusal("UnauthorizedException", "the connection is not authenticated")];
      if (Object.keys(context.subscriptions).length > limits.maxSubscriptionsPerSocket) {
        const message = `a socket may have ${limits.maxSubscriptionsPerSocket} operations under way; complete one first`;
        return [refusal("MaxSubscriptionsReachedError", message)];
      }
      const prepared = operations.prepare({ query, variables, operationName }, contextFor(identity));
      return prepared.outcome === "ready" ? prepared.args : prepared.errors;
    },
    onNext: (_context, _id, _payload, _args, result) => answerOf(result, formatter),
    onError: (_context, _id, _payload, errors) => errors.map(formatter.format),
  } satisfies ServerOptions<Payload, Connection>);

  return {
    connect(socket, request, onAnswered) {
      const connection: Connection = { socket, request, onAnswered, identity: null, expiry: null };
      connections.add(connection);
      // "close" follows; without a listener the error would end the process.
      socket.on("error", (error) => log.debug({ err: error }, "a GraphQL socket failed"));
      const closed = server.opened(
        {
          protocol: socket.protocol,
          send: (data) => send(connection, data),
          close: (code, reason) => close(connection, code ?? CloseCode.goingAway, reason ?? ""),
          onMessage(receive) {
            socket.on("message", (data) => {
              receive(String(data)).catch((error: unknown) => fail(connection, error));
            });
          },
        },
        connection,
      );
      socket.on("close", (code, reason) => {
        connections.delete(connection);
        if (connection.expiry !== null) clearTimeout(connection.expiry);
        closed(code, String(reason)).catch((error: unknown) =>
          log.error({ err: error }, "ending a GraphQL socket failed"),
        );
      });
    },
    close() {
      for (const connection of [...connections]) close(connection, CloseCode.goingAway, "the gateway stops");
    },
  };

  async function onConnect({ extra: connection, connectionParams }: ConnectionContext): Promise<boolean> {
    const authentication = await authenticate(connectionHeaders(connection.request, connectionParams));
    if (authentication.outcome === "refused") {
      close(connection, CloseCode.forbidden, authentication.reason);
      return false;
    }
    connection.identity = authentication.identity;
    if (authentication.expiresAt !== null) expireAt(connection, authentication.expiresAt);
    connection.onAnswered();
    return true;
  }

  /** Resolves when the network has taken the message. A socket that takes nothing is cut off. */
  function send(connection: Connection, data: string): Promise<void> {
    const { socket } = connection;
    if (socket.readyState !== socket.OPEN) return Promise.resolve();
    if (socket.bufferedAmount > limits.maxBufferedBytes) {
      log.warn({ bufferedBytes: socket.bufferedAmount }, "a GraphQL socket does not read; it is cut off");
      socket.terminate();
      return Promise.resolve();
    }
    // A message that could not be sent is followed by "close".
    return new Promise((resolve) => socket.send(data, () => resolve()));
  }

  function expireAt(connection: Connection, at: number): void {
    const left = at - now();
    const expire = (): void =>
      left > MAX_TIMER_MS ? expireAt(connection, at) : close(connection, CloseCode.forbidden, "the credential expired");
    connection.expiry = setTimeout(expire, Math.min(Math.max(left, 0), MAX_TIMER_MS));
    connection.expiry.unref();
  }

  function fail(connection: Connection, error: unknown): void {
    log.error({ err: error }, "a GraphQL socket message failed");
    close(connection, CloseCode.internal, "the server failed; its log says why");
  }
}

function close({ socket }: Connection, code: number, reason: string): void {
  socket.close(code, closeReason(reason));
}

/** Cut to what a close frame holds, between characters. */
function closeReason(reason: string): string {
  let cut = reason;
  while (Buffer.byteLength(cut) > MAX_REASON_BYTES) cut = [...cut].slice(0, -1).join("");
  return cut;
}

function refusal(errorType: GatewayError["errorType"], message: string): GraphQLError {
  return new GraphQLError(message, { originalError: new GatewayError(errorType, message) });
}

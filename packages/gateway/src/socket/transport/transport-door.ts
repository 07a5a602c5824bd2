/**
 * GraphQL over WebSocket, by the graphql-transport-ws protocol: subscriptions, and queries and mutations as well.
 *
 * A socket says who it is in its first message, or in the headers of its upgrade, and is closed when that expires: this protocol
 * has no way to say it again. Each event is only taken from its subscription when the one before has gone out, so that what a
 * slow reader leaves waiting is counted in one place.
 */
import type { IncomingMessage } from "node:http";
import type { Identity } from "@tributary/model";
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from "graphql";
import { type Context, makeServer, type ServerOptions } from "graphql-ws";
import { answerOf, isWritten } from "../../execute/answer.ts";
import type { OpenSubscription } from "../../execute/open-subscription.ts";
import type { PreparedArgs } from "../../execute/operations.ts";
import { GatewayError } from "../../gateway-error.ts";
import { connectionHeaders } from "../../request-headers.ts";
import { callAt } from "../call-at.ts";
import type { GatewaySocket } from "../gateway-socket.ts";
import { CloseCode, createOpenSocket, type OpenSocket } from "../open-socket.ts";
import type { ProtocolDoor, SocketDoorOptions } from "../socket-door.ts";

/** What is known of one connection. */
interface Connection {
  readonly socket: OpenSocket;
  readonly request: IncomingMessage;
  readonly onAnswered: () => void;
  identity: Identity | null;
  forgetExpiry: () => void;
}

type Payload = Record<string, unknown> | undefined;
type ConnectionContext = Context<Payload, Connection>;

export function createTransportDoor(options: SocketDoorOptions): ProtocolDoor {
  const { operations, executeOperation, openSubscription, formatter, limits, authenticate, contextFor, log, now } =
    options;
  const connections = new Set<Connection>();

  const server = makeServer<Payload, Connection>({
    // GraphQL refuses a schema that was made with another copy of itself; both of these are of ours.
    execute: async (args) => readable(await executeOperation(prepared(args))),
    subscribe: (args) => subscribe(args, openSubscription),
    connectionInitWaitTimeout: limits.maxInitWaitMs,
    onConnect,
    onSubscribe(context, _id, { query, variables, operationName, extensions }) {
      const { identity } = context.extra;
      if (identity === null) return [refusal("UnauthorizedException", "the connection is not authenticated")];
      if (Object.keys(context.subscriptions).length > limits.maxSubscriptionsPerSocket) {
        const message = `a socket may have ${limits.maxSubscriptionsPerSocket} operations under way; complete one first`;
        return [refusal("MaxSubscriptionsReachedError", message)];
      }
      const prepared = operations.prepare({ query, variables, operationName, extensions }, contextFor(identity));
      return prepared.outcome === "ready" ? prepared.args : prepared.errors;
    },
    onNext: (_context, _id, _payload, _args, result) => answerOf(result, formatter),
    onError: (_context, _id, _payload, errors) => errors.map(formatter.format),
  } satisfies ServerOptions<Payload, Connection>);

  return {
    connect(socket, request, onAnswered) {
      const connection: Connection = {
        socket: createOpenSocket(socket, { maxBufferedBytes: limits.maxBufferedBytes, log }),
        request,
        onAnswered,
        identity: null,
        forgetExpiry: () => {},
      };
      connections.add(connection);
      take(socket, connection);
    },
    close() {
      for (const { socket } of [...connections]) socket.close(CloseCode.goingAway, "the gateway stops");
    },
  };

  function take(socket: GatewaySocket, connection: Connection): void {
    const closed = server.opened(
      {
        protocol: socket.protocol,
        send: (data) => connection.socket.send(data),
        close: (code, reason) => connection.socket.close(code ?? CloseCode.goingAway, reason ?? ""),
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
      connection.forgetExpiry();
      closed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, "ending a GraphQL socket failed"),
      );
    });
  }

  async function onConnect({ extra: connection, connectionParams }: ConnectionContext): Promise<boolean> {
    const authentication = await authenticate(connectionHeaders(connection.request, connectionParams));
    if (authentication.outcome === "refused") {
      connection.socket.close(CloseCode.forbidden, authentication.reason);
      return false;
    }
    connection.identity = authentication.identity;
    const expire = (): void => connection.socket.close(CloseCode.forbidden, "the credential expired");
    connection.forgetExpiry = callAt(authentication.expiresAt, { now }, expire);
    connection.onAnswered();
    return true;
  }

  function fail({ socket }: Connection, error: unknown): void {
    log.error({ err: error }, "a GraphQL socket message failed");
    socket.close(CloseCode.internal, "the server failed; its log says why");
  }
}

/** As GraphQL's own, but an event is executed once for all subscribers that ask the same of it. */
async function subscribe(
  args: ExecutionArgs,
  openSubscription: OpenSubscription,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const opened = await openSubscription(prepared(args));
  if (opened.outcome === "refused") return { errors: opened.errors };
  const { events, answer } = opened;
  const results: AsyncIterableIterator<ExecutionResult> = {
    async next() {
      const event = await events.next();
      return event.done === true ? event : { done: false, value: (await answer(event.value)).result };
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}

/** Messages of this protocol are written by its library, out of data. */
function readable(result: ExecutionResult): ExecutionResult {
  return isWritten(result) ? (JSON.parse(String(result.written)) as ExecutionResult) : result;
}

/** All arguments that this door hands over come from `operations`. */
function prepared(args: ExecutionArgs): PreparedArgs {
  if (!isPrepared(args)) throw new TypeError("an operation is executed that was not prepared");
  return args;
}

function isPrepared(args: ExecutionArgs): args is PreparedArgs {
  const { contextValue } = args;
  return typeof contextValue === "object" && contextValue !== null && "identity" in contextValue;
}

function refusal(errorType: GatewayError["errorType"], message: string): GraphQLError {
  return new GraphQLError(message, { originalError: new GatewayError(errorType, message) });
}

/**
 * The GraphQL face of a relay: the generated API over HTTP and WebSocket, reading and writing through the relay alone.
 *
 * It keeps no state of its own but the sockets and subscriptions that are open.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identity } from "@tributary/model";
import type { Authentication, Logger, Relay } from "@tributary/relay";
import { v7 } from "uuid";
import { generateSchema } from "./api/generate-schema.ts";
import { createErrorFormatter } from "./execute/format-error.ts";
import type { Introspection } from "./execute/no-introspection.ts";
import { createOpenSubscription } from "./execute/open-subscription.ts";
import { createOperations } from "./execute/operations.ts";
import type { PersistedQueries } from "./execute/persisted-queries.ts";
import { defaultGatewayLimits, type GatewayLimits } from "./gateway-limits.ts";
import { createHttpDoor } from "./http/http-door.ts";
import type { RequestHeaders } from "./request-headers.ts";
import { createBinder } from "./resolve/bind-resolvers.ts";
import type { ConflictResolution } from "./resolve/conflict-resolution.ts";
import { createRecordBudget } from "./resolve/record-budget.ts";
import { createRecordLoader } from "./resolve/record-loader.ts";
import type { RequestContext } from "./resolve/request-context.ts";
import type { GatewaySocket } from "./socket/gateway-socket.ts";
import { createSocketDoor } from "./socket/socket-door.ts";
import { createSubscriptionHub } from "./subscriptions/subscription-hub.ts";
import { createExecuteOperation } from "./written/execute-operation.ts";

/** What an operator may choose. */
export interface GatewaySettings {
  readonly limits?: Partial<GatewayLimits>;
  /** What becomes of writes on an older version. Models that it names must be those of the schema. Default `MERGE` for all. */
  readonly conflictResolution?: ConflictResolution;
  /** Whether clients may ask for the schema. Default `on`. */
  readonly introspection?: Introspection;
  /** Whether requests may name documents by their hash, or must be for one of a list. Default `automatic`. */
  readonly persistedQueries?: PersistedQueries;
}

export interface GatewayOptions extends GatewaySettings {
  readonly relay: Relay;
  /** Says who sent these headers; their names are in lower case. A first message's members count as headers. */
  readonly authenticate: (headers: RequestHeaders) => Promise<Authentication>;
  readonly log: Logger;
  /** ms since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** The id of a record that is created without one. Default a UUID of version 7. */
  readonly newId?: () => string;
}

export interface Gateway {
  /** Answers a request, whatever its path. Resolves when it is answered; never rejects. */
  handleHttp(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /**
   * Takes over a `ws` socket whose upgrade was accepted with the subprotocol `graphql-transport-ws`, or `graphql-ws` for AppSync's
   * realtime protocol. Limits on the size of its frames and its heartbeat are the caller's. `onAnswered` is called once it is
   * known who the other side is.
   */
  handleSocket(socket: GatewaySocket, request: IncomingMessage, onAnswered?: () => void): void;
  /** Ends subscriptions and sockets. The relay stays. */
  close(): Promise<void>;
}

export function createGateway({ relay, authenticate, log, ...options }: GatewayOptions): Gateway {
  const limits = { ...defaultGatewayLimits, ...options.limits };
  const now = options.now ?? Date.now;
  const newId = options.newId ?? v7;
  const { conflictResolution = {}, introspection = "on", persistedQueries = "automatic" } = options;
  const subscriptions = createSubscriptionHub({
    relay,
    maxQueuedEvents: limits.maxQueuedEvents,
    onFailure: (error) => log.error({ err: error }, "a GraphQL subscription failed"),
  });
  const services = { relay, limits, subscriptions, conflictResolution, now, newId, log };
  const schema = generateSchema<RequestContext>(relay.schema, createBinder(services), { withSpareNames: true });
  const operations = createOperations(schema, { limits, introspection, persistedQueries });
  const formatter = createErrorFormatter(schema, { log, introspection });
  const contextFor = (identity: Identity): RequestContext => {
    const budget = createRecordBudget(limits.maxRecordsPerRequest);
    return { identity, budget, related: createRecordLoader(relay.records, identity, budget) };
  };
  const executeOperation = createExecuteOperation(services, schema);
  const shared = { operations, executeOperation, formatter, limits, authenticate, contextFor, log };
  const http = createHttpDoor({ ...shared, introspection });
  const sockets = createSocketDoor({ ...shared, openSubscription: createOpenSubscription(shared), now });

  return {
    handleHttp: (request, response) => http.handle(request, response),
    handleSocket: (socket, request, onAnswered = () => {}) => sockets.connect(socket, request, onAnswered),
    async close() {
      subscriptions.close();
      sockets.close();
    },
  };
}

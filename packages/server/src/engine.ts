/**
 * What serves one schema on one data directory: the relay, and the gateway over it.
 *
 * The gateway is loaded when it is first asked for: its GraphQL server takes longer to load than everything else together,
 * and clients that sync do not need it.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { CloseCode, type Limits } from "@tributary/protocol";
import { createRelay, type Logger, type Relay } from "@tributary/relay";
import type { SchemaDescription } from "@tributary/schema";
import { createSqliteAdapter } from "@tributary/storage/sqlite";
import type { WebSocket } from "ws";
import { type Access, createAuthenticate } from "./access/authenticate.ts";
import { authFromHeaders } from "./access/auth-from-headers.ts";
import { errorMessage, StartError } from "./start-error.ts";

export interface Engine {
  readonly relay: Relay;
  /** Answers a request to /graphql. */
  handleGraphql(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Hands a graphql-transport-ws socket to the gateway. `onAnswered` is called once it is known who the other side is. */
  connectGateway(socket: WebSocket, request: IncomingMessage, onAnswered: () => void): void;
  /** Loads the gateway now, so that the first request need not wait for it. */
  warmUp(): Promise<void>;
  /** Rejects when the store does not answer. */
  probe(): Promise<void>;
  /** Ends the sessions, waits for the commit under way and closes the store. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly schema: SchemaDescription;
  readonly databaseFile: string;
  readonly access: Access;
  readonly limits: Limits;
  readonly log: Logger;
}

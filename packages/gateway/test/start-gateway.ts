/** A gateway over a real relay, behind a real HTTP server on a free port of the loopback. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Identity } from "@tributary/model";
import { type Authentication, createRelay, type Relay, type RelayOptions } from "@tributary/relay";
import type { SchemaDescription } from "@tributary/schema";
import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { createRealtimeClient, type RealtimeClient, type RealtimeClientOptions } from "@tributary/testkit";
import { type Client, createClient } from "graphql-ws";
import { onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createGateway, type Gateway, type GatewaySettings, type RequestHeaders } from "../src/index.ts";
import { shopSchema } from "./shop-schema.ts";

export const bearer: Identity = { kind: "apiKey", id: "default" };

export interface StartOptions extends GatewaySettings {
  readonly schema?: SchemaDescription;
  readonly adapter?: StorageAdapter;
  readonly relay?: Partial<RelayOptions>;
  /** What the gateway is given in place of the relay. */
  readonly inFrontOf?: (relay: Relay) => Relay;
  readonly authenticate?: (headers: RequestHeaders) => Promise<Authentication>;
  readonly now?: () => number;
  readonly newId?: () => string;
}

/** An error as it came over the wire. */
export interface WireError {
  readonly message: string;
  readonly errorType: string | null;
  readonly path: readonly (string | number)[] | null;
  readonly data: Fields | null;
  readonly locations: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are of whatever shape a test asked for.
export type Fields = Record<string, any>;

export interface GraphqlAnswer {
  readonly data: Fields | null;
  readonly errors?: readonly WireError[];
}

export interface StartedGateway {
  readonly relay: Relay;
  readonly gateway: Gateway;
  readonly url: string;
  readonly logged: unknown[];
  /** Asks by POST with the right key. */
  ask(query: string, variables?: object): Promise<GraphqlAnswer>;
  /** Asks and throws when there is an error; answers the value of the only field. */
  field(query: string, variables?: object): Promise<Fields>;
  /** A socket client, disposed of when the test ends. */
  client(connectionParams?: Record<string, unknown>): Client;
  /** A client of AppSync's realtime protocol with the right key, unless told otherwise; closed when the test ends. */
  realtime(options?: Partial<RealtimeClientOptions>): RealtimeClient;
  close(): Promise<void>;
}

/** Only the key `right` is accepted. */
async function byKey(headers: RequestHeaders): Promise<Authentication> {
  if (headers["x-api-key"] === "right") return { outcome: "accepted", identity: bearer, expiresAt: null };
  return { outcome: "refused", reason: "the API key is wrong" };
}

export async function startGateway(options: StartOptions = {}): Promise<StartedGateway> {
  const { schema = shopSchema, adapter, relay: relayOptions, inFrontOf, ...settings } = options;
  const logged: unknown[] = [];
  const note = (...entry: unknown[]): void => void logged.push(entry);
  const log = { debug: () => {}, info: () => {}, warn: note, error: note };
  const relay = await createRelay({
    schema,
    adapter: adapter ?? createMemoryAdapter(),
    sandbox: false,
    authenticate: async () => ({ outcome: "refused", reason: "no sessions here" }),
    expiryIntervalMs: 0,
    ...relayOptions,
  });
  const gateway = createGateway({ authenticate: byKey, ...settings, relay: inFrontOf?.(relay) ?? relay, log });
  const server = createServer((request, response) => void gateway.handleHttp(request, response));
  const sockets = new WebSocketServer({
    server,
    handleProtocols: (offered) => (offered.has("graphql-ws") ? "graphql-ws" : "graphql-transport-ws"),
  });
  sockets.on("connection", (socket, request) => gateway.handleSocket(socket, request));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const clients: Client[] = [];
  const realtimeClients: RealtimeClient[] = [];
  let isClosed = false;

  async function close(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    for (const client of clients) await client.dispose();
    for (const client of realtimeClients) client.close();
    await gateway.close();
    sockets.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await relay.stop();
  }
  onTestFinished(close);

  async function ask(query: string, variables: object = {}): Promise<GraphqlAnswer> {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": "right" },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as GraphqlAnswer;
  }

  return {
    relay,
    gateway,
    url,
    logged,
    ask,
    async field(query, variables) {
      const { data, errors } = await ask(query, variables);
      if (errors !== undefined) throw new Error(`unexpected errors: ${JSON.stringify(errors)}`);
      return Object.values(data ?? {})[0];
    },
    client(connectionParams = { "x-api-key": "right" }) {
      const client = createClient({
        url: url.replace(/^http/, "ws"),
        webSocketImpl: WebSocket,
        connectionParams,
        retryAttempts: 0,
      });
      clients.push(client);
      return client;
    },
    realtime(clientOptions = {}) {
      const client = createRealtimeClient({ endpoint: url, credential: { "x-api-key": "right" }, ...clientOptions });
      realtimeClients.push(client);
      return client;
    },
    close,
  };
}

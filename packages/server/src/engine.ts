/**
 * What serves one schema on one data directory: the relay, and the gateway over it.
 *
 * The gateway is loaded when it is first asked for: its GraphQL server takes longer to load than everything else together,
 * and clients that sync do not need it.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { GatewaySettings } from "@tributary/gateway";
import { CloseCode, type Limits } from "@tributary/protocol";
import { createRelay, type Logger, type Relay } from "@tributary/relay";
import type { SchemaDescription } from "@tributary/schema";
import { createSqliteAdapter } from "@tributary/storage/sqlite";
import type { WebSocket } from "ws";
import { authFromHeaders } from "./access/auth-from-headers.ts";
import { type Access, type Authenticate, createAuthenticate } from "./access/authenticate.ts";
import { assertModels } from "./config/conflict-resolution.ts";
import { errorCode, errorMessage, StartError } from "./start-error.ts";

export interface Engine {
  readonly relay: Relay;
  /** Answers a request to /graphql. */
  handleGraphql(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Hands a socket to the gateway, which goes by its subprotocol. `onAnswered` is called once it is known who the other side is. */
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
  readonly gateway: GatewaySettings;
  readonly log: Logger;
}

/** What the engine needs of a gateway. */
interface Gateway {
  handleHttp(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
  handleSocket(socket: WebSocket, request: IncomingMessage, onAnswered: () => void): void;
  close(): Promise<void>;
}

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { log } = options;
  assertModels(options.gateway.conflictResolution ?? {}, options.schema);
  const authenticate = createAuthenticate(options.access);
  const relay = await openRelay(options, authenticate);
  let loading: Promise<Gateway> | null = null;

  async function load(): Promise<Gateway> {
    const { createGateway } = await import("@tributary/gateway");
    return createGateway({
      ...options.gateway,
      relay,
      authenticate: (headers) => authenticate(authFromHeaders(headers)),
      log,
    });
  }

  /** A failed load is reported to whoever asked, and tried again for the next. */
  function gateway(): Promise<Gateway> {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  return {
    relay,
    async handleGraphql(request, response) {
      await (await gateway()).handleHttp(request, response);
    },
    connectGateway(socket, request, onAnswered) {
      // Messages that come while the gateway loads must not be lost.
      socket.pause();
      gateway()
        .then((loaded) => {
          loaded.handleSocket(socket, request, onAnswered);
          socket.resume();
        })
        .catch((error: unknown) => {
          log.error({ err: error }, "the gateway failed to take a socket");
          socket.resume();
          socket.close(CloseCode.tryAgain, "the gateway failed");
        });
    },
    async warmUp() {
      await gateway();
    },
    probe: () => probeStore(relay),
    async close() {
      const opened = await loading?.catch(() => null);
      await opened?.close();
      await relay.stop();
    },
  };
}

/** From about here on a commit takes longer than the way to another thread and back, and many sessions wait for the loop meanwhile. */
const THREAD_FROM_WRITES = 100;

/** The store's own words advise another file, which no setting names. */
const foreignDatabase = "it is not Tributary's, or its first page is damaged; give another path with --data";

async function openRelay(options: EngineOptions, authenticate: Authenticate): Promise<Relay> {
  const { schema, databaseFile, access, limits, log } = options;
  const adapter = createSqliteAdapter({
    file: databaseFile,
    synchronous: "FULL",
    threadFromWrites: THREAD_FROM_WRITES,
  });
  try {
    return await createRelay({ schema, adapter, sandbox: access.isSandbox, authenticate, limits, log });
  } catch (error) {
    // An adapter that was opened before the failure holds the file; closing one that was not is harmless.
    await adapter.close().catch(() => undefined);
    const reason = errorCode(error) === "FOREIGN" ? foreignDatabase : errorMessage(error);
    throw new StartError(`the database ${databaseFile} cannot be used: ${reason}`, { cause: error });
  }
}

/** Reads one record, if there is one: what it is does not matter, that it can be read does. */
async function probeStore({ records, schema }: Relay): Promise<void> {
  const [model] = schema.models;
  if (model === undefined) return;
  const order = model.primaryKey.map((field) => ({ field, direction: "ASCENDING" }) as const);
  const query = {
    model: model.name,
    range: null,
    where: null,
    order,
    limit: 1,
    maxLooked: 1,
    after: null,
    includeDeleted: true,
  };
  await records.query({ kind: "operator" }, query);
}

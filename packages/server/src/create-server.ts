/**
 * The whole server: listener, doors, engine and data directory, put together and taken apart in the right order.
 *
 * Stopping: no new connections; requests under way are answered; sockets are told that the server goes; the relay finishes its
 * commit and closes the store; the directory is released last.
 */
import type { GatewaySettings } from "@tributary/gateway";
import { defaultLimits, type Limits } from "@tributary/protocol";
import type { Logger } from "@tributary/relay";
import type { SchemaDescription } from "@tributary/schema";
import type { Access } from "./access/authenticate.ts";
import { warnAboutAccess, warnAboutReach } from "./access/warn-about-access.ts";
import { defaultServerLimits, type ServerLimits } from "./config/tributary-config.ts";
import type { DataDirectory } from "./data/data-directory.ts";
import { createEngine } from "./engine.ts";
import { createEngineHost, type EngineHost } from "./engine-host.ts";
import { openDoors } from "./open-doors.ts";

export interface ServerOptions extends Omit<GatewaySettings, "limits"> {
  readonly schema: SchemaDescription;
  /** Open. The server takes it over, and releases it when it stops or fails to start. */
  readonly directory: DataDirectory;
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  /** 4000 unless given; 0 takes a free one. */
  readonly port?: number;
  /** Without it nobody can read or write, unless the server is a sandbox. */
  readonly apiKey?: string | null;
  readonly isSandbox?: boolean;
  /** Origins of web pages that may connect beside those of the same and of loopback hosts; `*` for all. */
  readonly allowedOrigins?: readonly string[];
  /** What strangers may cost. */
  readonly limits?: Partial<ServerLimits>;
  /** What sessions may cost. */
  readonly sessionLimits?: Partial<Limits>;
  readonly log: Logger;
}

export interface Server {
  /** `http://HOST:PORT` */
  readonly url: string;
  readonly port: number;
  /** Serves another schema on the same data. When that cannot be, the former one serves on and the promise rejects. */
  replaceSchema(schema: SchemaDescription): Promise<void>;
  /** Stops cleanly. Calling it again gives the same promise. */
  close(): Promise<void>;
}

/** What an answer under way may take when the server stops. */
const DRAIN_GRACE_MS = 5_000;
/** What closing handshakes may take then. */
const CLOSE_GRACE_MS = 1_000;
/** How long after the start the gateway is loaded, if nobody asked for it before: when first clients have been served. */
const WARM_UP_AFTER_MS = 1_000;

/** Resolves when the server accepts connections. Rejects with a `StartError` when it cannot. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { schema, directory, log } = options;
  const { conflictResolution = {}, introspection = "on", persistedQueries = "automatic" } = options;
  const access: Access = { apiKey: options.apiKey ?? null, isSandbox: options.isSandbox ?? false };
  const limits: ServerLimits = { ...defaultServerLimits, ...options.limits };
  const sessionLimits: Limits = { ...defaultLimits, ...options.sessionLimits };
  const gateway: GatewaySettings = { conflictResolution, introspection, persistedQueries, limits };
  const { databaseFile } = directory;
  let engines: EngineHost | null = null;
  try {
    engines = await createEngineHost(schema, (next) =>
      createEngine({ schema: next, databaseFile, access, limits: sessionLimits, gateway, log }),
    );
    return await open(options, access, limits, sessionLimits, engines);
  } catch (error) {
    await engines?.close();
    directory.release();
    throw error;
  }
}

async function open(
  options: ServerOptions,
  access: Access,
  limits: ServerLimits,
  sessionLimits: Limits,
  engines: EngineHost,
): Promise<Server> {
  const { directory, log, host = "127.0.0.1", port = 4000 } = options;
  const doors = await openDoors({
    engines,
    host,
    port,
    isOpenToAll: access.isSandbox && access.apiKey === null,
    allowedOrigins: options.allowedOrigins ?? [],
    limits,
    sessionLimits,
    log,
  });
  warnAboutAccess(access, host, log);
  warnAboutReach(options.schema, access, log);
  const warmUp = setTimeout(() => {
    const loaded = engines.current()?.warmUp();
    loaded?.catch((error: unknown) => log.error({ err: error }, "the gateway failed to load"));
  }, WARM_UP_AFTER_MS);
  warmUp.unref();
  let closing: Promise<void> | null = null;

  async function stop(): Promise<void> {
    clearTimeout(warmUp);
    try {
      await doors.shut(DRAIN_GRACE_MS);
      await engines.close();
      await doors.close(CLOSE_GRACE_MS);
    } finally {
      directory.release();
    }
  }

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${doors.port}`,
    port: doors.port,
    async replaceSchema(schema) {
      await engines.replace(schema);
      warnAboutReach(schema, access, log);
    },
    close() {
      closing ??= stop();
      return closing;
    },
  };
}

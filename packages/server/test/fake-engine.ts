/** An engine without relay and gateway behind it, that remembers what it was given, and doors in front of it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { defaultLimits, type Limits } from "@tributary/protocol";
import type { Logger, Relay, RelaySession, RelaySocket, RelayStats } from "@tributary/relay";
import type { WebSocket } from "ws";
import { defaultServerLimits, type ServerLimits } from "../src/config/tributary-config.ts";
import type { Engine } from "../src/engine.ts";
import type { EngineHost } from "../src/engine-host.ts";
import { type DoorOptions, type Doors, openDoors } from "../src/open-doors.ts";

export interface FakeSession extends RelaySession {
  readonly socket: RelaySocket;
  readonly frames: Uint8Array[];
  isClosed: boolean;
}

export interface FakeEngine extends Engine {
  readonly sessions: FakeSession[];
  readonly graphqlSockets: { readonly socket: WebSocket; readonly answered: () => void }[];
  stats: RelayStats;
  /** What happens to a GraphQL request. */
  onGraphql: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
  failure: Error | null;
  /** Runs whenever a session gets a frame. */
  onFrame: (session: FakeSession) => void;
  closed: boolean;
}

export function createFakeEngine(): FakeEngine {
  const engine: FakeEngine = {
    sessions: [],
    graphqlSockets: [],
    stats: {
      sessions: 0,
      pushesAccepted: 0,
      pushesRefused: 0,
      changesCommitted: 0,
      changesDelivered: 0,
      bytesSent: 0,
      slowReadersDropped: 0,
      headSeq: 0,
    },
    failure: null,
    closed: false,
    onFrame: () => undefined,
    onGraphql: (_, response) => void response.end("graphql"),
    relay: {
      connect(socket: RelaySocket): RelaySession {
        const session: FakeSession = {
          socket,
          frames: [],
          isClosed: false,
          receive(frame) {
            session.frames.push(frame);
            engine.onFrame(session);
          },
          closed() {
            session.isClosed = true;
          },
        };
        engine.sessions.push(session);
        return session;
      },
      stats: () => engine.stats,
    } as unknown as Relay,
    async handleGraphql(request, response) {
      await engine.onGraphql(request, response);
    },
    connectGateway(socket, _, answered) {
      engine.graphqlSockets.push({ socket, answered });
    },
    warmUp: () => Promise.resolve(),
    async probe() {
      if (engine.failure !== null) throw engine.failure;
    },
    async close() {
      engine.closed = true;
      for (const { socket } of engine.sessions) socket.close(1001, "stopping");
    },
  };
  return engine;
}

export interface FakeHost extends EngineHost {
  engine: FakeEngine | null;
}

export function createFakeHost(engine: FakeEngine | null): FakeHost {
  const host: FakeHost = {
    engine,
    current: () => host.engine,
    replace: () => Promise.resolve(),
    async close() {
      await host.engine?.close();
      host.engine = null;
    },
  };
  return host;
}

/** A log that keeps its records as `level message`. */
export function createMemoryLog(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (_: object, message: string) => void lines.push(`${level} ${message}`);
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

export interface TestDoors {
  readonly url: string;
  readonly socketUrl: string;
  readonly doors: Doors;
  readonly host: FakeHost;
  readonly engine: FakeEngine;
  readonly log: ReturnType<typeof createMemoryLog>;
}

export interface TestDoorOptions extends Partial<Omit<DoorOptions, "limits" | "sessionLimits">> {
  readonly limits?: Partial<ServerLimits>;
  readonly sessionLimits?: Partial<Limits>;
}

export async function openTestDoors(options: TestDoorOptions = {}): Promise<TestDoors> {
  const engine = createFakeEngine();
  const host = createFakeHost(engine);
  const log = createMemoryLog();
  const doors = await openDoors({
    engines: host,
    host: "127.0.0.1",
    port: 0,
    isOpenToAll: false,
    allowedOrigins: [],
    log,
    ...options,
    limits: { ...defaultServerLimits, ...options.limits },
    sessionLimits: { ...defaultLimits, ...options.sessionLimits },
  });
  const address = `127.0.0.1:${doors.port}`;
  return { url: `http://${address}`, socketUrl: `ws://${address}`, doors, host, engine, log };
}

/**
 * Finds out which sockets are dead: each is pinged once a round and cut off when by the next one nothing moved on it, neither
 * bytes that came in nor bytes that were waiting to go out. One that nothing was read of at the last beat gets a round more.
 *
 * One timer for all of them. They are spread over the beats of a round, so that no beat has to ping them all.
 */
import type { Socket } from "node:net";
import type { WebSocket } from "ws";

export interface Heartbeat {
  /** Watches a socket until it closes. */
  watch(socket: WebSocket, connection: Pick<Socket, "bytesRead">): void;
  stop(): void;
}

export interface HeartbeatOptions {
  readonly beatMs: number;
  readonly beatsPerRound: number;
}

const defaults: HeartbeatOptions = {
  // A round of 30 s: below the 60 s after which common proxies and load balancers drop an idle connection.
  beatMs: 1_000,
  beatsPerRound: 30,
};

interface Pulse {
  readonly connection: Pick<Socket, "bytesRead">;
  /** As found at the last beat, when a ping was sent; -1 before the first, and while nothing is read. */
  bytesRead: number;
  bytesUnsent: number;
}

export function createHeartbeat({ beatMs, beatsPerRound }: HeartbeatOptions = defaults): Heartbeat {
  const groups = Array.from({ length: beatsPerRound }, () => new Map<WebSocket, Pulse>());
  let joined = 0;
  let beats = 0;

  const timer = setInterval(() => {
    const group = groups[beats % groups.length];
    beats += 1;
    for (const [socket, pulse] of group ?? []) beat(socket, pulse);
  }, beatMs);
  timer.unref();

  return {
    watch(socket, connection) {
      const group = groups[joined % groups.length];
      joined += 1;
      group?.set(socket, { connection, bytesRead: -1, bytesUnsent: 0 });
      socket.once("close", () => group?.delete(socket));
    },
    stop() {
      clearInterval(timer);
    },
  };
}

function beat(socket: WebSocket, pulse: Pulse): void {
  const { bytesRead } = pulse.connection;
  const bytesUnsent = socket.bufferedAmount;
  if (bytesRead === pulse.bytesRead && bytesUnsent === pulse.bytesUnsent) {
    socket.terminate();
    return;
  }
  socket.ping();
  pulse.bytesRead = socket.isPaused ? -1 : bytesRead;
  pulse.bytesUnsent = socket.bufferedAmount;
}

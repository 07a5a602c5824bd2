/** AppSync's realtime protocol: takes over sockets, and keeps what their sessions share. */
import type { ProtocolDoor, SocketDoorOptions } from "../socket-door.ts";
import { type AppsyncSession, createAppsyncSession } from "./appsync-session.ts";
import { createKeepAlive } from "./keep-alive.ts";

export function createAppsyncDoor(options: SocketDoorOptions): ProtocolDoor {
  const sessions = new Set<AppsyncSession>();
  const keepAlive = createKeepAlive();
  return {
    connect(socket, request, onAnswered) {
      const session = createAppsyncSession(socket, request, { ...options, keepAlive, onAnswered });
      sessions.add(session);
      socket.on("close", () => {
        sessions.delete(session);
        session.closed();
      });
    },
    close() {
      keepAlive.stop();
      for (const session of [...sessions]) session.end();
    },
  };
}

/**
 * GraphQL over WebSocket, in the two protocols that clients speak: graphql-transport-ws, and AppSync's realtime protocol under
 * the name `graphql-ws`. Which of them a socket speaks was decided by its upgrade.
 */
import type { IncomingMessage } from "node:http";
import type { DoorOptions } from "../door-options.ts";
import type { OpenSubscription } from "../execute/open-subscription.ts";
import { createAppsyncDoor } from "./appsync/appsync-door.ts";
import type { GatewaySocket } from "./gateway-socket.ts";
import { createTransportDoor } from "./transport/transport-door.ts";

export interface SocketDoorOptions extends DoorOptions {
  readonly openSubscription: OpenSubscription;
  /** ms since 1970. */
  readonly now: () => number;
}

/** The door for one protocol. */
export interface ProtocolDoor {
  /** Takes over an accepted socket. `onAnswered` is called once it is known who the other side is. */
  connect(socket: GatewaySocket, request: IncomingMessage, onAnswered: () => void): void;
  /** Closes all sockets. */
  close(): void;
}

const APPSYNC = "graphql-ws";

export function createSocketDoor(options: SocketDoorOptions): ProtocolDoor {
  const appsync = createAppsyncDoor(options);
  const transport = createTransportDoor(options);
  return {
    connect(socket, request, onAnswered) {
      const door = socket.protocol === APPSYNC ? appsync : transport;
      door.connect(socket, request, onAnswered);
    },
    close() {
      appsync.close();
      transport.close();
    },
  };
}

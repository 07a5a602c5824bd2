/**
 * The sockets that have not said yet who they are. A stranger costs little and not for long: few bytes each, few of them
 * altogether, and when one too many comes the one that has waited longest goes. An honest client is through in milliseconds,
 * so that a flood of silent sockets pushes out its own.
 *
 * How long one may wait at all is the business of the protocol it speaks.
 */
import type { Duplex } from "node:stream";
import { CloseCode } from "@tributary/protocol";
import type { WebSocket } from "ws";

export interface WaitingRoom {
  readonly size: number;
  /** Lets a socket wait. What is returned lets it out, once it is known who it is or when it is gone; it may be called again. */
  enter(socket: WebSocket, connection: Duplex): () => void;
}

export interface WaitingRoomOptions {
  readonly maxSockets: number;
  /** Bytes one socket may send while it waits. */
  readonly maxBytes: number;
}

/** What may still come in while a closing handshake goes on: what the network already held. */
const CLOSING_BYTES = 64 * 1024;

export function createWaitingRoom({ maxSockets, maxBytes }: WaitingRoomOptions): WaitingRoom {
  /** In order of arrival. */
  const waiting = new Set<WebSocket>();

  function turnAway(socket: WebSocket, code: number, reason: string): void {
    waiting.delete(socket);
    socket.close(code, reason);
  }

  return {
    get size() {
      return waiting.size;
    },
    enter(socket, connection) {
      const [oldest] = waiting.size >= maxSockets ? waiting : [];
      if (oldest !== undefined) turnAway(oldest, CloseCode.tryAgain, "too many connections wait for authentication");
      let received = 0;
      const count = (chunk: Uint8Array): void => {
        received += chunk.byteLength;
        if (received > maxBytes + CLOSING_BYTES) socket.terminate();
        else if (received > maxBytes && waiting.has(socket)) {
          turnAway(socket, CloseCode.tooLarge, `more than ${maxBytes} bytes before authentication`);
        }
      };
      const leave = (): void => {
        connection.off("data", count);
        waiting.delete(socket);
      };
      connection.on("data", count);
      waiting.add(socket);
      return leave;
    },
  };
}

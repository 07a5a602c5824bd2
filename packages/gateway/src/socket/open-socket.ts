/** A connected socket as both protocols write to it: what it has not taken is bounded, and reasons fit their frame. */
import type { Logger } from "@tributary/relay";
import type { GatewaySocket } from "./gateway-socket.ts";

export interface OpenSocket {
  /** Resolves when the network has taken the message, or never will. A socket that takes nothing is cut off. */
  send(message: string): Promise<void>;
  close(code: number, reason: string): void;
  /** Cuts it off: for what is said to it would only be buffered. */
  cutOff(why: string): void;
}

export interface OpenSocketOptions {
  readonly maxBufferedBytes: number;
  readonly log: Logger;
}

export const CloseCode = {
  goingAway: 1001,
  tooLarge: 1009,
  malformed: 4400,
  forbidden: 4403,
  initTimeout: 4408,
  internal: 4500,
} as const;

/** Bytes of a reason that a close frame holds. */
const MAX_REASON_BYTES = 123;

export function createOpenSocket(socket: GatewaySocket, { maxBufferedBytes, log }: OpenSocketOptions): OpenSocket {
  // "close" follows; without a listener the error would end the process.
  socket.on("error", (error) => log.debug({ err: error }, "a GraphQL socket failed"));
  const cutOff = (why: string): void => {
    log.warn({ bufferedBytes: socket.bufferedAmount }, `a GraphQL socket is cut off: ${why}`);
    socket.terminate();
  };
  return {
    send(message) {
      if (socket.readyState !== socket.OPEN) return Promise.resolve();
      if (socket.bufferedAmount > maxBufferedBytes) {
        cutOff("it does not read");
        return Promise.resolve();
      }
      // A message that could not be sent is followed by "close".
      return new Promise((resolve) => socket.send(message, () => resolve()));
    },
    close: (code, reason) => socket.close(code, closeReason(reason)),
    cutOff,
  };
}

/** Cut to what a close frame holds, between characters. */
function closeReason(reason: string): string {
  let cut = reason;
  while (Buffer.byteLength(cut) > MAX_REASON_BYTES) cut = [...cut].slice(0, -1).join("");
  return cut;
}

/** Joins a WebSocket to the relay: frames in, frames out, and the end of the one is the end of the other. */
import { CloseCode } from "@tributary/protocol";
import type { Relay } from "@tributary/relay";
import type { WebSocket } from "ws";

/**
 * `onAnswered` is called once the relay has sent a frame and not closed with it: then it knows who the other side is. A stranger
 * is sent its last words at most.
 */
export function connectRelay(socket: WebSocket, relay: Relay, onAnswered: () => void): void {
  let isAnswered = false;
  const session = relay.connect({
    send(frame) {
      if (!isAnswered) {
        isAnswered = true;
        queueMicrotask(() => {
          if (socket.readyState === socket.OPEN) onAnswered();
        });
      }
      // What cannot be sent any more is noticed by "close".
      socket.send(frame, ignore);
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close(code, reason) {
      socket.close(code, closeReason(reason));
    },
  });
  socket.on("message", (data, isBinary) => {
    if (isBinary && data instanceof Uint8Array) session.receive(data);
    else socket.close(CloseCode.malformed, "this protocol has binary messages only");
  });
  socket.once("close", () => session.closed());
}

/** The bytes a close frame has room for. */
const MAX_REASON_BYTES = 123;

/** Cut to what fits, at the border of a character. */
function closeReason(reason: string): string {
  const bytes = new TextEncoder().encode(reason);
  if (bytes.byteLength <= MAX_REASON_BYTES) return reason;
  return new TextDecoder().decode(bytes.subarray(0, MAX_REASON_BYTES), { stream: true });
}

function ignore(): void {
  return;
}

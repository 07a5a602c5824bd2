/** What a platform gives the sync engine to speak to a relay. */

/** A socket to a relay. Callbacks come in order; `onClose` comes once, last. */
export interface SyncSocket {
  send(frame: Uint8Array): void;
  close(): void;
}

export interface SocketEvents {
  onOpen(): void;
  onFrame(frame: Uint8Array): void;
  onClose(code: number, reason: string): void;
}

/** How a platform ends a socket whose server answered, but not as a relay. No relay closes with it. */
export const NO_RELAY = 4404;

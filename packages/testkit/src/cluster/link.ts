/**
 * A wire between a datastore and a relay in one process, which a test can cut at any frame.
 *
 * Frames of a direction arrive in order, each in an event-loop turn of its own, as over a socket; those that the relay does not
 * read wait. A cut loses everything that has not arrived and closes both ends.
 */
import type { Platform } from "@tributary/datastore/core";
import type { Relay, RelaySession } from "@tributary/relay";

type OpenSocket = Platform["openSocket"];

export interface Link {
  readonly openSocket: OpenSocket;
  /** Cuts the connection, if there is one. */
  cut(): void;
  /** While false, connections fail. */
  allow(isAllowed: boolean): void;
  /** Frames that arrived, both ways. */
  readonly delivered: number;
}

/** `relay` answers the relay that is running at the moment, null for none. */
export function createLink(relay: () => Relay | null): Link {
  let isAllowed = true;
  let delivered = 0;
  let cutCurrent: () => void = () => {};

  const openSocket: OpenSocket = (_url, events) => {
    let isOpen = true;
    let session: RelaySession | null = null;
    let isPaused = false;
    /** What came and was not read. */
    const unread: Uint8Array[] = [];
    const close = (code: number, reason: string): void => {
      if (!isOpen) return;
      isOpen = false;
      session?.closed();
      setImmediate(() => events.onClose(code, reason));
    };
    const read = (): void => {
      while (isOpen && !isPaused) {
        const frame = unread.shift();
        if (frame === undefined) return;
        session?.receive(frame);
      }
    };
    const arrive = (action: () => void): void => {
      setImmediate(() => {
        if (!isOpen) return;
        delivered++;
        action();
      });
    };
    cutCurrent = () => close(1006, "cut");
    setImmediate(() => {
      const target = relay();
      if (!isOpen) return;
      if (!isAllowed || target === null) {
        close(1006, "nobody there");
        return;
      }
      session = target.connect({
        bufferedBytes: 0,
        pause: () => {
          isPaused = true;
        },
        resume: () => {
          isPaused = false;
          setImmediate(read);
        },
        send: (frame) => arrive(() => events.onFrame(frame.slice())),
        close: (code, reason) => arrive(() => close(code, reason)),
      });
      events.onOpen();
    });
    return {
      send: (frame) => {
        const copy = frame.slice();
        arrive(() => {
          unread.push(copy);
          read();
        });
      },
      close: () => close(1000, ""),
    };
  };

  return {
    openSocket,
    cut: () => cutCurrent(),
    allow(next) {
      isAllowed = next;
      if (!next) cutCurrent();
    },
    get delivered() {
      return delivered;
    },
  };
}

/**
 * What one session handed in and nobody has judged yet. While it is much, nothing more is read of the session's socket: its client
 * waits at its own end of the network, not in the relay's memory, and the loop judges instead of reading ahead.
 */
import type { RelaySocket } from "./relay-port.ts";

/** More than this is not read ahead. A turn of several sessions fills up with less of each. */
const MAX_BYTES = 128 * 1024;

/** Reading goes on when so little is left, before there is nothing to judge. */
const FEW_BYTES = MAX_BYTES / 2;

export interface Backlog {
  /** Something waits. What it answers is called when it does not any more; the first call counts. */
  add(bytes: number): () => void;
  /** The session is over: what its client still says, its close frame among it, is read. Nothing is added from then on. */
  end(): void;
}

export function createBacklog(socket: Pick<RelaySocket, "pause" | "resume">): Backlog {
  let waiting = 0;
  let isPaused = false;

  const resume = (): void => {
    if (!isPaused) return;
    isPaused = false;
    socket.resume();
  };

  return {
    add(bytes) {
      waiting += bytes;
      if (waiting > MAX_BYTES && !isPaused) {
        isPaused = true;
        socket.pause();
      }
      let left = bytes;
      return () => {
        waiting -= left;
        left = 0;
        if (waiting <= FEW_BYTES) resume();
      };
    },
    end: resume,
  };
}

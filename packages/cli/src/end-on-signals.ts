/**
 * Ends the process on SIGTERM and SIGINT: cleanly on the first, at once on the second.
 *
 * While there is nothing to stop yet, the first ends it at once as well: what a start under way has written is complete or
 * rolled back.
 */
import { constants } from "node:os";
import process from "node:process";
import type { Logger } from "@tributary/server";

export interface Lifetime {
  /** Names what a clean end takes. */
  endWith(stop: () => Promise<void>): void;
}

export function endOnSignals(log: Logger): Lifetime {
  let stop = (): Promise<void> => Promise.resolve();
  let isEnding = false;

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (isEnding) process.exit(128 + constants.signals[signal]);
    isEnding = true;
    log.info({ signal }, "stopping");
    try {
      await stop();
      log.info({}, "stopped");
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, "failed to stop cleanly");
      process.exit(1);
    }
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void end(signal));
  return {
    endWith(action) {
      stop = action;
    },
  };
}

/**
 * The relay's clock: wall time that never goes back, within a process and across restarts.
 *
 * Commit times, stamps of GraphQL writes and `startedAt` all come from here. `_lastChangedAt` follows it, so no commit
 * becomes visible before a time that was already handed out (V2).
 */
export interface RelayClock {
  /** ms since 1970; never less than any answer before. */
  now(): number;
}

/** `floor` is the high-water mark that the store kept from earlier processes. */
export function createRelayClock(wallClock: () => number, floor: number): RelayClock {
  let highest = floor;
  return {
    now() {
      highest = Math.max(highest, Math.floor(wallClock()));
      return highest;
    },
  };
}

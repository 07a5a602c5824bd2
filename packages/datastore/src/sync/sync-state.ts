/**
 * The sync engine's decisions, as a pure function. The driver owns the socket, the timer and the database.
 *
 * | state      | event          | next       | effects                                   |
 * |------------|----------------|------------|-------------------------------------------|
 * | stopped    | start          | connecting | connect                                   |
 * | connecting | opened         | greeting   | send hello                                |
 * | greeting   | welcomed       | syncing    | pull; push, unless the database forked    |
 * | greeting   | forked         | connecting | take a new identity, connect anew         |
 * | syncing    | received       | syncing    | apply, pull                               |
 * | syncing    | caughtUp       | live       | replay after a fork; push                 |
 * | live       | received       | live       | apply                                     |
 * | syncing, live | queued, answered | same   | push                                      |
 * | any        | lost           | waiting    | reconnect later, with growing delay       |
 * | any        | lost: a fault  | waiting    | the same, and report it                   |
 * | any        | lost: taken over | waiting  | take a new identity, connect anew         |
 * | waiting    | timeout, online | connecting | connect                                  |
 * | any        | stop           | stopped    | close                                     |
 * | any        | refused        | blocked    | report; nothing is tried until `start`    |
 */

import { CloseCode } from "@tributary/protocol";
import { NO_RELAY } from "./sync-socket.ts";

export type SyncState =
  | { readonly name: "stopped" }
  | { readonly name: "connecting"; readonly attempt: number }
  | { readonly name: "greeting"; readonly attempt: number }
  | { readonly name: "syncing"; readonly attempt: number; readonly isForked: boolean }
  | { readonly name: "live" }
  | { readonly name: "waiting"; readonly attempt: number }
  /** The relay will not have this client as it is: wrong key, other protocol, another principal's database. */
  | { readonly name: "blocked"; readonly reason: string };

export type SyncEvent =
  | { readonly type: "start" }
  | { readonly type: "stop" }
  | { readonly type: "opened" }
  | {
      readonly type: "welcomed" /** The database took a new identity, and has not replayed its outbox since. */;
      readonly isForked: boolean;
    }
  | { readonly type: "forked" }
  | { readonly type: "received" /** A page, or a turn of the catch-up: costs a credit. */; readonly isPage: boolean }
  | { readonly type: "caughtUp" }
  | { readonly type: "queued" }
  | { readonly type: "answered" }
  | { readonly type: "lost"; readonly code: number; readonly reason: string; readonly retryAfterMs: number | null }
  | { readonly type: "timeout" }
  | { readonly type: "online" };

export type SyncEffect =
  | { readonly do: "connect" }
  | { readonly do: "hello" }
  | { readonly do: "pull"; readonly pages: number }
  | { readonly do: "push" }
  | { readonly do: "fork" }
  | { readonly do: "replayAll" }
  | { readonly do: "announceReady" }
  | { readonly do: "disconnect" }
  | { readonly do: "reconnectAfter"; readonly ms: number }
  | { readonly do: "report"; readonly code: number; readonly reason: string };

export interface SyncStep {
  readonly state: SyncState;
  readonly effects: readonly SyncEffect[];
}

/** Pages asked for ahead: one is applied while the next is on its way. */
export const PAGES_AHEAD = 3;

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;

/** Close codes after which connecting again with the same credentials and version is of no use. */
const blockingCodes: ReadonlySet<number> = new Set([
  CloseCode.unauthenticated,
  CloseCode.forbidden,
  CloseCode.unsupportedVersion,
]);

/** Close codes of faults that somebody has to mend. The client goes on trying: it may be the relay that is mended. */
const faultCodes: ReadonlySet<number> = new Set([CloseCode.malformed, CloseCode.tooLarge, NO_RELAY]);

/** `jitter` in [0, 1) spreads reconnecting clients. */
export function stepSync(state: SyncState, event: SyncEvent, jitter: number): SyncStep {
  switch (event.type) {
    case "stop":
      return to({ name: "stopped" }, { do: "disconnect" });
    case "start":
      return state.name === "stopped" || state.name === "blocked"
        ? to({ name: "connecting", attempt: 0 }, { do: "connect" })
        : to(state);
    case "lost":
      return lost(state, event, jitter);
    case "timeout":
    case "online":
      return state.name === "waiting"
        ? to({ name: "connecting", attempt: state.attempt }, { do: "connect" })
        : to(state);
    case "opened":
      return state.name === "connecting"
        ? to({ name: "greeting", attempt: state.attempt }, { do: "hello" })
        : to(state);
    case "forked":
      return state.name === "greeting" ? forked() : to(state);
    case "welcomed":
      return welcomed(state, event.isForked);
    case "received":
      return state.name === "syncing" && event.isPage ? to(state, { do: "pull", pages: 1 }) : to(state);
    case "caughtUp":
      return caughtUp(state);
    case "queued":
    case "answered":
      return canPush(state) ? to(state, { do: "push" }) : to(state);
  }
}

function to(state: SyncState, ...effects: SyncEffect[]): SyncStep {
  return { state, effects };
}

function forked(): SyncStep {
  return to({ name: "waiting", attempt: 0 }, { do: "disconnect" }, { do: "fork" }, { do: "reconnectAfter", ms: 0 });
}

function welcomed(state: SyncState, isForked: boolean): SyncStep {
  if (state.name !== "greeting") return to(state);
  const next: SyncState = { name: "syncing", attempt: state.attempt, isForked };
  const pull: SyncEffect = { do: "pull", pages: PAGES_AHEAD };
  return isForked ? to(next, pull) : to(next, pull, { do: "push" });
}

function caughtUp(state: SyncState): SyncStep {
  if (state.name !== "syncing") return to(state);
  const effects: SyncEffect[] = state.isForked ? [{ do: "replayAll" }, { do: "push" }] : [{ do: "push" }];
  return to({ name: "live" }, ...effects, { do: "announceReady" });
}

/** A forked database first takes over the relay's state; its outbox is replayed on that. */
function canPush(state: SyncState): boolean {
  return state.name === "live" || (state.name === "syncing" && !state.isForked);
}

function lost(state: SyncState, event: Extract<SyncEvent, { type: "lost" }>, jitter: number): SyncStep {
  if (state.name === "stopped" || state.name === "blocked" || state.name === "waiting") return to(state);
  const report: SyncEffect = { do: "report", code: event.code, reason: event.reason };
  if (blockingCodes.has(event.code)) return to({ name: "blocked", reason: event.reason }, report);
  // Another process is this replica too: somebody copied the database, since a process drops its own former connection before
  // it opens the next (N2, N6).
  if (event.code === CloseCode.takenOver) return forked();
  const attempt = "attempt" in state ? state.attempt + 1 : 1;
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 16));
  const ms = Math.max(event.retryAfterMs ?? 0, Math.round(delay * (0.5 + jitter / 2)));
  const again: SyncEffect = { do: "reconnectAfter", ms };
  return to({ name: "waiting", attempt }, ...(faultCodes.has(event.code) ? [report, again] : [again]));
}

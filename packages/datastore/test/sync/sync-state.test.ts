import { describe, expect, it } from "vitest";
import { NO_RELAY } from "../../src/sync/sync-socket.ts";
import { type SyncEffect, type SyncEvent, type SyncState, stepSync } from "../../src/sync/sync-state.ts";

function run(
  events: readonly SyncEvent[],
  from: SyncState = { name: "stopped" },
): { state: SyncState; effects: SyncEffect[] } {
  let state = from;
  const effects: SyncEffect[] = [];
  for (const event of events) {
    const step = stepSync(state, event, 0.5);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

const kinds = (effects: readonly SyncEffect[]): string[] => effects.map((effect) => effect.do);
const lost = (code: number, retryAfterMs: number | null = null): SyncEvent => ({
  type: "lost",
  code,
  reason: "gone",
  retryAfterMs,
});
const start: SyncEvent = { type: "start" };
const opened: SyncEvent = { type: "opened" };
const welcomed: SyncEvent = { type: "welcomed", isForked: false };

describe("stepSync", () => {
  it("SYNC-3 greets, pulls and pushes, and is live once it has caught up", () => {
    const { state, effects } = run([start, opened, welcomed, { type: "caughtUp" }]);
    expect(state).toEqual({ name: "live" });
    expect(kinds(effects)).toEqual(["connect", "hello", "pull", "push", "push", "announceReady"]);
  });

  it("N2 a forked database takes a new identity, connects anew, and replays before it pushes", () => {
    const forked = run([start, opened, { type: "forked" }]);
    expect(forked.state).toEqual({ name: "waiting", attempt: 0 });
    expect(kinds(forked.effects)).toEqual(["connect", "hello", "disconnect", "fork", "reconnectAfter"]);
    const forkedWelcome: SyncEvent = { type: "welcomed", isForked: true };
    const again = run([{ type: "timeout" }, opened, forkedWelcome, { type: "queued" }], forked.state);
    expect(kinds(again.effects)).toEqual(["connect", "hello", "pull"]);
    const caughtUp = run([{ type: "caughtUp" }], again.state);
    expect(kinds(caughtUp.effects)).toEqual(["replayAll", "push", "announceReady"]);
  });

  it("SYNC-2 waits longer each time, and not for ever", () => {
    const delays: number[] = [];
    let state: SyncState = { name: "connecting", attempt: 0 };
    for (let i = 0; i < 20; i++) {
      const step = stepSync(state, lost(1006), 0.5);
      for (const effect of step.effects) if (effect.do === "reconnectAfter") delays.push(effect.ms);
      state = stepSync(step.state, { type: "timeout" }, 0.5).state;
    }
    expect(delays).toHaveLength(20);
    expect(delays.slice(0, 4)).toEqual([75, 150, 300, 600]);
    expect(Math.max(...delays)).toBeLessThanOrEqual(30_000);
    expect(delays.at(-1)).toBe(delays.at(-2));
  });

  it("SYNC-2 waits as long as the relay asks", () => {
    const { effects } = run([start, opened, lost(1013, 5000)]);
    expect(effects.at(-1)).toEqual({ do: "reconnectAfter", ms: 5000 });
  });

  it("SYNC-2 does not try again by itself what the relay will refuse again", () => {
    for (const code of [4401, 4403, 4406]) {
      const { state, effects } = run([start, opened, lost(code), { type: "timeout" }, { type: "online" }]);
      expect(state).toEqual({ name: "blocked", reason: "gone" });
      expect(kinds(effects)).toEqual(["connect", "hello", "report"]);
      expect(effects.at(-1)).toEqual({ do: "report", code, reason: "gone" });
    }
    expect(run([start], { name: "blocked", reason: "gone" }).state.name).toBe("connecting");
  });

  it("SYNC-5 reports what somebody has to mend, and tries again", () => {
    for (const code of [4400, 4413, NO_RELAY]) {
      const { state, effects } = run([start, opened, lost(code)]);
      expect(state).toMatchObject({ name: "waiting", attempt: 1 });
      expect(effects.slice(2)).toEqual([
        { do: "report", code, reason: "gone" },
        { do: "reconnectAfter", ms: 75 },
      ]);
    }
    for (const code of [1001, 1006, 1013, 4408, 4429]) {
      expect(kinds(run([start, opened, lost(code)]).effects)).toEqual(["connect", "hello", "reconnectAfter"]);
    }
  });

  it("SYNC-2 does not wait when the network is back", () => {
    const { state, effects } = run([start, lost(1006), { type: "online" }]);
    expect(state).toEqual({ name: "connecting", attempt: 1 });
    expect(kinds(effects)).toEqual(["connect", "reconnectAfter", "connect"]);
  });

  it("SYNC-1 asks for another page for each that came", () => {
    const { effects } = run([
      start,
      opened,
      welcomed,
      { type: "received", isPage: true },
      { type: "received", isPage: false },
    ]);
    expect(effects.filter((effect) => effect.do === "pull")).toEqual([
      { do: "pull", pages: 3 },
      { do: "pull", pages: 1 },
    ]);
  });

  it("SYNC-2 stops from anywhere and stays stopped", () => {
    for (const events of [[start], [start, opened], [start, opened, welcomed], [start, lost(1006)]]) {
      const { state, effects } = run([...events, { type: "stop" }, { type: "timeout" }, lost(1006)]);
      expect(state).toEqual({ name: "stopped" });
      expect(effects.at(-1)).toEqual({ do: "disconnect" });
    }
  });
});

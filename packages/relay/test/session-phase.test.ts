import { describe, expect, it } from "vitest";
import { type SessionEffect, type SessionEvent, type SessionPhase, stepSession } from "../src/session-phase.ts";

/** Runs events through the machine; answers the last phase and all effects. */
function run(events: readonly SessionEvent[]): { phase: SessionPhase; effects: SessionEffect[] } {
  let phase: SessionPhase = { name: "greeting" };
  const effects: SessionEffect[] = [];
  for (const event of events) {
    const step = stepSession(phase, event);
    phase = step.phase;
    effects.push(...step.effects);
  }
  return { phase, effects };
}

const hello: SessionEvent = { type: "hello" };
const resumed: SessionEvent = { type: "welcomed", seq: 7, base: null };
const base: SessionEvent = { type: "welcomed", seq: 7, base: { model: "Note", key: null } };

describe("stepSession", () => {
  it("RELAY-1 takes nothing before the welcome", () => {
    const { phase, effects } = run([
      { type: "pull", pages: 3 },
      { type: "committed", firstSeq: 1, lastSeq: 2 },
    ]);
    expect(phase).toEqual({ name: "greeting" });
    expect(effects).toEqual([]);
  });

  it("RELAY-2 reads no page without credit, and one for each credit", () => {
    expect(run([hello, base]).effects).toEqual([{ do: "authenticate" }]);
    const { phase, effects } = run([
      hello,
      base,
      { type: "pull", pages: 1 },
      { type: "pageRead", next: { model: "Note", key: "k" } },
    ]);
    expect(effects.filter((effect) => effect.do === "readPage")).toHaveLength(1);
    expect(phase).toMatchObject({ name: "base", position: { model: "Note", key: "k" }, credit: 0, isReading: false });
  });

  it("RELAY-2 reads one page at a time, however much credit there is", () => {
    const { effects } = run([hello, base, { type: "pull", pages: 5 }, { type: "pull", pages: 5 }]);
    expect(effects.filter((effect) => effect.do === "readPage")).toHaveLength(1);
  });

  it("F6 goes on from the head at the start of paging once the base is through", () => {
    const { phase, effects } = run([hello, base, { type: "pull", pages: 4 }, { type: "pageRead", next: null }]);
    expect(effects.at(-1)).toEqual({ do: "readFeed", seq: 7 });
    expect(phase).toMatchObject({ name: "catchUp", seq: 7 });
  });

  it("I5 goes live only at the head, and says so once", () => {
    const behind = run([hello, resumed, { type: "feedRead", seq: 9, isHead: false, wasSent: false }]);
    expect(behind.phase.name).toBe("catchUp");
    const { phase, effects } = run([
      hello,
      resumed,
      { type: "feedRead", seq: 9, isHead: false, wasSent: false },
      { type: "feedRead", seq: 12, isHead: true, wasSent: false },
    ]);
    expect(phase).toEqual({ name: "live", seq: 12 });
    expect(effects.filter((effect) => effect.do === "synced")).toHaveLength(1);
  });

  it("I5 reads the feed again when a commit does not follow on what was sent", () => {
    const live: SessionEvent[] = [hello, resumed, { type: "feedRead", seq: 7, isHead: true, wasSent: false }];
    const { phase, effects } = run([...live, { type: "committed", firstSeq: 9, lastSeq: 10 }]);
    expect(phase).toMatchObject({ name: "catchUp", seq: 7, isResync: true });
    expect(effects.at(-1)).toEqual({ do: "readFeed", seq: 7 });
  });

  it("I5 delivers a commit that follows on what was sent, and not one that was sent already", () => {
    const live: SessionEvent[] = [hello, resumed, { type: "feedRead", seq: 7, isHead: true, wasSent: false }];
    const next = run([...live, { type: "committed", firstSeq: 8, lastSeq: 10 }]);
    expect(next.phase).toEqual({ name: "live", seq: 10 });
    expect(next.effects.at(-1)).toEqual({ do: "deliver" });
    const known = run([...live, { type: "committed", firstSeq: 6, lastSeq: 7 }]);
    expect(known.effects.filter((effect) => effect.do === "deliver")).toEqual([]);
  });

  it("RELAY-1 does nothing more once it is closed", () => {
    const { phase, effects } = run([hello, { type: "closed" }, resumed, { type: "pull", pages: 2 }]);
    expect(phase).toEqual({ name: "closed" });
    expect(effects).toEqual([{ do: "authenticate" }]);
  });
});

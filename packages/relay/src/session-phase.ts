/**
 * The life of a session, as a pure function.
 *
 * | phase          | event       | next           | effects                       |
 * |----------------|-------------|----------------|-------------------------------|
 * | greeting       | hello       | authenticating | authenticate                  |
 * | authenticating | welcomed    | base, catchUp  | read, once there is credit    |
 * | base           | pull        | base           | read page, unless reading     |
 * | base           | pageRead    | base, catchUp  | next page, while credit lasts |
 * | catchUp        | pull        | catchUp        | read feed, unless reading     |
 * | catchUp        | feedRead    | catchUp, live  | next page; synced at the head |
 * | live           | committed   | live           | deliver                       |
 * | live           | committed, with a hole before it | catchUp | read feed       |
 * | any            | closed      | closed         |                               |
 *
 * A page costs a credit, so a client decides how much it holds at a time; reaching the head and falling out of step with it
 * cost none. What is in a page, and how it is read, is the driver's business.
 */
import type { BasePosition } from "./cursor.ts";

export type SessionPhase =
  | { readonly name: "greeting" }
  | { readonly name: "authenticating" }
  | {
      readonly name: "base";
      /** Head of the feed when paging began; catch-up goes on from there (F6). */
      readonly seq: number;
      readonly position: BasePosition;
      readonly credit: number;
      readonly isReading: boolean;
    }
  | {
      readonly name: "catchUp";
      readonly seq: number;
      readonly credit: number;
      readonly isReading: boolean;
      readonly isResync: boolean;
    }
  | { readonly name: "live"; readonly seq: number }
  | { readonly name: "closed" };

export type SessionEvent =
  | { readonly type: "hello" }
  | { readonly type: "welcomed"; readonly seq: number; readonly base: BasePosition | null }
  | { readonly type: "pull"; readonly pages: number }
  | {
      readonly type: "pageRead" /** Null behind the last page of the last model. */;
      readonly next: BasePosition | null;
    }
  | {
      readonly type: "feedRead";
      readonly seq: number;
      readonly isHead: boolean /** False when the page held nothing to send. */;
      readonly wasSent: boolean;
    }
  | { readonly type: "committed"; readonly firstSeq: number; readonly lastSeq: number }
  | { readonly type: "closed" };

export type SessionEffect =
  | { readonly do: "authenticate" }
  | { readonly do: "readPage"; readonly position: BasePosition; readonly seq: number }
  | { readonly do: "readFeed"; readonly seq: number }
  | { readonly do: "deliver" }
  | { readonly do: "synced" };

export interface SessionStep {
  readonly phase: SessionPhase;
  readonly effects: readonly SessionEffect[];
}

const MAX_CREDIT = 64;

export function stepSession(phase: SessionPhase, event: SessionEvent): SessionStep {
  if (event.type === "closed") return { phase: { name: "closed" }, effects: [] };
  switch (phase.name) {
    case "greeting":
      return event.type === "hello"
        ? { phase: { name: "authenticating" }, effects: [{ do: "authenticate" }] }
        : stay(phase);
    case "authenticating":
      return event.type === "welcomed" ? welcomed(event.seq, event.base) : stay(phase);
    case "base":
      return stepBase(phase, event);
    case "catchUp":
      return stepCatchUp(phase, event);
    case "live":
      return stepLive(phase, event);
    case "closed":
      return stay(phase);
  }
}

function stay(phase: SessionPhase): SessionStep {
  return { phase, effects: [] };
}

function welcomed(seq: number, base: BasePosition | null): SessionStep {
  if (base === null) return readFeed({ name: "catchUp", seq, credit: 0, isReading: false, isResync: false });
  return { phase: { name: "base", seq, position: base, credit: 0, isReading: false }, effects: [] };
}

function stepBase(phase: Extract<SessionPhase, { name: "base" }>, event: SessionEvent): SessionStep {
  if (event.type === "pull") {
    const credit = Math.min(MAX_CREDIT, phase.credit + event.pages);
    return phase.isReading ? stay({ ...phase, credit }) : readPage({ ...phase, credit });
  }
  if (event.type !== "pageRead") return stay(phase);
  if (event.next !== null) return readPage({ ...phase, position: event.next, isReading: false });
  return readFeed({ name: "catchUp", seq: phase.seq, credit: phase.credit, isReading: false, isResync: false });
}

function readPage(phase: Extract<SessionPhase, { name: "base" }>): SessionStep {
  if (phase.credit === 0) return stay(phase);
  const { position, seq } = phase;
  return {
    phase: { ...phase, credit: phase.credit - 1, isReading: true },
    effects: [{ do: "readPage", position, seq }],
  };
}

function stepCatchUp(phase: Extract<SessionPhase, { name: "catchUp" }>, event: SessionEvent): SessionStep {
  if (event.type === "pull") {
    const credit = Math.min(MAX_CREDIT, phase.credit + event.pages);
    return phase.isReading ? stay({ ...phase, credit }) : readFeed({ ...phase, credit });
  }
  if (event.type !== "feedRead") return stay(phase);
  if (event.isHead) {
    return { phase: { name: "live", seq: event.seq }, effects: phase.isResync ? [] : [{ do: "synced" }] };
  }
  const spent = event.wasSent ? Math.max(0, phase.credit - 1) : phase.credit;
  const isWaiting = event.wasSent && phase.credit === 0 && !phase.isResync;
  const next = { ...phase, seq: event.seq, credit: spent, isReading: false };
  return isWaiting ? stay(next) : readFeed(next);
}

/** The first read needs no credit: a client that is up to date learns so at once. */
function readFeed(phase: Extract<SessionPhase, { name: "catchUp" }>): SessionStep {
  return { phase: { ...phase, isReading: true }, effects: [{ do: "readFeed", seq: phase.seq }] };
}

function stepLive(phase: Extract<SessionPhase, { name: "live" }>, event: SessionEvent): SessionStep {
  if (event.type !== "committed" || event.lastSeq <= phase.seq) return stay(phase);
  if (event.firstSeq > phase.seq + 1) {
    return readFeed({ name: "catchUp", seq: phase.seq, credit: 0, isReading: false, isResync: true });
  }
  return { phase: { name: "live", seq: event.lastSeq }, effects: [{ do: "deliver" }] };
}

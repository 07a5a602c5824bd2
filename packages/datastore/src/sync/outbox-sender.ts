/**
 * Sends the outbox: entries in order, a window of pushes under way, answers matched to what was sent.
 *
 * After a push was not taken, nothing more is sent until every push under way has its answer; then the records concerned
 * are reset and sending goes on (P4). So one refused change never stops the outbox (I13).
 */
import { type Answer, describeOverLimit, type Limits, maxPushItemBytes, type PushItem } from "@tributary/protocol";
import type { OutboxEntry, ReplicaStore } from "@tributary/storage";
import type { AnsweredPush } from "./apply-turn.ts";

export interface OutboxFrame {
  readonly nonce: string;
  readonly pushes: readonly PushItem[];
}

export interface OutboxSender {
  /** Frames to send now, within what the relay takes. A push that it takes in no frame is rejected without being sent. */
  next(limits: Limits): Promise<readonly OutboxFrame[]>;
  /** Takes the pushes that were answered out of those under way. */
  match(answers: readonly Answer[]): readonly AnsweredPush[];
  /** The pushes that were not taken, once nothing is under way any more; null as long as there is nothing to do. */
  rejected(): readonly AnsweredPush[] | null;
  /** After the rejected pushes were dealt with. */
  resolved(): void;
  /** Every push up to here is dealt with. */
  readonly settled: number;
}

interface Sent {
  readonly n: number;
  readonly entries: readonly OutboxEntry[];
  readonly bytes: number;
}

/** Pushes and bytes under way at a time, and entries read at once: what the sender holds in memory (I11). */
const MAX_UNDER_WAY = 500;
const MAX_BYTES_UNDER_WAY = 8 * 1024 * 1024;
const READ_ENTRIES = 100;

const MAX_PUSHES_PER_FRAME = 100;
/** Room in a frame for what is not pushes: its kind, the nonce, counts. */
const FRAME_HEAD_BYTES = 512;

export function createOutboxSender(store: ReplicaStore): OutboxSender {
  let underWay: Sent[] = [];
  let bytesUnderWay = 0;
  let rejected: AnsweredPush[] = [];
  let lastSent = 0;
  let settled = 0;

  /** Nothing more may be sent now: it need not even be read. */
  function isHeld(limits: Limits): boolean {
    const isFull = underWay.length >= Math.min(MAX_UNDER_WAY, limits.maxPendingPushes);
    return isFull || bytesUnderWay >= MAX_BYTES_UNDER_WAY || rejected.length > 0;
  }

  function take(entries: readonly OutboxEntry[], last: OutboxEntry, frames: FrameList, limits: Limits): void {
    const { n, nonce } = last;
    const push = { n, changes: entries.map(changeItem) };
    const problem = describeOverLimit(push, limits);
    lastSent = n;
    if (problem !== null) {
      rejected.push({ entries, answer: tooLarge(n, problem) });
      return;
    }
    const bytes = maxPushItemBytes(push);
    underWay.push({ n, entries, bytes });
    bytesUnderWay += bytes;
    frames.add(nonce, push, bytes);
  }

  return {
    get settled() {
      return settled;
    },
    async next(limits) {
      const frames = createFrameList(limits);
      let after = lastSent;
      let open: OutboxEntry[] = [];
      while (!isHeld(limits)) {
        const entries = await store.outboxAfter(after, READ_ENTRIES);
        for (const entry of entries) {
          if (isHeld(limits)) break;
          after = entry.n;
          open.push(entry);
          if (entry.more) continue;
          take(open, entry, frames, limits);
          open = [];
        }
        if (entries.length < READ_ENTRIES) break;
      }
      return frames.made;
    },
    match(answers) {
      const answered: AnsweredPush[] = [];
      for (const answer of answers) {
        const at = underWay.findIndex((sent) => sent.n === answer.n);
        const sent = underWay[at];
        if (sent === undefined) continue;
        underWay.splice(at, 1);
        bytesUnderWay -= sent.bytes;
        const push = { entries: sent.entries, answer };
        answered.push(push);
        if (answer.kind !== "ack") rejected.push(push);
        else if (rejected.length === 0) settled = answer.n;
      }
      return answered;
    },
    rejected: () => (rejected.length > 0 && underWay.length === 0 ? rejected : null),
    resolved() {
      settled = lastSent;
      rejected = [];
      underWay = [];
      bytesUnderWay = 0;
    },
  };
}

/** What the relay would say, had it to read the push first. */
function tooLarge(n: number, message: string): Answer {
  return {
    kind: "refused",
    n,
    index: 0,
    code: "tooLarge",
    message,
    fields: [],
    replay: false,
    retryAfterMs: 0,
    timeMs: 0,
  };
}

interface FrameList {
  readonly made: readonly OutboxFrame[];
  add(nonce: string, push: PushItem, bytes: number): void;
}

function createFrameList(limits: Limits): FrameList {
  const made: { readonly nonce: string; readonly pushes: PushItem[] }[] = [];
  const maxPushes = Math.min(MAX_PUSHES_PER_FRAME, limits.maxPushesPerFrame);
  let bytesLeft = 0;
  return {
    made,
    add(nonce, push, bytes) {
      let frame = made.at(-1);
      if (frame === undefined || frame.nonce !== nonce || frame.pushes.length >= maxPushes || bytes > bytesLeft) {
        frame = { nonce, pushes: [] };
        made.push(frame);
        bytesLeft = limits.maxFrameBytes - FRAME_HEAD_BYTES;
      }
      frame.pushes.push(push);
      bytesLeft -= bytes;
    },
  };
}

function changeItem(entry: OutboxEntry): PushItem["changes"][number] {
  const { model, key, facet, life, update, condition } = entry;
  return { model, key, facet, life, update, condition, baseVersion: null };
}

/**
 * Sends the outbox: entries in order, a window of pushes under way, answers matched to what was sent.
 *
 * After a push was not taken, nothing more is sent until every push under way has its answer; then the records concerned
 * are reset and sending goes on (P4). So one refused change never stops the outbox (I13).
 */
import type { Answer, PushItem } from "@tributary/protocol";
import type { OutboxEntry, ReplicaStore } from "@tributary/storage";
import type { AnsweredPush } from "./apply-turn.ts";

export interface OutboxFrame {
  readonly nonce: string;
  readonly pushes: readonly PushItem[];
}

export interface OutboxSender {
  /** Frames to send now. */
  next(): Promise<readonly OutboxFrame[]>;
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
}

const MAX_UNDER_WAY = 500;
const MAX_PUSHES_PER_FRAME = 100;

export function createOutboxSender(store: ReplicaStore): OutboxSender {
  let underWay: Sent[] = [];
  let rejected: AnsweredPush[] = [];
  let lastSent = 0;
  let settled = 0;

  return {
    get settled() {
      return settled;
    },
    async next() {
      if (rejected.length > 0 || underWay.length >= MAX_UNDER_WAY) return [];
      const entries = await store.outboxAfter(lastSent, MAX_UNDER_WAY - underWay.length);
      const pushes = groupPushes(entries);
      for (const push of pushes) {
        underWay.push(push);
        lastSent = push.n;
      }
      return frames(pushes);
    },
    match(answers) {
      const answered: AnsweredPush[] = [];
      for (const answer of answers) {
        const at = underWay.findIndex((sent) => sent.n === answer.n);
        const sent = underWay[at];
        if (sent === undefined) continue;
        underWay.splice(at, 1);
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
    },
  };
}

/** Entries of one push follow each other; a push cut off at the end of what was read waits for the rest. */
function groupPushes(entries: readonly OutboxEntry[]): Sent[] {
  const pushes: Sent[] = [];
  let open: OutboxEntry[] = [];
  for (const entry of entries) {
    open.push(entry);
    if (entry.more) continue;
    pushes.push({ n: entry.n, entries: open });
    open = [];
  }
  return pushes;
}

function frames(pushes: readonly Sent[]): OutboxFrame[] {
  const made: { nonce: string; pushes: PushItem[] }[] = [];
  for (const push of pushes) {
    const nonce = push.entries[0]?.nonce ?? "";
    let frame = made.at(-1);
    if (frame === undefined || frame.nonce !== nonce || frame.pushes.length === MAX_PUSHES_PER_FRAME) {
      frame = { nonce, pushes: [] };
      made.push(frame);
    }
    frame.pushes.push({ n: push.n, changes: push.entries.map(changeItem) });
  }
  return made;
}

function changeItem(entry: OutboxEntry): PushItem["changes"][number] {
  const { model, key, facet, life, update, condition } = entry;
  return { model, key, facet, life, update, condition, baseVersion: null };
}

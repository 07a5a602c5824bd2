/**
 * Deals with refusals (P4): each record concerned goes back to what the relay holds, what remains in the outbox is done
 * again on that under a fresh client id, and what was refused for good goes to the refused list.
 *
 * A push stays one (P1): it is done again whole or handed to the app whole, and goes out again as one push.
 *
 * The clocks of the refused writes were never seen by anyone else and are never used again: hence the fresh id (N4). Runs
 * only when no push is under way, so that no answer to an abandoned entry can come later.
 */
import type { Intent } from "@tributary/model";
import { modelNamed } from "@tributary/schema";
import type { OutboxEntry, RefusedChange } from "@tributary/storage";
import type { Workspace } from "../local/workspace.ts";
import type { ApplyContext } from "./apply-context.ts";
import type { AnsweredPush } from "./apply-turn.ts";
import { affectedPushes, nameOf, type OutboxPush, type RecordName } from "./outbox-pushes.ts";
import { type Replay, type ReplayedEntry, replayIntents } from "./remote-change.ts";

export interface ResetOptions {
  readonly clientId: number;
  /** Pushes the relay did not take. */
  readonly rejected: readonly AnsweredPush[];
  /** Whether a push may be tried once more instead of being given up. */
  readonly mayReplay: (push: AnsweredPush) => boolean;
  /** Records to reset besides those of the rejected pushes. */
  readonly records: readonly RecordName[];
}

/** What is said of a change that is given up. */
type Reason = Pick<RefusedChange, "code" | "message" | "fields">;

const lacksBase: Reason = {
  code: "dependency",
  message: "the relay lacks changes this one builds on",
  fields: [],
};

const isGone: Reason = { code: "gone", message: "the record left what this client may see", fields: [] };

/** Answers what was given up. */
export async function resetRecords(
  context: ApplyContext,
  workspace: Workspace,
  options: ResetOptions,
): Promise<readonly RefusedChange[]> {
  const rejectedRecords = options.rejected.flatMap(({ entries }) => entries);
  const { pushes, records } = await affectedPushes(context.store, [...options.records, ...rejectedRecords]);
  for (const { model, key } of records.values()) await workspace.read(model, [key]);
  for (const { entries } of pushes) for (const { n } of entries) workspace.dequeue(n);

  const gone = goneRecords(options.rejected);
  const givenUp = new Map<OutboxPush, Reason>();
  const reasons = new Map(options.rejected.map((push) => [push.entries.at(-1)?.n, push]));
  for (const push of pushes) {
    const rejection = reasons.get(push.n);
    if (rejection !== undefined && !options.mayReplay(rejection)) givenUp.set(push, reasonOf(rejection));
    else if (push.entries.some((entry) => gone.has(nameOf(entry)))) givenUp.set(push, isGone);
  }
  const replayed = replayAll(context, workspace, options.clientId, pushes, records, givenUp);
  for (const [name, { model, key }] of records) {
    const record = gone.has(name) ? null : replayed.get(name)?.record;
    if (workspace.record(model, key) === null) continue;
    if (record === null) workspace.remove(model, key);
    else if (record !== undefined) workspace.put(record);
  }
  enqueue(context, workspace, pushes, replayed);
  const refused = [...givenUp].flatMap(([push, reason]) =>
    push.entries.map((entry) => refusedChange(context, entry, reason)),
  );
  for (const one of refused) workspace.refuse(one);
  return refused;
}

/** What the relay refused because this client may not see it (any more): it goes, as on `gone` (P5). */
function goneRecords(rejected: readonly AnsweredPush[]): ReadonlySet<string> {
  const gone = new Set<string>();
  for (const { answer, entries } of rejected) {
    if (answer.kind !== "refused" || answer.code !== "gone") continue;
    const entry = entries[answer.index];
    if (entry !== undefined) gone.add(nameOf(entry));
  }
  return gone;
}

/** By record. Pushes of which something could not be done again are added to `givenUp`, and what shared records with them is done anew. */
function replayAll(
  context: ApplyContext,
  workspace: Workspace,
  clientId: number,
  pushes: readonly OutboxPush[],
  records: ReadonlyMap<string, RecordName>,
  givenUp: Map<OutboxPush, Reason>,
): ReadonlyMap<string, Replay> {
  const replays = new Map<string, Replay>();
  let stale: ReadonlySet<string> = new Set(records.keys());
  while (stale.size > 0) {
    const kept = entriesByRecord(pushes, givenUp, stale);
    for (const name of stale) {
      const of = records.get(name);
      const record = of === undefined ? null : workspace.record(of.model, of.key);
      const model = of === undefined ? undefined : modelNamed(context.schema, of.model);
      const entries = kept.get(name) ?? [];
      replays.set(
        name,
        record === null || model === undefined
          ? { record: null, abandoned: entries, entries: [] }
          : replayIntents(model, record, entries, clientId, (intent) => restamped(context, intent, clientId)),
      );
    }
    stale = giveUpAbandoned(pushes, replays, givenUp);
  }
  return replays;
}

/** Answers the records that have to be done anew, since a push that is given up had changes of them. */
function giveUpAbandoned(
  pushes: readonly OutboxPush[],
  replays: ReadonlyMap<string, Replay>,
  givenUp: Map<OutboxPush, Reason>,
): ReadonlySet<string> {
  const abandoned = new Set([...replays.values()].flatMap((replay) => replay.abandoned));
  const stale = new Set<string>();
  for (const push of pushes) {
    if (givenUp.has(push) || !push.entries.some((entry) => abandoned.has(entry))) continue;
    givenUp.set(push, lacksBase);
    for (const entry of push.entries) if (!abandoned.has(entry)) stale.add(nameOf(entry));
  }
  return stale;
}

function entriesByRecord(
  pushes: readonly OutboxPush[],
  givenUp: ReadonlyMap<OutboxPush, Reason>,
  names: ReadonlySet<string>,
): ReadonlyMap<string, OutboxEntry[]> {
  const byRecord = new Map<string, OutboxEntry[]>();
  for (const push of pushes) {
    if (givenUp.has(push)) continue;
    for (const entry of push.entries) {
      const name = nameOf(entry);
      if (!names.has(name)) continue;
      const entries = byRecord.get(name);
      if (entries === undefined) byRecord.set(name, [entry]);
      else entries.push(entry);
    }
  }
  return byRecord;
}

/** Puts what was done again into the outbox, in its order and in its pushes. */
function enqueue(
  context: ApplyContext,
  workspace: Workspace,
  pushes: readonly OutboxPush[],
  replays: ReadonlyMap<string, Replay>,
): void {
  const made = new Map<OutboxEntry, ReplayedEntry>();
  for (const { entries } of replays.values()) for (const entry of entries) made.set(entry.replaced, entry);
  for (const { entries } of pushes) {
    const again = entries.flatMap((entry) => made.get(entry) ?? []);
    for (const [i, { replaced, intent, update, life }] of again.entries()) {
      const { model, key, facet, condition } = replaced;
      const n = context.takeNumber();
      const more = i < again.length - 1;
      workspace.enqueue({ n, nonce: context.nonce, more, model, key, facet, life, intent, condition, update });
    }
  }
}

/** A stamp from a clock that ran ahead is given anew; any other keeps the time of the write (I2). */
function restamped(context: ApplyContext, intent: Intent, clientId: number): Intent {
  const next = context.stamps.next(null, clientId);
  return intent.stamp > next ? { ...intent, stamp: next } : intent;
}

function reasonOf({ answer }: AnsweredPush): Reason {
  if (answer.kind !== "refused") return lacksBase;
  const { code, message, fields } = answer;
  return { code, message, fields };
}

function refusedChange(context: ApplyContext, entry: OutboxEntry, reason: Reason): RefusedChange {
  const { n, model, key, intent } = entry;
  return { n, model, key, intent, ...reason, at: context.now() };
}

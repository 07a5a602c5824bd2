/**
 * Deals with refusals (P4): each record concerned goes back to what the relay holds, what remains in the outbox is done
 * again on that under a fresh client id, and what was refused for good goes to the refused list.
 *
 * The clocks of the refused writes were never seen by anyone else and are never used again: hence the fresh id (N4). Runs
 * only when no push is under way, so that no answer to an abandoned entry can come later.
 */
import type { Intent } from "@tributary/model";
import { modelNamed } from "@tributary/schema";
import type { OutboxEntry, RefusedChange, ReplicaRecord } from "@tributary/storage";
import type { Workspace } from "../local/workspace.ts";
import type { ApplyContext } from "./apply-context.ts";
import type { AnsweredPush } from "./apply-turn.ts";
import { replayIntents } from "./remote-change.ts";

export interface ResetOptions {
  readonly clientId: number;
  /** Pushes the relay did not take. */
  readonly rejected: readonly AnsweredPush[];
  /** Whether a push may be tried once more instead of being given up. */
  readonly mayReplay: (push: AnsweredPush) => boolean;
  /** Records to reset besides those of the rejected pushes. */
  readonly records: readonly { readonly model: string; readonly key: string }[];
}

/** Answers what was given up. */
export async function resetRecords(
  context: ApplyContext,
  workspace: Workspace,
  options: ResetOptions,
): Promise<readonly RefusedChange[]> {
  const dropped = new Map<number, AnsweredPush>();
  const names = new Map(options.records.map((name) => [`${name.model} ${name.key}`, name]));
  for (const push of options.rejected) {
    for (const entry of push.entries) {
      names.set(`${entry.model} ${entry.key}`, entry);
      if (!options.mayReplay(push)) dropped.set(entry.n, push);
    }
  }
  const refused: RefusedChange[] = [];
  for (const { model, key } of names.values()) {
    await workspace.read(model, [key]);
    const entries = await context.store.outboxOf(model, key);
    for (const entry of entries) {
      workspace.dequeue(entry.n);
      const push = dropped.get(entry.n);
      if (push !== undefined) refused.push(refusedChange(context, entry, push));
    }
    const kept = entries.filter((entry) => !dropped.has(entry.n));
    for (const entry of resetRecord(context, workspace, workspace.record(model, key), kept, options.clientId)) {
      refused.push(refusedChange(context, entry, null));
    }
  }
  for (const one of refused) workspace.refuse(one);
  return refused;
}

/** Answers the entries that could not be replayed, their record being gone. */
function resetRecord(
  context: ApplyContext,
  workspace: Workspace,
  record: ReplicaRecord | null,
  entries: readonly OutboxEntry[],
  clientId: number,
): readonly OutboxEntry[] {
  const model = record === null ? undefined : modelNamed(context.schema, record.model);
  if (record === null || model === undefined) return entries;
  const replay = replayIntents(model, record, entries, clientId, (intent) => restamped(context, intent, clientId));
  if (replay.record === null) workspace.remove(record.model, record.key);
  else workspace.put(replay.record);
  for (const { intent, update, life, facet, condition } of replay.entries) {
    const { model: name, key } = record;
    const n = context.takeNumber();
    workspace.enqueue({
      n,
      nonce: context.nonce,
      more: false,
      model: name,
      key,
      facet,
      life,
      intent,
      condition,
      update,
    });
  }
  return replay.abandoned;
}

/** A stamp from a clock that ran ahead is given anew; any other keeps the time of the write (I2). */
function restamped(context: ApplyContext, intent: Intent, clientId: number): Intent {
  const next = context.stamps.next(null, clientId);
  return intent.stamp > next ? { ...intent, stamp: next } : intent;
}

function refusedChange(context: ApplyContext, entry: OutboxEntry, push: AnsweredPush | null): RefusedChange {
  const { n, model, key, intent } = entry;
  const common = { n, model, key, intent, at: context.now() };
  const answer = push?.answer;
  if (answer?.kind === "refused") {
    return { ...common, code: answer.code, message: answer.message, fields: answer.fields };
  }
  return { ...common, code: "dependency", message: "the relay lacks changes this one builds on", fields: [] };
}

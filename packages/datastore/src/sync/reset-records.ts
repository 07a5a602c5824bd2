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
import { nameOf, type RecordName } from "@tributary/protocol";
import { modelNamed } from "@tributary/schema";
import type { OutboxEntry, RefusedChange } from "@tributary/storage";
import { readByModel, type Workspace } from "../local/workspace.ts";
import type { ApplyContext } from "./apply-context.ts";
import type { AnsweredPush } from "./apply-turn.ts";
import { affectedPushes, type OutboxPush } from "./outbox-pushes.ts";
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

function lacksModel(model: string): Reason {
  const message = `the app's schema does not have the model ${model} any more; the record stays on the device`;
  return { code: "unknownModel", message, fields: [] };
}

const isGone: Reason = { code: "gone", message: "the record left what this client may see", fields: [] };

/** Answers what was given up. */
export async function resetRecords(
  context: ApplyContext,
  workspace: Workspace,
  options: ResetOptions,
): Promise<readonly RefusedChange[]> {
  const rejectedRecords = options.rejected.flatMap(({ entries }) => entries);
  const { pushes: affected, records } = await affectedPushes(context.store, [...options.records, ...rejectedRecords]);
  const known = [...records].filter(([, { model }]) => modelNamed(context.schema, model) !== undefined);
  await readByModel(
    workspace,
    known.map(([, name]) => name),
  );
  for (const { entries } of affected) for (const { n } of entries) workspace.dequeue(n);

  const gone = goneRecords(options.rejected);
  const givenUp = new Map<OutboxPush, Reason>();
  const rejections = new Map(options.rejected.map((push) => [push.entries.at(-1)?.n, push]));
  const refused: RefusedChange[] = [];
  const pushes: OutboxPush[] = [];
  for (const push of affected) {
    const unknown = push.entries.find(({ model }) => modelNamed(context.schema, model) === undefined);
    const rejection = rejections.get(push.n);
    const kept = rejection === undefined ? null : withoutUnknown(context, push, rejection);
    if (kept !== null) refused.push(...kept.refused);
    pushes.push(kept?.push ?? push);
    if (rejection !== undefined && kept === null && !options.mayReplay(rejection))
      givenUp.set(push, reasonOf(rejection));
    else if (unknown !== undefined) givenUp.set(kept?.push ?? push, lacksModel(unknown.model));
    else if (push.entries.some((entry) => gone.has(nameOf(entry)))) givenUp.set(kept?.push ?? push, isGone);
  }
  const replayed = replayAll(context, workspace, options.clientId, pushes, records, givenUp);
  for (const [name, { model, key }] of known) {
    const record = gone.has(name) ? null : replayed.get(name)?.record;
    if (workspace.record(model, key) === null) continue;
    if (record === null) workspace.remove(model, key);
    else if (record !== undefined) workspace.put(record);
  }
  enqueue(context, workspace, pushes, replayed);
  for (const [push, reason] of givenUp) {
    for (const entry of push.entries) refused.push(refusedChange(context, entry, reason));
  }
  for (const one of refused) workspace.refuse(one);
  return refused;
}

/**
 * The push without the fields that the relay does not know, and these as refused; null when that is not what it was refused
 * for. Relay and client may be of different age: what both know goes on.
 */
function withoutUnknown(
  context: ApplyContext,
  push: OutboxPush,
  { answer }: AnsweredPush,
): { readonly push: OutboxPush; readonly refused: readonly RefusedChange[] } | null {
  if (answer.kind !== "refused" || answer.code !== "unknownField") return null;
  const at = push.entries[answer.index];
  const split = at === undefined ? null : splitIntent(at.intent, answer.fields);
  if (at === undefined || split === null) return null;
  const entries = push.entries.flatMap((entry) => {
    if (entry !== at) return [entry];
    return split.kept === null ? [] : [{ ...entry, intent: split.kept }];
  });
  const { n, model, key } = at;
  const refused = { n, model, key, intent: split.taken, ...reasonOf({ answer, entries: [] }), at: context.now() };
  return { push: { n: push.n, entries }, refused: [refused] };
}

/** Takes fields out of an intent. Null when it writes none of them. `kept` is null when it writes nothing else. */
function splitIntent(
  intent: Intent,
  fields: readonly string[],
): { readonly kept: Intent | null; readonly taken: Intent } | null {
  if (intent.op === "delete") return null;
  const [takenSet, keptSet] = parted(intent.set, fields);
  const [takenLists, keptLists] = parted(intent.lists, fields);
  if (Object.keys(takenSet).length + Object.keys(takenLists).length === 0) return null;
  const isLeft = intent.op === "create" || Object.keys(keptSet).length + Object.keys(keptLists).length > 0;
  return {
    kept: isLeft ? { ...intent, set: keptSet, lists: keptLists } : null,
    taken: { ...intent, set: takenSet, lists: takenLists },
  };
}

/** The members of these names, and the others. */
function parted<Value>(
  values: { readonly [name: string]: Value },
  names: readonly string[],
): [{ [name: string]: Value }, { [name: string]: Value }] {
  const all = Object.entries(values);
  const isNamed = ([name]: readonly [string, Value]): boolean => names.includes(name);
  return [Object.fromEntries(all.filter(isNamed)), Object.fromEntries(all.filter((one) => !isNamed(one)))];
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
      const model = of === undefined ? undefined : modelNamed(context.schema, of.model);
      const record = of === undefined || model === undefined ? null : workspace.record(of.model, of.key);
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
  const { n, model, key } = entry;
  return { n, model, key, intent: intentOf(context, entry), ...reason, at: context.now() };
}

/** A creation is read out of its document, which takes its model: without that, what it set is not told. */
function intentOf(context: ApplyContext, entry: OutboxEntry): Intent {
  try {
    return entry.intent;
  } catch (error) {
    if (modelNamed(context.schema, entry.model) !== undefined) throw error;
    return { op: "create", stamp: context.stamps.next(null, 0), set: {}, lists: {} };
  }
}

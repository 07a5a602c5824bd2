/**
 * Applies a turn: what the relay acknowledged and what changed there, in one step with its cursor.
 *
 * Refusals are not dealt with here: they wait until nothing of the outbox is under way (see reset-records).
 */
import type { Answer, Change, Turn } from "@tributary/protocol";
import { modelNamed } from "@tributary/schema";
import type { OutboxEntry, RefusedChange } from "@tributary/storage";
import { metaNames } from "../local/replica-identity.ts";
import type { Workspace } from "../local/workspace.ts";
import { type ApplyContext, modelAt } from "./apply-context.ts";
import { affectedPushes } from "./outbox-pushes.ts";
import { acknowledge, mergeRemote, mergeTombstone } from "./remote-change.ts";

/** A push that was answered: its outbox entries, one for each of its changes. */
export interface AnsweredPush {
  readonly entries: readonly OutboxEntry[];
  readonly answer: Answer;
}

export interface TurnResult {
  /** Records whose updates build on something that is not here; their full state is to be asked for. */
  readonly wanted: readonly { readonly model: string; readonly key: string }[];
  /** Unsent changes of records that left this client's view. */
  readonly refused: readonly RefusedChange[];
}

export async function applyTurn(
  context: ApplyContext,
  workspace: Workspace,
  turn: Turn,
  answered: readonly AnsweredPush[],
): Promise<TurnResult> {
  await readTouched(context, workspace, turn.changes, answered);
  for (const push of answered) applyAnswer(context, workspace, push);
  const wanted: { model: string; key: string }[] = [];
  const refused: RefusedChange[] = [];
  for (const change of turn.changes) {
    if (change.kind === "gone") refused.push(...(await leave(context, workspace, change)));
    else if (!applyChange(context, workspace, change)) {
      wanted.push({ model: context.models[change.model] ?? "", key: change.key });
    }
  }
  for (const one of refused) workspace.refuse(one);
  if (turn.cursor !== null) workspace.setMeta({ [metaNames.cursor]: turn.cursor });
  return { wanted, refused };
}

async function readTouched(
  context: ApplyContext,
  workspace: Workspace,
  changes: readonly Change[],
  answered: readonly AnsweredPush[],
): Promise<void> {
  const keysByModel = new Map<string, string[]>();
  const touch = (model: string, key: string): void => {
    const keys = keysByModel.get(model);
    if (keys === undefined) keysByModel.set(model, [key]);
    else keys.push(key);
  };
  for (const change of changes) touch(context.models[change.model] ?? "", change.key);
  for (const { entries } of answered) for (const entry of entries) touch(entry.model, entry.key);
  for (const [model, keys] of keysByModel) {
    if (modelNamed(context.schema, model) !== undefined) await workspace.read(model, keys);
  }
}

function applyAnswer(context: ApplyContext, workspace: Workspace, { entries, answer }: AnsweredPush): void {
  const last = entries.at(-1);
  if (last !== undefined) workspace.setMeta({ [metaNames.pushed]: JSON.stringify([last.nonce, last.n]) });
  if (answer.kind !== "ack") return;
  for (const [i, entry] of entries.entries()) {
    workspace.dequeue(entry.n);
    const model = modelNamed(context.schema, entry.model);
    const result = answer.results[i];
    const record = model === undefined ? null : workspace.record(entry.model, entry.key);
    if (model !== undefined && record !== null && result !== undefined) {
      workspace.put(acknowledge(model, record, entry, result));
    }
  }
}

/** False when the update could not be completed. */
function applyChange(context: ApplyContext, workspace: Workspace, change: Change): boolean {
  const model = modelAt(context, change.model);
  if (model === undefined) return true;
  const record = workspace.record(model.name, change.key);
  if (change.kind === "tombstone") {
    const after = mergeTombstone(model, record, change);
    if (after !== null) workspace.put(after);
    return true;
  }
  if (change.update === null) return true;
  const merged = mergeRemote(model, change.key, record, change.facet, change.update, change);
  if (merged.isComplete) workspace.put(merged.record);
  return merged.isComplete;
}

/**
 * The record left this client's view (I9): it goes, and its unsent changes go to the app. Those in a push with changes of
 * other records stay: the relay decides about them all, and its refusal brings them to the app together (P1).
 */
async function leave(context: ApplyContext, workspace: Workspace, change: Change): Promise<RefusedChange[]> {
  const model = modelAt(context, change.model);
  const record = model === undefined ? null : workspace.record(model.name, change.key);
  if (model === undefined || record === null) return [];
  workspace.remove(model.name, change.key);
  if (record.pending === 0) return [];
  const { pushes } = await affectedPushes(context.store, [record]);
  const refused: RefusedChange[] = [];
  for (const { entries } of pushes) {
    const [entry] = entries;
    if (entries.length > 1 || entry === undefined) continue;
    const { n, key, intent } = entry;
    workspace.dequeue(n);
    const message = "the record left what this client may see";
    refused.push({ n, model: model.name, key, intent, code: "gone", message, fields: [], at: context.now() });
  }
  return refused;
}

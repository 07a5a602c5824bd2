/**
 * Applies a page of the base sync: one step, together with its resume token.
 *
 * Row values are taken only where nothing of the record is here; anything else is merged (F6). A page covers a range of
 * keys: acknowledged records of that range that it does not list are gone at the relay, and go here, when the base replaces
 * what was synced before.
 */
import { type JsonValue, keyOf, rowFields, type Values } from "@tributary/model";
import type { Page, PageRecord } from "@tributary/protocol";
import type { ModelDescription } from "@tributary/schema";
import { metaNames } from "../local/replica-identity.ts";
import type { Workspace } from "../local/workspace.ts";
import { type ApplyContext, modelAt } from "./apply-context.ts";
import { type BaseProgress, baseProgressMeta } from "./base-progress.ts";
import { mergeRemote, mergeTombstone, recordFromRow } from "./remote-change.ts";

export interface PageOptions {
  /** Nothing of the model is stored here yet: records need not be looked up before they are inserted. */
  readonly isFresh: boolean;
  /** How far the pages before this one came. */
  readonly progress: BaseProgress;
}

const SETTLED_PAGE = 1000;

/** Answers how far the base sync has come with this page. */
export async function applyPage(
  context: ApplyContext,
  workspace: Workspace,
  page: Page,
  options: PageOptions,
): Promise<BaseProgress> {
  const { dropsUnlisted, lastKey } = options.progress;
  const model = modelAt(context, page.model);
  const last = model === undefined ? null : await applyRecords(context, workspace, model, page, options);
  const progress = { dropsUnlisted, lastKey: page.isLast ? null : (last ?? lastKey) };
  workspace.setMeta({ [metaNames.cursor]: page.cursor, ...baseProgressMeta(progress) });
  return progress;
}

/** Answers the last key of the page; null when it was empty. */
async function applyRecords(
  context: ApplyContext,
  workspace: Workspace,
  model: ModelDescription,
  page: Page,
  { isFresh, progress }: PageOptions,
): Promise<string | null> {
  const fields = rowFields(model);
  const listed = page.records.map((record) => ({ record, ...named(model, fields, record) }));
  if (!isFresh)
    await workspace.read(
      model.name,
      listed.map((one) => one.key),
    );
  for (const { record, key, values } of listed) {
    if (isFresh && values !== null) {
      workspace.insert(recordFromRow(model, key, values, record.documents, record));
    } else {
      if (isFresh) await workspace.read(model.name, [key]);
      mergeListed(workspace, model, key, values, record);
    }
  }
  const last = listed.at(-1)?.key ?? null;
  // A page without records that others follow does not say how far it reaches: the next one covers its range too.
  if (progress.dropsUnlisted && (page.isLast || last !== null)) {
    const listedKeys = new Set(listed.map((one) => one.key));
    await dropUnlisted(context, workspace, model, progress.lastKey, page.isLast ? null : last, listedKeys);
  }
  return last;
}

function named(
  model: ModelDescription,
  fields: readonly string[],
  record: PageRecord,
): { readonly key: string; readonly values: Values | null } {
  if (record.row === null) return { key: record.key ?? "", values: null };
  const cells = JSON.parse(record.row) as JsonValue[];
  const values: Record<string, JsonValue> = {};
  for (let i = 0; i < fields.length; i++) values[fields[i] ?? ""] = cells[i] ?? null;
  return { key: record.key ?? keyOf(model, values), values };
}

function mergeListed(
  workspace: Workspace,
  model: ModelDescription,
  key: string,
  values: Values | null,
  record: PageRecord,
): void {
  const known = workspace.record(model.name, key);
  if (record.isDeleted) {
    const after = mergeTombstone(model, known, record);
    if (after !== null) workspace.put(after);
    return;
  }
  if (known === null && values !== null) {
    workspace.put(recordFromRow(model, key, values, record.documents, record));
    return;
  }
  for (const [facet, update] of record.documents.entries()) {
    if (update.length === 0) continue;
    workspace.put(mergeRemote(model, key, workspace.record(model.name, key), facet, update, record).record);
  }
}

async function dropUnlisted(
  context: ApplyContext,
  workspace: Workspace,
  model: ModelDescription,
  after: string | null,
  to: string | null,
  listed: ReadonlySet<string>,
): Promise<void> {
  let from = after;
  for (;;) {
    const keys = await context.store.settledKeys(model.name, from, to, SETTLED_PAGE);
    const unlisted = keys.filter((key) => !listed.has(key));
    await workspace.read(model.name, unlisted);
    for (const key of unlisted) workspace.remove(model.name, key);
    from = keys.at(-1) ?? from;
    if (keys.length < SETTLED_PAGE) return;
  }
}

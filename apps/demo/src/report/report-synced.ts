/** Records as a sync query answers them, with what the relay knows of them. */

import type { SyncedRecord } from "../graphql/sync-query.ts";
import type { RecordRef } from "../scenario/edit.ts";
import { type Cell, columns } from "../terminal/columns.ts";
import { describeRecord, describeTime, describeValue } from "./describe.ts";
import type { Page } from "./report-edits.ts";

export function reportSynced(
  records: readonly { readonly record: RecordRef; readonly synced: SyncedRecord }[],
  { style, width }: Page,
): string[] {
  const head = ["id", "_version", "_deleted", "_lastChangedAt", "text"].map(
    (text): Cell => ({ text, style: style.dim, ...(text === "_version" ? { align: "right" } : {}) }),
  );
  const rows = records.map(({ record, synced }): Cell[] => [
    { text: describeRecord(record), style: style.cyan },
    { text: String(synced.version), align: "right", style: style.bold },
    { text: synced.isDeleted ? "true" : "", style: style.red },
    { text: describeTime(synced.lastChangedAt), style: style.dim },
    { text: describeValue(synced.values.text ?? null) },
  ]);
  return columns([head, ...rows], 3, width);
}

/**
 * A committed change as the messages that sessions get, each encoded at most once however many sessions share it.
 */
import { updateFromDocument } from "@tributary/model";
import { type Change, encodeChange } from "@tributary/protocol";
import type { RelayRecord } from "@tributary/storage";
import type { Committed } from "./commit-pipeline.ts";

/** How a change looks to a session: entering its view, staying in it, or leaving it (F5). */
export type View = "enter" | "stay" | "leave";

export interface EncodedChange {
  readonly committed: Committed;
  /** The messages of the change, concatenable into a turn. */
  messages(view: View): readonly Uint8Array[];
}

export function createEncodedChange(committed: Committed, model: number): EncodedChange {
  const encoded: Partial<Record<View, readonly Uint8Array[]>> = {};
  return {
    committed,
    messages(view) {
      encoded[view] ??= encodeView(committed, model, view);
      return encoded[view];
    },
  };
}

function encodeView({ after, operation, facet, update }: Committed, model: number, view: View): readonly Uint8Array[] {
  if (view === "leave") return [encodeChange(goneChange(model, after.key))];
  if (view === "enter" || operation !== "update") return encodeRecord(after, model);
  return [encodeChange({ ...changeOf(after, model), kind: "update", facet, update })];
}

/** The messages that bring a session to a record's present state: one a facet, or its tombstone. */
export function encodeRecord(record: RelayRecord, model: number): readonly Uint8Array[] {
  if (record.isDeleted) return [encodeTombstone(record, model)];
  const messages: Uint8Array[] = [];
  for (const [facet, document] of record.documents.entries()) {
    if (document === null) continue;
    messages.push(
      encodeChange({ ...changeOf(record, model), kind: "state", facet, update: updateFromDocument(document) }),
    );
  }
  return messages;
}

export function encodeTombstone(record: RecordMoment, model: number): Uint8Array {
  return encodeChange({ ...changeOf(record, model), kind: "tombstone" });
}

export function goneChange(model: number, key: string): Change {
  return { kind: "gone", model, key, facet: 0, life: 0, version: 0, at: 0, createdAt: 0, row: null, update: null };
}

/** Which state of which record. */
export type RecordMoment = Pick<RelayRecord, "model" | "key" | "life" | "version" | "changedAt" | "createdAt">;

function changeOf(record: RecordMoment, model: number): Change {
  const { key, life, version, changedAt, createdAt } = record;
  return { kind: "state", model, key, facet: 0, life, version, at: changedAt, createdAt, row: null, update: null };
}

import { keyOf, keyValues, type Values } from "@tributary/model";
import type { SchemaDescription } from "@tributary/schema";
import type { StorageAdapter } from "../src/adapter.ts";
import type { RelayCommit } from "../src/relay-commit.ts";
import type { FeedOperation, RelayRecord } from "../src/relay-rows.ts";
import { openRelayStore, type RelayStore } from "../src/relay-store.ts";
import { created, modelOf, noteSchema } from "./note-schema.ts";

let drawn = 0;

/** Hex text that is never the same twice in a test run. */
function randomHex(bytes: number): string {
  drawn += 1;
  return drawn.toString(16).padStart(bytes * 2, "0");
}

export function openRelay(adapter: StorageAdapter, schema: SchemaDescription = noteSchema): Promise<RelayStore> {
  return openRelayStore({ adapter, schema, keyOf, keyValues, randomHex, now: () => 0 });
}

/** What creating, updating or (`values` null) deleting a record changes. The document is as if the values were its first. */
export interface Change {
  readonly before: RelayRecord | null;
  readonly after: RelayRecord;
  readonly facet: number;
  readonly operation: FeedOperation;
  readonly principal: string;
  readonly update: Uint8Array | null;
}

export function change(before: RelayRecord | null, values: Values | null, at: number, name = "Note"): Change {
  const model = modelOf(noteSchema, name);
  const made = created(model, { ...(before?.values ?? {}), ...values }, at);
  const isDeleted = values === null;
  const life = before === null ? 1 : before.isDeleted ? before.life + 1 : before.life;
  const isNew = before === null || before.isDeleted;
  const after: RelayRecord = {
    model: name,
    key: keyOf(model, made.values),
    values: isDeleted ? (before?.values ?? {}) : made.values,
    life,
    version: (before?.version ?? 0) + 1,
    seq: 0,
    changedAt: at,
    createdAt: isNew ? at : before.createdAt,
    isDeleted,
    documents: [isDeleted ? null : made.document],
  };
  const operation = isDeleted ? "delete" : isNew ? "create" : "update";
  const update = isDeleted ? null : made.update;
  return { before, after, facet: 0, operation, principal: "p", update };
}

/** One commit of changes to different records. */
export function commitOf(at: number, changes: readonly Change[], more: Partial<RelayCommit> = {}): RelayCommit {
  return {
    at,
    changes,
    records: changes.map(({ before, after }, i) => ({ before, after, lastChange: i })),
    replicas: [],
    deltasBefore: 0,
    ...more,
  };
}

/** Commits, again and again where the database made a conflict up. Answers the first sequence number. */
export async function commit(store: RelayStore, what: RelayCommit): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const result = await store.commit(what);
    if (result.outcome === "committed") return result.firstSeq;
  }
  throw new Error("the commit conflicts for ever");
}

/** Reads the record, writes it and answers it as stored. */
export async function write(store: RelayStore, key: string, values: Values | null, at: number): Promise<RelayRecord> {
  const [before = null] = await store.records("Note", [key]);
  await commit(store, commitOf(at, [change(before, values === null ? null : { id: key, ...values }, at)]));
  const [after] = await store.records("Note", [key]);
  if (!after) throw new Error(`${key} was not stored`);
  return after;
}

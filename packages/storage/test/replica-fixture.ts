import { type Intent, keyOf, keyValues, type Values } from "@tributary/model";
import type { SchemaDescription } from "@tributary/schema";
import type { StorageAdapter } from "../src/adapter.ts";
import {
  type OutboxEntry,
  openReplicaStore,
  type ReplicaCommit,
  type ReplicaRecord,
  type ReplicaStore,
} from "../src/replica-store.ts";
import { created, creation, modelOf, noteSchema } from "./note-schema.ts";

export function openReplica(adapter: StorageAdapter, schema: SchemaDescription = noteSchema): Promise<ReplicaStore> {
  return openReplicaStore({ adapter, schema, keyOf, keyValues });
}

/** A record as the relay sent it: settled, at version 1. */
export function settled(values: Values, name = "Note"): ReplicaRecord {
  const model = modelOf(noteSchema, name);
  const { document, values: row } = created(model, values);
  return {
    model: name,
    key: keyOf(model, row),
    values: row,
    life: 1,
    version: 1,
    changedAt: 5,
    createdAt: 5,
    isDeleted: false,
    revision: 0,
    pending: 0,
    documents: [document],
    acknowledged: { life: 1, isDeleted: false, documents: [document] },
  };
}

/** A record that was created here and never sent. */
export function unsent(values: Values, name = "Note"): ReplicaRecord {
  return {
    ...settled(values, name),
    version: 0,
    changedAt: null,
    createdAt: null,
    pending: 1,
    acknowledged: { life: 0, isDeleted: false, documents: [null] },
  };
}

export function outboxEntry(n: number, values: Values, more: Partial<OutboxEntry> = {}): OutboxEntry {
  const model = modelOf(noteSchema, "Note");
  const intent: Intent = creation(model, values);
  const { update } = created(model, values);
  const key = keyOf(model, values);
  return {
    n,
    nonce: "x",
    more: false,
    model: "Note",
    key,
    facet: 0,
    life: 1,
    intent,
    condition: null,
    update,
    ...more,
  };
}

export function step(what: Partial<ReplicaCommit>): ReplicaCommit {
  return { records: [], enqueue: [], dequeue: [], refuse: [], meta: {}, ...what };
}

/** Commits, again and again where the database made a conflict up. */
export async function commit(store: ReplicaStore, what: Partial<ReplicaCommit>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await store.commit(step(what))) === "committed") return;
  }
  throw new Error("the commit conflicts for ever");
}

/** Puts a record over what is stored of it. */
export async function put(store: ReplicaStore, after: ReplicaRecord, more: Partial<ReplicaCommit> = {}): Promise<void> {
  const [before = null] = await store.records(after.model, [after.key]);
  await commit(store, { records: [{ before, after }], ...more });
}

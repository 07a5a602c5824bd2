/**
 * The state of one step on the local database: records as read, records and outbox entries as they will be written.
 *
 * Everything that changes the database builds up such a step and commits it whole. Nothing is visible before.
 */
import type { RecordName } from "@tributary/protocol";
import type { OutboxEntry, RefusedChange, ReplicaCommit, ReplicaRecord, ReplicaStore } from "@tributary/storage";
import { metaNames } from "./replica-identity.ts";

/** A record's change as observers see it; null stands for "not there", deleted ones included. */
export interface RecordChange {
  readonly model: string;
  readonly key: string;
  readonly before: ReplicaRecord | null;
  readonly after: ReplicaRecord | null;
}

export interface Workspace {
  read(model: string, keys: readonly string[]): Promise<void>;
  /** Takes a record for not stored, unless it was read. The commit conflicts when it is. */
  assumeMissing(model: string, key: string): void;
  /** A record read before, with what this step made of it. Throws when it was not read. */
  record(model: string, key: string): ReplicaRecord | null;
  put(record: ReplicaRecord): void;
  /** Puts a record known not to be stored. */
  insert(record: ReplicaRecord): void;
  remove(model: string, key: string): void;
  enqueue(entry: OutboxEntry): void;
  dequeue(n: number): void;
  refuse(refused: RefusedChange): void;
  setMeta(values: Readonly<Record<string, string>>): void;
  /** Null when the step changes nothing. */
  commit(): ReplicaCommit | null;
  /** In the order of the first change of each record; without those that were not there before and are not there now. */
  changes(): readonly RecordChange[];
}

/** Reads many records, each model's at once. */
export async function readByModel(workspace: Pick<Workspace, "read">, names: readonly RecordName[]): Promise<void> {
  const keysByModel = new Map<string, string[]>();
  for (const { model, key } of names) {
    const keys = keysByModel.get(model);
    if (keys === undefined) keysByModel.set(model, [key]);
    else keys.push(key);
  }
  for (const [model, keys] of keysByModel) await workspace.read(model, keys);
}

interface Slot {
  readonly stored: ReplicaRecord | null;
  current: ReplicaRecord | null;
}

export function createWorkspace(store: ReplicaStore): Workspace {
  const slotsByModel = new Map<string, Map<string, Slot>>();
  /** In the order of their first change, which is that of their insertion, and of what observers hear. */
  const changedSlots = new Set<Slot>();
  const enqueue: OutboxEntry[] = [];
  const dequeue: number[] = [];
  const refuse: RefusedChange[] = [];
  let meta: Record<string, string> = {};
  const slotsOf = (model: string): Map<string, Slot> => {
    let slots = slotsByModel.get(model);
    if (slots === undefined) {
      slots = new Map();
      slotsByModel.set(model, slots);
    }
    return slots;
  };
  const slotOf = (model: string, key: string): Slot => {
    const slot = slotsByModel.get(model)?.get(key);
    if (slot === undefined) throw new Error(`${model} ${key} was not read in this step`);
    return slot;
  };
  const change = (model: string, key: string, to: ReplicaRecord | null): void => {
    const slot = slotOf(model, key);
    slot.current = to;
    changedSlots.add(slot);
  };
  const changed = (): Slot[] => [...changedSlots].filter(({ stored, current }) => stored !== null || current !== null);
  return {
    async read(model, keys) {
      const slots = slotsOf(model);
      const missing = [...new Set(keys)].filter((key) => !slots.has(key));
      if (missing.length === 0) return;
      const records = await store.records(model, missing);
      for (const [i, key] of missing.entries()) {
        const stored = records[i] ?? null;
        slots.set(key, { stored, current: stored });
      }
    },
    assumeMissing(model, key) {
      const slots = slotsOf(model);
      if (!slots.has(key)) slots.set(key, { stored: null, current: null });
    },
    record: (model, key) => slotOf(model, key).current,
    put: (record) => change(record.model, record.key, record),
    insert(record) {
      const slot = { stored: null, current: record };
      slotsOf(record.model).set(record.key, slot);
      changedSlots.add(slot);
    },
    remove: (model, key) => change(model, key, null),
    enqueue: (entry) => enqueue.push(entry),
    dequeue: (n) => dequeue.push(n),
    refuse: (refused) => refuse.push(refused),
    setMeta(values) {
      meta = { ...meta, ...values };
    },
    commit() {
      const records = changed().map((slot) => ({ before: slot.stored, after: slot.current }));
      const isNothing =
        records.length + enqueue.length + dequeue.length + refuse.length + Object.keys(meta).length === 0;
      if (isNothing) return null;
      // What is enqueued was written under the client id known here: another process may have given that up since (N4).
      const clientIds = store.meta.get(metaNames.clientIds) ?? null;
      const expectMeta = enqueue.length === 0 ? {} : { expectMeta: { [metaNames.clientIds]: clientIds } };
      return { records, enqueue, dequeue, refuse, meta, ...expectMeta };
    },
    changes: () =>
      changed().flatMap(({ stored, current }): RecordChange | readonly [] => {
        const [before, after] = [visible(stored), visible(current)];
        const record = after ?? before;
        return record === null ? [] : { model: record.model, key: record.key, before, after };
      }),
  };
}

function visible(record: ReplicaRecord | null): ReplicaRecord | null {
  return record === null || record.isDeleted ? null : record;
}

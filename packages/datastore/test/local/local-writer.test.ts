import {
  createDocument,
  createStampClock,
  defaultGuardCaps,
  foldDocument,
  keyOf,
  keyValues,
  projectRow,
  scanUpdate,
  type Values,
} from "@tributary/model";
import { parseSchema } from "@tributary/schema/sdl";
import { type OutboxEntry, openReplicaStore, type ReplicaRecord } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { deleteRecord, type WriterState, writeFields } from "../../src/local/local-writer.ts";
import { createWorkspace, type Workspace } from "../../src/local/workspace.ts";
import { replayIntents } from "../../src/sync/remote-change.ts";

const schema = parseSchema("type Note @model { id: ID! @primaryKey, title: String!, stars: Int }");
const [model] = schema.models;
if (model === undefined) throw new Error("no model");
const note = model;

const NOW = 1_800_000_000_000;
const OWN = 7;
const early = createStampClock({ now: () => NOW });
const late = createStampClock({ now: () => NOW + 20_000 });

function creation(stamps: typeof early, clientId: number, title: string) {
  const intent = { op: "create", stamp: stamps.next(null, clientId), set: { id: "n", title }, lists: {} } as const;
  return { intent, ...createDocument(note, 0, intent, clientId) };
}

/** Life 2 was begun here; the relay is still in life 1, which somebody with a clock ahead wrote into. */
function begunAnew(): ReplicaRecord {
  const before = creation(late, 9, "first life");
  const after = creation(early, OWN, "second life");
  return {
    model: "Note",
    key: "n",
    values: projectRow(note, [after.fold], { createdAt: null, changedAt: null }),
    life: 2,
    version: 1,
    changedAt: NOW,
    createdAt: null,
    isDeleted: false,
    revision: 0,
    pending: 2,
    documents: [after.state],
    acknowledged: { life: 1, isDeleted: false, documents: [before.state] },
  };
}

async function workspaceWith(record: ReplicaRecord): Promise<Workspace> {
  const store = await openReplicaStore({ adapter: createMemoryAdapter(), schema, keyOf, keyValues });
  onTestFinished(() => store.close());
  const workspace = createWorkspace(store);
  workspace.insert(record);
  return workspace;
}

let number = 0;
const writer: WriterState = {
  stamps: early,
  nonce: "nonce",
  clientId: () => OWN,
  localModels: new Set(),
  takeNumber: () => ++number,
};

const valuesOf = (record: ReplicaRecord | null) => {
  const document = record?.documents[0];
  return document ? foldDocument(note, 0, document).values : null;
};

describe("a life that the relay has not seen", () => {
  it("P3 D2 keeps what was written in it, whatever the relay holds of the life before", async () => {
    const workspace = await workspaceWith(begunAnew());
    const writes = { fields: { stars: 1 }, base: null, condition: null };
    const record = writeFields(workspace, writer, note, "n", writes);
    expect(valuesOf(record)).toEqual({ id: "n", title: "second life", stars: 1 });
  });

  it("P3 D2 is deleted without a look at the life before", async () => {
    const workspace = await workspaceWith(begunAnew());
    deleteRecord(workspace, writer, note, "n", null);
    const [entry] = workspace.commit()?.enqueue ?? [];
    expect(entry).toMatchObject({ life: 2, intent: { op: "delete" } });
    expect(scanUpdate(entry?.update ?? new Uint8Array(), defaultGuardCaps).deletes).toEqual([]);
  });

  it("P3 P4 D2 is replayed whole on a relay that is still in the life before", () => {
    const record = begunAnew();
    const again = creation(early, OWN, "second life");
    const common = { nonce: "nonce", more: false, model: "Note", key: "n", facet: 0, condition: null };
    const stamp = (): string => early.next(null, OWN);
    const entries = [
      { ...common, n: 1, life: 1, intent: { op: "delete", stamp: late.next(null, OWN) }, update: new Uint8Array() },
      { ...common, n: 2, life: 2, intent: again.intent, update: again.update },
      {
        ...common,
        n: 3,
        life: 2,
        intent: { op: "update", stamp: stamp(), set: { stars: 1 }, lists: {} },
        update: new Uint8Array(),
      },
    ] as readonly OutboxEntry[];
    const replay = replayIntents(note, record, entries, 11, (intent) => intent);
    expect(replay.abandoned).toEqual([]);
    expect(replay.entries.map(({ life }) => life)).toEqual([1, 2, 2]);
    expect(valuesOf(replay.record)).toEqual({ id: "n", title: "second life", stars: 1 });
  });
});

describe("a model kept on one device only", () => {
  it("DS-5 is saved, edited, deleted and saved again without an entry in the outbox", async () => {
    const store = await openReplicaStore({ adapter: createMemoryAdapter(), schema, keyOf, keyValues });
    onTestFinished(() => store.close());
    const local: WriterState = { ...writer, localModels: new Set(["Note"]) };
    const step = async (work: (workspace: Workspace) => void): Promise<ReplicaRecord | null> => {
      const workspace = createWorkspace(store);
      await workspace.read("Note", ["n"]);
      work(workspace);
      const commit = workspace.commit();
      if (commit === null) throw new Error("nothing was written");
      expect(commit.enqueue).toEqual([]);
      expect(await store.commit(commit)).toBe("committed");
      return (await store.records("Note", ["n"]))[0] ?? null;
    };
    const save = (fields: Values) => (workspace: Workspace) =>
      void writeFields(workspace, local, note, "n", { fields, base: null, condition: null });
    expect(await step(save({ id: "n", title: "one" }))).toMatchObject({ life: 1, pending: 0, isDeleted: false });
    const edited = await step(save({ title: "two" }));
    expect(edited).toMatchObject({ values: { title: "two" }, pending: 0 });
    // Nobody else holds what was overwritten, so nothing of it is kept.
    expect(edited?.documents[0]?.byteLength).toBeLessThan(200);
    expect(await step((workspace) => void deleteRecord(workspace, local, note, "n", null))).toMatchObject({
      isDeleted: true,
      pending: 0,
    });
    expect(await step(save({ id: "n", title: "again" }))).toMatchObject({ life: 2, values: { title: "again" } });
    expect(await store.outboxSize()).toBe(0);
  });
});

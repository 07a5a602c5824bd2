import { createDocument, createStampClock, keyOf, keyValues } from "@tributary/model";
import { defaultLimits } from "@tributary/protocol";
import { parseSchema } from "@tributary/schema/sdl";
import { type OutboxEntry, openReplicaStore, type ReplicaStore } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { createOutboxSender } from "../../src/sync/outbox-sender.ts";

const schema = parseSchema("type Note @model { id: ID! @primaryKey, body: String }");
const [model] = schema.models;
if (model === undefined) throw new Error("no model");
const stamps = createStampClock({ now: () => 1_800_000_000_000 });

function entry(n: number, bytes: number): OutboxEntry {
  if (model === undefined) throw new Error("no model");
  const set = { id: `n${n}`, body: "x".repeat(bytes) };
  const intent = { op: "create", stamp: stamps.next(null, 1), set, lists: {} } as const;
  const { update } = createDocument(model, 0, intent, 1);
  return {
    n,
    nonce: "nonce",
    more: false,
    model: "Note",
    key: set.id,
    facet: 0,
    life: 1,
    intent,
    condition: null,
    update,
  };
}

/** A store with these entries in its outbox, and how often the outbox is read. */
async function filled(entries: readonly OutboxEntry[]): Promise<{ store: ReplicaStore; reads: () => number }> {
  const store = await openReplicaStore({ adapter: createMemoryAdapter(), schema, keyOf, keyValues });
  onTestFinished(() => store.close());
  await store.commit({ records: [], enqueue: entries, dequeue: [], refuse: [], meta: {} });
  let reads = 0;
  const counted = Object.create(store, {
    outboxAfter: {
      value: (after: number, limit: number) => {
        reads += 1;
        return store.outboxAfter(after, limit);
      },
    },
  }) as ReplicaStore;
  return { store: counted, reads: () => reads };
}

const ack = (n: number) => ({ kind: "ack", n, results: [{ version: 1, at: 1, createdAt: 1 }] }) as const;

describe("createOutboxSender", () => {
  it("I11 reads nothing while its window is full, and goes on as answers come", async () => {
    const { store, reads } = await filled(Array.from({ length: 30 }, (_, i) => entry(i + 1, 900_000)));
    const sender = createOutboxSender(store);
    const first = (await sender.next(defaultLimits)).flatMap(({ pushes }) => pushes.map(({ n }) => n));
    expect(first.length).toBeGreaterThan(5);
    expect(first.length).toBeLessThan(15);
    const before = reads();
    expect(await sender.next(defaultLimits)).toEqual([]);
    expect(reads()).toBe(before);
    sender.match(first.map(ack));
    const second = (await sender.next(defaultLimits)).flatMap(({ pushes }) => pushes.map(({ n }) => n));
    expect(second[0]).toBe(first.length + 1);
  });

  it("I13 rejects what no frame can bring, once nothing is under way, and sends what is behind it then", async () => {
    const { store } = await filled([entry(1, 10), entry(2, 2_000_000), entry(3, 10)]);
    const sender = createOutboxSender(store);
    const [frame] = await sender.next(defaultLimits);
    expect(frame?.pushes.map(({ n }) => n)).toEqual([1]);
    expect(sender.rejected()).toBeNull();
    sender.match([ack(1)]);
    expect(sender.rejected()).toMatchObject([{ answer: { n: 2, code: "tooLarge" } }]);
    sender.resolved();
    const [next] = await sender.next(defaultLimits);
    expect(next?.pushes.map(({ n }) => n)).toEqual([3]);
  });
});

import { describe, expect, it, onTestFinished } from "vitest";
import type { StorageAdapter } from "../src/adapter.ts";
import { createReplicaReader, type ReplicaReader } from "../src/replica-reader.ts";
import type { RefusedChange, ReplicaRecord, ReplicaStore } from "../src/replica-store.ts";
import { createLossyDisk } from "../src/testing/index.ts";
import { contended, indexedDb, memory, sqlite } from "./databases.ts";
import { note, noteSchema, stampAt } from "./note-schema.ts";
import { openRelay } from "./relay-fixture.ts";
import { commit, openReplica, outboxEntry, put, settled, step, unsent } from "./replica-fixture.ts";

const plain = (documents: readonly (Uint8Array | null)[]): unknown => documents.map((one) => one && [...one]);

const refusedChange = (n: number): RefusedChange => ({
  n,
  model: "Note",
  key: "a",
  intent: { op: "delete", stamp: stampAt(n) },
  code: "unauthorized",
  message: "no",
  fields: ["title"],
  at: 9,
});

for (const database of [sqlite, indexedDb, memory, contended]) {
  describe(`openReplicaStore on ${database.name}`, () => {
    const opened = async (place: () => StorageAdapter): Promise<ReplicaStore> => {
      const store = await openReplica(place());
      onTestFinished(() => store.close());
      return store;
    };
    const fresh = (): Promise<ReplicaStore> => opened(database.place());
    const readable = async (): Promise<{ readonly store: ReplicaStore; readonly reader: ReplicaReader }> => {
      const adapter = database.place()();
      return { store: await opened(() => adapter), reader: createReplicaReader(adapter, noteSchema) };
    };
    const one = async (store: ReplicaStore, key: string): Promise<ReplicaRecord | null> =>
      (await store.records("Note", [key]))[0] ?? null;

    it("REC-3 keeps a record as it was committed, over a reopening too", async () => {
      const place = database.place();
      const store = await opened(place);
      const record = settled({ id: "a", title: "x", stars: 1, done: true, tags: ["t"] });
      await put(store, record);
      await store.close();
      const { documents, acknowledged, revision, ...rest } = (await one(await opened(place), "a"))!;
      expect(record).toMatchObject(rest);
      expect(plain(documents)).toEqual(plain(record.documents));
      expect(plain(acknowledged.documents)).toEqual(plain(record.documents));
      expect(revision).toBeGreaterThan(0);
    });

    it("I6 row, document, outbox entry and metadata of a step change together, or none of them", async () => {
      const store = await fresh();
      await put(store, unsent({ id: "a", title: "x" }), {
        enqueue: [outboxEntry(1, { id: "a", title: "x" })],
        meta: { cursor: "c1" },
      });
      expect(await one(store, "a")).toMatchObject({ pending: 1, values: { title: "x" } });
      expect(await store.outboxSize()).toBe(1);
      expect(store.meta.get("cursor")).toBe("c1");
      const stale = step({
        records: [
          { before: null, after: unsent({ id: "b" }) },
          { before: null, after: unsent({ id: "a" }) },
        ],
        enqueue: [outboxEntry(2, { id: "b" })],
        dequeue: [1],
        refuse: [refusedChange(1)],
        meta: { cursor: "c2", other: "o" },
      });
      expect(await store.commit(stale)).toBe("conflict");
      expect(await store.records("Note", ["b"])).toEqual([null]);
      expect((await store.outboxAfter(0, 9)).map((entry) => entry.n)).toEqual([1]);
      expect(await store.refusedChanges()).toEqual([]);
      expect([store.meta.get("cursor"), store.meta.get("other")]).toEqual(["c1", undefined]);
      await commit(store, { ...stale, records: [stale.records[0]!] });
      expect((await store.outboxAfter(0, 9)).map((entry) => entry.n)).toEqual([2]);
      expect(await store.refusedChanges()).toEqual([refusedChange(1)]);
      expect(store.meta.get("cursor")).toBe("c2");
    });

    it("I6 an outbox number that is taken conflicts", async () => {
      const store = await fresh();
      await commit(store, { enqueue: [outboxEntry(1, { id: "a" })] });
      const again = step({
        records: [{ before: null, after: unsent({ id: "b" }) }],
        enqueue: [outboxEntry(1, { id: "b" })],
      });
      expect(await store.commit(again)).toBe("conflict");
      expect(await one(store, "b")).toBeNull();
    });

    it("V3 a step built on a record that changed meanwhile conflicts, also when it went and came back", async () => {
      const store = await fresh();
      await put(store, settled({ id: "a", title: "1" }));
      const before = await one(store, "a");
      await put(store, settled({ id: "a", title: "2" }));
      const late = step({ records: [{ before, after: settled({ id: "a", title: "late" }) }] });
      expect(await store.commit(late)).toBe("conflict");
      expect(await store.commit(step({ records: [{ before, after: null }] }))).toBe("conflict");
      const seen = await one(store, "a");
      await commit(store, { records: [{ before: seen, after: null }] });
      await put(store, settled({ id: "a", title: "back" }));
      await put(store, settled({ id: "a", title: "again" }));
      for (const old of [before, seen]) {
        expect(await store.commit(step({ records: [{ before: old, after: settled({ id: "a" }) }] }))).toBe("conflict");
      }
      expect(await one(store, "a")).toMatchObject({ values: { title: "again" } });
    });

    it("P2 keeps the acknowledged state beside the local one while changes are unsent", async () => {
      const place = database.place();
      const store = await opened(place);
      const known = settled({ id: "a", title: "relay's" });
      await put(store, known);
      const edited = settled({ id: "a", title: "mine" });
      const local: ReplicaRecord = { ...edited, pending: 2, acknowledged: known.acknowledged };
      await put(store, local);
      await store.close();
      const again = await opened(place);
      const stored = (await one(again, "a"))!;
      expect(stored.values.title).toBe("mine");
      expect(stored.acknowledged).toMatchObject({ life: 1, isDeleted: false });
      expect(plain(stored.acknowledged.documents)).toEqual(plain(known.documents));
      expect(plain(stored.documents)).not.toEqual(plain(known.documents));
      await put(again, {
        ...unsent({ id: "b" }),
        acknowledged: { life: 3, isDeleted: true, documents: [null] },
        life: 4,
      });
      expect((await one(again, "b"))?.acknowledged).toEqual({ life: 3, isDeleted: true, documents: [null] });
      await put(again, { ...edited, pending: 0, acknowledged: known.acknowledged });
      expect(plain((await one(again, "a"))!.acknowledged.documents)).toEqual(plain(edited.documents));
    });

    it("D6 a tombstone keeps its values and is no answer to a query", async () => {
      const { store, reader } = await readable();
      const record = settled({ id: "a", title: "gone" });
      const dead = { documents: [null], isDeleted: true };
      await put(store, { ...record, ...dead, acknowledged: { life: 1, ...dead } });
      await put(store, settled({ id: "b", title: "here" }));
      expect(await one(store, "a")).toMatchObject({ isDeleted: true, values: { title: "gone" }, documents: [null] });
      const all = { model: "Note", where: null, sort: [], limit: null, offset: 0 };
      expect((await reader.query(all)).map(({ values }) => values.id)).toEqual(["b"]);
      expect(await reader.count("Note", null)).toBe(1);
    });

    it("REC-8 the outbox answers entries in order, whatever the order they came in, with all they were", async () => {
      const place = database.place();
      const store = await opened(place);
      const entries = [
        outboxEntry(3, { id: "c", tags: ["x", "y"], stars: 1 }),
        outboxEntry(1, { id: "a", title: "t" }, { more: true, condition: { kind: "all" } }),
        outboxEntry(
          12,
          { id: "a" },
          { intent: { op: "update", stamp: stampAt(3), set: { stars: 4 }, lists: {} }, life: 2 },
        ),
        outboxEntry(2, { id: "b" }, { intent: { op: "delete", stamp: stampAt(4) } }),
      ];
      await commit(store, { enqueue: entries });
      await store.close();
      const again = await opened(place);
      const inOrder = [...entries].sort((left, right) => left.n - right.n);
      const read = await again.outboxAfter(0, 10);
      expect(read.map(({ update, ...entry }) => ({ ...entry, update: [...update] }))).toEqual(
        inOrder.map(({ update, ...entry }) => ({ ...entry, update: [...update] })),
      );
      expect((await again.outboxAfter(1, 2)).map((entry) => entry.n)).toEqual([2, 3]);
      expect(await again.outboxPlaces()).toEqual(inOrder.map(({ n, more, model, key }) => ({ n, more, model, key })));
      expect([await again.outboxSize(), await again.lastQueued()]).toEqual([4, 12]);
      await commit(again, { dequeue: [1, 12, 99] });
      expect((await again.outboxAfter(0, 10)).map((entry) => entry.n)).toEqual([2, 3]);
      expect(await again.lastQueued()).toBe(3);
    });

    it("REC-9 refused changes stay until the app has dealt with them", async () => {
      const place = database.place();
      const store = await opened(place);
      await commit(store, { refuse: [refusedChange(5), refusedChange(2)] });
      await store.close();
      const again = await opened(place);
      expect(await again.refusedChanges()).toEqual([refusedChange(2), refusedChange(5)]);
      await again.forgetRefused(2);
      await again.forgetRefused(77);
      expect(await again.refusedChanges()).toEqual([refusedChange(5)]);
    });

    it("REC-10 settled keys are those of acknowledged records without unsent changes, in order, within both bounds", async () => {
      const store = await fresh();
      for (const id of ["b", "a", "d", "c", "e"]) await put(store, settled({ id }));
      await put(store, unsent({ id: "ab" }));
      await put(store, { ...settled({ id: "c" }), pending: 1 });
      expect(await store.settledKeys("Note", null, null, 10)).toEqual(["a", "b", "d", "e"]);
      expect(await store.settledKeys("Note", "a", "d", 10)).toEqual(["b", "d"]);
      expect(await store.settledKeys("Note", "a", null, 2)).toEqual(["b", "d"]);
      expect(await store.settledKeys("Note", "e", null, 2)).toEqual([]);
    });

    it("REC-10 a bound inside a partition leaves out the keys of that partition behind it", async () => {
      const store = await fresh();
      for (const [hall, row, seat] of [
        ["a", 1, 1],
        ["a", 1, 5],
        ["a", 2, 0],
        ["b", 1, 2],
        ["b", 1, 3],
      ] as const) {
        await put(store, settled({ hall, row, seat }, "Seat"));
      }
      const keys = (after: string | null, to: string | null) => store.settledKeys("Seat", after, to, 10);
      expect(await keys(null, '["a",1,5]')).toEqual(['["a",1,1]', '["a",1,5]']);
      expect(await keys('["a",1,1]', '["b",1,2]')).toEqual(['["a",1,5]', '["a",2,0]', '["b",1,2]']);
      expect(await keys('["b",1,2]', null)).toEqual(['["b",1,3]']);
    });

    it("REC-11 metadata is there after a reopening, and a step can rely on it", async () => {
      const place = database.place();
      const [store, other] = [await opened(place), await opened(place)];
      await commit(store, { meta: { clientIds: "[1]", cursor: "c" } });
      const write = step({ meta: { seen: "yes" }, expectMeta: { clientIds: "[0]" } });
      expect(await other.commit(write)).toBe("conflict");
      expect(other.meta.get("clientIds")).toBe("[1]");
      expect(await other.commit({ ...write, expectMeta: { clientIds: null } })).toBe("conflict");
      await commit(other, { ...write, expectMeta: { clientIds: "[1]", unknown: null } });
      await store.close();
      expect((await opened(place)).meta.get("seen")).toBe("yes");
    });

    it("REC-12 answers the same while its indexes are away for a bulk load", async () => {
      const { store, reader } = await readable();
      await store.setIndexed(false);
      const notes = Array.from({ length: 40 }, (_, i) => settled({ id: `n${i}`, room: `r${i % 3}`, stars: i }));
      await commit(store, { records: notes.map((after) => ({ before: null, after })) });
      const where = { kind: "field", field: "room", op: "eq", value: "r1" } as const;
      const sort = [{ field: "stars", direction: "DESCENDING" }] as const;
      const query = { model: "Note", where, sort, limit: 3, offset: 1 };
      const found = await reader.query(query);
      expect(found.map(({ values }) => values.stars)).toEqual([34, 31, 28]);
      await store.setIndexed(true);
      expect(await reader.query(query)).toEqual(found);
      expect(await reader.count("Note", where)).toBe(13);
    });

    it("REC-13 clear removes everything, also of models that left the schema, and the store goes on", async () => {
      const place = database.place();
      const wide = await opened(place);
      expect(await wide.isEmpty()).toBe(true);
      await put(wide, settled({ hall: "h", row: 1, seat: 1 }, "Seat"));
      expect(await wide.isEmpty()).toBe(false);
      await wide.close();
      const adapter = place();
      const store = await openReplica(adapter, { ...noteSchema, models: [note] });
      onTestFinished(() => store.close());
      await put(store, settled({ id: "a" }), {
        enqueue: [outboxEntry(1, { id: "a" })],
        refuse: [refusedChange(1)],
        meta: { cursor: "c" },
      });
      await store.clear();
      for (const { name } of await adapter.layouts()) {
        if (name !== "$meta") expect(await adapter.count(name), name).toBe(0);
      }
      expect([...store.meta.keys()]).toEqual(["format"]);
      await put(store, settled({ id: "a", title: "new" }));
      await store.close();
      expect(await one(await opened(place), "a")).toMatchObject({ values: { title: "new" } });
    });
  });
}

describe("openReplicaStore", () => {
  it("I4 what a commit asked to be durable survives a loss of power, row and outbox entry alike", async () => {
    const disk = createLossyDisk();
    const store = await openReplica(disk.adapter("power"));
    await put(store, unsent({ id: "a" }), { enqueue: [outboxEntry(1, { id: "a" })] });
    await disk.losePower();
    const again = await openReplica(disk.adapter("power"));
    expect(await again.records("Note", ["a"])).toMatchObject([{ pending: 1 }]);
    expect(await again.outboxSize()).toBe(1);
  });

  it("STORE-15 refuses a relay's database, and a relay a replica's; each closes what it opened", async () => {
    const place = sqlite.place();
    await (await openRelay(place())).close();
    const adapter = place();
    await expect(openReplica(adapter)).rejects.toMatchObject({
      code: "FOREIGN",
      message: "the database holds tributary-relay 1, not tributary-replica 1; choose another",
    });
    await expect(adapter.layouts()).rejects.toMatchObject({ code: "CLOSED" });
    const other = memory.place();
    await (await openReplica(other())).close();
    await expect(openRelay(other())).rejects.toMatchObject({ code: "FOREIGN" });
  });

  it("STORE-15 refuses a store of a later format by name", async () => {
    for (const open of [openRelay, openReplica]) {
      const adapter = memory.place()();
      await (await open(adapter)).close();
      await adapter.open();
      const [, text] = (await adapter.get("$meta", ["format"]))!;
      const later = String(text).replace(" 1", " 2");
      await adapter.commit({ writes: [{ kind: "upsert", table: "$meta", row: ["format", later] }] });
      await expect(open(adapter)).rejects.toMatchObject({
        code: "NEWER",
        message: `the database was written by a newer version (${later}, this version reads ${text}); use that version`,
      });
    }
  });

  it("STORE-15 goes on with a store whose first opening was cut short behind its tables", async () => {
    for (const open of [openRelay, openReplica]) {
      const adapter = memory.place()();
      let isCut = true;
      const failing: StorageAdapter = {
        ...adapter,
        commit: (batch) => (isCut ? Promise.reject(new Error("cut short")) : adapter.commit(batch)),
      };
      await expect(open(failing)).rejects.toThrow("cut short");
      isCut = false;
      await (await open(failing)).close();
    }
  });
});

describe("a commit that failed after it was written", () => {
  it("REC-14 is followed by a conflict, and by metadata as it is stored", async () => {
    const adapter = memory.place()();
    let isFailing = false;
    const store = await openReplica({
      ...adapter,
      async commit(batch) {
        const result = await adapter.commit(batch);
        if (isFailing) throw new Error("the disk failed");
        return result;
      },
    });
    onTestFinished(() => store.close());
    await store.commit(step({ meta: { clientIds: "[1]" } }));
    isFailing = true;
    await expect(store.commit(step({ meta: { clientIds: "[1,2]" } }))).rejects.toThrow("the disk failed");
    isFailing = false;
    const next = step({ meta: { cursor: "c" } });
    expect(await store.commit(next)).toBe("conflict");
    expect(store.meta.get("clientIds")).toBe("[1,2]");
    expect(await store.commit(next)).toBe("committed");
  });
});

import type { ListStep, Stamp, Values } from "@tributary/model";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it, onTestFinished } from "vitest";
import type { StorageAdapter } from "../src/adapter.ts";
import type { RelayRecord, ReplicaRow } from "../src/relay-rows.ts";
import type { RelayScan, RelayStore } from "../src/relay-store.ts";
import { createLossyDisk } from "../src/testing/index.ts";
import { contended, indexedDb, memory, sqlite } from "./databases.ts";
import { auth, created, note, stampAt } from "./note-schema.ts";
import { change, commit, commitOf, openRelay, write } from "./relay-fixture.ts";

const titles = (records: readonly { readonly values: Values }[]): unknown[] =>
  records.map(({ values }) => values.title);

for (const database of [sqlite, indexedDb, memory, contended]) {
  describe(`openRelayStore on ${database.name}`, () => {
    const opened = async (place: () => StorageAdapter): Promise<RelayStore> => {
      const store = await openRelay(place());
      onTestFinished(() => store.close());
      return store;
    };
    const fresh = (): Promise<RelayStore> => opened(database.place());

    it("REC-3 keeps a record as it was committed, and finds it by its key", async () => {
      const store = await fresh();
      const values = { id: "a", title: "Zoë \u{1f600}", stars: 3, done: false, tags: ["x", "y"], room: null };
      const { after } = change(null, values, 10);
      await commit(store, commitOf(10, [change(null, values, 10)]));
      const [found, missing] = await store.records("Note", ["a", "b"]);
      expect(found).toMatchObject({
        key: "a",
        values: after.values,
        life: 1,
        version: 1,
        seq: 1,
        changedAt: 10,
        createdAt: 10,
      });
      expect(found?.documents.map((document) => document && [...document])).toEqual([
        [...created(note, values, 10).document],
      ]);
      expect(missing).toBeNull();
      const seat = { hall: "h", row: -2, seat: 7, guest: "g" };
      await commit(store, commitOf(11, [change(null, seat, 11, "Seat")]));
      expect((await store.records("Seat", ['["h",-2,7]']))[0]).toMatchObject({ key: '["h",-2,7]', values: seat });
      await expect(store.count("Nothing")).rejects.toThrow(RangeError);
    });

    it("V3 a commit upon another, by its name, conflicts unless that was the last to have one", async () => {
      const store = await fresh();
      const note = (key: string, link: { name?: string; upon?: string }) =>
        commitOf(10, [change(null, { id: key }, 10)], link);
      expect(await store.commit(note("a", { upon: "one" }))).toEqual({ outcome: "conflict" });
      await commit(store, note("a", { name: "one" }));
      await commit(store, note("b", {}));
      expect(await store.commit(note("c", { upon: "other", name: "two" }))).toEqual({ outcome: "conflict" });
      await commit(store, note("c", { upon: "one", name: "two" }));
      expect(await store.commit(note("d", { upon: "one" }))).toEqual({ outcome: "conflict" });
      await commit(store, note("d", { upon: "two" }));
      expect((await store.feedAfter(0, 9)).map(({ key }) => key)).toEqual(["a", "b", "c", "d"]);
    });

    it("V3 a commit is refused upon one that is under way and comes to nothing, and stored upon one that is stored", async () => {
      const store = await fresh();
      const note = (key: string, link: { name?: string; upon?: string }) =>
        commitOf(10, [change(null, { id: key }, 10)], link);
      await commit(store, note("there", {}));
      const refused = [store.commit(note("there", { name: "one" })), store.commit(note("a", { upon: "one" }))];
      expect(await Promise.all(refused)).toEqual([{ outcome: "conflict" }, { outcome: "conflict" }]);
      // A database that makes conflicts up may refuse the first, and then the second: never the first alone.
      const both = [store.commit(note("b", { name: "two" })), store.commit(note("c", { upon: "two" }))];
      const [first, second] = (await Promise.all(both)).map(({ outcome }) => outcome);
      if (database !== contended) expect([first, second]).toEqual(["committed", "committed"]);
      else if (second === "committed") expect(first).toBe("committed");
    });

    it("V3 a commit that names another version than the stored one conflicts and changes nothing", async () => {
      const store = await fresh();
      const first = await write(store, "a", { title: "one" }, 10);
      const second = await write(store, "a", { title: "two" }, 11);
      const stale = commitOf(12, [change(first, { title: "lost" }, 12), change(null, { id: "b" }, 12)]);
      expect(await store.commit(stale)).toEqual({ outcome: "conflict" });
      expect(await store.commit(commitOf(12, [change(null, { id: "a" }, 12)]))).toEqual({ outcome: "conflict" });
      expect(await store.commit(commitOf(12, [change({ ...first, key: "c", values: { id: "c" } }, null, 12)]))).toEqual(
        {
          outcome: "conflict",
        },
      );
      expect(await store.records("Note", ["a", "b"])).toMatchObject([{ version: 2, seq: second.seq }, null]);
      expect(await store.head()).toMatchObject({ seq: 2, at: 11 });
      expect(await store.feedAfter(2, 10)).toEqual([]);
    });

    it("V3 two writers on one version: one commits, the other conflicts and succeeds on what it reads then", async () => {
      const store = await fresh();
      const base = await write(store, "a", { stars: 0 }, 10);
      const attempt = (on: typeof base, stars: number) => store.commit(commitOf(11, [change(on, { stars }, 11)]));
      let outcomes: string[];
      do {
        outcomes = (await Promise.all([attempt(base, 1), attempt(base, 2)])).map((result) => result.outcome);
      } while (!outcomes.includes("committed"));
      expect(outcomes).toContain("conflict");
      expect(await write(store, "a", { stars: 9 }, 12)).toMatchObject({ version: 3, values: { stars: 9 } });
    });

    it("I5 the feed has one entry a change, numbered without gaps, and reads on from any number", async () => {
      const store = await fresh();
      const batches = [["a", "b", "c"], ["d"], ["e", "f"]];
      for (const [i, keys] of batches.entries()) {
        const first = await commit(
          store,
          commitOf(
            10 + i,
            keys.map((id) => change(null, { id, title: id }, 10 + i)),
          ),
        );
        expect(first).toBe(1 + batches.slice(0, i).flat().length);
      }
      const entries = await store.feedAfter(0, 100);
      expect(entries.map(({ seq, key, at }) => [seq, key, at])).toEqual(
        [
          ["a", 10],
          ["b", 10],
          ["c", 10],
          ["d", 11],
          ["e", 12],
          ["f", 12],
        ].map(([key, at], i) => [i + 1, key, at]),
      );
      expect(entries[0]).toMatchObject({
        model: "Note",
        facet: 0,
        life: 1,
        version: 1,
        operation: "create",
        principal: "p",
      });
      expect((await store.feedAfter(2, 2)).map((entry) => entry.seq)).toEqual([3, 4]);
      expect(await store.feedAfter(6, 10)).toEqual([]);
      expect((await store.records("Note", ["c", "f"])).map((record) => record?.seq)).toEqual([3, 6]);
    });

    it("REC-22 tells what each change wrote, also when it created the record and that did not change since", async () => {
      const place = database.place();
      const adapter = place();
      const store = await opened(() => adapter);
      const told = async (): Promise<unknown[]> => {
        const updates = await store.updatesOf(await store.feedAfter(0, 99));
        return updates.map((update) => update && [...update]);
      };
      const written = (values: Values, at: number): number[] => [...created(note, values, at).update];
      const stored = async (): Promise<boolean[]> =>
        (await adapter.scan({ table: "$feed", columns: ["update"] })).map(([update]) => update !== null);
      const first = await write(store, "a", { stars: 1 }, 10);
      await write(store, "b", { stars: 1 }, 10);
      const expected: unknown[] = [written({ id: "a", stars: 1 }, 10), written({ id: "b", stars: 1 }, 10)];
      expect(await told()).toEqual(expected);
      expect(await stored()).toEqual([false, false]);
      const stale = commitOf(11, [change({ ...first, version: 9 }, { stars: 2 }, 11)]);
      expect(await store.commit(stale)).toEqual({ outcome: "conflict" });
      expect(await told()).toEqual(expected);
      await write(store, "a", { stars: 2 }, 11);
      await write(store, "b", null, 12);
      await write(store, "b", { stars: 3 }, 13);
      await write(store, "b", { stars: 4 }, 14);
      expected.push(written({ ...first.values, stars: 2 }, 11), null);
      expect((await told()).slice(0, 4)).toEqual(expected);
      expect(await stored()).toEqual([true, true, true, false, true, true]);
      const once = change(null, { id: "c", stars: 1 }, 20);
      const twice = change(once.after, { stars: 2 }, 20);
      const gone = change(null, { id: "d", stars: 1 }, 20);
      await commit(store, {
        ...commitOf(20, [change(null, { id: "e" }, 20)]),
        changes: [once, gone, twice, change(gone.after, null, 20), change(null, { id: "e" }, 20)],
        records: [
          { before: null, after: twice.after, lastChange: 2 },
          { before: null, after: change(gone.after, null, 20).after, lastChange: 3 },
          { before: null, after: change(null, { id: "e" }, 20).after, lastChange: 4 },
        ],
      });
      const late = [once.update, gone.update, twice.update, null, created(note, { id: "e" }, 20).update];
      expect((await told()).slice(6)).toEqual(late.map((update) => update && [...update]));
      expect((await stored()).slice(6)).toEqual([true, true, true, false, false]);
    });

    it("REC-22 tells what created a record also where another process changes it in between", async () => {
      const place = database.place();
      const adapter = place();
      const store = await opened(() => ({
        ...adapter,
        async getMany(table, keys) {
          if (table === "Note" && meanwhile !== null) await meanwhile();
          return adapter.getMany(table, keys);
        },
      }));
      let meanwhile: (() => Promise<unknown>) | null = null;
      const other = await opened(place);
      await write(store, "a", { stars: 1 }, 10);
      const entries = await store.feedAfter(0, 9);
      meanwhile = () => {
        meanwhile = null;
        return write(other, "a", { stars: 2 }, 11);
      };
      const [update] = await store.updatesOf(entries);
      expect([...(update ?? [])]).toEqual([...created(note, { id: "a", stars: 1 }, 10).update]);
    });

    it("REC-22 does not take the creation of a later record of that key for it", async () => {
      const store = await fresh();
      await write(store, "a", { stars: 1 }, 10);
      const entries = await store.feedAfter(0, 9);
      await write(store, "a", null, 11);
      while ((await store.expire({ deltasBefore: 20, tombstonesBefore: 20, limit: 9 })) > 0);
      expect(await write(store, "a", { stars: 2 }, 30)).toMatchObject({ version: 1 });
      expect(await store.updatesOf(entries)).toEqual([null]);
    });

    it("I5 a record changed twice in a commit has two entries, and stands at the last", async () => {
      const store = await fresh();
      const once = change(null, { id: "a", stars: 1 }, 10);
      const twice = change(once.after, { stars: 2 }, 10);
      await commit(store, {
        ...commitOf(10, []),
        changes: [once, twice],
        records: [{ before: null, after: twice.after, lastChange: 1 }],
      });
      expect((await store.records("Note", ["a"]))[0]).toMatchObject({ version: 2, seq: 2, values: { stars: 2 } });
      expect((await store.feedAfter(0, 9)).map((entry) => entry.version)).toEqual([1, 2]);
    });

    it("V2 a commit from before the last one conflicts", async () => {
      const store = await fresh();
      await write(store, "a", {}, 100);
      expect(await store.commit(commitOf(99, [change(null, { id: "b" }, 99)]))).toEqual({ outcome: "conflict" });
      expect(await commit(store, commitOf(100, [change(null, { id: "b" }, 100)]))).toBe(2);
    });

    it("V2 no process commits before a time that another one handed out", async () => {
      const place = database.place();
      const [first, second] = [await opened(place), await opened(place)];
      await first.leaseClock(5000);
      expect(await second.commit(commitOf(4000, [change(null, { id: "a" }, 4000)]))).toEqual({ outcome: "conflict" });
      const { at } = await second.head();
      expect(at).toBeGreaterThanOrEqual(5000);
      await commit(second, commitOf(at, [change(null, { id: "a" }, at)]));
      // The one that handed the time out is not held up by its own mark.
      const own = await opened(database.place());
      await own.leaseClock(5000);
      expect((await own.head()).at).toBeLessThanOrEqual(5000);
      await commit(own, commitOf(5000, [change(null, { id: "a" }, 5000)]));
    });

    it("V2 a mark is not taken back by a process whose clock is behind", async () => {
      const place = database.place();
      const [ahead, behind] = [await opened(place), await opened(place)];
      await ahead.leaseClock(9000);
      await behind.leaseClock(100);
      expect((await behind.head()).at).toBeGreaterThanOrEqual(9000);
      expect(await behind.commit(commitOf(8999, [change(null, { id: "a" }, 8999)]))).toEqual({ outcome: "conflict" });
      const third = await opened(place);
      expect(third.clockFloor).toBeGreaterThanOrEqual(9000);
    });

    it("V2 the clock resumes from what was handed out and from the last commit", async () => {
      const place = database.place();
      const store = await opened(place);
      expect(store.clockFloor).toBe(0);
      await write(store, "a", {}, 700);
      await store.close();
      const again = await opened(place);
      expect(again.clockFloor).toBe(700);
      await again.leaseClock(801);
      await again.close();
      const last = await opened(place);
      expect(last.clockFloor).toBeGreaterThanOrEqual(801);
      expect(last.clockFloor).toBeLessThanOrEqual(801 + 1000);
    });

    it("V4 push ids change with their commit, and conflict when another connection moved them", async () => {
      const store = await fresh();
      expect(await store.replica("r")).toBeNull();
      const row: ReplicaRow = {
        replica: "r",
        principal: "p",
        nonce: "n1",
        n: 1,
        refused: { "1": { code: "x" } },
        revision: 0,
      };
      await commit(store, commitOf(10, [change(null, { id: "a" }, 10)], { replicas: [row] }));
      const stored = await store.replica("r");
      expect(stored).toMatchObject({ ...row, revision: 1 });
      const next = commitOf(11, [change(null, { id: "b" }, 11)], { replicas: [{ ...row, n: 2 }] });
      expect(await store.commit(next)).toEqual({ outcome: "conflict" });
      expect(await store.records("Note", ["b"])).toEqual([null]);
      await commit(store, { ...next, replicas: [{ ...stored!, n: 2, refused: {} }] });
      await commit(store, { ...commitOf(12, []), replicas: [{ ...(await store.replica("r"))!, n: 3 }] });
      expect(await store.commit({ ...commitOf(13, []), replicas: [{ ...stored!, n: 9 }] })).toEqual({
        outcome: "conflict",
      });
      expect(await store.replica("r")).toMatchObject({ n: 3, refused: {}, revision: 3 });
      expect(await store.head()).toMatchObject({ seq: 2 });
    });

    it("N1 a client id belongs to the replica that bound it first", async () => {
      const place = database.place();
      const store = await opened(place);
      const id = 2 ** 52 + 1;
      while (!(await store.bindClientId(id, "r1")));
      expect(await store.bindClientId(id, "r1")).toBe(true);
      expect(await store.bindClientId(id, "r2")).toBe(false);
      while (!(await store.bindClientId(7, "r1")));
      expect([...(await store.clientIdsOf("r1"))].sort()).toEqual([id, 7].sort());
      expect(await store.clientIdsOf("r2")).toEqual([]);
      await store.close();
      expect(await (await opened(place)).bindClientId(id, "r2")).toBe(false);
    });

    it("F1 each process start is a row: its id, and the first number it could commit", async () => {
      const place = database.place();
      const first = await opened(place);
      await write(first, "a", {}, 10);
      await first.close();
      const second = await opened(place);
      await write(second, "b", {}, 11);
      await write(second, "c", {}, 12);
      await second.close();
      const third = await opened(place);
      expect(await third.starts()).toEqual([
        { start: first.start, ordinal: 1, firstSeq: 1 },
        { start: second.start, ordinal: 2, firstSeq: 2 },
        { start: third.start, ordinal: 3, firstSeq: 4 },
      ]);
      expect(new Set([first.start, second.start, third.start]).size).toBe(3);
      expect([third.epoch, third.secret]).toEqual([first.epoch, first.secret]);
      expect(third.secret).toMatch(/^[0-9a-f]{64}$/);
    });

    it("F1 processes that open a new store side by side agree on its epoch and secret", async () => {
      const place = database.place();
      const stores = await Promise.all([1, 2, 3].map(() => opened(place)));
      for (const store of stores) await store.head();
      expect(new Set(stores.map((store) => `${store.epoch} ${store.secret}`)).size).toBe(1);
      expect((await stores[0]!.starts()).map((row) => row.ordinal)).toEqual([1, 2, 3]);
    });

    it("F1 another epoch is kept, and other processes learn of it", async () => {
      const place = database.place();
      const [store, other] = [await opened(place), await opened(place)];
      await store.openEpoch("e2", 5);
      expect(store.epoch).toBe("e2");
      await other.head();
      expect(other.epoch).toBe("e2");
      await store.close();
      expect((await opened(place)).epoch).toBe("e2");
    });

    it("F6 pages go through a model in key order, text by its bytes, numbers by value", async () => {
      const store = await fresh();
      const keys = ["b", "B", "ä", "\u{ffff}", "\u{1f600}", "", "b\u0000", "aa"];
      await commit(
        store,
        commitOf(
          10,
          keys.map((id) => change(null, { id }, 10)),
        ),
      );
      await write(store, "B", null, 11);
      const inOrder = [...keys].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
      const read = async (withTombstones: boolean): Promise<string[]> => {
        const found: string[] = [];
        for (let after: string | null = null; ; ) {
          const page = await store.page("Note", after, 3, withTombstones);
          found.push(...page.map((record) => record.key));
          after = page.at(-1)?.key ?? null;
          if (page.length < 3 || found.length > keys.length) return found;
        }
      };
      expect(await read(true)).toEqual(inOrder);
      expect(await read(false)).toEqual(inOrder.filter((key) => key !== "B"));
      expect(await store.count("Note")).toBe(keys.length - 1);
      const seats = [
        [10, 1],
        [2, 30],
        [2, 4],
        [-1, 0],
      ].map(([row = 0, seat = 0]) => ({ hall: "h", row, seat }));
      await commit(
        store,
        commitOf(
          12,
          seats.map((seat) => change(null, seat, 12, "Seat")),
        ),
      );
      const first = await store.page("Seat", null, 2, true);
      const rest = await store.page("Seat", first.at(-1)?.key ?? null, 9, true);
      expect([...first, ...rest].map(({ key }) => key)).toEqual([
        '["h",-1,0]',
        '["h",2,4]',
        '["h",2,30]',
        '["h",10,1]',
      ]);
    });

    it("REC-4 a sorted scan goes on exactly where it stopped, also over ties, nulls and mixed directions", async () => {
      const store = await fresh();
      const stars = [3, null, 1, 3, null, 2, 1, 3];
      const notes = stars.map((star, i) => ({
        id: `n${i}`,
        stars: star,
        room: i % 2 === 0 ? "x" : null,
        title: `t${i}`,
      }));
      await commit(
        store,
        commitOf(
          10,
          notes.map((values) => change(null, values, 10)),
        ),
      );
      await write(store, "n3", null, 11);
      for (const sort of [
        [],
        [["stars", "ASCENDING"]],
        [["stars", "DESCENDING"]],
        [
          ["room", "DESCENDING"],
          ["stars", "ASCENDING"],
        ],
        [
          ["room", "ASCENDING"],
          ["stars", "DESCENDING"],
          ["id", "ASCENDING"],
        ],
      ] as const) {
        const query = {
          model: "Note",
          range: null,
          where: null,
          sort: sort.map(([field, direction]) => ({ field, direction })),
          includeDeleted: false,
          maxLooked: 100,
        };
        const whole = titles((await store.scan({ ...query, after: null, limit: 100 })).records);
        expect(whole).toHaveLength(7);
        const paged: unknown[] = [];
        for (let after: Values | null = null; ; ) {
          const page = await store.scan({ ...query, after, limit: 2 });
          paged.push(...titles(page.records));
          after = page.behind;
          if (after === null || paged.length > whole.length) break;
        }
        expect(paged, JSON.stringify(sort)).toEqual(whole);
      }
      const where = { kind: "field", field: "stars", op: "gt", value: 1 } as const;
      const all = { model: "Note", range: null, sort: [], after: null, limit: 9, includeDeleted: true, maxLooked: 100 };
      const found = await store.scan({ ...all, where });
      expect(titles(found.records)).toEqual(["t0", "t3", "t5", "t7"]);
    });

    it("REC-21 a page looks at a bounded number of records, and leads on behind the last of them", async () => {
      const place = database.place()();
      const read: number[] = [];
      const counting: StorageAdapter = {
        ...place,
        scan: async (scan) => {
          const rows = await place.scan(scan);
          if (scan.table === "Note") read.push(rows.length);
          return rows;
        },
      };
      const store = await opened(() => counting);
      const notes = Array.from({ length: 23 }, (_, i) =>
        change(
          null,
          { id: `n${i + 10}`, title: `t${i}`, stars: i < 20 ? 0 : 1, room: i % 5 === 0 ? null : `r${i % 3}` },
          10,
        ),
      );
      await commit(store, commitOf(10, notes));
      const walk = async (scan: Partial<RelayScan>): Promise<{ found: unknown[]; lengths: number[] }> => {
        const all = { model: "Note", range: null, where: null, sort: [], limit: 3, includeDeleted: true, maxLooked: 6 };
        const found: unknown[] = [];
        const lengths: number[] = [];
        for (let after: Values | null = null; ; ) {
          const page = await store.scan({ ...all, ...scan, after });
          expect(page.looked).toBeLessThanOrEqual(6);
          expect(page.records.length).toBeLessThanOrEqual(3);
          found.push(...titles(page.records));
          lengths.push(page.records.length);
          after = page.behind;
          if (after === null) return { found, lengths };
        }
      };
      const rare = { kind: "field", field: "stars", op: "eq", value: 1 } as const;
      expect(await walk({ where: rare })).toEqual({ found: ["t20", "t21", "t22"], lengths: [0, 0, 0, 3, 0] });
      expect(await walk({ where: { ...rare, value: 7 } })).toEqual({ found: [], lengths: [0, 0, 0, 0] });
      expect(
        (await walk({ where: { ...rare, value: 7 }, sort: [{ field: "id", direction: "DESCENDING" }] })).lengths,
      ).toHaveLength(4);
      for (const direction of ["ASCENDING", "DESCENDING"] as const) {
        const sort = [{ field: "room", direction }] as const;
        const { found } = await walk({ where: { ...rare, value: 0 }, sort });
        expect(found.toSorted()).toEqual(Array.from({ length: 20 }, (_, i) => `t${i}`).toSorted());
        expect(found).toEqual((await walk({ range: { ...rare, value: 0 }, sort })).found);
      }
      expect(Math.max(...read)).toBeLessThanOrEqual(6);
    });

    it("REC-21 a record that goes while a page is read takes none with it", async () => {
      const place = database.place()();
      let between: (() => Promise<void>) | null = null;
      const adapter: StorageAdapter = {
        ...place,
        scan: async (scan) => {
          const rows = await place.scan(scan);
          const act = scan.table === "Note" ? between : null;
          between = scan.table === "Note" ? null : between;
          await act?.();
          return rows;
        },
      };
      const store = await opened(() => adapter);
      const ids = Array.from({ length: 9 }, (_, i) => `n${i}`);
      await commit(
        store,
        commitOf(
          10,
          ids.map((id) => change(null, { id, title: id, stars: 1 }, 10)),
        ),
      );
      const where = { kind: "field", field: "stars", op: "eq", value: 1 } as const;
      const scan = { model: "Note", range: null, where, sort: [], limit: 9, includeDeleted: true, maxLooked: 4 };
      between = async () => {
        await place.commit({ writes: [{ kind: "delete", table: "Note", key: ["n1"] }] });
      };
      const first = await store.scan({ ...scan, after: null });
      const second = await store.scan({ ...scan, after: first.behind });
      const third = await store.scan({ ...scan, after: second.behind });
      expect([...first.records, ...second.records, ...third.records].map(({ key }) => key)).toEqual(
        ids.filter((id) => id !== "n1"),
      );
      expect(third.behind).toBeNull();
    });

    it("REC-5 finds the first number at or after a time", async () => {
      const store = await fresh();
      expect(await store.firstSeqAt(5)).toBe(1);
      const times = [10, 10, 20, 20, 20, 35, 50];
      for (const [i, at] of times.entries()) await write(store, `n${i % 4}`, { stars: i }, at);
      const expected = (at: number): number => times.filter((one) => one < at).length + 1;
      for (let at = 0; at <= 60; at++) expect(await store.firstSeqAt(at), `at ${at}`).toBe(expected(at));
      await store.expire({ deltasBefore: 45, tombstonesBefore: 0, limit: 100 });
      const left = await store.feedAfter(0, 100);
      expect(left.length).toBeLessThan(times.length);
      for (let at = 0; at <= 60; at++) {
        const from = await store.firstSeqAt(at);
        const wanted = left.filter((entry) => entry.at >= at).map((entry) => entry.seq);
        expect(
          (await store.feedAfter(from - 1, 100)).map((entry) => entry.seq),
          `at ${at}`,
        ).toEqual(wanted);
      }
    });

    it("D6 a tombstone is the last row, key, life, version and stamp, without a document", async () => {
      const place = database.place();
      const store = await opened(place);
      const alive = await write(store, "a", { title: "last words", tags: ["x"] }, 10);
      expect(alive.deletedStamp).toBeNull();
      const gone = change(alive, null, 11);
      const deletedStamp: Stamp = stampAt(11);
      await commit(store, commitOf(11, [{ ...gone, after: { ...gone.after, deletedStamp } }]));
      await store.close();
      const [tombstone] = await (await opened(place)).records("Note", ["a"]);
      expect(tombstone).toMatchObject({
        values: alive.values,
        key: "a",
        life: 1,
        version: 2,
        isDeleted: true,
        deletedStamp,
      });
      expect(tombstone?.documents).toEqual([null]);
    });

    it("REC-6 a delta entry loses its update with its lifetime, a superseded one goes", async () => {
      const store = await fresh();
      await write(store, "a", { stars: 1 }, 10);
      await write(store, "b", { stars: 1 }, 11);
      await write(store, "a", { stars: 2 }, 12);
      await write(store, "a", { stars: 3 }, 30);
      const round = () => store.expire({ deltasBefore: 20, tombstonesBefore: 0, limit: 2 });
      expect([await round(), await round(), await round()]).toEqual([2, 1, 0]);
      const left = await store.feedAfter(0, 9);
      const updates = await store.updatesOf(left);
      expect(left.map(({ seq, key }, i) => [seq, key, updates[i] !== null])).toEqual([
        [2, "b", true],
        [4, "a", true],
      ]);
      const [unchanged] = await store.records("Note", ["b"]);
      await commit(store, commitOf(31, [change(unchanged!, { stars: 2 }, 31)], { deltasBefore: 20 }));
      await write(store, "b", { stars: 3 }, 32);
      while ((await store.expire({ deltasBefore: 40, tombstonesBefore: 0, limit: 9 })) > 0);
      const stripped = await store.feedAfter(0, 9);
      expect(stripped.map(({ key, version }) => [key, version])).toEqual([
        ["a", 3],
        ["b", 3],
      ]);
      expect(await store.updatesOf(stripped)).toEqual([null, null]);
      expect(store.expiredSeq).toBe(0);
    });

    it("REC-6 so does an entry of a model that left the schema", async () => {
      const place = database.place();
      const store = await opened(place);
      const first = change(null, { hall: "h", row: 1, seat: 1 }, 10, "Seat");
      const firstSeq = await commit(store, commitOf(10, [first]));
      const seated = change({ ...first.after, seq: firstSeq }, { guest: "g" }, 11, "Seat");
      await commit(store, commitOf(11, [seated]));
      await store.close();
      const adapter = place();
      const without = await openRelay(adapter, parseSchema(`type Note @model ${auth} { id: ID! }`));
      onTestFinished(() => without.close());
      const kept = async (): Promise<boolean[]> =>
        (await adapter.scan({ table: "$feed", columns: ["update"] })).map(([update]) => update !== null);
      expect(await kept()).toEqual([true, true]);
      await without.expire({ deltasBefore: 20, tombstonesBefore: 0, limit: 9 });
      expect(await kept()).toEqual([false, false]);
    });

    it("REC-6 a commit takes along the entry it supersedes when that one's lifetime is over", async () => {
      const store = await fresh();
      const first = await write(store, "a", { stars: 1 }, 10);
      await commit(store, commitOf(50, [change(first, { stars: 2 }, 50)], { deltasBefore: 20 }));
      const [second] = await store.records("Note", ["a"]);
      await commit(store, commitOf(60, [change(second!, { stars: 3 }, 60)], { deltasBefore: 30 }));
      expect((await store.feedAfter(0, 9)).map((entry) => entry.seq)).toEqual([2, 3]);
    });

    it("REC-7 a tombstone past its lifetime goes with its entry, and with that the cursors before it", async () => {
      const place = database.place();
      const [store, other] = [await opened(place), await opened(place)];
      for (const key of ["a", "b", "c"]) await write(store, key, { title: key }, 10);
      for (const [i, key] of ["a", "b", "c"].entries()) await write(store, key, null, 20 + i * 10);
      await write(store, "b", { title: "again" }, 45);
      const bounds = { deltasBefore: 100, tombstonesBefore: 35, limit: 100 };
      await store.expire(bounds);
      expect(await store.records("Note", ["a", "b", "c"])).toMatchObject([
        null,
        { life: 2, isDeleted: false },
        { isDeleted: true },
      ]);
      expect((await store.feedAfter(0, 9)).map((entry) => entry.key)).toEqual(["c", "b"]);
      expect(store.expiredSeq).toBe(4);
      await other.head();
      expect(other.expiredSeq).toBe(4);
      await store.expire({ ...bounds, tombstonesBefore: 41 });
      expect(store.expiredSeq).toBe(6);
      expect(await store.expire({ ...bounds, tombstonesBefore: 41 })).toBe(0);
      await store.close();
      expect((await opened(place)).expiredSeq).toBe(6);
    });

    it("REC-23 of a forgotten tombstone life and version stay, those of the last one", async () => {
      const place = database.place();
      const [store, other] = [await opened(place), await opened(place)];
      const forgotten = async (of: RelayStore) => [...(await of.forgotten("Note", ["a", "b", "never"]))];
      for (const key of ["a", "b"]) await write(store, key, { title: key }, 10);
      for (const key of ["a", "b"]) await write(store, key, null, 20);
      expect(await forgotten(store)).toEqual([]);
      await store.expire({ deltasBefore: 100, tombstonesBefore: 30, limit: 100 });
      const first = { life: 1, version: 2 };
      expect(await forgotten(other)).toEqual([
        ["a", first],
        ["b", first],
      ]);
      const again = change(null, { id: "a" }, 40);
      await commit(store, commitOf(40, [{ ...again, after: { ...again.after, life: 2, version: 3 } }]));
      await write(store, "a", null, 50);
      await store.expire({ deltasBefore: 100, tombstonesBefore: 60, limit: 100 });
      expect(await forgotten(other)).toEqual([
        ["a", { life: 2, version: 4 }],
        ["b", first],
      ]);
      expect([...(await store.forgotten("Note", []))]).toEqual([]);
    });

    it("REC-7 a tombstone outlives its delta entry's lifetime", async () => {
      const store = await fresh();
      await write(store, "a", {}, 10);
      await write(store, "a", null, 20);
      await store.expire({ deltasBefore: 15, tombstonesBefore: 1000, limit: 10 });
      expect(await store.records("Note", ["a"])).toMatchObject([{ isDeleted: true }]);
      await store.expire({ deltasBefore: 25, tombstonesBefore: 1000, limit: 10 });
      expect(await store.records("Note", ["a"])).toEqual([null]);
    });

    it("REC-19 a mutation is known by its id from its commit on, until its delta entry's lifetime is over", async () => {
      const place = database.place();
      const adapter = place();
      const store = await opened(() => adapter);
      const ids = ["first", "second", "third"];
      const known = async (since = 0): Promise<string[]> => [...(await store.knownMutations(ids, since))];
      const one = [change(null, { id: "a" }, 10), change(null, { id: "b" }, 10)];
      await commit(store, commitOf(10, one, { mutations: [{ change: 1, id: "first" }] }));
      await commit(store, commitOf(20, [change(null, { id: "c" }, 20)], { mutations: [{ change: 0, id: "second" }] }));
      expect(await known()).toEqual(["first", "second"]);
      expect(await known(11)).toEqual(["second"]);
      expect(await adapter.scan({ table: "$mutations", columns: ["id", "seq"] })).toEqual([
        ["first", 2],
        ["second", 3],
      ]);
      const stale = commitOf(30, [change(null, { id: "a" }, 30)], { mutations: [{ change: 0, id: "third" }] });
      expect(await store.commit(stale)).toEqual({ outcome: "conflict" });
      expect(await known()).toEqual(["first", "second"]);
      await store.expire({ deltasBefore: 20, tombstonesBefore: 0, limit: 10 });
      expect(await known()).toEqual(["second"]);
      expect(await adapter.count("$mutations")).toBe(1);
      const again = commitOf(40, [change(null, { id: "d" }, 40)], { mutations: [{ change: 0, id: "second" }] });
      await commit(store, again);
      expect(await known(30)).toEqual(["second"]);
    });

    it("REC-20 what the versions behind one did to lists is told while all of it is kept, in their order", async () => {
      const place = database.place();
      const store = await opened(place);
      const asked = { model: "Note", key: "a", since: 0, maxSize: 1000 };
      const steps = async (from: number, to: number, since = 0) =>
        (await store.listSteps({ ...asked, from, to, since }))?.steps ?? null;
      const lists: ListStep = { tags: { added: [[2 ** 52 + 1, 7, 1]], removed: [[1, 0, ["x", null, 2]]] } };
      let last: RelayRecord | null = null;
      const edit = async (at: number, step: ListStep | null, base: number | null = null): Promise<void> => {
        const edits = [change(null, { id: `beside ${at}` }, at), change(last, { id: "a", stars: at }, at)];
        const listSteps = step === null ? [] : [{ change: 1, lists: step, base }];
        await commit(store, commitOf(at, edits, { listSteps }));
        [last = null] = await store.records("Note", ["a"]);
      };
      await edit(10, null);
      for (const [i, step] of [lists, {}, lists].entries()) await edit(20 + i * 10, step, i === 2 ? 3 : null);
      const [first, second, third] = [
        { lists, base: null, principal: "p" },
        { lists: {}, base: null, principal: "p" },
        { lists, base: 3, principal: "p" },
      ];
      expect(await steps(1, 4)).toEqual([first, second, third]);
      expect(await steps(2, 3)).toEqual([second]);
      expect(await steps(4, 4)).toEqual([]);
      // The creation left no step, and nobody has made a fifth version.
      expect(await steps(0, 4)).toBeNull();
      expect(await steps(3, 5)).toBeNull();
      expect(await steps(1, 4, 20)).toHaveLength(3);
      expect(await steps(1, 4, 21)).toBeNull();
      expect(await steps(2, 4, 21)).toHaveLength(2);
      const size = 2 * JSON.stringify(lists).length;
      expect(await store.listSteps({ ...asked, from: 1, to: 4, maxSize: size })).toMatchObject({ size });
      expect(await store.listSteps({ ...asked, from: 1, to: 4, maxSize: size - 1 })).toBeNull();
      const stale = commitOf(50, [change(null, { id: "a" }, 50)], { listSteps: [{ change: 0, lists, base: null }] });
      expect(await store.commit(stale)).toEqual({ outcome: "conflict" });
      expect(await steps(4, 5)).toBeNull();
      await store.close();
      const again = await opened(place);
      expect(await again.listSteps({ ...asked, from: 3, to: 4 })).toMatchObject({ steps: [third] });
      expect(await again.listSteps({ ...asked, key: "b", from: 3, to: 4 })).toBeNull();
      expect(await again.listSteps({ ...asked, model: "Seat", from: 3, to: 4 })).toBeNull();
    });

    it("REC-20 what a version did to lists is kept as long as its delta entry", async () => {
      const place = database.place();
      const adapter = place();
      const store = await opened(() => adapter);
      const first = await write(store, "a", { stars: 1 }, 10);
      const listSteps = [{ change: 0, lists: {}, base: null }];
      await commit(store, commitOf(20, [change(first, { stars: 2 }, 20)], { listSteps }));
      await commit(store, commitOf(30, [change(null, { id: "b" }, 30)]));
      await store.expire({ deltasBefore: 20, tombstonesBefore: 0, limit: 10 });
      expect(await adapter.count("$listSteps")).toBe(1);
      await store.expire({ deltasBefore: 21, tombstonesBefore: 0, limit: 10 });
      expect(await adapter.count("$listSteps")).toBe(0);
    });

    it("F4 old values of a change lie beside the feed as long as tombstones do", async () => {
      const place = database.place();
      const adapter = place();
      const store = await opened(() => adapter);
      const before = await write(store, "a", { room: "old" }, 10);
      const trail = [{ change: 1, old: { room: "old" } }];
      await commit(
        store,
        commitOf(20, [change(null, { id: "b" }, 20), change(before, { room: "new" }, 20)], { trail }),
      );
      expect(await adapter.scan({ table: "$trail" })).toEqual([[3, "Note", "a", '{"room":"old"}']]);
      await store.expire({ deltasBefore: 100, tombstonesBefore: 20, limit: 10 });
      expect(await adapter.count("$trail")).toBe(1);
      await store.expire({ deltasBefore: 100, tombstonesBefore: 21, limit: 10 });
      expect(await adapter.count("$trail")).toBe(0);
    });
  });
}

describe("openRelayStore on a disk that loses what was not synced", () => {
  it("I4 keeps every acknowledged commit when the disk was asked to sync, and is seen to lose them when not", async () => {
    for (const durability of ["power", "process"] as const) {
      const disk = createLossyDisk();
      const store = await openRelay(disk.adapter("power"));
      await write(store, "a", { stars: 0 }, 1);
      await store.close();
      const working = await openRelay(disk.adapter(durability));
      for (let i = 1; i <= 20; i++) await write(working, "a", { stars: i }, 1 + i);
      await disk.losePower();
      const after = await openRelay(disk.adapter("power"));
      const [found] = await after.records("Note", ["a"]);
      expect(found).toMatchObject(durability === "power" ? { version: 21, values: { stars: 20 } } : { version: 1 });
      expect((await after.head()).seq).toBe(found?.version);
      expect((await after.feedAfter(0, 100)).map((entry) => entry.seq)).toEqual(
        Array.from({ length: found?.version ?? 0 }, (_, i) => i + 1),
      );
      await after.close();
    }
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Identity, Values } from "@tributary/model";
import type { RowMember, StorageAdapter, ValueShape } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { createSqliteAdapter } from "@tributary/storage/sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import type { JsonQuery, RecordQuery, Relay } from "../src/index.ts";
import { START_MS, settle, startRelay } from "./fixtures/test-relay.ts";

const key: Identity = { kind: "apiKey", id: "key" };
const operator: Identity = { kind: "operator" };

async function create(relay: Relay, model: string, values: Record<string, string | number>): Promise<void> {
  await relay.submit(operator, [{ operation: "create", model, values, baseVersion: null, condition: null }]);
}

const notes: RecordQuery = {
  model: "Note",
  range: null,
  where: null,
  order: [{ field: "id", direction: "ASCENDING" }],
  limit: 100,
  maxLooked: 1000,
  after: null,
  includeDeleted: false,
};

const anyText: ValueShape = { kind: "text", among: null, isRequired: true };

describe("createRecordReader", () => {
  it("I8 reads nothing of a model for whom may not", async () => {
    const relay = await startRelay();
    await create(relay, "Ballot", { id: "b", choice: "x" });
    expect(await relay.records.get(key, "Ballot", "b")).toBeNull();
    expect(await relay.records.query(key, { ...notes, model: "Ballot" })).toEqual({
      records: [],
      looked: 0,
      behind: null,
    });
    const since = { model: "Ballot", since: START_MS, where: null, limit: 10, maxLooked: 1000, afterSeq: 0 };
    expect(await relay.records.delta(key, since)).toMatchObject({ records: [] });
    expect((await relay.records.delta(operator, since))?.records).toHaveLength(1);
    expect(relay.records.canReadModel(key, "Ballot")).toBe(false);
    expect(relay.records.canReadModel(key, "Note")).toBe(true);
    expect(await relay.records.get(operator, "Ballot", "b")).toMatchObject({ version: 1, values: { choice: "x" } });
  });

  it("V1 reads a page in order, and goes on behind its last record", async () => {
    const relay = await startRelay();
    for (const id of ["c", "a", "d", "b"]) await create(relay, "Note", { id, title: "t" });
    const first = await relay.records.query(key, { ...notes, limit: 3 });
    expect(first.records.map((record) => record.key)).toEqual(["a", "b", "c"]);
    const rest = await relay.records.query(key, { ...notes, after: first.behind });
    expect(rest.records.map((record) => record.key)).toEqual(["d"]);
  });

  it("I11 looks at a bounded number of records for a page, and leads on", async () => {
    const relay = await startRelay();
    for (let i = 0; i < 40; i += 1)
      await create(relay, "Note", { id: `n${i + 10}`, title: i === 33 ? "rare" : "common" });
    const where = { kind: "field", field: "title", op: "eq", value: "rare" } as const;
    const pages: string[][] = [];
    for (let after: Values | null = null; ; ) {
      const page = await relay.records.query(key, { ...notes, where, limit: 2, maxLooked: 10, after });
      expect(page.looked).toBeLessThanOrEqual(10);
      pages.push(page.records.map((record) => record.key));
      after = page.behind;
      if (after === null) break;
    }
    expect(pages).toEqual([[], [], [], ["n43"], []]);
  });

  it("I11 looks at a thousand records at a time, and lets others have their turn between", async () => {
    const memory = createMemoryAdapter();
    let most = 0;
    const adapter: StorageAdapter = {
      ...memory,
      async scan(scan) {
        const rows = await memory.scan(scan);
        if (scan.table === "Note") most = Math.max(most, rows.length);
        return rows;
      },
    };
    const relay = await startRelay({ adapter });
    for (let i = 0; i < 6; i += 1) {
      const writes = Array.from({ length: 500 }, (_, k) => {
        const values = { id: `n${i * 500 + k}`, title: "t" };
        return { operation: "create", model: "Note", values, baseVersion: null, condition: null } as const;
      });
      await relay.submit(operator, writes);
    }
    const where = { kind: "field", field: "title", op: "eq", value: "none" } as const;
    let turns = 0;
    let isWaiting = true;
    const count = (): void => {
      turns += 1;
      if (isWaiting) setImmediate(count);
    };
    setImmediate(count);
    const page = await relay.records.query(key, { ...notes, where, limit: 2, maxLooked: 10_000 });
    isWaiting = false;
    expect(page).toEqual({ records: [], looked: 3000, behind: null });
    expect(most).toBe(1000);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it("I11 looks at a bounded number of changes for a page of a delta, and leads on", async () => {
    const relay = await startRelay();
    for (let i = 0; i < 25; i += 1)
      await create(relay, i === 17 ? "Ballot" : "Note", { id: `n${i}`, title: "t", choice: "x" });
    const pages: [string[], number | null][] = [];
    for (let afterSeq = 0; ; ) {
      const query = { model: "Ballot", since: START_MS, where: null, limit: 5, maxLooked: 10, afterSeq };
      const page = await relay.records.delta(operator, query);
      if (page === null) throw new Error("the changes are kept");
      pages.push([page.records.map((record) => record.key), page.behind]);
      if (page.behind === null) break;
      afterSeq = page.behind;
    }
    expect(pages).toEqual([
      [[], 10],
      [["n17"], 20],
      [[], null],
    ]);
  });

  it("V2 answers a delta by the time of the last change, in the order of changes, each record once", async () => {
    let now = START_MS;
    const relay = await startRelay({ now: () => now });
    for (const id of ["a", "b", "c"]) {
      await create(relay, "Note", { id, title: "t" });
      now += 10;
    }
    await relay.submit(operator, [
      { operation: "update", model: "Note", values: { id: "b", body: "x" }, baseVersion: null, condition: null },
    ]);
    const delta = async (since: number, afterSeq = 0): Promise<unknown> => {
      const found = await relay.records.delta(key, {
        model: "Note",
        since,
        where: null,
        limit: 10,
        maxLooked: 1000,
        afterSeq,
      });
      return found === null ? null : found.records.map((record) => record.key);
    };
    expect(await delta(START_MS)).toEqual(["a", "c", "b"]);
    expect(await delta(START_MS + 20)).toEqual(["c", "b"]);
    expect(await delta(START_MS + 21)).toEqual(["b"]);
    expect(await delta(START_MS, 3)).toEqual(["b"]);
    now = START_MS + 1_800_001;
    expect(await delta(START_MS)).toBeNull();
  });

  it("V2 hands out no time behind which a commit comes to be seen", async () => {
    const memory = createMemoryAdapter();
    let now = START_MS;
    let release: () => void = () => {};
    const slow: StorageAdapter = {
      ...memory,
      async commit(batch) {
        if ((batch.sequence?.count ?? 0) > 0) {
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        }
        return memory.commit(batch);
      },
    };
    const relay = await startRelay({ adapter: slow, now: () => now });
    // Times up to a second ahead are covered now, so that the next is handed out without asking the store.
    await relay.records.startedAt();
    const created = create(relay, "Note", { id: "a", title: "t" });
    await settle(5);
    now += 50;
    const startedAt = await relay.records.startedAt();
    expect(await relay.records.query(key, notes)).toMatchObject({ records: [] });
    release();
    await created;
    const missed = await relay.records.delta(key, {
      model: "Note",
      since: startedAt,
      where: null,
      limit: 10,
      maxLooked: 1000,
      afterSeq: 0,
    });
    expect(missed?.records.map((record) => record.key)).toEqual(["a"]);
    expect(await relay.records.startedAt()).toBe(START_MS + 50);
  });

  it("V2 hands out no time that a relay started later would commit before", async () => {
    const adapter = createMemoryAdapter();
    const first = await startRelay({ adapter: { ...adapter, close: async () => {} }, now: () => START_MS + 5000 });
    const startedAt = await first.records.startedAt();
    await first.stop();
    const second = await startRelay({ adapter: { ...adapter, open: async () => {} }, now: () => START_MS });
    await create(second, "Note", { id: "a", title: "t" });
    expect((await second.records.get(key, "Note", "a"))?.changedAt).toBeGreaterThanOrEqual(startedAt);
  });

  it("I8 has a page written as JSON only for whoever may read every record of every model in it", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "tributary-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const adapter = createSqliteAdapter({ file: path.join(folder, "relay.db"), synchronous: "FULL" });
    const relay = await startRelay({ adapter });
    await create(relay, "Note", { id: "a", title: "x" });
    await create(relay, "Ballot", { id: "b", choice: "x" });
    const id: RowMember = { kind: "column", key: "id", column: "id", shape: anyText };
    const shape = { members: [id] };
    const query: JsonQuery = { ...notes, limit: 10, range: null, accept: null, shape };
    const page = await relay.records.queryJson(key, query);
    expect(page).toMatchObject({ looked: 1, led: 0, behind: null });
    expect(new TextDecoder().decode(page?.json)).toBe('{"id":"a"}');
    expect(await relay.records.queryJson(key, { ...query, model: "Ballot" })).toBeNull();
    const on = [{ own: "id", other: "id" }];
    const led: RowMember = { kind: "related", key: "ballot", table: "Ballot", on, row: shape, isRequired: false };
    const leading = { ...query, shape: { members: [id, led] } };
    expect(await relay.records.queryJson(key, leading)).toBeNull();
    expect((await relay.records.queryJson(operator, leading))?.led).toBe(1);
  });
});

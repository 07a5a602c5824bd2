import { forceCloseDatabase, IDBIndex, IDBObjectStore } from "fake-indexeddb";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Condition, Row, Scan, StorageAdapter, TableLayout, Write } from "../../src/adapter.ts";
import { createIndexedDbAdapter, type IndexedDbAdapterOptions } from "../../src/indexeddb/index.ts";
import { type Browser, createBrowser } from "../browser.ts";

const messages: TableLayout = {
  name: "Message",
  columns: [
    { name: "id", type: "text" },
    { name: "room", type: "text" },
    { name: "at", type: "integer" },
    { name: "body", type: "blob" },
  ],
  primaryKey: ["id"],
  indexes: [{ name: "Message.byRoom", columns: ["room", "at"] }],
};

const message = (id: string, room: string | null = "r", at: number | null = 0, body: Uint8Array | null = null): Row => [
  id,
  room,
  at,
  body,
];
const put = (row: Row): Write => ({ kind: "upsert", table: "Message", row });

type Options = Partial<IndexedDbAdapterOptions>;

function adapterIn(environment: Browser, options: Options = {}): StorageAdapter {
  const adapter = createIndexedDbAdapter({ name: "chat", environment, ...options });
  onTestFinished(() => adapter.close());
  return adapter;
}

async function openIn(environment: Browser, options: Options = {}): Promise<StorageAdapter> {
  const adapter = adapterIn(environment, options);
  await adapter.open();
  await adapter.create([messages]);
  return adapter;
}

/** The parts of IndexedDB by which tests do what other programs would. */
interface RawRequest {
  readonly result: RawDatabase;
  readonly error: Error | null;
  readonly transaction: { abort(): void };
  onsuccess: () => void;
  onerror: () => void;
  onupgradeneeded: () => void;
}
interface RawDatabase {
  createObjectStore(name: string): { put(value: unknown, key: string): unknown };
  transaction(
    store: string,
    mode: "readonly" | "readwrite",
  ): {
    abort(): void;
    objectStore(name: string): { get(key: unknown): RawRequest; getAll(): RawRequest };
  };
  readonly version: number;
  close(): void;
}
interface RawFactory {
  open(name: string, version?: number): RawRequest;
  deleteDatabase(name: string): RawRequest;
}

const factoryOf = (browser: Browser): RawFactory => browser.indexedDB as unknown as RawFactory;

function answer(request: RawRequest): Promise<RawDatabase> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Timers that go off when told to. */
function manualTimers(): Pick<Browser, "setTimeout" | "clearTimeout"> & { fire(): void; readonly waiting: number } {
  const actions = new Set<() => void>();
  return {
    setTimeout(action) {
      actions.add(action);
      return action;
    },
    clearTimeout: (timer) => void actions.delete(timer as () => void),
    fire() {
      for (const action of actions) action();
      actions.clear();
    },
    get waiting() {
      return actions.size;
    },
  };
}

/** Counts the rows that the database hands over, page by page, and those passed with a cursor. */
function watchReads(): { readonly pages: number[]; passed: number } {
  const reads = { pages: [] as number[], passed: 0 };
  for (const source of [IDBObjectStore, IDBIndex] as unknown as { prototype: Record<string, Method> }[]) {
    for (const name of ["getAll", "openCursor"]) {
      const original = source.prototype[name]!;
      vi.spyOn(source.prototype, name).mockImplementation(function (this: unknown, ...given: unknown[]) {
        const request = original.apply(this, given) as EventTarget & { result: unknown };
        request.addEventListener("success", () => {
          if (Array.isArray(request.result)) reads.pages.push(request.result.length);
          else if (request.result !== null) reads.passed++;
        });
        return request;
      });
    }
  }
  return reads;
}
type Method = (...given: unknown[]) => unknown;

const sum = (numbers: readonly number[]): number => numbers.reduce((left, right) => left + right, 0);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("what an IndexedDB adapter reads", () => {
  const filled = async (): Promise<StorageAdapter> => {
    const adapter = await openIn(createBrowser());
    const rows = Array.from({ length: 1000 }, (_, i) => message(`m${1000 + i}`, `r${i % 10}`, i));
    await adapter.commit({ writes: rows.map(put) });
    return adapter;
  };
  const inRoom: Condition = { kind: "compare", column: "room", op: "eq", value: "r3" };
  const since = (at: number): Condition => ({ kind: "compare", column: "at", op: "ge", value: at });
  const byId = { column: "id", direction: "asc" } as const;
  const byTime = { column: "at", direction: "desc" } as const;
  const manyIds = (count: number, apart: number): string[] =>
    Array.from({ length: count }, (_, i) => `m${1000 + i * apart}`);
  const cases: readonly [string, Omit<Scan, "table">, number, number, number][] = [
    ["a key", { where: { kind: "compare", column: "id", op: "eq", value: "m1500" } }, 1, 1, 1],
    ["keys", { where: { kind: "in", column: "id", values: ["m1500", "m1001", "none"] } }, 2, 2, 3],
    ["many keys, far apart", { where: { kind: "in", column: "id", values: manyIds(40, 25) } }, 40, 40, 40],
    ["many keys, close together", { where: { kind: "in", column: "id", values: manyIds(40, 2) } }, 40, 79, 1],
    ["a prefix of the key", { where: { kind: "hasPrefix", column: "id", value: "m150" } }, 10, 10, 1],
    ["a page in key order", { order: [byId], after: ["m1499"], limit: 20 }, 20, 20, 1],
    ["the first column of an index", { where: inRoom }, 100, 100, 1],
    ["a range of the next column", { where: { kind: "and", of: [inRoom, since(900)] } }, 10, 10, 1],
    ["a bounded page of an index", { where: { kind: "and", of: [inRoom, since(0)] }, limit: 5 }, 5, 100, 5],
    ["the last of an index", { where: inRoom, order: [byTime], limit: 5 }, 5, 6, 6],
    ["the first inserted", { limit: 3, offset: 2 }, 3, 5, 1],
    ["what no row can meet", { where: { kind: "or", of: [] } }, 0, 0, 0],
  ];
  for (const [title, scan, answered, most, reads] of cases) {
    it(`STORE-27 ${title}: reads at most ${most} of 1,000 rows, ${reads} times, to answer ${answered}`, async () => {
      const adapter = await filled();
      const watched = watchReads();
      expect(await adapter.scan({ table: "Message", ...scan })).toHaveLength(answered);
      expect(sum(watched.pages) + watched.passed).toBeLessThanOrEqual(most);
      expect(watched.pages.length + watched.passed).toBeLessThanOrEqual(reads);
    });
  }

  it("STORE-28 a scan of everything, a count, an aggregation, a search, and a page it has to search for hold one page of rows at a time", async () => {
    const adapter = await filled();
    const reads = watchReads();
    const where: Condition = { kind: "not", of: inRoom };
    expect(await adapter.scan({ table: "Message", where, order: [byTime, byId], limit: 3 })).toHaveLength(3);
    expect(await adapter.scan({ table: "Message" })).toHaveLength(1000);
    expect(await adapter.count("Message", where)).toBe(900);
    const measures = [{ op: "sum", column: "at" }] as const;
    expect(await adapter.aggregate({ table: "Message", groupBy: [], measures })).toEqual([[499_500]]);
    const search = { table: "Message", indexed: ["room"], columns: ["room"], text: "r3", limit: 1000 };
    expect(await adapter.search(search)).toHaveLength(100);
    expect(sum(reads.pages)).toBe(5000);
    expect(Math.max(...reads.pages)).toBeLessThanOrEqual(200);
  });

  it("STORE-28 a rebuild and a removal go through a table page by page", async () => {
    const adapter = await filled();
    const reads = watchReads();
    await adapter.rebuild({ ...messages, meaning: "anew" }, (row) => row);
    await adapter.reindex({ ...messages, meaning: "anew", indexes: [] });
    await adapter.commit({ writes: [{ kind: "deleteWhere", table: "Message", where: { kind: "not", of: inRoom } }] });
    expect(await adapter.count("Message")).toBe(100);
    expect(Math.max(...reads.pages)).toBeLessThanOrEqual(200);
  });
});

describe("an IndexedDB adapter", () => {
  it("STORE-15 where there is no IndexedDB it cannot be opened, and says so", async () => {
    const adapter = createIndexedDbAdapter({ name: "chat" });
    await expect(adapter.open()).rejects.toMatchObject({
      code: "CANNOT_OPEN",
      message: "there is no IndexedDB here for the database chat; use another adapter",
    });
  });

  it("STORE-15 a browser that refuses to open is quoted", async () => {
    const browser = createBrowser();
    const refusing = {
      open() {
        throw new DOMException("not for you", "SecurityError");
      },
    };
    await expect(adapterIn({ ...browser, indexedDB: refusing }).open()).rejects.toMatchObject({
      code: "CANNOT_OPEN",
      message: "the browser does not open the database chat: not for you (SecurityError)",
    });
  });

  it("STORE-15 another program's database is refused and left as it was, whatever its version", async () => {
    for (const version of [1, 7]) {
      const browser = createBrowser();
      const request = factoryOf(browser).open("chat", version);
      request.onupgradeneeded = () => void request.result.createObjectStore("things").put("kept", "thing");
      (await answer(request)).close();
      await expect(adapterIn(browser).open()).rejects.toMatchObject({
        code: "FOREIGN",
        message: "the database chat is another program's; choose another name",
      });
      const database = await answer(factoryOf(browser).open("chat"));
      expect(database.version).toBe(version);
      expect(await answer(database.transaction("things", "readonly").objectStore("things").get("thing"))).toBe("kept");
      database.close();
    }
  });

  it("STORE-15 a database that a later version wrote is refused and left as it was", async () => {
    const browser = createBrowser();
    const adapter = await openIn(browser);
    await adapter.commit({ writes: [put(message("a"))] });
    await adapter.close();
    (await answer(factoryOf(browser).open("chat", 9))).close();
    await expect(adapter.open()).rejects.toMatchObject({
      code: "NEWER",
      message: "a newer version of the app wrote the database chat; load the app anew",
    });
    const database = await answer(factoryOf(browser).open("chat"));
    expect(await answer(database.transaction("rows", "readonly").objectStore("rows").getAll())).toHaveLength(1);
    database.close();
  });

  it("STORE-15 a first opening that was cut short leaves nothing behind, and the next one opens", async () => {
    const browser = createBrowser();
    const cutShort = {
      open(name: string, version: number) {
        const request = factoryOf(browser).open(name, version);
        Object.defineProperty(request, "onupgradeneeded", { set: () => {} });
        (request as unknown as EventTarget).addEventListener("upgradeneeded", () => request.transaction.abort());
        return request;
      },
    } as unknown as Browser["indexedDB"];
    await expect(adapterIn({ ...browser, indexedDB: cutShort }).open()).rejects.toMatchObject({ code: "CANNOT_OPEN" });
    const adapter = await openIn(browser);
    await adapter.commit({ writes: [put(message("a"))] });
    expect(await adapter.count("Message")).toBe(1);
  });

  it("STORE-18 no more room ends in a retryable FULL, with nothing half written", async () => {
    const adapter = await openIn(createBrowser());
    await adapter.commit({ writes: [put(message("a"))], sequence: { count: 1, at: 1 } });
    const stores = IDBObjectStore.prototype as unknown as Record<string, Method>;
    const original = stores.put!;
    let puts = 0;
    const spy = vi.spyOn(stores, "put").mockImplementation(function (this: unknown, ...given: unknown[]) {
      const request = original.apply(this, given);
      const { transaction } = this as { transaction: { _abort(name: string): void } };
      if (++puts === 3) transaction._abort("QuotaExceededError");
      return request;
    });
    const writes = ["b", "c", "d", "e"].map((id) => put(message(id)));
    await expect(adapter.commit({ writes, sequence: { count: 1, at: 2 } })).rejects.toMatchObject({
      code: "FULL",
      retryable: true,
      message: "the browser gives the database chat no more room; delete records, or free space on the device",
    });
    spy.mockRestore();
    expect(puts).toBeGreaterThanOrEqual(3);
    expect(await adapter.scan({ table: "Message", columns: ["id"] })).toEqual([["a"]]);
    expect(await adapter.head()).toEqual({ seq: 1, at: 1 });
    expect(await adapter.commit({ writes, sequence: { count: 1, at: 2 } })).toEqual({
      outcome: "committed",
      firstSeq: 2,
    });
  });

  it("STORE-25 it makes way for another tab that deletes the database, and says so from then on", async () => {
    const browser = createBrowser();
    const adapter = await openIn(browser);
    const committing = adapter.commit({ writes: [put(message("a"))] });
    await answer(factoryOf(browser).deleteDatabase("chat"));
    expect(await committing).toMatchObject({ outcome: "committed" });
    const gone = {
      code: "CLOSED",
      message: "the database chat was deleted; open the store again to begin a new one",
    };
    await expect(adapter.get("Message", ["a"])).rejects.toMatchObject(gone);
    await expect(adapter.commit({ writes: [] })).rejects.toMatchObject(gone);
    await adapter.close();
    await adapter.open();
    expect(await adapter.layouts()).toEqual([]);
  });

  it("STORE-25 it makes way for another tab that runs a newer version, and says so from then on", async () => {
    const browser = createBrowser();
    const adapter = await openIn(browser);
    const later = await answer(factoryOf(browser).open("chat", 2));
    await expect(adapter.scan({ table: "Message" })).rejects.toMatchObject({
      code: "NEWER",
      message: "another tab runs a newer version of the app on the database chat; load the app anew",
    });
    later.close();
    await adapter.close();
    await expect(adapter.open()).rejects.toMatchObject({ code: "NEWER" });
  });

  it("STORE-25 a connection that the browser closes is said to be closed", async () => {
    const browser = createBrowser();
    let database: unknown;
    const watched = {
      open(name: string, version: number) {
        const request = factoryOf(browser).open(name, version);
        (request as unknown as EventTarget).addEventListener("success", () => (database = request.result));
        return request;
      },
    } as unknown as Browser["indexedDB"];
    const adapter = await openIn({ ...browser, indexedDB: watched });
    forceCloseDatabase(database as never);
    await expect
      .poll(() => adapter.head().catch((error: unknown) => error))
      .toMatchObject({
        code: "CLOSED",
        message: "the browser closed the database chat; open the store again",
      });
  });

  it("STORE-17 an opening that other tabs hold up ends in a retryable BUSY, and holds nobody up itself", async () => {
    const timers = manualTimers();
    const browser = createBrowser(timers);
    const first = await openIn(browser);
    await first.close();
    const stubborn = await answer(factoryOf(browser).open("chat"));
    const deleting = answer(factoryOf(browser).deleteDatabase("chat"));
    const adapter = adapterIn(browser);
    const opening = adapter.open();
    await expect.poll(() => timers.waiting).toBe(1);
    timers.fire();
    await expect(opening).rejects.toMatchObject({
      code: "BUSY",
      retryable: true,
      message: "other tabs keep the database chat from opening; close or reload them",
    });
    stubborn.close();
    await deleting;
    await answer(factoryOf(browser).deleteDatabase("chat"));
    await adapter.open();
    expect(await adapter.layouts()).toEqual([]);
  });

  it("STORE-17 a commit that waits too long for another tab ends in a retryable BUSY and changes nothing", async () => {
    const timers = manualTimers();
    const browser = createBrowser(timers);
    const adapter = await openIn(browser);
    const other = await answer(factoryOf(browser).open("chat"));
    const transaction = other.transaction("rows", "readwrite");
    let isHeld = true;
    const hold = (): void => {
      const request = transaction.objectStore("rows").get(["none"]);
      request.onsuccess = () => {
        if (isHeld) hold();
      };
    };
    hold();
    const committing = adapter.commit({ writes: [put(message("a"))] });
    await expect.poll(() => timers.waiting).toBe(1);
    timers.fire();
    await expect(committing).rejects.toMatchObject({
      code: "BUSY",
      retryable: true,
      message: "another tab has been writing to the database chat for too long; close or reload it",
    });
    isHeld = false;
    expect(await adapter.count("Message")).toBe(0);
    expect(await adapter.commit({ writes: [put(message("a"))] })).toMatchObject({ outcome: "committed" });
    expect(timers.waiting).toBe(0);
    other.close();
  });

  it("STORE-17 a tab that reads as another one adds a table goes on, and finds it", async () => {
    const browser = createBrowser();
    const [first, second] = [await openIn(browser), await openIn(browser)];
    const others: TableLayout = { ...messages, name: "Other", indexes: [] };
    await second.create([others]);
    expect(await first.get("Message", ["a"])).toBeUndefined();
    expect((await first.layouts()).map(({ name }) => name)).toEqual(["Message", "Other"]);
    await first.commit({ writes: [{ kind: "insert", table: "Other", row: message("a") }] });
    expect(await second.count("Other")).toBe(1);
  });

  it("STORE-17 a tab whose tables another one changed reads nothing by the layout it knows", async () => {
    const browser = createBrowser();
    const [first, second] = [await openIn(browser), await openIn(browser)];
    await first.commit({ writes: [put(message("a", "r", 1))] });
    await second.reindex({ ...messages, indexes: [{ name: "Message.byTime", columns: ["at"] }] });
    const where: Condition = { kind: "compare", column: "room", op: "eq", value: "r" };
    expect(await first.scan({ table: "Message", where, columns: ["id"] })).toEqual([["a"]]);
    await first.commit({ writes: [put(message("b", "r", 2))] });
    const since: Condition = { kind: "compare", column: "at", op: "ge", value: 2 };
    expect(await second.scan({ table: "Message", where: since, columns: ["id"] })).toEqual([["b"]]);
    await second.rebuild({ ...messages, meaning: "anew" }, (row) => row);
    const changed = {
      code: "LAYOUT",
      message: "another tab gave the table Message another layout; open the store again",
    };
    await expect(first.get("Message", ["a"])).rejects.toMatchObject(changed);
    await expect(first.scan({ table: "Message" })).rejects.toMatchObject(changed);
    await expect(first.commit({ writes: [] })).rejects.toMatchObject(changed);
    await first.close();
    await first.open();
    expect(await first.get("Message", ["a"])).toEqual(message("a", "r", 1));
  });

  it("STORE-10 rows whose new keys are others' old ones all arrive, and two on one key are refused", async () => {
    const adapter = await openIn(createBrowser());
    await adapter.commit({ writes: ["a", "b", "c"].map((id, i) => put(message(id, "r", i))) });
    const next: Readonly<Record<string, string>> = { a: "b", b: "c", c: "a" };
    const turned: TableLayout = { ...messages, meaning: "turned" };
    await adapter.rebuild(turned, ([id, ...cells]) => [next[String(id)] ?? null, ...cells]);
    expect(await adapter.scan({ table: "Message", columns: ["id", "at"] })).toEqual([
      ["b", 0],
      ["c", 1],
      ["a", 2],
    ]);
    const melting = adapter.rebuild({ ...messages, meaning: "melted" }, ([, ...cells]) => ["x", ...cells]);
    await expect(melting).rejects.toMatchObject({ code: "FAILED" });
    expect(await adapter.layouts()).toEqual([turned]);
    expect(await adapter.count("Message")).toBe(3);
  });

  it("STORE-10 a rebuild that failed in the middle leaves nothing in the way of the next one", async () => {
    const adapter = await openIn(createBrowser());
    await adapter.commit({ writes: ["a", "b", "c"].map((id) => put(message(id))) });
    const anew: TableLayout = { ...messages, meaning: "anew" };
    const failing = adapter.rebuild(anew, (row) => {
      if (row[0] === "c") throw new Error("cut short");
      return [`old ${row[0]}`, ...row.slice(1)];
    });
    await expect(failing).rejects.toThrow("cut short");
    await adapter.rebuild(anew, (row) => row);
    expect(await adapter.scan({ table: "Message", columns: ["id"] })).toEqual([["a"], ["b"], ["c"]]);
    expect(await adapter.count("Message")).toBe(3);
  });

  it("STORE-10 a rebuilt or dropped table leaves no rows behind", async () => {
    const browser = createBrowser();
    const adapter = await openIn(browser);
    await adapter.commit({ writes: ["a", "b", "c"].map((id) => put(message(id))) });
    const database = await answer(factoryOf(browser).open("chat"));
    const stored = (): Promise<unknown> =>
      answer(database.transaction("rows", "readonly").objectStore("rows").getAll());
    await adapter.rebuild({ ...messages, meaning: "anew" }, (row) => (row[0] === "b" ? null : row));
    expect(await stored()).toHaveLength(2);
    await adapter.drop("Message");
    expect(await stored()).toEqual([]);
    database.close();
  });

  it("STORE-6 rows come in the order of their commits, over a reopening too", async () => {
    const browser = createBrowser();
    const adapter = await openIn(browser);
    for (const id of ["c", "a"]) await adapter.commit({ writes: [put(message(id))] });
    await adapter.close();
    await adapter.open();
    for (const id of ["b", "c"]) await adapter.commit({ writes: [put(message(id, "r", 1))] });
    const columns = ["id"];
    expect(await adapter.scan({ table: "Message", columns })).toEqual([["c"], ["a"], ["b"]]);
    expect(await adapter.scan({ table: "Message", columns, limit: 2 })).toEqual([["c"], ["a"]]);
  });

  it("STORE-2 a batch that ends in an error in the middle changes nothing", async () => {
    const adapter = await openIn(createBrowser());
    const unstorable = [
      { kind: "upsert", table: "Message", row: ["b", "r", Number.NaN, () => 0] },
    ] as unknown as Write[];
    const removal: Write = { kind: "deleteWhere", table: "Message" };
    await adapter.commit({ writes: [put(message("z"))] });
    await expect(adapter.commit({ writes: [put(message("a")), removal, ...unstorable] })).rejects.toMatchObject({
      code: "FAILED",
    });
    expect(await adapter.scan({ table: "Message", columns: ["id"] })).toEqual([["z"]]);
  });

  it("STORE-13 closing waits for commits under way", async () => {
    const adapter = await openIn(createBrowser());
    let isDone = false;
    const committing = adapter.commit({ writes: [put(message("a"))] }).then(() => {
      isDone = true;
    });
    await adapter.close();
    expect(isDone).toBe(true);
    await committing;
    await adapter.open();
    expect(await adapter.count("Message")).toBe(1);
  });

  it("STORE-13 closing while it opens leaves it closed", async () => {
    const adapter = adapterIn(createBrowser());
    const opening = adapter.open();
    await adapter.close();
    await opening;
    await expect(adapter.layouts()).rejects.toMatchObject({ code: "CLOSED" });
    await adapter.open();
    expect(await adapter.layouts()).toEqual([]);
  });

  it("STORE-26 bytes cut out of a larger buffer are stored without the rest of it", async () => {
    const browser = createBrowser();
    const adapter = await openIn(browser);
    const frame = new Uint8Array(100_000).fill(7);
    await adapter.commit({ writes: [put(message("a", "r", 0, frame.subarray(10, 13)))] });
    const [, , , body] = (await adapter.get("Message", ["a"])) ?? [];
    expect(body).toEqual(new Uint8Array([7, 7, 7]));
    expect((body as Uint8Array).buffer.byteLength).toBe(3);
  });
});

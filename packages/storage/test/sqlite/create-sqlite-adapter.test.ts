import { existsSync, statSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Row, StorageAdapter, TableLayout, Write } from "../../src/adapter.ts";
import { asTest } from "../../src/plan-query.ts";
import { createSqliteAdapter, type SqliteAdapterOptions } from "../../src/sqlite/index.ts";
import { tempFolder } from "../temp-folder.ts";

const table: TableLayout = {
  name: "T",
  columns: [
    { name: "id", type: "text" },
    { name: "n", type: "integer" },
    { name: "doc", type: "blob" },
  ],
  primaryKey: ["id"],
  indexes: [{ name: "T.byN", columns: ["n"] }],
};

const put = (id: string, n = 0, doc: Uint8Array | null = null): Write => ({
  kind: "upsert",
  table: "T",
  row: [id, n, doc],
});

async function opened(file: string, options: Partial<SqliteAdapterOptions> = {}): Promise<StorageAdapter> {
  const adapter = createSqliteAdapter({ file, synchronous: "NORMAL", ...options });
  await adapter.open();
  onTestFinished(() => adapter.close());
  await adapter.create([table]);
  return adapter;
}

/** A connection beside the adapter's. */
function beside(file: string): Database.Database {
  const database = new Database(file, { timeout: 0 });
  onTestFinished(() => void database.close());
  return database;
}

const MIB = 1024 * 1024;

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A commit of `load` writes at least these: the row, what of it does not fit into its page, and the index. */
const PAGES_A_COMMIT = 3;

/** Commits one after the other, and tells how much went through the log, at least, and how large it grew. */
async function load(
  adapter: StorageAdapter,
  file: string,
  {
    commits,
    between,
    bytes = 4000,
  }: { readonly commits: number; readonly between: (i: number) => Promise<void>; readonly bytes?: number },
): Promise<{ readonly loggedBytes: number; readonly logBytes: number }> {
  const doc = new Uint8Array(bytes);
  let logBytes = 0;
  for (let i = 0; i < commits; i++) {
    await adapter.commit({ writes: [put(`k${i % 500}`, i, doc)] });
    await between(i);
    if (i % 50 === 0) logBytes = Math.max(logBytes, statSync(`${file}-wal`).size);
  }
  return { loggedBytes: commits * PAGES_A_COMMIT * 4096, logBytes };
}

describe("createSqliteAdapter", () => {
  it("I4 asks SQLite for what its durability promises", async () => {
    for (const [synchronous, level, durability] of [
      ["FULL", 2, "power"],
      ["NORMAL", 1, "process"],
    ] as const) {
      const seen: unknown[] = [];
      const adapter = createSqliteAdapter({
        file: path.join(tempFolder(), "store.db"),
        synchronous,
        onOpen: (pragma) => seen.push(pragma("synchronous"), pragma("journal_mode")),
      });
      await adapter.open();
      expect(seen).toEqual([level, "wal"]);
      expect(adapter.capabilities.durability).toBe(durability);
      await adapter.close();
    }
  });

  it("STORE-2 an error in a commit leaves nothing behind, and the next commit works", async () => {
    const adapter = await opened(path.join(tempFolder(), "store.db"));
    const misfit: Write = { kind: "upsert", table: "T", row: ["x"] };
    await expect(adapter.commit({ writes: [put("a"), misfit] })).rejects.toThrow(RangeError);
    expect(await adapter.count("T")).toBe(0);
    await adapter.commit({ writes: [put("b")] });
    expect(await adapter.count("T")).toBe(1);
  });

  it("STORE-11 a bulk load that was cut short has its indexes again after the next opening", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file);
    const indexes = (): unknown[] =>
      beside(file).prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOT NULL").pluck().all();
    await adapter.setIndexed("T", false);
    await adapter.commit({ writes: [put("a", 1)] });
    expect(indexes()).toEqual([]);
    await adapter.close();
    await (await opened(file)).close();
    expect(indexes()).toEqual(["T.byN"]);
  });

  it("STORE-17 waits for another process's transaction, and answers BUSY when it takes too long", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file, { busyTimeoutMs: 20 });
    const other = beside(file);
    other.exec("BEGIN IMMEDIATE");
    await expect(adapter.commit({ writes: [put("a")] })).rejects.toMatchObject({ code: "BUSY", retryable: true });
    expect(await adapter.count("T")).toBe(0);
    other.exec("ROLLBACK");
    expect(await adapter.commit({ writes: [put("a")] })).toMatchObject({ outcome: "committed" });
  });

  it("STORE-18 a full disk ends in an error that may be retried, with nothing half written", async () => {
    const file = path.join(tempFolder(), "store.db");
    let limit: ((name: string) => unknown) | null = null;
    const adapter = await opened(file, { onOpen: (pragma) => (limit = pragma) });
    await adapter.commit({ writes: [put("a")] });
    const pages = Number(limit!("page_count"));
    limit!(`max_page_count = ${pages + 2}`);
    const writes = Array.from({ length: 50 }, (_, i) => put(`b${i}`, i, new Uint8Array(4000)));
    await expect(adapter.commit({ writes })).rejects.toMatchObject({ code: "FULL", retryable: true });
    expect(await adapter.count("T")).toBe(1);
    limit!("max_page_count = 100000");
    expect(await adapter.commit({ writes })).toMatchObject({ outcome: "committed" });
  });

  it("STORE-19 the log stays small under steady load, also beside another connection that reads", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file);
    const reader = await opened(file);
    const peak = await load(adapter, file, {
      commits: 30_000,
      async between(i) {
        if (i % 10 === 0) await reader.get("T", ["k1"]);
        if (i % 10 === 5) await breathe();
      },
    });
    expect(peak.logBytes).toBeLessThan(peak.loggedBytes / 2);
  });

  it("STORE-19 the log has an end where the event loop is never free", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file);
    const peak = await load(adapter, file, { commits: 30_000, between: async () => {} });
    expect(peak.logBytes).toBeLessThan(peak.loggedBytes / 2);
  });

  it("STORE-19 a log of a few MiB is copied into the file beside whoever writes", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file);
    await load(adapter, file, { commits: 1000, between: async () => {}, bytes: 1000 });
    const before = statSync(file).size;
    await expect.poll(() => statSync(file).size).toBeGreaterThan(before + MIB / 4);
    expect(await adapter.count("T")).toBe(500);
  });

  it("STORE-19 the log is copied for whoever reads the connection's pragmas too", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file, { onOpen: (pragma) => expect(pragma("journal_mode")).toBe("wal") });
    await load(adapter, file, { commits: 1000, between: async () => {}, bytes: 1000 });
    const before = statSync(file).size;
    await expect.poll(() => statSync(file).size).toBeGreaterThan(before + MIB / 4);
  });

  it("STORE-19 closing waits for the checkpoint under way, and lets go of the file", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file);
    const isolated = { commits: 1000, between: async () => {}, bytes: 1000 };
    await load(adapter, file, isolated);
    const before = statSync(file).size;
    await expect.poll(() => statSync(file).size).toBeGreaterThan(before + MIB / 4);
    await load(adapter, file, isolated);
    await adapter.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    // Only whoever has the file alone can leave its mode.
    expect(beside(file).pragma("journal_mode = DELETE", { simple: true })).toBe("delete");
  });

  it("STORE-19 the log is cut back after a large transaction", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file);
    const doc = new Uint8Array(100_000);
    await adapter.commit({ writes: Array.from({ length: 600 }, (_, i) => put(`k${i}`, i, doc)) });
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(50 * MIB);
    const logBytes = async (): Promise<number> => {
      await adapter.commit({ writes: [put("a")] });
      return statSync(`${file}-wal`).size;
    };
    await expect.poll(logBytes).toBeLessThanOrEqual(32 * MIB);
  });

  it("STORE-2 a row that does not fit its table is refused, also among many and where the next makes up for it", async () => {
    const adapter = await opened(path.join(tempFolder(), "store.db"));
    const insert = (row: Row): Write => ({ kind: "insert", table: "T", row });
    const fitting = Array.from({ length: 16 }, (_, i) => insert([`k${i}`, i, null]));
    for (const at of [0, 5, 14]) {
      const writes = fitting.with(at, insert(["short", 1])).with(at + 1, insert(["long", 1, null, null]));
      await expect(adapter.commit({ writes })).rejects.toThrow(RangeError);
      expect(await adapter.count("T")).toBe(0);
    }
  });

  it("STORE-20 refuses names that SQLite cannot tell apart, and copes with names it has a use for", async () => {
    const adapter = await opened(path.join(tempFolder(), "store.db"));
    const named = (name: string, columns: readonly string[]): TableLayout => ({
      name,
      columns: columns.map((column) => ({ name: column, type: "text" })),
      primaryKey: [columns[0] ?? ""],
      indexes: [],
    });
    await expect(adapter.create([named("t", ["id"])])).rejects.toMatchObject({
      code: "LAYOUT",
      message: expect.stringContaining("T and t differ in case only"),
    });
    await expect(adapter.create([named("U", ["id", "Name", "name"])])).rejects.toMatchObject({ code: "LAYOUT" });
    await expect(adapter.create([named("U", ["rowid", "oid", "_rowid_"])])).rejects.toMatchObject({ code: "LAYOUT" });
    await adapter.create([named('od"d', ["rowid", 'a"b'])]);
    await adapter.commit({
      writes: ["b", "a"].map((rowid) => ({ kind: "upsert", table: 'od"d', row: [rowid, null] })),
    });
    expect(await adapter.scan({ table: 'od"d', columns: ["rowid"] })).toEqual([["b"], ["a"]]);
    await adapter.rebuild({ ...named('od"d', ["rowid", 'a"b']), meaning: "again" }, (row) => row);
    expect(await adapter.scan({ table: 'od"d', columns: ["rowid"] })).toEqual([["b"], ["a"]]);
    const taken = ["id", "rowid", "rank", 'a"b'];
    await adapter.create([named("searched", taken)]);
    await adapter.commit({ writes: [{ kind: "upsert", table: "searched", row: ["1", "old oil", "a lamp", null] }] });
    const find = (text: string, columns: readonly string[]) =>
      adapter.search({ table: "searched", indexed: taken, columns, text, limit: 9 });
    expect(await find("lamp", ["rank", 'a"b'])).toHaveLength(1);
    expect(await find("lamp", ["rowid"])).toEqual([]);
    await adapter.commit({ writes: [{ kind: "upsert", table: "searched", row: ["1", "new oil", "a lamp", null] }] });
    expect(await find("new lamp", taken)).toHaveLength(1);
    expect(await find("old", taken)).toEqual([]);
  });

  it("STORE-29 a search waits for no writer once its index is there", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file, { busyTimeoutMs: 20 });
    await adapter.commit({ writes: [put("a lamp"), put("a chair")] });
    const find = () => adapter.search({ table: "T", indexed: ["id"], columns: ["id"], text: "lamp", limit: 10 });
    await find();
    beside(file).exec("BEGIN IMMEDIATE");
    expect(await find()).toHaveLength(1);
  });

  it("STORE-30 commits large batches beside whoever handed them in, all batches in their order", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file, { threadFromWrites: 100 });
    const done: string[] = [];
    const large = adapter
      .commit({ writes: Array.from({ length: 20_000 }, (_, i) => put(`k${i}`, 1)) })
      .then(() => done.push("large"));
    const small = adapter.commit({ writes: [put("k7", 2)] }).then(() => done.push("small"));
    let turns = 0;
    const ended = large.then(() => true);
    while (!(await Promise.race([ended, breathe().then(() => false)]))) {
      turns++;
      expect([0, 20_000]).toContain(await adapter.count("T"));
    }
    expect(turns).toBeGreaterThan(0);
    await small;
    expect(done).toEqual(["large", "small"]);
    expect(await adapter.get("T", ["k7"])).toEqual(["k7", 2, null]);
    await adapter.commit({ writes: [put("k7", 3)] });
    expect(await adapter.get("T", ["k7"])).toEqual(["k7", 3, null]);
  });

  it("STORE-30 the thread answers BUSY as the caller would, and works on", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file, { threadFromWrites: 0, busyTimeoutMs: 20 });
    const other = beside(file);
    other.exec("BEGIN IMMEDIATE");
    await expect(adapter.commit({ writes: [put("a")] })).rejects.toMatchObject({
      name: "StorageError",
      code: "BUSY",
      retryable: true,
    });
    other.exec("ROLLBACK");
    expect(await adapter.commit({ writes: [put("a")] })).toMatchObject({ outcome: "committed" });
    const misfit: Write = { kind: "upsert", table: "T", row: ["x"] };
    await expect(adapter.commit({ writes: [put("b"), misfit] })).rejects.toThrow(RangeError);
    expect(await adapter.count("T")).toBe(1);
  });

  it("STORE-30 closing, and a change of tables, wait for what the thread has under way", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file, { threadFromWrites: 100 });
    const many = (n: number) => ({ writes: Array.from({ length: 5000 }, (_, i) => put(`k${i}`, n)) });
    const first = adapter.commit(many(1));
    await adapter.reindex({ ...table, indexes: [] });
    expect(await first).toMatchObject({ outcome: "committed" });
    const second = adapter.commit(many(2));
    await adapter.close();
    expect(await second).toMatchObject({ outcome: "committed" });
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(beside(file).prepare("SELECT count(*) FROM T WHERE n = 2").pluck().get()).toBe(5000);
  });

  it("STORE-19 the log stays small where a thread commits", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file, { threadFromWrites: 0 });
    const peak = await load(adapter, file, { commits: 10_000, between: async () => {} });
    expect(peak.logBytes).toBeLessThan(peak.loggedBytes / 2);
  });

  it("STORE-21 scans in key order, conditions and prefixes are served by indexes", async () => {
    const file = path.join(tempFolder(), "store.db");
    const adapter = await opened(file);
    await adapter.commit({ writes: Array.from({ length: 300 }, (_, i) => put(`k${i}`, i % 7)) });
    const { compileScan } = await import("../../src/sql/compile-scan.ts");
    const { conditionParameters } = await import("../../src/sql/condition-shape.ts");
    const { sqliteDialect } = await import("../../src/sqlite/sqlite-dialect.ts");
    const plan = (scan: Parameters<typeof compileScan>[2]): string => {
      const sql = compileScan(sqliteDialect, table, scan, "rowid");
      const parameters = [...(scan.where === undefined ? [] : conditionParameters(scan.where)), ...(scan.after ?? [])];
      if (scan.limit !== undefined) parameters.push(scan.limit, 0);
      const steps = beside(file)
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...parameters) as { detail: string }[];
      return steps.map((step) => step.detail).join("; ");
    };
    const byId = [{ column: "id", direction: "asc" }] as const;
    expect(plan({ table: "T", order: byId, after: ["k5"], limit: 10 })).toMatch(
      /^SEARCH T USING INDEX sqlite_autoindex_T_1 \(id>\?\)$/,
    );
    expect(plan({ table: "T", order: [{ column: "id", direction: "desc" }], limit: 10 })).not.toContain("TEMP B-TREE");
    const n3 = { kind: "compare", column: "n", op: "eq", value: 3 } as const;
    expect(plan({ table: "T", where: n3 })).toContain("USING INDEX T.byN (n=?)");
    const tested = plan({ table: "T", where: asTest(n3), order: byId, after: ["k5"], limit: 10 });
    expect(tested).toMatch(/^SEARCH T USING INDEX sqlite_autoindex_T_1 \(id>\?\)$/);
    expect(plan({ table: "T", where: { kind: "hasPrefix", column: "id", value: "k1" } })).toContain("(id>? AND id<?)");
    const many = Array.from({ length: 200 }, (_, i) => i);
    expect(plan({ table: "T", where: { kind: "in", column: "n", values: many } })).toContain("USING INDEX T.byN (n=?)");
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import type { StorageAdapter } from "../src/adapter.ts";
import { createMemoryAdapter } from "../src/memory/index.ts";
import { createSqliteAdapter } from "../src/sqlite/index.ts";
import { storageContractSuite } from "../src/testing/index.ts";

const files = new Map<StorageAdapter, string>();

function sqliteAt(file: string): StorageAdapter {
  const adapter = createSqliteAdapter({ file, synchronous: "NORMAL" });
  files.set(adapter, file);
  return adapter;
}

storageContractSuite("memory", { create: createMemoryAdapter });
storageContractSuite("SQLite", {
  create: () => sqliteAt(path.join(mkdtempSync(path.join(tmpdir(), "tributary-storage-")), "store.db")),
  reopen: (adapter) => sqliteAt(files.get(adapter) ?? ""),
  async destroy(adapter) {
    rmSync(path.dirname(files.get(adapter) ?? ""), { recursive: true, force: true });
  },
});

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "tributary-storage-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe("createSqliteAdapter", () => {
  it("I4 asks SQLite for what its durability promises", async () => {
    for (const [synchronous, level, durability] of [["FULL", 2, "power"], ["NORMAL", 1, "process"]] as const) {
      const seen: unknown[] = [];
      const file = path.join(folder(), "store.db");
      const adapter = createSqliteAdapter({ file, synchronous, onOpen: (pragma) => seen.push(pragma("synchronous"), pragma("journal_mode")) });
      await adapter.open();
      expect(seen).toEqual([level, "wal"]);
      expect(adapter.capabilities.durability).toBe(durability);
      await adapter.close();
    }
  });

  it("STORE-15 refuses a database of another program", async () => {
    const file = path.join(folder(), "other.db");
    const other = new Database(file);
    other.exec("CREATE TABLE notes (id INTEGER)");
    other.close();
    const adapter = createSqliteAdapter({ file, synchronous: "FULL" });
    await expect(adapter.open()).rejects.toMatchObject({ code: "FOREIGN" });
  });

  it("STORE-15 says in one line why a file cannot be opened", async () => {
    const file = path.join(folder(), "missing", "store.db");
    const adapter = createSqliteAdapter({ file, synchronous: "FULL" });
    await expect(adapter.open()).rejects.toMatchObject({ code: "CANNOT_OPEN", message: expect.not.stringContaining("\n") });
  });
});

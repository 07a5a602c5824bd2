import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect } from "vitest";
import type { StorageAdapter } from "../../src/adapter.ts";
import { createIndexedDbAdapter } from "../../src/indexeddb/index.ts";
import { createMemoryAdapter } from "../../src/memory/index.ts";
import { createSqliteAdapter, type SqliteAdapterOptions } from "../../src/sqlite/index.ts";
import {
  type ConflictingAdapter,
  createConflictingAdapter,
  createLossyDisk,
  type LossyDisk,
  storageContractSuite,
} from "../../src/testing/index.ts";
import { type Browser, createBrowser } from "../browser.ts";
import { insistent } from "../insistent-adapter.ts";
import { createRandom } from "../random.ts";

const files = new Map<StorageAdapter, string>();

function sqliteAt(file: string, options: Partial<SqliteAdapterOptions>): StorageAdapter {
  const adapter = createSqliteAdapter({ file, synchronous: "NORMAL", ...options });
  files.set(adapter, file);
  return adapter;
}

for (const [name, options] of [
  ["SQLite", {}],
  ["SQLite, every commit on a thread", { threadFromWrites: 0 }],
  ["SQLite, large commits on a thread", { threadFromWrites: 3 }],
] as const) {
  const sqliteLike = (adapter: StorageAdapter): StorageAdapter => sqliteAt(files.get(adapter) ?? "", options);
  storageContractSuite(name, {
    create: () => sqliteAt(path.join(mkdtempSync(path.join(tmpdir(), "tributary-storage-")), "store.db"), options),
    reopen: sqliteLike,
    another: sqliteLike,
    async destroy(adapter) {
      rmSync(path.dirname(files.get(adapter) ?? ""), { recursive: true, force: true });
    },
  });
}

const browsers = new Map<StorageAdapter, Browser>();

function inBrowser(browser: Browser): StorageAdapter {
  const adapter = createIndexedDbAdapter({ name: "store", environment: browser });
  browsers.set(adapter, browser);
  return adapter;
}

const inSameBrowser = (adapter: StorageAdapter): StorageAdapter => {
  const browser = browsers.get(adapter);
  if (browser === undefined) throw new Error("not an adapter of this suite");
  return inBrowser(browser);
};

storageContractSuite("IndexedDB", {
  create: () => inBrowser(createBrowser()),
  reopen: inSameBrowser,
  another: inSameBrowser,
});

storageContractSuite("memory", { create: createMemoryAdapter, reopen: (adapter) => adapter });

const disks = new Map<StorageAdapter, LossyDisk>();

function onDisk(disk: LossyDisk): StorageAdapter {
  const adapter = disk.adapter("power");
  disks.set(adapter, disk);
  return adapter;
}

storageContractSuite("a disk that loses what was not synced, after a loss of power", {
  create: () => onDisk(createLossyDisk()),
  reopen(adapter) {
    const disk = disks.get(adapter);
    if (disk === undefined) throw new Error("not an adapter of this suite");
    void disk.losePower();
    expect(disk.lost).toBe(0);
    return onDisk(disk);
  },
});

const conflicting: ConflictingAdapter[] = [];
const { next } = createRandom(1);

storageContractSuite("an adapter that conflicts at random, seed 1", {
  create() {
    const adapter = createConflictingAdapter(createMemoryAdapter(), { random: next, rate: 0.4 });
    conflicting.push(adapter);
    return insistent(adapter);
  },
});

afterAll(() => {
  expect(conflicting.reduce((sum, adapter) => sum + adapter.conflicts, 0)).toBeGreaterThan(20);
});

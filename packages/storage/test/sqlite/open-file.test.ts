import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { StorageErrorCode, TableLayout } from "../../src/adapter.ts";
import { createSqliteAdapter } from "../../src/sqlite/index.ts";
import { tempFolder } from "../temp-folder.ts";

const table: TableLayout = {
  name: "T",
  columns: [
    { name: "id", type: "text" },
    { name: "text", type: "text" },
  ],
  primaryKey: ["id"],
  indexes: [],
};

async function makeStore(file: string): Promise<void> {
  const adapter = createSqliteAdapter({ file, synchronous: "FULL" });
  await adapter.open();
  await adapter.create([table]);
  const row = (i: number) => ({ kind: "upsert", table: "T", row: [`k${i}`, "x".repeat(500)] }) as const;
  await adapter.commit({ writes: Array.from({ length: 200 }, (_, i) => row(i)) });
  await adapter.close();
}

async function expectRefused(file: string, code: StorageErrorCode, says: RegExp): Promise<void> {
  const adapter = createSqliteAdapter({ file, synchronous: "FULL" });
  const error: unknown = await adapter.open().catch((refused: unknown) => refused);
  expect(error).toMatchObject({ name: "StorageError", code });
  const { message } = error as Error;
  expect(message).toMatch(says);
  expect(message).toContain(file);
  expect(message).not.toContain("\n");
  await adapter.close();
  await expect(adapter.layouts()).rejects.toMatchObject({ code: "CLOSED" });
}

describe("openFile", () => {
  it("STORE-15 leaves a database of another program as it was", async () => {
    for (const setUp of ["CREATE TABLE notes (id INTEGER)", "PRAGMA application_id = 7", "PRAGMA user_version = 3"]) {
      const file = path.join(tempFolder(), "other.db");
      const other = new Database(file);
      other.exec(setUp);
      other.close();
      const before = readFileSync(file);
      await expectRefused(file, "FOREIGN", /is a database of another program; choose another file/);
      expect(readFileSync(file).equals(before)).toBe(true);
    }
  });

  it("STORE-15 refuses a file that is no database", async () => {
    const file = path.join(tempFolder(), "notes.txt");
    writeFileSync(file, "not a database\n".repeat(500));
    await expectRefused(file, "FOREIGN", /is no database/);
  });

  it("STORE-15 refuses a file of a later version", async () => {
    const file = path.join(tempFolder(), "store.db");
    await makeStore(file);
    const database = new Database(file);
    database.pragma("user_version = 2");
    database.close();
    await expectRefused(
      file,
      "NEWER",
      /written by a newer version \(file format 2, this version reads 1\); use that version/,
    );
  });

  it("STORE-15 says in one line why a file cannot be opened", async () => {
    const folder = tempFolder();
    await expectRefused(path.join(folder, "missing", "store.db"), "CANNOT_OPEN", /^cannot open /);
    await expectRefused(folder, "CANNOT_OPEN", /^cannot open /);
  });

  it("STORE-15 takes an empty file for a new store, and opens it again", async () => {
    const file = path.join(tempFolder(), "store.db");
    writeFileSync(file, "");
    await makeStore(file);
    const adapter = createSqliteAdapter({ file, synchronous: "FULL" });
    await adapter.open();
    await adapter.open();
    expect(await adapter.count("T")).toBe(200);
    await adapter.close();
    // The last connection to go takes the log with it.
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it("STORE-15 calls a damaged file damaged, at the opening or where it is read", async () => {
    const file = path.join(tempFolder(), "store.db");
    await makeStore(file);
    const torn = `${file}.torn`;
    copyFileSync(file, torn);
    truncateSync(torn, 8192);
    await expectRefused(torn, "DAMAGED", /is damaged .*; restore it from a backup/);
    const scribbled = openSync(file, "r+");
    for (let page = 4; page < 20; page++) writeSync(scribbled, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
    closeSync(scribbled);
    const adapter = createSqliteAdapter({ file, synchronous: "FULL" });
    await adapter.open();
    await expect(adapter.scan({ table: "T" })).rejects.toMatchObject({ code: "DAMAGED", retryable: false });
    await adapter.close();
  });
});

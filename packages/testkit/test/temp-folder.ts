import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { StorageAdapter } from "@tributary/storage";
import { createSqliteAdapter } from "@tributary/storage/sqlite";
import { onTestFinished } from "vitest";

/** SQLite files by name in a folder of this test's own. `relay…` is opened as a relay does, with synchronous=FULL. */
export function sqlitePlaces(): (place: string) => StorageAdapter {
  const folder = mkdtempSync(path.join(tmpdir(), "tributary-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return (place) =>
    createSqliteAdapter({
      file: path.join(folder, `${place}.db`),
      synchronous: place.startsWith("relay") ? "FULL" : "NORMAL",
    });
}

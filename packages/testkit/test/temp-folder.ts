import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { StorageAdapter } from "@tributary/storage";
import { createSqliteAdapter } from "@tributary/storage/sqlite";
import { onTestFinished } from "vitest";

/** A folder of this test's own, removed when it ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "tributary-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** SQLite files by name, as the places of a cluster. */
export interface SqlitePlaces {
  /** `relay…` is opened as a relay does, with synchronous=FULL. */
  readonly adapter: (place: string) => StorageAdapter;
  /** Copies a file that nobody has open. */
  copy(from: string, to: string): void;
}

export function sqlitePlaces(): SqlitePlaces {
  const folder = tempFolder();
  const fileOf = (place: string): string => path.join(folder, `${place}.db`);
  return {
    adapter: (place) =>
      createSqliteAdapter({ file: fileOf(place), synchronous: place.startsWith("relay") ? "FULL" : "NORMAL" }),
    copy(from, to) {
      for (const suffix of ["-wal", "-shm"]) rmSync(`${fileOf(to)}${suffix}`, { force: true });
      copyFileSync(fileOf(from), fileOf(to));
    },
  };
}

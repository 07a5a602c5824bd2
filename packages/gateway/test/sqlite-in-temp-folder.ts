import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { StorageAdapter } from "@tributary/storage";
import { createSqliteAdapter } from "@tributary/storage/sqlite";
import { onTestFinished } from "vitest";

/** A database as a relay opens it, in a folder of this test's own, which is removed when the test ends. */
export function sqliteInTempFolder(): StorageAdapter {
  const folder = mkdtempSync(path.join(tmpdir(), "tributary-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return createSqliteAdapter({ file: path.join(folder, "relay.db"), synchronous: "FULL" });
}

/** What a run was measured on. */
import { readFileSync, statfsSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

export interface Machine {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly versions: Readonly<Record<string, string>>;
}

export function thisMachine(): Machine {
  const [first] = os.cpus();
  return {
    cpu: first?.model.trim() ?? "unknown",
    cpus: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    platform: `${os.platform()} ${os.arch()}`,
    versions: {
      node: process.versions.node,
      ...Object.fromEntries(["better-sqlite3", "ws", "@tributary/datastore"].map((name) => [name, versionOf(name)])),
    },
  };
}

function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const manifest = JSON.parse(readFileSync(path.join(folder, name, "package.json"), "utf8")) as { version: string };
      return manifest.version;
    } catch {
      // Not in this folder; the next one up may have it.
    }
  }
  return "unknown";
}

const TMPFS_MAGIC = 0x01021994;

/** A file system in memory makes durable writes look free. */
export function isInMemory(folder: string): boolean {
  return statfsSync(folder).type === TMPFS_MAGIC;
}

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSqliteAdapter } from "../../src/sqlite/index.ts";
import { schemaOfCommitter } from "../committer-schema.ts";
import { openRelay } from "../relay-fixture.ts";
import { tempFolder } from "../temp-folder.ts";

interface Line {
  readonly ready?: string;
  readonly seq?: number;
  readonly key?: string;
  readonly version?: number;
  readonly at?: number;
  readonly startedAt?: number;
  readonly headSeq?: number;
}

interface Committer {
  readonly process: ChildProcess;
  readonly lines: Line[];
  /** Resolves with the exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
  /** Resolves once it told that many lines. */
  told(count: number): Promise<void>;
}

const script = path.join(import.meta.dirname, "relay-committer.mjs");

function startCommitter(file: string, skewMs: number, commits: number): Committer {
  const child = spawn(process.execPath, [script, file, String(skewMs), String(commits)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: Line[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => {
    lines.push(JSON.parse(line) as Line);
    for (const one of waiting) if (lines.length >= one.count) one.resolve();
  });
  return {
    process: child,
    lines,
    ended: new Promise((resolve) => child.on("close", (code) => resolve(code))),
    told: (count) =>
      new Promise((resolve) => {
        if (lines.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
}

describe("processes on one SQLite file", () => {
  it("I4 I5 I7 V2 commit side by side without a gap, a lost update or a step back in time, one of them killed", async () => {
    const file = path.join(tempFolder(), "store.db");
    // Started together on a file that is not there yet, with clocks that are seconds apart.
    const committers = [-4000, 0, 4000].map((skewMs) => startCommitter(file, skewMs, 250));
    const victim = startCommitter(file, 2000, 1_000_000);
    await victim.told(100);
    victim.process.kill("SIGKILL");
    expect(await victim.ended).toBeNull();
    const heir = startCommitter(file, -2000, 100);
    expect(await Promise.all([...committers, heir].map((one) => one.ended))).toEqual([0, 0, 0, 0]);

    const store = await openRelay(createSqliteAdapter({ file, synchronous: "FULL" }), schemaOfCommitter);
    onTestFinished(() => store.close());
    const entries = await store.feedAfter(0, 100_000);
    const told = [...committers, victim, heir].flatMap((one) => one.lines);
    const acknowledged = told.filter((line) => line.seq !== undefined);
    expect(acknowledged.length).toBeGreaterThanOrEqual(850 + 75);

    expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, i) => i + 1));
    expect((await store.head()).seq).toBe(entries.length);
    for (const line of acknowledged) expect(entries[(line.seq ?? 0) - 1]).toMatchObject(line);
    expect(entries.length - acknowledged.length).toBeLessThanOrEqual(1);

    for (const key of ["k0", "k1", "k2"]) {
      const versions = entries.filter((entry) => entry.key === key).map((entry) => entry.version);
      expect(versions).toEqual(versions.map((_, i) => i + 1));
      const [record] = await store.records("Note", [key]);
      expect(record).toMatchObject({ version: versions.length, values: { stars: versions.length } });
    }
    for (const [i, entry] of entries.entries()) expect(entry.at).toBeGreaterThanOrEqual(entries[i - 1]?.at ?? 0);
    const handedOut = told.filter((line) => line.startedAt !== undefined);
    expect(handedOut.length).toBeGreaterThan(160);
    for (const { startedAt = 0, headSeq = 0 } of handedOut) {
      const behind = entries[headSeq];
      if (behind !== undefined) expect(behind.at, `after ${startedAt} at ${headSeq}`).toBeGreaterThanOrEqual(startedAt);
    }
    expect(new Set(entries.map((entry) => entry.principal)).size).toBe(5);
    const interleaved = entries.filter((entry, i) => entry.principal !== entries[i - 1]?.principal).length;
    expect(interleaved).toBeGreaterThan(20);
    const starts = await store.starts();
    expect(starts.map((row) => row.ordinal)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const [i, row] of starts.entries()) expect(row.firstSeq).toBeGreaterThanOrEqual(starts[i - 1]?.firstSeq ?? 1);
  });

  it.each([
    ["STORE-30", "a commit under way on its thread", ["0", "100"]],
    ["STORE-30", "a thread with nothing under way", ["0", "100", "behind"]],
    ["STORE-19", "a checkpoint under way", ["10000", "10000"]],
  ])("%s closing comes to its end in a process that has nothing else to do: %s", async (_id, _what, how) => {
    const script = path.join(import.meta.dirname, "closes-at-once.mjs");
    const file = path.join(tempFolder(), "store.db");
    const child = spawn(process.execPath, [script, file, ...how], { stdio: ["ignore", "ignore", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });
});

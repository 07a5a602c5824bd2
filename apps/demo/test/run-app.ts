/** Runs one of the demo's built commands as a process of its own, and ends it with the test that started it. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { onTestFinished } from "vitest";

export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningApp {
  readonly ended: Promise<Ending>;
  /** The first line on stdout that matches. Rejects when the process ends without it. */
  line(pattern: RegExp): Promise<string>;
  signal(signal: NodeJS.Signals): void;
}

const dist = path.resolve(import.meta.dirname, "../dist");

export function runApp(
  script: "main.js" | "dev-server.js",
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningApp {
  const { NO_COLOR: _, PORT: __, ...inherited } = process.env;
  const child: ChildProcess = spawn(process.execPath, [path.join(dist, script), ...args], {
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const checks = new Set<() => void>();
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += String(chunk);
    for (const check of checks) check();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += String(chunk);
  });
  const ended = new Promise<Ending>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return {
    ended,
    signal: (signal) => void child.kill(signal),
    line(pattern) {
      const found = new Promise<string>((resolve) => {
        const check = (): void => {
          const line = stdout
            .split("\n")
            .slice(0, -1)
            .find((one) => pattern.test(one));
          if (line !== undefined) resolve(line);
        };
        checks.add(check);
        check();
      });
      const missed = ended.then((ending) => {
        throw new Error(`it ended without ${pattern}: ${JSON.stringify(ending)}`);
      });
      return Promise.race([found, missed]);
    },
  };
}

/** A folder that is removed with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "tributary-demo-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

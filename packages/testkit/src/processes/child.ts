/** A child process that talks in lines: what it printed can be waited for, and it can be killed without a goodbye. */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";

export interface Child {
  /** Every line of stdout so far. */
  readonly lines: readonly string[];
  /** Resolves once `isEnough` holds for the lines so far. Rejects when the process ends before. */
  until(isEnough: (lines: readonly string[]) => boolean): Promise<void>;
  /** Writes a line to its stdin. */
  tell(line: string): void;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code, null after a signal. */
  stop(): Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** Runs a script with this Node. Its stderr is kept and shown when it ends unexpectedly. */
export function startChild(script: string, args: readonly string[]): Child {
  const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  const lines: string[] = [];
  let rest = "";
  let errors = "";
  let isOver = false;
  let check = (): void => {};
  child.stdout.on("data", (chunk: Buffer) => {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    check();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += String(chunk);
  });
  // Writing to a process that was just killed fails; what it did not hear is no news.
  child.stdin.on("error", () => {});
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      running.delete(child);
      isOver = true;
      check();
      resolve(code);
    });
  });
  return {
    lines,
    until(isEnough) {
      return new Promise((resolve, reject) => {
        check = () => {
          if (isEnough(lines)) resolve();
          else if (isOver) reject(new Error(`${script} ended: ${errors || lines.slice(-3).join("\n")}`));
        };
        check();
      });
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/** Ends what a test left running. */
export async function endChildren(): Promise<void> {
  const gone = [...running].map((child) => new Promise((resolve) => child.once("close", resolve)));
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(gone);
}

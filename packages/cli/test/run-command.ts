/** Runs the built command as a process of its own, and ends it with the test that started it. */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import process from "node:process";

const bin = path.resolve(import.meta.dirname, "../bin/tributary.js");

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly pid: number;
  /** The first line on `stream` that matches, also when it was printed before. Rejects when the process ends without it. */
  line(stream: "stdout" | "stderr", pattern: RegExp): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ending>;
}

const running = new Set<ChildProcess>();

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function runCommand(args: readonly string[], { cwd, env }: RunOptions = {}): RunningCommand {
  const { TRIBUTARY_API_KEY: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const output = { stdout: "", stderr: "" };
  let check = (): void => undefined;
  const collect = (stream: "stdout" | "stderr") => (chunk: Buffer) => {
    output[stream] += String(chunk);
    check();
  };
  child.stdout.on("data", collect("stdout"));
  child.stderr.on("data", collect("stderr"));
  const ended = new Promise<Ending>((resolve) => {
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve({ code, signal, ...output });
    });
  });

  return {
    pid: child.pid ?? 0,
    ended,
    line(stream, pattern) {
      const found = new Promise<string>((resolve) => {
        const former = check;
        check = () => {
          former();
          const line = output[stream]
            .split("\n")
            .slice(0, -1)
            .find((text) => pattern.test(text));
          if (line !== undefined) resolve(line);
        };
        check();
      });
      const missed = ended.then((ending) => {
        throw new Error(`the command ended without ${pattern}: ${JSON.stringify(ending)}`);
      });
      return Promise.race([found, missed]);
    },
    signal: (signal) => void child.kill(signal),
  };
}

/** Ends what a test left running. */
export async function endCommands(): Promise<void> {
  const gone = [...running].map((child) => new Promise((resolve) => child.once("close", resolve)));
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(gone);
}

/** The URL of a started server. */
export async function readyUrl(command: RunningCommand): Promise<string> {
  return (await command.line("stdout", /^ready /)).slice("ready ".length);
}

/** A child process that answers calls, as its parent sees it. */
import { fork } from "node:child_process";
import type { Api, ChildMessage } from "./calls.ts";

export interface Child<Self extends Api<Self>> {
  readonly pid: number;
  /** Rejects when the child answers with an error, ends, or does not answer in time. */
  call<Name extends keyof Self & string>(
    name: Name,
    given: Parameters<Self[Name]>[0],
  ): Promise<Awaited<ReturnType<Self[Name]>>>;
  /** `kill -9`. Resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Processes that are ended together. */
export interface ProcessGroup {
  /** Throws after `killAll`. */
  start<Self extends Api<Self>>(options: ChildOptions): Child<Self>;
  /** `kill -9` for all that run. Resolves when they are gone; none can be started afterwards. */
  killAll(): Promise<void>;
  /** Rejects when a process ends that was not killed from here. Never resolves. */
  readonly broken: Promise<never>;
}

export interface ChildOptions {
  /** What the process is to a reader of an error: `Ana's device`. */
  readonly name: string;
  /** The built script. */
  readonly script: URL;
  readonly onNews?: (news: never) => void;
}

/** What any call may take: far more than the slowest needs on a busy machine. */
const ANSWER_WITHIN_MS = 60_000;
/** Of what a child says on stderr before it dies, an error shows the end. */
const KEPT_STDERR = 2_000;

export function createProcessGroup(): ProcessGroup {
  const children = new Set<{ kill(): Promise<void> }>();
  let isOver = false;
  let onBroken: (error: Error) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    onBroken = reject;
  });
  // It may break while nobody waits for that yet.
  broken.catch(() => undefined);
  return {
    broken,
    start<Self extends Api<Self>>(options: ChildOptions) {
      if (isOver) throw new Error(`${options.name} is not started: everything is being ended`);
      const child = startChild<Self>(options, onBroken);
      children.add(child);
      return child;
    },
    async killAll() {
      isOver = true;
      await Promise.all([...children].map((child) => child.kill()));
    },
  };
}

function startChild<Self extends Api<Self>>(
  { name, script, onNews }: ChildOptions,
  onUnasked: (error: Error) => void,
): Child<Self> {
  const child = fork(script, [], { stdio: ["ignore", "ignore", "pipe", "ipc"], execArgv: [] });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  let said = "";
  let isGone = false;
  let isKilled = false;
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + String(chunk)).slice(-KEPT_STDERR);
  });
  child.on("message", (message: ChildMessage) => {
    if ("news" in message) {
      onNews?.(message.news as never);
      return;
    }
    const call = waiting.get(message.answer);
    waiting.delete(message.answer);
    if ("error" in message) call?.reject(new Error(`${name}: ${message.error}`));
    else call?.resolve(message.value);
  });
  // A channel that breaks because the child was killed says so here; the end of the process is what counts.
  child.on("error", () => undefined);
  const gone = new Promise<void>((resolve) => {
    child.once("close", (code, signal) => {
      isGone = true;
      const error = ended(name, code, signal, said);
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      if (!isKilled) onUnasked(error);
      resolve();
    });
  });

  return {
    pid: child.pid ?? 0,
    call(called, given) {
      if (isGone) return Promise.reject(new Error(`${name} has ended`));
      const call = ++calls;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(call);
          reject(new Error(`${name} did not answer ${called} within ${ANSWER_WITHIN_MS / 1_000} s`));
        }, ANSWER_WITHIN_MS);
        const settle =
          <Value>(then: (value: Value) => void) =>
          (value: Value): void => {
            clearTimeout(timer);
            then(value);
          };
        waiting.set(call, { resolve: settle(resolve as (value: unknown) => void), reject: settle(reject) });
        child.send({ call, name: called, given }, () => undefined);
      });
    },
    async kill() {
      isKilled = true;
      child.kill("SIGKILL");
      await gone;
    },
  };
}

function ended(name: string, code: number | null, signal: NodeJS.Signals | null, said: string): Error {
  const why = errorLine(said);
  return new Error(`${name} ended (${signal ?? `exit code ${code}`})${why === "" ? "" : `: ${why}`}`);
}

/** What names the error in what Node prints of one that nobody caught; else the last line. */
function errorLine(said: string): string {
  const lines = said.trim().split("\n");
  return lines.findLast((line) => /^\S*Error\b/.test(line)) ?? lines.at(-1) ?? "";
}

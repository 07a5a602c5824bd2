/**
 * Processes of the benchmark, and how they ask each other: one request at a time gets one answer, by name.
 *
 * A child ends itself when its parent is gone, so that nothing is left behind however a run ends.
 */
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";

type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain | undefined };

interface Request {
  readonly n: number;
  readonly name: string;
  readonly argument: Plain;
}

type Reply = { readonly n: number; readonly result: Plain } | { readonly n: number; readonly error: string };

export interface Child {
  ask<Result>(name: string, argument?: Plain): Promise<Result>;
  /** Ends the process; resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts `script`, a module of this folder. It must call `serve`. */
export function startChild(script: string, args: readonly string[] = []): Child {
  const file = path.join(import.meta.dirname, script);
  const child = fork(file, args, {
    execArgv: ["--expose-gc", ...inheritedArgs()],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let last = 0;
  /** Why there will be no more answers. */
  let end: Error | null = null;
  child.on("message", (reply: Reply) => {
    const asked = waiting.get(reply.n);
    waiting.delete(reply.n);
    if ("error" in reply) asked?.reject(new Error(reply.error));
    else asked?.resolve(reply.result);
  });
  child.once("exit", (code, signal) => {
    end = new Error(`${script} ended by itself (${signal ?? `exit code ${code}`})`);
    for (const { reject } of waiting.values()) reject(end);
    waiting.clear();
  });
  return {
    ask: <Result>(name: string, argument: Plain = null) =>
      new Promise<Result>((resolve, reject) => {
        if (end !== null) throw end;
        const n = ++last;
        waiting.set(n, { resolve: resolve as (result: unknown) => void, reject });
        const request: Request = { n, name, argument };
        child.send(request, (error) => {
          if (error !== null && waiting.delete(n)) reject(error);
        });
      }),
    stop: () => ended(child),
  };
}

function inheritedArgs(): string[] {
  return process.execArgv.filter((arg) => arg !== "--expose-gc");
}

/** How long a child may take to put its things away before it is killed. */
const STOP_GRACE_MS = 5000;

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    if (child.connected) child.disconnect();
  });
}

/** In a child: answers requests by name, and ends with its parent after `close`. */
export function serve(
  handlers: Readonly<Record<string, (argument: never) => Promise<Plain | undefined>>>,
  close: () => Promise<void>,
): void {
  process.on("message", (request: Request) => {
    const handler = handlers[request.name];
    const answer =
      handler === undefined
        ? Promise.reject(new Error(`no handler ${request.name}`))
        : handler(request.argument as never);
    answer
      .then((result) => reply({ n: request.n, result: result ?? null }))
      .catch((error: unknown) =>
        reply({ n: request.n, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
  });
  process.once("disconnect", () => {
    close()
      .catch(() => undefined)
      .finally(() => process.exit(0));
  });
}

function reply(message: Reply): void {
  if (process.connected) process.send?.(message);
}

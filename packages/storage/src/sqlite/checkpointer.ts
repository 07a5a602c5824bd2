/**
 * Keeps the write-ahead log of a file short without making commits wait for it.
 *
 * A checkpoint copies thousands of pages and syncs them: milliseconds that whoever commits would spend. So a worker thread with a
 * connection of its own does it. What is committed meanwhile stays in the log, and as long as something does, the log cannot
 * start anew; so once it is long, whoever commits copies those few pages itself when the worker is through. The worker starts
 * with the first checkpoint there is to make. Where it cannot, SQLite's own checkpoints within commits stay as they are.
 *
 * Bounds: a log of about `LONG_PAGES`, and of `BACKSTOP_PAGES` where the event loop is never free to hear the worker.
 */
import { Worker } from "node:worker_threads";
import type { Database } from "better-sqlite3";
import { checkpoint, type LogLength } from "./checkpoint.ts";

export interface Checkpointer {
  /** Hears of each commit, with the rows it wrote. */
  committed(rows: number): void;
  /** Resolves when the worker has let go of the file. */
  close(): Promise<void>;
}

export interface CheckpointWorkerData {
  readonly file: string;
  readonly synchronous: "FULL" | "NORMAL";
}

export type CheckpointRequest = "checkpoint" | "close";

/** Rows between looks at the log. A row of a record and those beside it change up to six pages. */
const LOOK_ROWS = 200;

/** Pages that are worth a checkpoint: each is copied once, however often it was written. Commits wait for the disk while more are synced. */
const COPIED_PAGES = 1000;

/** Length at which the log is to start anew, so that reads need not look through it, nor the file keep it. */
export const LONG_PAGES = 8000;

/** Length at which a commit makes the checkpoint after all. */
export const BACKSTOP_PAGES = 16_000;

/** The same file from the sources and from what is built of them: a thread needs JavaScript. */
const WORKER = new URL("../../dist/sqlite/checkpoint-worker.js", import.meta.url);

/** `copyRest` copies what is left of the log, on a connection that commits or between two commits of another. */
export function createCheckpointer(
  database: Database,
  data: CheckpointWorkerData,
  copyRest: () => Promise<void>,
): Checkpointer {
  let worker: Worker | null = null;
  let exited: Promise<void> = Promise.resolve();
  let rows = 0;
  let isUnderWay = false;
  let hasFailed = false;

  /** Nothing is lost where this fails: SQLite's own checkpoints within commits go on. */
  const attempt = async (work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch {
      hasFailed = true;
    }
  };

  /** When the worker is through. While the rest is copied it would find the log busy. */
  const goOn = async (log: number): Promise<void> => {
    if (worker !== null && log >= LONG_PAGES) await copyRest();
    isUnderWay = false;
  };

  const start = (): Worker => {
    const started = new Worker(WORKER, { workerData: data });
    started.unref();
    started.on("message", ({ log }: LogLength) => void attempt(() => goOn(log)));
    started.on("error", () => {
      hasFailed = true;
    });
    exited = new Promise((resolve) => started.once("exit", () => resolve()));
    return started;
  };

  return {
    committed(written) {
      rows += written;
      if (rows < LOOK_ROWS || isUnderWay || hasFailed) return;
      rows = 0;
      void attempt(() => {
        const { log, checkpointed } = checkpoint(database, "NOOP");
        if (log - checkpointed < COPIED_PAGES) return;
        isUnderWay = true;
        worker ??= start();
        worker.postMessage("checkpoint" satisfies CheckpointRequest);
      });
    },
    async close() {
      // Whoever waits for the end of the thread may have nothing else that keeps the process alive.
      worker?.ref();
      worker?.postMessage("close" satisfies CheckpointRequest);
      worker = null;
      await exited;
    },
  };
}

/**
 * A thread that commits, so that whoever hands in a batch goes on with something else meanwhile.
 *
 * It starts with its first batch. Batches are committed one after the other, in the order they were handed in; each is packed
 * at once, so that nobody sees what becomes of it meanwhile. While none is under way the thread holds no lock and does not
 * keep the process alive.
 */
import { Worker } from "node:worker_threads";
import { type Batch, type CommitResult, StorageError, type StorageErrorCode } from "../adapter.ts";
import type { ConnectionOptions } from "./open-file.ts";
import { createBatchPacker, type PackedBatch } from "./pack-batch.ts";

export interface CommitThread {
  readonly isIdle: boolean;
  /** What `commitBatch` answers or throws. Holds nothing of the batch while it is under way. */
  commit(batch: Batch): Promise<CommitResult>;
  /** Copies what is left of the write-ahead log, behind the batches that were handed in. */
  checkpoint(): Promise<void>;
  /** Resolves when the batches that were handed in are committed and the file is let go. */
  close(): Promise<void>;
}

export type CommitWorkerData = ConnectionOptions;

export type CommitRequest =
  | { readonly kind: "commit"; readonly batch: PackedBatch }
  | { readonly kind: "checkpoint" }
  | { readonly kind: "close" };

/** What became of a batch, or of a checkpoint. `broken`: an error that is not the store's. */
export type CommitAnswer =
  | { readonly outcome: "copied" }
  | { readonly outcome: "done"; readonly result: CommitResult }
  | {
      readonly outcome: "failed";
      readonly code: StorageErrorCode;
      readonly message: string;
      readonly retryable: boolean;
    }
  | { readonly outcome: "broken"; readonly error: unknown };

/** The same file from the sources and from what is built of them: a thread needs JavaScript. */
const WORKER = new URL("../../dist/sqlite/commit-worker.js", import.meta.url);

interface Waiting {
  readonly resolve: (answer: CommitAnswer) => void;
  readonly reject: (error: unknown) => void;
}

interface Running {
  readonly worker: Worker;
  /** Requests without an answer, in the order they were handed in. */
  readonly waiting: Waiting[];
  readonly exited: Promise<void>;
  /** Whoever waits for its end may have nothing else that keeps the process alive. */
  isClosing: boolean;
}

export function createCommitThread(options: CommitWorkerData): CommitThread {
  const packer = createBatchPacker();
  let running: Running | null = null;

  const ask = ({ worker, waiting }: Running, request: CommitRequest, moved: ArrayBuffer[] = []) =>
    new Promise<CommitAnswer>((resolve, reject) => {
      if (waiting.length === 0) worker.ref();
      waiting.push({ resolve, reject });
      worker.postMessage(request, moved);
    });

  return {
    get isIdle() {
      return running === null || running.waiting.length === 0;
    },
    commit(batch) {
      const packed = packer.pack(batch);
      running ??= start(options, () => {
        running = null;
      });
      return ask(running, { kind: "commit", batch: packed }, [packed.buffer]).then(resultOf);
    },
    async checkpoint() {
      // Where the thread ends the log stays, and a later checkpoint copies it.
      if (running !== null) await ask(running, { kind: "checkpoint" }).catch(() => null);
    },
    async close() {
      if (running === null) return;
      const closing = running;
      running = null;
      closing.isClosing = true;
      closing.worker.ref();
      closing.worker.postMessage({ kind: "close" } satisfies CommitRequest);
      await closing.exited;
    },
  };
}

/** `onEnd` hears of an end that nobody asked for. */
function start(options: CommitWorkerData, onEnd: () => void): Running {
  const worker = new Worker(WORKER, { workerData: options });
  const waiting: Waiting[] = [];
  worker.unref();
  worker.on("message", (answer: CommitAnswer) => {
    const first = waiting.shift();
    if (waiting.length === 0 && !running.isClosing) worker.unref();
    first?.resolve(answer);
  });
  let reason: unknown = null;
  worker.on("error", (error) => {
    reason = error;
    onEnd();
  });
  const exited = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      // Whether the first of them was committed is not known: whoever asked must look.
      const error = new StorageError("FAILED", `the thread that commits to ${options.file} ended`, { cause: reason });
      for (const { reject } of waiting.splice(0)) reject(error);
      resolve();
    });
  });
  const running: Running = { worker, waiting, exited, isClosing: false };
  return running;
}

function resultOf(answer: CommitAnswer): CommitResult {
  switch (answer.outcome) {
    case "done":
      return answer.result;
    case "failed":
      throw new StorageError(answer.code, answer.message, { retryable: answer.retryable });
    case "broken":
      throw answer.error;
    case "copied":
      throw new Error("a batch was answered as a checkpoint is");
  }
}

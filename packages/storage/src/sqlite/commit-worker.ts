/**
 * Worker thread: commits batches on a connection of its own, one after the other, in the order they come.
 *
 * It answers every batch and every checkpoint. What another connection changes of the tables' layouts it finds out itself.
 */
import { parentPort, workerData } from "node:worker_threads";
import { type CommitResult, StorageError } from "../adapter.ts";
import { checkpoint } from "./checkpoint.ts";
import { commitBatch } from "./commit-batch.ts";
import type { CommitAnswer, CommitRequest, CommitWorkerData } from "./commit-thread.ts";
import { openConnection } from "./open-file.ts";
import { unpackBatch } from "./pack-batch.ts";
import { storageErrorOf } from "./sqlite-error.ts";
import { createStatementCache } from "./statement-cache.ts";
import { createTableCatalog } from "./table-catalog.ts";

const options = workerData as CommitWorkerData;
const database = openConnection(options);
const connection = {
  database,
  catalog: createTableCatalog(database),
  statements: createStatementCache(database),
};

parentPort?.on("message", (request: CommitRequest) => {
  switch (request.kind) {
    case "commit":
      answer(() => commitBatch(connection, unpackBatch(request.batch)));
      return;
    case "checkpoint":
      copyLog();
      return;
    case "close":
      connection.statements.clear();
      database.close();
      parentPort?.close();
  }
});

function copyLog(): void {
  try {
    checkpoint(database, "PASSIVE");
  } catch {
    // Nothing is lost: the log stays, and a later checkpoint or commit copies it.
  }
  parentPort?.postMessage({ outcome: "copied" } satisfies CommitAnswer);
}

function answer(commit: () => CommitResult): void {
  let given: CommitAnswer;
  try {
    given = { outcome: "done", result: commit() };
  } catch (error) {
    given = failure(storageErrorOf(error, options.file));
  }
  parentPort?.postMessage(given);
}

function failure(error: unknown): CommitAnswer {
  if (error instanceof StorageError) {
    const { code, message, retryable } = error;
    return { outcome: "failed", code, message, retryable };
  }
  return { outcome: "broken", error };
}

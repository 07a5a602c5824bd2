/**
 * Where a batch is committed: here, while the caller waits, or on a thread beside it.
 *
 * A small batch costs less than the way to the thread and back. While the thread has something under way everything goes there:
 * batches are committed in the order they were handed in, and nobody waits here for a lock that is held there.
 */
import type { Batch, CommitResult } from "../adapter.ts";
import { checkpoint } from "./checkpoint.ts";
import { createCheckpointer } from "./checkpointer.ts";
import { type Connection, commitBatch } from "./commit-batch.ts";
import { createCommitThread } from "./commit-thread.ts";
import type { ConnectionOptions } from "./open-file.ts";

export interface Committer {
  /** Throws or rejects with what SQLite throws, or with a `StorageError`. */
  commit(batch: Batch): CommitResult | Promise<CommitResult>;
  /** Resolves when nothing is under way and nobody else knows anything of the tables. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface CommitterOptions extends ConnectionOptions {
  readonly threadFromWrites?: number;
}

export function createCommitter(connection: Connection, options: CommitterOptions): Committer {
  const { file, synchronous, cacheKiB, busyTimeoutMs, threadFromWrites = Number.POSITIVE_INFINITY } = options;
  const { database } = connection;
  const thread = createCommitThread({
    file,
    synchronous,
    ...(cacheKiB === undefined ? {} : { cacheKiB }),
    ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }),
  });
  const checkpointer = createCheckpointer(database, { file, synchronous }, async () => {
    if (thread.isIdle) checkpoint(database, "PASSIVE");
    else await thread.checkpoint();
  });

  const heard = (writes: number, result: CommitResult): CommitResult => {
    if (result.outcome === "committed") checkpointer.committed(writes);
    return result;
  };

  return {
    commit(batch) {
      const { length } = batch.writes;
      if (length < threadFromWrites && thread.isIdle) return heard(length, commitBatch(connection, batch));
      return thread.commit(batch).then((result) => heard(length, result));
    },
    settle: () => thread.close(),
    async close() {
      await thread.close();
      await checkpointer.close();
    },
  };
}

/**
 * The lock that keeps a data directory to one process: a SQLite database held in an exclusive transaction.
 *
 * The kernel releases it when the process ends, however it ends. Nothing is ever written into the database, so there is no
 * journal to roll back either.
 *
 * Closing any other descriptor of the lock file inside the holding process would release the lock (that is how POSIX locks
 * work), so nothing here reads the file but SQLite, which knows about it.
 */
import Database from "better-sqlite3";
import { errorCode } from "../start-error.ts";

export interface DirectoryLock {
  release(): void;
}

/** Null when another process, or another holder in this one, has the lock. */
export function acquireLock(file: string): DirectoryLock | null {
  const database = new Database(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (errorCode(error)?.startsWith("SQLITE_BUSY")) return null;
    throw error;
  }
  return {
    release() {
      database.close();
    },
  };
}

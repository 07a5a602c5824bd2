/**
 * A connection to the database, and the transactions on it.
 *
 * A transaction ends by itself as soon as nothing is asked of it any more: work within one awaits its requests and nothing else.
 * When another tab wants to delete or upgrade the database the connection closes, so that nobody waits for this one.
 */
import { StorageError } from "../adapter.ts";
import type { IdbTransaction, IndexedDbEnvironment } from "./indexed-db.ts";
import { storageErrorOf } from "./indexed-db-error.ts";
import { openDatabase } from "./open-database.ts";
import { ROWS } from "./row-record.ts";
import { CATALOG, type CatalogState, storedState } from "./table-catalog.ts";

export interface ConnectionOptions {
  readonly environment: IndexedDbEnvironment;
  readonly name: string;
  readonly durability: "relaxed" | "strict";
  readonly busyTimeoutMs: number;
}

export interface Connection {
  /** Runs reads on one state of the database. */
  read<Result>(work: (transaction: IdbTransaction) => Promise<Result>): Promise<Result>;
  /**
   * Runs reads and writes as one, begun on the state as it is then; resolves when they are committed. Nothing is written when the
   * work fails, answers what `isKept` refuses, or does not get hold of the database in time, which rejects with `BUSY`.
   */
  write<Result>(
    work: (transaction: IdbTransaction, state: CatalogState) => Promise<Result>,
    isKept?: (result: Result) => boolean,
  ): Promise<Result>;
  /** Waits for transactions under way. */
  close(): Promise<void>;
}

export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { environment, name, durability, busyTimeoutMs } = options;
  const database = await openDatabase(environment, name, busyTimeoutMs);
  const underWay = new Set<Promise<unknown>>();
  let lost: StorageError | null = null;
  database.onversionchange = ({ newVersion }) => {
    lost = newVersion === null ? deletedError(name) : newerError(name);
    database.close();
  };
  database.onclose = () => {
    lost ??= new StorageError("CLOSED", `the browser closed the database ${name}; open the store again`);
  };

  const begin = (mode: "readonly" | "readwrite"): IdbTransaction => {
    if (lost !== null) throw lost;
    return database.transaction([CATALOG, ROWS], mode, { durability });
  };
  /** What IndexedDB throws comes out as a `StorageError`. */
  const tracked = <Result>(run: () => Promise<Result>): Promise<Result> => {
    const running = run().catch((error: unknown) => {
      throw storageErrorOf(error, name);
    });
    underWay.add(running);
    const forget = (): void => void underWay.delete(running);
    running.then(forget, forget);
    return running;
  };

  return {
    read: (work) => tracked(async () => work(begin("readonly"))),
    write: (work, isKept = () => true) =>
      tracked(async () => {
        const transaction = begin("readwrite");
        const ending = isCommitted(transaction);
        let isLate = false;
        const timer = environment.setTimeout(() => {
          isLate = true;
          transaction.abort();
        }, busyTimeoutMs);
        try {
          const state = await storedState(transaction);
          environment.clearTimeout(timer);
          const result = await work(transaction, state);
          if (!isKept(result)) abort(transaction);
          if (!(await ending) && isKept(result)) throw transaction.error ?? abortedError(name);
          return result;
        } catch (error) {
          environment.clearTimeout(timer);
          abort(transaction);
          await ending;
          throw isLate ? busyError(name) : (transaction.error ?? error);
        }
      }),
    async close() {
      database.close();
      await Promise.allSettled(underWay);
    },
  };
}

/** Resolves when the transaction has ended, one way or the other. */
function isCommitted(transaction: IdbTransaction): Promise<boolean> {
  return new Promise((resolve) => {
    transaction.oncomplete = () => resolve(true);
    transaction.onabort = () => resolve(false);
  });
}

function abort(transaction: IdbTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

function busyError(name: string): StorageError {
  const message = `another tab has been writing to the database ${name} for too long; close or reload it`;
  return new StorageError("BUSY", message, { retryable: true });
}

function abortedError(name: string): StorageError {
  return new StorageError("FAILED", `the browser gave up a transaction on the database ${name}`);
}

function deletedError(name: string): StorageError {
  return new StorageError("CLOSED", `the database ${name} was deleted; open the store again to begin a new one`);
}

function newerError(name: string): StorageError {
  return new StorageError(
    "NEWER",
    `another tab runs a newer version of the app on the database ${name}; load the app anew`,
  );
}

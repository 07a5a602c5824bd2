/**
 * Opens a database file: refuses what is not ours, makes it durable as asked, lays out what every file of ours has.
 *
 * Several processes may open one file at once, a new one too.
 */
import Database from "better-sqlite3";
import { StorageError } from "../adapter.ts";
import { BACKSTOP_PAGES, LONG_PAGES } from "./checkpointer.ts";
import { storageErrorOf } from "./sqlite-error.ts";

/** Plain data: a thread is handed it. */
export interface ConnectionOptions {
  readonly file: string;
  readonly synchronous: "FULL" | "NORMAL";
  readonly cacheKiB?: number;
  readonly busyTimeoutMs?: number;
}

/** Marks our database files: "Trib" as a number. */
const APPLICATION_ID = 0x54726962;

/** The version of what this folder lays out itself: `$tables` and `$head`. */
const FILE_FORMAT = 1;

/**
 * The log is cut back to this when it starts anew; one large transaction would keep its size for ever. Not below the length at which
 * it does: growing it each time costs commits more than writing over it.
 */
const MAX_IDLE_LOG_BYTES = LONG_PAGES * 4096;

const BUSY_TIMEOUT_MS = 5000;
const DEFAULT_CACHE_KIB = 65_536;

export function openFile(options: ConnectionOptions): Database.Database {
  const { file } = options;
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS });
    assertOurs(database, file);
    enterWalMode(database, file);
    tune(database, options);
    layOut(database, file);
    return database;
  } catch (error) {
    database?.close();
    const known = storageErrorOf(error, file);
    if (known instanceof StorageError && known.code !== "FAILED") throw known;
    const reason = (error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
    throw new StorageError("CANNOT_OPEN", `cannot open ${file}: ${reason}`, { cause: error });
  }
}

/** One more connection to a file that is open. */
export function openConnection(options: ConnectionOptions): Database.Database {
  const timeout = options.busyTimeoutMs ?? BUSY_TIMEOUT_MS;
  const database = new Database(options.file, { timeout, fileMustExist: true });
  tune(database, options);
  return database;
}

function tune(database: Database.Database, { synchronous, cacheKiB }: ConnectionOptions): void {
  database.pragma(`synchronous = ${synchronous}`);
  database.pragma(`wal_autocheckpoint = ${BACKSTOP_PAGES}`);
  database.pragma(`journal_size_limit = ${MAX_IDLE_LOG_BYTES}`);
  database.pragma(`cache_size = -${cacheKiB ?? DEFAULT_CACHE_KIB}`);
}

/** Reads only: a file of another program is left as it was found. */
function assertOurs(database: Database.Database, file: string): void {
  database.transaction(() => {
    const id = database.pragma("application_id", { simple: true });
    const format = Number(database.pragma("user_version", { simple: true }));
    const [tables] = database.prepare("SELECT count(*) FROM sqlite_master").raw().get() as [number];
    const isNew = id === 0 && format === 0 && tables === 0;
    if (!isNew && id !== APPLICATION_ID) {
      throw new StorageError("FOREIGN", `${file} is a database of another program; choose another file`);
    }
    if (format > FILE_FORMAT) {
      throw new StorageError(
        "NEWER",
        `${file} was written by a newer version (file format ${format}, this version reads ${FILE_FORMAT}); use that version`,
      );
    }
  })();
}

/** A file system without shared memory leaves the file in the mode it was in, and says nothing. */
function enterWalMode(database: Database.Database, file: string): void {
  const mode = database.pragma("journal_mode = WAL", { simple: true });
  if (mode !== "wal") {
    throw new StorageError(
      "CANNOT_OPEN",
      `cannot open ${file}: its file system does not carry a write-ahead log (${mode})`,
    );
  }
}

function layOut(database: Database.Database, file: string): void {
  database
    .transaction(() => {
      assertOurs(database, file);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${FILE_FORMAT}`);
      database.exec(
        `CREATE TABLE IF NOT EXISTS "$tables" (name TEXT PRIMARY KEY, layout TEXT NOT NULL);
         CREATE TABLE IF NOT EXISTS "$head" (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL);
         INSERT OR IGNORE INTO "$head" VALUES (1, 0, 0)`,
      );
    })
    .immediate();
}

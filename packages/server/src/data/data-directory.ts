/**
 * The directory that holds everything a relay keeps: its database, and what tells that it is one.
 *
 * One process at a time has it open. A directory that holds other things is never written to.
 */
import { mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { errorCode, errorMessage, StartError } from "../start-error.ts";
import { acquireLock, type DirectoryLock } from "./directory-lock.ts";
import { makeDirectory } from "./make-directory.ts";

/** An open data directory. Whoever opened it releases it, after everything in it is closed. */
export interface DataDirectory {
  readonly path: string;
  readonly databaseFile: string;
  readonly developmentKeyFile: string;
  release(): void;
}

/** Version of the directory's layout. The database in it has a version of its own. */
const FORMAT = 1;
const MARKER = "tributary.json";
const LOCK = "relay.lock";
const PROCESS_ID = "relay.pid";
const PROBE = ".probe-";
/** What may lie in a directory that was not marked yet: a start under way, and what a fresh file system brings along. */
const UNMARKED_ENTRIES = new Set([LOCK, PROCESS_ID, `${LOCK}-journal`, "lost+found"]);

/** Creates the directory when it is missing. Throws a `StartError` when it cannot be used. */
export function openDataDirectory(directory: string): DataDirectory {
  createDirectory(directory);
  assertOurs(directory);
  assertWritable(directory);
  const lock = lockDirectory(directory);
  try {
    markDirectory(directory);
    writeFileSync(path.join(directory, PROCESS_ID), `${process.pid}\n`);
  } catch (error) {
    lock.release();
    throw refused(directory, `cannot be written to (${errorMessage(error)})`, error);
  }
  let isReleased = false;
  return {
    path: directory,
    databaseFile: path.join(directory, "relay.db"),
    developmentKeyFile: path.join(directory, "development-key"),
    release() {
      if (isReleased) return;
      isReleased = true;
      rmSync(path.join(directory, PROCESS_ID), { force: true });
      lock.release();
    },
  };
}

function createDirectory(directory: string): void {
  try {
    // What it holds is the app's data: nobody else on the machine needs to see it.
    makeDirectory(directory, 0o700);
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST" || code === "ENOTDIR") {
      throw refused(directory, "cannot be created: there is a file in its place; give another path with --data", error);
    }
    throw refused(directory, `cannot be created (${errorMessage(error)}); give another path with --data`, error);
  }
}

/** Tried rather than asked for: permissions do not tell of a read-only or full file system. */
function assertWritable(directory: string): void {
  try {
    rmdirSync(mkdtempSync(path.join(directory, PROBE)));
  } catch (error) {
    throw refused(
      directory,
      `cannot be written to (${errorMessage(error)}); change its permissions or give another path with --data`,
      error,
    );
  }
}

function assertOurs(directory: string): void {
  const entries = listEntries(directory);
  if (!entries.includes(MARKER)) {
    const foreign = entries.find((entry) => !UNMARKED_ENTRIES.has(entry) && !entry.startsWith(PROBE));
    if (foreign === undefined) return;
    throw refused(
      directory,
      `holds files that are not Tributary's (${foreign}); give an empty or new directory with --data`,
    );
  }
  const format = readMarker(path.join(directory, MARKER));
  if (format === FORMAT) return;
  if (format === undefined) {
    throw refused(directory, `holds a ${MARKER} that is not Tributary's; give another path with --data`);
  }
  throw refused(
    directory,
    `has format ${format}, this version of Tributary reads format ${FORMAT}; open it with the version that wrote it`,
  );
}

function listEntries(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw refused(directory, `cannot be read (${errorMessage(error)}); give another path with --data`, error);
  }
}

/** The format a marker names; undefined when the file is no marker. */
function readMarker(file: string): number | undefined {
  try {
    if (!statSync(file).isFile()) return undefined;
    const marker: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof marker !== "object" || marker === null || !("tributaryFormat" in marker)) return undefined;
    return Number.isSafeInteger(marker.tributaryFormat) ? Number(marker.tributaryFormat) : undefined;
  } catch {
    // Unreadable or no JSON: not written by a relay.
    return undefined;
  }
}

function lockDirectory(directory: string): DirectoryLock {
  let lock: DirectoryLock | null;
  try {
    lock = acquireLock(path.join(directory, LOCK));
  } catch (error) {
    throw refused(directory, `cannot be locked (${errorMessage(error)})`, error);
  }
  if (lock !== null) return lock;
  const owner = readProcessId(directory);
  throw refused(
    directory,
    `is in use by another relay${owner === undefined ? "" : ` (process ${owner})`}; stop it or give another path with --data`,
  );
}

function readProcessId(directory: string): number | undefined {
  try {
    const id = Number(readFileSync(path.join(directory, PROCESS_ID), "utf8"));
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  } catch {
    // The owner has not written it yet; it only helps a person to find the process.
    return undefined;
  }
}

function markDirectory(directory: string): void {
  const marker = path.join(directory, MARKER);
  try {
    writeFileSync(marker, `${JSON.stringify({ tributaryFormat: FORMAT })}\n`, { flag: "wx" });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

function refused(directory: string, what: string, cause?: unknown): StartError {
  return new StartError(`the data directory ${directory} ${what}`, { cause });
}

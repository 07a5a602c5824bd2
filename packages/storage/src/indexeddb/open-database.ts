/** Opens the database by its name, laying it out when it is new, and refuses what is not a store of this version. */
import { StorageError } from "../adapter.ts";
import { type IdbDatabase, type IndexedDbEnvironment, resultOf } from "./indexed-db.ts";
import { isDomException, storageErrorOf } from "./indexed-db-error.ts";
import { ENTRIES, ROWS } from "./row-record.ts";
import { CATALOG, layOutCatalog } from "./table-catalog.ts";

/** Of the object stores and of the records in them. Tables and their indexes change without it. */
const FORMAT_VERSION = 1;

/** Rejects with `BUSY` when other tabs keep the database from opening for longer than `busyTimeoutMs`. */
export async function openDatabase(
  environment: IndexedDbEnvironment,
  name: string,
  busyTimeoutMs: number,
): Promise<IdbDatabase> {
  const database = await openInTime(environment, name, busyTimeoutMs).catch(async (error: unknown) => {
    throw await refusal(environment, name, error);
  });
  if (isStore(database)) return database;
  database.close();
  throw foreign(name);
}

function openInTime(environment: IndexedDbEnvironment, name: string, busyTimeoutMs: number): Promise<IdbDatabase> {
  return new Promise((resolve, reject) => {
    const request = environment.indexedDB.open(name, FORMAT_VERSION);
    let isGivenUp = false;
    const timer = environment.setTimeout(() => {
      isGivenUp = true;
      const message = `other tabs keep the database ${name} from opening; close or reload them`;
      reject(new StorageError("BUSY", message, { retryable: true }));
    }, busyTimeoutMs);
    // An upgrade that is cut short leaves no database behind.
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ROWS).createIndex(ENTRIES, ENTRIES, { multiEntry: true });
      layOutCatalog(request.result);
    };
    request.onsuccess = () => {
      environment.clearTimeout(timer);
      if (isGivenUp) request.result.close();
      else resolve(request.result);
    };
    request.onerror = () => {
      environment.clearTimeout(timer);
      reject(request.error);
    };
  });
}

function isStore({ objectStoreNames }: IdbDatabase): boolean {
  return objectStoreNames.length === 2 && objectStoreNames.contains(ROWS) && objectStoreNames.contains(CATALOG);
}

async function refusal(environment: IndexedDbEnvironment, name: string, error: unknown): Promise<unknown> {
  if (!isDomException(error)) return error;
  if (error.name === "QuotaExceededError") return storageErrorOf(error, name);
  if (error.name === "VersionError") return laterOrForeign(environment, name);
  const reason = `${error.message.replaceAll("\n", " ")} (${error.name})`;
  return new StorageError("CANNOT_OPEN", `the browser does not open the database ${name}: ${reason}`, { cause: error });
}

/** The database has a version that this one would have to raise it to. */
async function laterOrForeign(environment: IndexedDbEnvironment, name: string): Promise<StorageError> {
  const database = await resultOf(environment.indexedDB.open(name));
  database.close();
  if (!isStore(database)) return foreign(name);
  return new StorageError("NEWER", `a newer version of the app wrote the database ${name}; load the app anew`);
}

function foreign(name: string): StorageError {
  return new StorageError("FOREIGN", `the database ${name} is another program's; choose another name`);
}

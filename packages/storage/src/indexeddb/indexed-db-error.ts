/** What IndexedDB's errors mean to whoever uses the store. */
import { StorageError } from "../adapter.ts";

/** The error as a `StorageError` whose message is one line; errors that are not IndexedDB's are handed back as they are. */
export function storageErrorOf(error: unknown, name: string): unknown {
  if (error instanceof StorageError || !isDomException(error)) return error;
  const reason = error.message.replaceAll("\n", " ");
  const options = { cause: error };
  switch (error.name) {
    case "QuotaExceededError":
      return new StorageError(
        "FULL",
        `the browser gives the database ${name} no more room; delete records, or free space on the device`,
        { ...options, retryable: true },
      );
    case "InvalidStateError":
      return new StorageError("CLOSED", `the store ${name} is closed: ${reason}`, options);
    case "TimeoutError":
      return new StorageError("BUSY", `the database ${name} did not answer in time: ${reason}`, {
        ...options,
        retryable: true,
      });
    default:
      return new StorageError("FAILED", `the database ${name}: ${reason} (${error.name})`, options);
  }
}

/** A `DOMException`, which is no class of the language. */
export function isDomException(error: unknown): error is Error {
  return (
    typeof error === "object" && error !== null && "name" in error && "code" in error && typeof error.code === "number"
  );
}

/** What SQLite's errors mean to whoever uses the store. */
import { StorageError } from "../adapter.ts";

/** The error as a `StorageError` whose message is one line; errors that are not SQLite's are handed back as they are. */
export function storageErrorOf(error: unknown, file: string): unknown {
  if (error instanceof StorageError || !isSqliteError(error)) return error;
  const { code } = error;
  const reason = error.message.replaceAll("\n", " ");
  const options = { cause: error };
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new StorageError("BUSY", `another process is using ${file}: ${reason}`, { ...options, retryable: true });
  }
  if (code === "SQLITE_FULL") {
    return new StorageError("FULL", `there is no room left for ${file}`, { ...options, retryable: true });
  }
  if (code === "SQLITE_NOTADB") {
    return new StorageError(
      "FOREIGN",
      `${file} is no database, or its first page is damaged; choose another file`,
      options,
    );
  }
  if (code.startsWith("SQLITE_CORRUPT")) {
    return new StorageError("DAMAGED", `${file} is damaged (${reason}); restore it from a backup`, options);
  }
  return new StorageError("FAILED", `${file}: ${reason} (${code})`, options);
}

function isSqliteError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && String((error as { readonly code?: unknown }).code).startsWith("SQLITE_");
}

/** What kind of store a database holds, and in which version of its format: `format` in its `$meta`, as "kind version". */
import { type StorageAdapter, StorageError } from "./adapter.ts";

export interface StoreFormat {
  readonly kind: string;
  readonly version: number;
  /** A table that only this kind of store has. A store whose first opening was cut short has it, but no `format` yet. */
  readonly ownTable: string;
}

export function formatText({ kind, version }: StoreFormat): string {
  return `${kind} ${version}`;
}

/** Rejects a database that holds anything else, with code `FOREIGN`, or `NEWER` when a later version wrote it. */
export async function assertFormat(adapter: StorageAdapter, format: StoreFormat): Promise<void> {
  const tables = new Set((await adapter.layouts()).map((layout) => layout.name));
  if (tables.size === 0) return;
  const row = tables.has("$meta") ? await adapter.get("$meta", ["format"]) : undefined;
  const found = row === undefined ? null : String(row[1]);
  if (found === formatText(format) || (found === null && tables.has(format.ownTable))) return;
  const [kind, version] = (found ?? "something else").split(" ");
  if (kind === format.kind && Number(version) > format.version) {
    throw new StorageError(
      "NEWER",
      `the database was written by a newer version (${found}, this version reads ${formatText(format)}); use that version`,
    );
  }
  throw new StorageError(
    "FOREIGN",
    `the database holds ${found ?? "something else"}, not ${formatText(format)}; choose another`,
  );
}

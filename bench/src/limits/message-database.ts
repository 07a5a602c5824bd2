/** The limit on disk: better-sqlite3 without anything around it, on the layout that suits the work best. */
import path from "node:path";
import Database from "better-sqlite3";
import { type Message, messageCells, messageColumns, messageIndex, UPDATE_BYTES } from "../message.ts";

export type Synchronous = "NORMAL" | "FULL";

/** Rows with the document inline, beside an outbox, as one durable save needs them. */
export interface MessageDatabase {
  readonly database: Database.Database;
  /** Row with document. */
  insert(cells: readonly (string | number)[]): void;
  /** Row with document, and outbox entry, in a transaction of their own. */
  save(cells: readonly (string | number)[]): void;
  begin(): void;
  commit(): void;
}

export function openDatabase(folder: string, name: string, synchronous: Synchronous): Database.Database {
  const database = new Database(path.join(folder, `${name}.db`));
  database.pragma("journal_mode = WAL");
  database.pragma(`synchronous = ${synchronous}`);
  database.pragma("cache_size = -65536");
  database.pragma("temp_store = MEMORY");
  return database;
}

export function openMessageDatabase(folder: string): MessageDatabase {
  const database = openDatabase(folder, "limit", "NORMAL");
  database.exec(
    `CREATE TABLE message(${messageColumns}, state BLOB);
     ${messageIndex};
     CREATE TABLE outbox(seq INTEGER PRIMARY KEY, id TEXT, upd BLOB)`,
  );
  const update = Buffer.alloc(UPDATE_BYTES, 7);
  const row = database.prepare("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const entry = database.prepare("INSERT INTO outbox(id, upd) VALUES (?, ?)");
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  return {
    database,
    insert: (cells) => void row.run(...cells, update),
    save(cells) {
      begin.run();
      row.run(...cells, update);
      entry.run(cells[0], update);
      commit.run();
    },
    begin: () => void begin.run(),
    commit: () => void commit.run(),
  };
}

/** Inserts all of them, a thousand in a transaction. */
export function insertAll(limit: MessageDatabase, rows: readonly (readonly (string | number)[])[]): void {
  for (let from = 0; from < rows.length; from += 1000) {
    limit.begin();
    for (const cells of rows.slice(from, from + 1000)) limit.insert(cells);
    limit.commit();
  }
}

export function loadMessages(limit: MessageDatabase, messages: readonly Message[]): void {
  insertAll(limit, messages.map(messageCells));
  limit.database.pragma("wal_checkpoint(TRUNCATE)");
}

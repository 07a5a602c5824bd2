/** The SQLite adapter, for Node. */
export { createSqliteAdapter, type SqliteAdapterOptions } from "./create-sqlite-adapter.ts";

/** Prepared statements by shape, the oldest dropped beyond a bound. Rows come as arrays. */
import type { Database, Statement } from "better-sqlite3";

export interface StatementCache {
  /** The statement of a shape; `sql` is asked for only when it is not prepared yet. */
  get(shape: string, sql: () => string): Statement;
  has(shape: string): boolean;
  clear(): void;
}

const MAX_STATEMENTS = 500;

export function createStatementCache(database: Database): StatementCache {
  const statements = new Map<string, Statement>();
  return {
    get(shape, sql) {
      const known = statements.get(shape);
      if (known !== undefined) return known;
      const statement = database.prepare(sql());
      if (statement.reader) statement.raw();
      if (statements.size >= MAX_STATEMENTS) {
        const [oldest] = statements.keys();
        if (oldest !== undefined) statements.delete(oldest);
      }
      statements.set(shape, statement);
      return statement;
    },
    has: (shape) => statements.has(shape),
    clear: () => statements.clear(),
  };
}

/**
 * The tables of a file and their layouts: `$tables` holds each layout as JSON, changed in the transaction that changes the table.
 *
 * Other processes change layouts too. Each change here begins under the write lock with what is stored then, and a commit
 * asks `assertCurrent`, which costs one read of SQLite's schema counter.
 */
import type { Database, Statement } from "better-sqlite3";
import { type Cell, type Row, StorageError, type TableLayout } from "../adapter.ts";
import { isSameButIndexes, isSameLayout } from "../layout.ts";
import { assertNamesApart, createIndexSql, createTableSql, rowidOf, sqliteDialect } from "./sqlite-dialect.ts";
import { dropTextIndex } from "./text-index.ts";

export interface TableCatalog {
  /** Rejects a table the store does not have with code `LAYOUT`. */
  layoutOf(table: string): TableLayout;
  layouts(): readonly TableLayout[];
  /** Inside a transaction: throws `LAYOUT` when another process gave a known table another layout. */
  assertCurrent(): void;
  create(wanted: readonly TableLayout[]): void;
  rebuild(layout: TableLayout, transform: (row: Row, before: TableLayout) => Row | null): void;
  reindex(layout: TableLayout): void;
  drop(table: string): void;
  setIndexed(table: string, isIndexed: boolean): void;
  /** Builds indexes that are missing: a bulk load that was cut short leaves them out. */
  buildIndexes(): void;
}

const { quote } = sqliteDialect;

/** Rows a rebuild holds at a time. */
const REBUILD_PAGE = 200;

export function createTableCatalog(database: Database): TableCatalog {
  const readLayouts = database.prepare(`SELECT layout FROM "$tables" ORDER BY rowid`).pluck();
  const schemaVersion: Statement = database.prepare("PRAGMA schema_version").pluck();
  let layouts = new Map<string, TableLayout>();
  let knownVersion: unknown = null;

  const stored = (): Map<string, TableLayout> => {
    const found = (readLayouts.all() as string[]).map((layout) => JSON.parse(layout) as TableLayout);
    return new Map(found.map((layout) => [layout.name, layout]));
  };
  const layoutOf = (table: string): TableLayout => {
    const layout = layouts.get(table);
    if (layout === undefined) throw new StorageError("LAYOUT", `the store has no table ${table}`);
    return layout;
  };
  /** Changes layouts under the write lock; what is known afterwards is what was stored with the change. */
  const change = (work: (before: ReadonlyMap<string, TableLayout>) => void): void => {
    const [after, version] = database
      .transaction(() => {
        work(stored());
        return [stored(), schemaVersion.get()] as const;
      })
      .immediate();
    layouts = after;
    knownVersion = version;
  };
  const storedLayoutOf = (before: ReadonlyMap<string, TableLayout>, table: string): TableLayout => {
    const layout = before.get(table);
    if (layout === undefined) throw new StorageError("LAYOUT", `the store has no table ${table}`);
    return layout;
  };

  return {
    layoutOf,
    layouts: () => [...layouts.values()],
    assertCurrent() {
      const version = schemaVersion.get();
      if (version === knownVersion) return;
      const now = stored();
      for (const [name, layout] of layouts) {
        if (JSON.stringify(now.get(name)) !== JSON.stringify(layout)) {
          throw new StorageError(
            "LAYOUT",
            `another process gave the table ${name} another layout; open the store again`,
          );
        }
      }
      layouts = now;
      knownVersion = version;
    },
    create(wanted) {
      change((before) => {
        const missing = wanted.filter((layout) => !before.has(layout.name));
        assertNamesApart([...before.values(), ...missing]);
        for (const layout of wanted) {
          const known = before.get(layout.name);
          if (known !== undefined && !isSameLayout(known, layout)) {
            throw new StorageError("LAYOUT", `the table ${layout.name} is there with another layout`);
          }
        }
        for (const layout of missing) {
          database.exec(createTableSql(layout));
          createIndexes(database, layout);
          database.prepare(`INSERT INTO "$tables" VALUES (?, ?)`).run(layout.name, JSON.stringify(layout));
        }
      });
    },
    rebuild(layout, transform) {
      change((tables) => {
        const before = storedLayoutOf(tables, layout.name);
        if (isSameLayout(before, layout)) return;
        assertNamesApart([...[...tables.values()].filter((one) => one !== before), layout]);
        const temporary = `${layout.name}$new`;
        database.exec(createTableSql(layout, temporary));
        copyRows(database, before, layout, temporary, transform);
        dropTextIndex(database, layout.name);
        database.exec(`DROP TABLE ${quote(layout.name)}`);
        database.exec(`ALTER TABLE ${quote(temporary)} RENAME TO ${quote(layout.name)}`);
        createIndexes(database, layout);
        writeLayout(database, layout);
      });
    },
    reindex(layout) {
      change((tables) => {
        const before = storedLayoutOf(tables, layout.name);
        if (!isSameButIndexes(before, layout)) {
          throw new StorageError("LAYOUT", `the table ${layout.name} differs in more than its indexes`);
        }
        assertNamesApart([...[...tables.values()].filter((one) => one !== before), layout]);
        dropIndexes(database, before);
        createIndexes(database, layout);
        writeLayout(database, layout);
      });
    },
    drop(table) {
      change((tables) => {
        storedLayoutOf(tables, table);
        dropTextIndex(database, table);
        database.exec(`DROP TABLE ${quote(table)}`);
        database.prepare(`DELETE FROM "$tables" WHERE name = ?`).run(table);
      });
    },
    setIndexed(table, isIndexed) {
      change((tables) => {
        const layout = storedLayoutOf(tables, table);
        if (isIndexed) createIndexes(database, layout);
        else dropIndexes(database, layout);
      });
    },
    buildIndexes() {
      change((tables) => {
        for (const layout of tables.values()) createIndexes(database, layout);
      });
    },
  };
}

function writeLayout(database: Database, layout: TableLayout): void {
  database.prepare(`UPDATE "$tables" SET layout = ? WHERE name = ?`).run(JSON.stringify(layout), layout.name);
}

function createIndexes(database: Database, layout: TableLayout): void {
  for (const index of layout.indexes) database.exec(createIndexSql(layout, index));
}

function dropIndexes(database: Database, layout: TableLayout): void {
  for (const index of layout.indexes) database.exec(`DROP INDEX IF EXISTS ${quote(index.name)}`);
}

/** In pages by rowid, so that memory holds one page whatever the table's size. */
function copyRows(
  database: Database,
  before: TableLayout,
  after: TableLayout,
  into: string,
  transform: (row: Row, before: TableLayout) => Row | null,
): void {
  const rowid = rowidOf(before);
  const columns = before.columns.map((column) => quote(column.name)).join(", ");
  const insert = database.prepare(`INSERT INTO ${quote(into)} VALUES (${after.columns.map(() => "?").join(", ")})`);
  const pageBehind = database
    .prepare(
      `SELECT ${rowid}, ${columns} FROM ${quote(before.name)} WHERE ${rowid} > ? ORDER BY ${rowid} LIMIT ${REBUILD_PAGE}`,
    )
    .raw();
  let last = Number.MIN_SAFE_INTEGER - 1;
  for (;;) {
    const page = pageBehind.all(last) as Cell[][];
    for (const [id, ...cells] of page) {
      last = Number(id);
      const row = transform(cells, before);
      if (row !== null) insert.run(...row);
    }
    if (page.length < REBUILD_PAGE) return;
  }
}

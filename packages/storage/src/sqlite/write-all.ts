/** Writes the parts of a batch into an open transaction. */
import type { Cell, Expectation, Key, Row, SeqCell, TableLayout, Write } from "../adapter.ts";
import { compileCondition } from "../sql/compile-condition.ts";
import { conditionParameters, conditionShape } from "../sql/condition-shape.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import type { StatementCache } from "./statement-cache.ts";

export interface WriteConflict {
  readonly table: string;
  /** Null where it is one of several rows that were written at once. */
  readonly key: Key | null;
}

export interface WriteOptions {
  readonly statements: StatementCache;
  readonly layoutOf: (table: string) => TableLayout;
  readonly get: (table: string, key: Key) => Row | undefined;
  readonly firstSeq: number;
  /** Whether rows that follow each other in one table may share a statement. */
  readonly isGrouping: boolean;
}

/** Rows of one statement: each costs a fifth less than with a statement of its own, and more of them save nothing more. */
const GROUP_ROWS = 8;

/** Writes in order, up to the first that conflicts: null when there is none. */
export function writeAll(options: WriteOptions, writes: readonly Write[]): WriteConflict | null {
  const { layoutOf, isGrouping } = options;
  for (let at = 0; at < writes.length; ) {
    const write = writes[at];
    if (write === undefined) break;
    const layout = layoutOf(write.table);
    const group = isGrouping ? groupAt(writes, at, layout) : null;
    if (group !== null) {
      if (!insertGroup(options, layout, group)) return { table: write.table, key: null };
      at += group.length;
      continue;
    }
    const conflict = writeOne(options, layout, write);
    if (conflict !== null) return { table: write.table, key: conflict };
    at += 1;
  }
  return null;
}

/** A full group of rows for one table, from `at` on; null where there is none. */
function groupAt(writes: readonly Write[], at: number, { name, columns }: TableLayout): readonly Insert[] | null {
  const end = at + GROUP_ROWS;
  if (end > writes.length) return null;
  for (let i = at; i < end; i++) {
    const write = writes[i];
    // A row that does not fit the table is refused where it stands alone.
    if (write?.kind !== "insert" || write.table !== name || write.row.length !== columns.length) return null;
  }
  return writes.slice(at, end) as Insert[];
}

type Insert = Extract<Write, { kind: "insert" }>;

/** Null when the write was done, else the key that conflicts. */
function writeOne({ statements, get, firstSeq }: WriteOptions, layout: TableLayout, write: Write): Key | null {
  switch (write.kind) {
    case "insert": {
      const row = numbered(layout, write.row, write.seq, firstSeq);
      return insert(statements, layout, row) ? null : keyOf(layout, row);
    }
    case "upsert": {
      const row = numbered(layout, write.row, write.seq, firstSeq);
      upsert(statements, layout, row);
      return null;
    }
    case "replace": {
      const row = numbered(layout, write.row, write.seq, firstSeq);
      return replace(statements, layout, row, write.expect) ? null : keyOf(layout, row);
    }
    case "update":
      return update(statements, layout, write) ? null : write.key;
    case "delete": {
      const found = write.expect === undefined ? undefined : get(write.table, write.key);
      if (found !== undefined && write.expect !== undefined && !meets(layout, found, write.expect)) return write.key;
      remove(statements, layout, write.key);
      return null;
    }
    case "deleteWhere": {
      const { where } = write;
      const shape = `deleteWhere ${layout.name} ${where === undefined ? "" : conditionShape(where)}`;
      const statement = statements.get(shape, () => {
        const condition = where === undefined ? "" : ` WHERE ${compileCondition(sqliteDialect, layout.name, where)}`;
        return `DELETE FROM ${quote(layout.name)}${condition}`;
      });
      statement.run(...(where === undefined ? [] : conditionParameters(where)));
      return null;
    }
    case "expect": {
      const found = get(write.table, write.key);
      const holds =
        write.expect === null ? found === undefined : found !== undefined && meets(layout, found, write.expect);
      return holds ? null : write.key;
    }
  }
}

const { quote } = sqliteDialect;

/** What is worked out once a layout: writing is too frequent to look columns up and to put shapes together each time. */
interface TableShape {
  readonly insert: string;
  readonly insertGroup: string;
  readonly upsert: string;
  readonly replace: string;
  readonly columns: ReadonlyMap<string, number>;
}

const shapes = new WeakMap<TableLayout, TableShape>();

function shapeOf(layout: TableLayout): TableShape {
  const known = shapes.get(layout);
  if (known !== undefined) return known;
  const { name, columns } = layout;
  const shape: TableShape = {
    insert: `insert ${name}`,
    insertGroup: `insert group ${name}`,
    upsert: `upsert ${name}`,
    replace: `replace ${name} `,
    columns: new Map(columns.map((column, i) => [column.name, i])),
  };
  shapes.set(layout, shape);
  return shape;
}

function columnIndex(layout: TableLayout, name: string): number {
  const at = shapeOf(layout).columns.get(name);
  if (at === undefined) throw new RangeError(`${layout.name} has no column ${name}`);
  return at;
}

function keyOf(layout: TableLayout, row: Row): Key {
  return layout.primaryKey.map((name) => row[columnIndex(layout, name)] ?? null);
}

function keyCondition(layout: TableLayout): string {
  return layout.primaryKey.map((name) => `${quote(name)} = ?`).join(" AND ");
}

function meets(layout: TableLayout, row: Row, expect: Expectation): boolean {
  return row[columnIndex(layout, expect.column)] === expect.value;
}

function numbered(layout: TableLayout, row: Row, seq: SeqCell | undefined, firstSeq: number): Row {
  if (seq === undefined) return row;
  const cells = row.slice();
  cells[columnIndex(layout, seq.column)] = firstSeq + seq.offset;
  return cells;
}

function insert(statements: StatementCache, layout: TableLayout, row: Row): boolean {
  const statement = statements.get(shapeOf(layout).insert, () => `${insertSql(layout, 1)} ON CONFLICT DO NOTHING`);
  return statement.run(...row).changes > 0;
}

/** False when one of them is there, or is there twice. */
function insertGroup({ statements, firstSeq }: WriteOptions, layout: TableLayout, group: readonly Insert[]): boolean {
  const cells: Cell[] = new Array(group.length * layout.columns.length);
  let at = 0;
  for (const { row, seq } of group) {
    const from = at;
    for (let i = 0; i < row.length; i++, at++) cells[at] = row[i] ?? null;
    if (seq !== undefined) cells[from + columnIndex(layout, seq.column)] = firstSeq + seq.offset;
  }
  const sql = (): string => `${insertSql(layout, GROUP_ROWS)} ON CONFLICT DO NOTHING`;
  // One by one: out of a list they are bound a third more slowly.
  return statements.get(shapeOf(layout).insertGroup, sql).run(...cells).changes === group.length;
}

/** A row that is there keeps its place in the order of insertion. */
function upsert(statements: StatementCache, layout: TableLayout, row: Row): void {
  const statement = statements.get(shapeOf(layout).upsert, () => {
    const key = layout.primaryKey.map(quote).join(", ");
    const others = layout.columns.map((column) => column.name).filter((name) => !layout.primaryKey.includes(name));
    const cells = others.map((name) => `${quote(name)} = excluded.${quote(name)}`).join(", ");
    return `${insertSql(layout, 1)} ON CONFLICT (${key}) DO ${cells === "" ? "NOTHING" : `UPDATE SET ${cells}`}`;
  });
  statement.run(...row);
}

function insertSql(layout: TableLayout, rows: number): string {
  const row = `(${layout.columns.map(() => "?").join(", ")})`;
  return `INSERT INTO ${quote(layout.name)} VALUES ${Array(rows).fill(row).join(", ")}`;
}

function replace(statements: StatementCache, layout: TableLayout, row: Row, expect: Expectation | undefined): boolean {
  const statement = statements.get(shapeOf(layout).replace + (expect?.column ?? ""), () => {
    const cells = layout.columns.map((column) => `${quote(column.name)} = ?`).join(", ");
    return `UPDATE ${quote(layout.name)} SET ${cells} WHERE ${keyCondition(layout)}${expectation(expect)}`;
  });
  const parameters: Cell[] = [...row, ...keyOf(layout, row)];
  if (expect !== undefined) parameters.push(expect.value);
  return statement.run(...parameters).changes > 0;
}

function update(statements: StatementCache, layout: TableLayout, write: Extract<Write, { kind: "update" }>): boolean {
  const { columns, cells, key, expect } = write;
  const statement = statements.get(`update ${layout.name} ${columns.join(",")} ${expect?.column ?? ""}`, () => {
    const set = columns.map((name) => `${quote(name)} = ?`).join(", ");
    return `UPDATE ${quote(layout.name)} SET ${set} WHERE ${keyCondition(layout)}${expectation(expect)}`;
  });
  const parameters: Cell[] = [...cells, ...key];
  if (expect !== undefined) parameters.push(expect.value);
  return statement.run(...parameters).changes > 0;
}

function expectation(expect: Expectation | undefined): string {
  return expect === undefined ? "" : ` AND ${quote(expect.column)} IS ?`;
}

function remove(statements: StatementCache, layout: TableLayout, key: Key): void {
  statements
    .get(`delete ${layout.name}`, () => `DELETE FROM ${quote(layout.name)} WHERE ${keyCondition(layout)}`)
    .run(...key);
}

/** Writes the parts of a batch into an open transaction. */
import type { Cell, Expectation, Key, Row, SeqCell, TableLayout, Write } from "../adapter.ts";
import { compileCondition } from "../sql/compile-condition.ts";
import { conditionParameters, conditionShape } from "../sql/condition-shape.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import type { StatementCache } from "./statement-cache.ts";

export interface BatchWriter {
  /** Null when the write was done, else the key that conflicts. */
  write(write: Write): Key | null;
}

export function createBatchWriter(
  statements: StatementCache,
  layoutOf: (table: string) => TableLayout,
  get: (table: string, key: Key) => Row | undefined,
  firstSeq: number,
): BatchWriter {
  return {
    write(write) {
      const layout = layoutOf(write.table);
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
          if (found !== undefined && write.expect !== undefined && !meets(layout, found, write.expect))
            return write.key;
          remove(statements, layout, write.key);
          return null;
        }
        case "deleteWhere": {
          const { where } = write;
          const shape = `deleteWhere ${layout.name} ${where === undefined ? "" : conditionShape(where)}`;
          const statement = statements.get(shape, () => {
            const condition =
              where === undefined ? "" : ` WHERE ${compileCondition(sqliteDialect, layout.name, where)}`;
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
    },
  };
}

const { quote } = sqliteDialect;

/** What is worked out once a layout: writing is too frequent to look columns up and to put shapes together each time. */
interface TableShape {
  readonly insert: string;
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
  const statement = statements.get(shapeOf(layout).insert, () => `${insertSql(layout)} ON CONFLICT DO NOTHING`);
  return statement.run(...row).changes > 0;
}

/** A row that is there keeps its place in the order of insertion. */
function upsert(statements: StatementCache, layout: TableLayout, row: Row): void {
  const statement = statements.get(shapeOf(layout).upsert, () => {
    const key = layout.primaryKey.map(quote).join(", ");
    const others = layout.columns.map((column) => column.name).filter((name) => !layout.primaryKey.includes(name));
    const cells = others.map((name) => `${quote(name)} = excluded.${quote(name)}`).join(", ");
    return `${insertSql(layout)} ON CONFLICT (${key}) DO ${cells === "" ? "NOTHING" : `UPDATE SET ${cells}`}`;
  });
  statement.run(...row);
}

function insertSql(layout: TableLayout): string {
  return `INSERT INTO ${quote(layout.name)} VALUES (${layout.columns.map(() => "?").join(", ")})`;
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

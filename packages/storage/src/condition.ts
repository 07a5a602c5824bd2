/** The meaning of conditions and orders, for adapters that evaluate them on rows in JavaScript. */
import { compareText, isInOrder } from "@tributary/model";
import type { Cell, Comparison, Condition, Order, Row, TableLayout } from "./adapter.ts";

export type RowTest = (row: Row) => boolean;

/** Compiles a condition on a table's rows. */
export function rowTest(layout: TableLayout, condition: Condition): RowTest {
  switch (condition.kind) {
    case "and": {
      const parts = condition.of.map((part) => rowTest(layout, part));
      return (row) => parts.every((part) => part(row));
    }
    case "or": {
      const parts = condition.of.map((part) => rowTest(layout, part));
      return (row) => parts.some((part) => part(row));
    }
    case "not": {
      const part = rowTest(layout, condition.of);
      return (row) => !part(row);
    }
    case "compare": {
      const read = reader(layout, condition);
      const { op, value } = condition;
      return (row) => compares(op, read(row), value);
    }
    case "in": {
      const read = reader(layout, condition);
      const values = new Set(condition.values);
      return (row) => values.has(read(row));
    }
    case "hasPrefix": {
      const read = reader(layout, condition);
      return (row) => textOf(read(row))?.startsWith(condition.value) ?? false;
    }
    case "hasSubstring": {
      const read = reader(layout, condition);
      return (row) => textOf(read(row))?.includes(condition.value) ?? false;
    }
    case "hasElement": {
      const read = reader(layout, condition);
      const wanted = JSON.stringify(condition.element);
      return (row) => hasElement(read(row), wanted);
    }
    case "exists":
      throw new RangeError(`a condition on ${layout.name} looks into ${condition.table}; it is to be resolved before`);
  }
}

export function columnIndex(layout: TableLayout, name: string): number {
  const at = layout.columns.findIndex((column) => column.name === name);
  if (at < 0) throw new RangeError(`${layout.name} has no column ${name}`);
  return at;
}

/** Ascending: null, then numbers, then text by code point, then bytes. */
export function compareCells(left: Cell, right: Cell): number {
  const kinds = rankOf(left) - rankOf(right);
  if (kinds !== 0) return kinds;
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return compareBytes(left, right);
  return 0;
}

/** By the cells that both have. */
export function compareTuples(left: readonly Cell[], right: readonly Cell[]): number {
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const compared = compareCells(left[i] ?? null, right[i] ?? null);
    if (compared !== 0) return compared;
  }
  return 0;
}

/** Compares rows by the columns of an order. */
export function compareByOrder(layout: TableLayout, order: readonly Order[]): (left: Row, right: Row) => number {
  const keys = order.map(({ column, direction, through }) => {
    if (through !== undefined) {
      throw new RangeError(`an order of ${layout.name} looks into other tables; it is to be resolved before`);
    }
    return { at: columnIndex(layout, column), sign: direction === "asc" ? 1 : -1 };
  });
  return (left, right) => {
    for (const { at, sign } of keys) {
      const compared = compareCells(left[at] ?? null, right[at] ?? null);
      if (compared !== 0) return compared * sign;
    }
    return 0;
  };
}

function rankOf(cell: Cell): number {
  if (cell === null) return 0;
  if (typeof cell === "number") return 1;
  return typeof cell === "string" ? 2 : 3;
}

function compares(op: Comparison, left: Cell, right: Cell): boolean {
  if (op === "eq") return compareCells(left, right) === 0;
  if (op === "ne") return compareCells(left, right) !== 0;
  if (left === null || right === null) return false;
  return isInOrder(op, compareCells(left, right));
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function reader(
  layout: TableLayout,
  { column, asText }: { readonly column: string; readonly asText?: true },
): (row: Row) => Cell {
  const at = columnIndex(layout, column);
  if (asText === undefined) return (row) => row[at] ?? null;
  return (row) => jsonText(row[at] ?? null);
}

/** The text that a JSON string stands for; null for other JSON. */
function jsonText(cell: Cell): string | null {
  if (typeof cell !== "string" || !cell.startsWith('"')) return null;
  return JSON.parse(cell) as string;
}

function textOf(cell: Cell): string | null {
  return typeof cell === "string" ? cell : null;
}

function hasElement(cell: Cell, wanted: string): boolean {
  if (typeof cell !== "string" || !cell.startsWith("[")) return false;
  return (JSON.parse(cell) as readonly unknown[]).some((element) => JSON.stringify(element) === wanted);
}

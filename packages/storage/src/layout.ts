/** Comparing table layouts: by what they say, not by how their objects are written. */
import type { TableLayout } from "./adapter.ts";

export function isSameLayout(left: TableLayout, right: TableLayout): boolean {
  return isSameButIndexes(left, right) && JSON.stringify(indexes(left)) === JSON.stringify(indexes(right));
}

export function isSameButIndexes(left: TableLayout, right: TableLayout): boolean {
  return JSON.stringify(rest(left)) === JSON.stringify(rest(right));
}

function indexes(layout: TableLayout): unknown {
  return layout.indexes.map((index) => [index.name, index.columns, index.whereNotNull ?? null]);
}

function rest(layout: TableLayout): unknown {
  const columns = layout.columns.map((column) => [column.name, column.type]);
  return [layout.name, columns, layout.primaryKey, layout.isKeyOrdered ?? false, layout.meaning ?? null];
}

/** The answer to an aggregation, tallied from rows as they come. */
import type { Aggregation, Cell, Measure, Row, TableLayout } from "../adapter.ts";
import { columnIndex, compareCells, compareTuples, rowTest } from "../condition.ts";
import type { StoredRow } from "./collect-page.ts";

export interface AggregateCollector {
  add(stored: StoredRow): void;
  rows(): Row[];
}

/** Rows come in any order. Each is tested here. */
export function createAggregateCollector(
  layout: TableLayout,
  { where, groupBy, measures }: Aggregation,
): AggregateCollector {
  const test = where === undefined ? () => true : rowTest(layout, where);
  const places = groupBy.map((column) => columnIndex(layout, column));
  const groups = new Map<string, Group>();
  if (groupBy.length === 0) groups.set("[]", newGroup(layout, [], measures));
  return {
    add({ row }) {
      if (!test(row)) return;
      const cells = places.map((at) => row[at] ?? null);
      const name = JSON.stringify(cells);
      let group = groups.get(name);
      if (group === undefined) {
        group = newGroup(layout, cells, measures);
        groups.set(name, group);
      }
      for (const tally of group.tallies) tally.add(row);
    },
    rows() {
      const sorted = [...groups.values()].sort((left, right) => compareTuples(left.cells, right.cells));
      return sorted.map(({ cells, tallies }) => [...cells, ...tallies.map((tally) => tally.result())]);
    },
  };
}

interface Group {
  readonly cells: readonly Cell[];
  readonly tallies: readonly Tally[];
}

interface Tally {
  add(row: Row): void;
  result(): Cell;
}

function newGroup(layout: TableLayout, cells: readonly Cell[], measures: readonly Measure[]): Group {
  return { cells, tallies: measures.map((measure) => createTally(layout, measure)) };
}

function createTally(layout: TableLayout, { op, column }: Measure): Tally {
  const at = column === null ? null : columnIndex(layout, column);
  let count = 0;
  let sum = 0;
  let extreme: Cell = null;
  const isBetter = (cell: Cell): boolean =>
    extreme === null || (op === "min" ? compareCells(cell, extreme) < 0 : compareCells(cell, extreme) > 0);
  return {
    add(row) {
      const cell = at === null ? 1 : (row[at] ?? null);
      if (cell === null) return;
      count += 1;
      if (typeof cell === "number") sum += cell;
      if (isBetter(cell)) extreme = cell;
    },
    result() {
      switch (op) {
        case "count":
          return count;
        case "sum":
          return sum;
        case "avg":
          return count === 0 ? null : sum / count;
        case "min":
        case "max":
          return extreme;
      }
    },
  };
}

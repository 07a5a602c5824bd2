/** Sets of cells as intervals, in the order of cells: what a condition leaves of one column. */
import type { Cell } from "../adapter.ts";
import { compareCells } from "../condition.ts";

/** A place between cells: right before `cell`, or right behind it. */
export interface Edge {
  readonly cell: Cell;
  readonly isBehind: boolean;
}

/** The cells between two edges; `to` is null where nothing ends them. Null, the least cell, begins everything. */
export interface Interval {
  readonly from: Edge;
  readonly to: Edge | null;
}

/** Ascending, disjoint, none of them empty. An empty list holds no cell. */
export type Intervals = readonly Interval[];

export function before(cell: Cell): Edge {
  return { cell, isBehind: false };
}

export function behind(cell: Cell): Edge {
  return { cell, isBehind: true };
}

/** The interval that holds one cell. */
export function pointOf(cell: Cell): Interval {
  return { from: before(cell), to: behind(cell) };
}

export function isPoint({ from, to }: Interval): boolean {
  return to !== null && !from.isBehind && to.isBehind && compareCells(from.cell, to.cell) === 0;
}

export function intersect(left: Intervals, right: Intervals): Intervals {
  const common: Interval[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [a, b] = [left[i], right[j]];
    if (a === undefined || b === undefined) return common;
    const from = compareEdges(a.from, b.from) > 0 ? a.from : b.from;
    const endsFirst = compareEnds(a.to, b.to) < 0 ? a : b;
    if (compareEnds(from, endsFirst.to) < 0) common.push({ from, to: endsFirst.to });
    if (endsFirst === a) i++;
    else j++;
  }
}

/** All cells of intervals that come in any order and may overlap. */
export function unite(intervals: readonly Interval[]): Intervals {
  const united: Interval[] = [];
  for (const interval of [...intervals].sort((left, right) => compareEdges(left.from, right.from))) {
    const last = united.at(-1);
    if (last === undefined || compareEnds(interval.from, last.to) > 0) united.push(interval);
    else if (compareEnds(interval.to, last.to) > 0) united[united.length - 1] = { from: last.from, to: interval.to };
  }
  return united;
}

/** The one interval from the first edge to the last. */
export function hullOf(intervals: Intervals): Intervals {
  const [first, last] = [intervals[0], intervals.at(-1)];
  return first === undefined || last === undefined ? [] : [{ from: first.from, to: last.to }];
}

function compareEdges(left: Edge, right: Edge): number {
  const compared = compareCells(left.cell, right.cell);
  return compared === 0 ? Number(left.isBehind) - Number(right.isBehind) : compared;
}

/** Null is no end, behind all others. */
function compareEnds(left: Edge | null, right: Edge | null): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return compareEdges(left, right);
}

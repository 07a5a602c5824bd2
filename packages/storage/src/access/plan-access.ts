/**
 * Chooses what a scan reads: the rows along the key, along an index or in order of insertion, and which stretches of them.
 *
 * There are no statistics: what fixes more leading columns wins; then, for a scan with a limit, what comes in its order; then
 * what bounds a range. Whatever is chosen, rows are still to be tested.
 */
import type { Cell, IndexLayout, Order, Scan, TableLayout } from "../adapter.ts";
import { compareCells, compareTuples } from "../condition.ts";
import { before, behind, hullOf, type Interval, type Intervals, isPoint } from "./cell-intervals.ts";
import { type ColumnIntervals, intervalsOf, narrowed } from "./column-intervals.ts";

/** What rows are read along. An index goes on with the order of insertion behind its columns. */
export type AccessPath = "insertion" | "key" | IndexLayout;

/** A place among tuples: before all that begin with `cells`, or behind them. */
export interface TuplePlace {
  readonly cells: readonly Cell[];
  readonly isBehind: boolean;
}

export interface TupleRange {
  readonly from: TuplePlace;
  readonly to: TuplePlace;
}

/** How far rows come in the order of a scan. */
export interface Arrival {
  /** Sorted by so many of the order's columns. */
  readonly sortedBy: number;
  /** In the scan's order altogether, ties too. */
  readonly isInOrder: boolean;
}

export interface Access extends Arrival {
  readonly path: AccessPath;
  /** Ascending and disjoint; every row of the scan lies in one. */
  readonly ranges: readonly TupleRange[];
  readonly isDescending: boolean;
}

/** More are taken as one. */
const MAX_RANGES = 10_000;

type PlannedScan = Omit<Scan, "table" | "columns">;

export function planAccess(layout: TableLayout, scan: PlannedScan): Access {
  const known = boundsOf(scan);
  if (known === null) return { path: "key", ranges: [], isDescending: false, sortedBy: 0, isInOrder: true };
  const candidates = [
    candidate(layout, "key", layout.primaryKey, scan, known),
    ...layout.indexes
      .filter((index) => holdsAll(index, known))
      .map((index) => candidate(layout, index, index.columns, scan, known)),
  ];
  const best = candidates.reduce((left, right) => (right.score > left.score ? right : left));
  const isFirstCome = (scan.order ?? []).length === 0 && scan.limit !== undefined && layout.isKeyOrdered !== true;
  if (best.score > 0 || !isFirstCome) return best.access;
  return { path: "insertion", ranges: [everything], isDescending: false, sortedBy: 0, isInOrder: true };
}

/** The keys that are all an access reads; null when it reads more than single keys. */
export function keysOf(layout: TableLayout, { path, ranges }: Access): readonly (readonly Cell[])[] | null {
  if (path !== "key") return null;
  const isKey = ({ from, to }: TupleRange): boolean =>
    from.cells.length === layout.primaryKey.length &&
    to.cells.length === from.cells.length &&
    !from.isBehind &&
    to.isBehind &&
    compareTuples(from.cells, to.cells) === 0;
  return ranges.every(isKey) ? ranges.map(({ from }) => from.cells) : null;
}

const everything: TupleRange = { from: { cells: [], isBehind: false }, to: { cells: [], isBehind: true } };

/** What condition and `after` leave of each column; null for nothing. */
function boundsOf({ where, order = [], after }: PlannedScan): ColumnIntervals | null {
  const known = where === undefined ? new Map<string, Intervals>() : intervalsOf(where);
  const [first, cell] = [order[0], after?.[0]];
  if (known === null || first === undefined || cell === undefined) return known;
  const rest: Interval =
    first.direction === "asc" ? { from: before(cell), to: null } : { from: before(null), to: behind(cell) };
  return narrowed(known, first.column, [rest]);
}

/** A partial index serves scans whose rows are all in it. */
function holdsAll({ whereNotNull }: IndexLayout, known: ColumnIntervals): boolean {
  if (whereNotNull === undefined) return true;
  const first = known.get(whereNotNull)?.[0];
  return first !== undefined && (first.from.cell !== null || first.from.isBehind);
}

interface Candidate {
  readonly access: Access;
  readonly score: number;
}

function candidate(
  layout: TableLayout,
  path: Exclude<AccessPath, "insertion">,
  columns: readonly string[],
  scan: PlannedScan,
  known: ColumnIntervals,
): Candidate {
  const { ranges, pointed, isBounded } = rangesOf(columns, known);
  const order = orderAlong(layout, path, scan);
  const isLimited = scan.limit !== undefined;
  const match = matchOrder(columns, order, known);
  // Backwards rows are read one by one, which pays only where few are read.
  const isSorted = match.direction === "asc" || (match.direction === "desc" && isLimited);
  const isDescending = isSorted && match.direction === "desc";
  const sortedBy = isSorted || match.direction === null ? match.sortedBy : 0;
  const sorted = new Set(order.slice(0, sortedBy).map(({ column }) => column));
  const isTieFree = layout.primaryKey.every((column) => sorted.has(column) || constantOf(known, column) !== undefined);
  // Behind its columns an index goes on in order of insertion, in which ties are to come.
  const tiesInOrder = path !== "key" && sortedBy === order.length && match.isWhole && !isDescending;
  const isInOrder = isTieFree || tiesInOrder;
  const access: Access = {
    path,
    ranges: isSorted && scan.after !== undefined ? cutOff(ranges, columns, order, scan.after, known) : ranges,
    isDescending,
    sortedBy: isInOrder ? (scan.order ?? []).length : sortedBy,
    isInOrder,
  };
  const isByKey = path === "key" && pointed === columns.length;
  const servesOrder = isLimited && (isSorted || isInOrder);
  return { access, score: (isByKey ? 100 : 0) + pointed * 4 + (servesOrder ? 2 : 0) + (isBounded ? 1 : 0) };
}

/** The key of a table that is ordered by it stands for the order of insertion. */
function orderAlong(layout: TableLayout, path: AccessPath, { order = [] }: PlannedScan): readonly Order[] {
  if (path !== "key" || layout.isKeyOrdered !== true || order.length > 0) return order;
  return layout.primaryKey.map((column) => ({ column, direction: "asc" }));
}

/** The one cell that a column can hold; undefined when there are others. */
function constantOf(known: ColumnIntervals, column: string): Cell | undefined {
  const [only, ...others] = known.get(column) ?? [];
  return only !== undefined && others.length === 0 && isPoint(only) ? only.from.cell : undefined;
}

interface OrderMatch {
  /** The order's first columns that come sorted. */
  readonly sortedBy: number;
  /** Of those that are not constant; null when all are. */
  readonly direction: Order["direction"] | null;
  /** No column of the path that varies is left. */
  readonly isWhole: boolean;
}

/** How far reading along `columns` is reading in order. A column that is constant orders nothing and disturbs nothing. */
function matchOrder(columns: readonly string[], order: readonly Order[], known: ColumnIntervals): OrderMatch {
  const varying = columns.filter((column) => constantOf(known, column) === undefined);
  let [sortedBy, passed] = [0, 0];
  let direction: Order["direction"] | null = null;
  for (const key of order) {
    if (constantOf(known, key.column) === undefined) {
      if (varying[passed] !== key.column || (direction ?? key.direction) !== key.direction) break;
      direction = key.direction;
      passed++;
    }
    sortedBy++;
  }
  return { sortedBy, direction, isWhole: passed === varying.length };
}

interface Ranges {
  readonly ranges: readonly TupleRange[];
  /** Leading columns of which the ranges fix single cells. */
  readonly pointed: number;
  /** Whether the column after those is bounded. */
  readonly isBounded: boolean;
}

function rangesOf(columns: readonly string[], known: ColumnIntervals): Ranges {
  let prefixes: readonly (readonly Cell[])[] = [[]];
  for (const [pointed, column] of columns.entries()) {
    const intervals = known.get(column);
    if (intervals === undefined) return { ranges: prefixes.map(allBehind), pointed, isBounded: false };
    const isFew = prefixes.length * intervals.length <= MAX_RANGES;
    if (!isFew || !intervals.every(isPoint)) {
      const taken = isFew ? intervals : hullOf(intervals);
      const ranges = prefixes.flatMap((prefix) => taken.map((interval) => rangeWithin(prefix, interval)));
      return { ranges, pointed, isBounded: true };
    }
    prefixes = prefixes.flatMap((prefix) => intervals.map(({ from }) => [...prefix, from.cell]));
  }
  return { ranges: prefixes.map(allBehind), pointed: columns.length, isBounded: false };
}

function allBehind(cells: readonly Cell[]): TupleRange {
  return { from: { cells, isBehind: false }, to: { cells, isBehind: true } };
}

function rangeWithin(prefix: readonly Cell[], { from, to }: Interval): TupleRange {
  return {
    from: { cells: [...prefix, from.cell], isBehind: from.isBehind },
    to: to === null ? { cells: prefix, isBehind: true } : { cells: [...prefix, to.cell], isBehind: to.isBehind },
  };
}

/** The parts of ranges that lie behind `after`, read in the order's direction. */
function cutOff(
  ranges: readonly TupleRange[],
  columns: readonly string[],
  order: readonly Order[],
  after: readonly Cell[],
  known: ColumnIntervals,
): readonly TupleRange[] {
  const varying = order.flatMap(({ column }, i) =>
    constantOf(known, column) === undefined ? [{ column, cell: after[i] ?? null }] : [],
  );
  const isLevel = order.every(({ column }, i) => {
    const constant = constantOf(known, column);
    return constant === undefined || compareCells(constant, after[i] ?? null) === 0;
  });
  if (!isLevel) return ranges;
  const cells: Cell[] = [];
  let passed = 0;
  for (const column of columns) {
    const constant = constantOf(known, column);
    const next = varying[passed];
    if (constant === undefined && next?.column !== column) break;
    if (constant === undefined) passed++;
    cells.push(constant === undefined ? (next?.cell ?? null) : constant);
  }
  const isWhole = passed === varying.length;
  const isAscending = order[0]?.direction === "asc";
  const place: TuplePlace = { cells, isBehind: isWhole === isAscending };
  return ranges
    .map(({ from, to }) => (isAscending ? { from: later(from, place), to } : { from, to: earlier(to, place) }))
    .filter(({ from, to }) => comparePlaces(from, to) < 0);
}

function later(left: TuplePlace, right: TuplePlace): TuplePlace {
  return comparePlaces(left, right) > 0 ? left : right;
}

function earlier(left: TuplePlace, right: TuplePlace): TuplePlace {
  return comparePlaces(left, right) < 0 ? left : right;
}

function comparePlaces(left: TuplePlace, right: TuplePlace): number {
  const compared = compareTuples(left.cells, right.cells);
  if (compared !== 0) return compared;
  const longer = left.cells.length - right.cells.length;
  if (longer === 0) return Number(left.isBehind) - Number(right.isBehind);
  // The shorter stands before or behind all that begin with it.
  if (longer < 0) return left.isBehind ? 1 : -1;
  return right.isBehind ? -1 : 1;
}

/** What a condition says of single columns: bounds that rows meeting it keep to, for choosing what to read. */
import type { Condition } from "../adapter.ts";
import { upperEndOf } from "../upper-end.ts";
import { before, behind, type Intervals, intersect, pointOf, unite } from "./cell-intervals.ts";

/** A column that is not in it may hold anything. */
export type ColumnIntervals = ReadonlyMap<string, Intervals>;

const anything: ColumnIntervals = new Map();

/**
 * The cells that rows which meet the condition can hold. It may promise less than the condition asks, never more: rows within
 * are still to be tested. Null when no row meets it.
 */
export function intervalsOf(condition: Condition): ColumnIntervals | null {
  switch (condition.kind) {
    case "and":
      return allOf(condition.of);
    case "or":
      return anyOf(condition.of);
    case "compare":
      return condition.asText === true ? anything : within(condition.column, comparedTo(condition));
    case "in":
      return within(condition.column, unite(condition.values.map(pointOf)));
    case "hasPrefix": {
      if (condition.asText === true) return anything;
      const end = upperEndOf(condition.value);
      return within(condition.column, [{ from: before(condition.value), to: end === null ? null : before(end) }]);
    }
    case "not":
    case "hasSubstring":
    case "hasElement":
    case "exists":
      return anything;
  }
}

/** What is left of a column where it must also lie within `intervals`; null when nothing is. */
export function narrowed(known: ColumnIntervals, column: string, intervals: Intervals): ColumnIntervals | null {
  const held = known.get(column);
  const left = held === undefined ? intervals : intersect(held, intervals);
  return left.length === 0 ? null : new Map(known).set(column, left);
}

function within(column: string, intervals: Intervals): ColumnIntervals | null {
  return narrowed(anything, column, intervals);
}

function allOf(conditions: readonly Condition[]): ColumnIntervals | null {
  let known: ColumnIntervals = anything;
  for (const condition of conditions) {
    const more = intervalsOf(condition);
    if (more === null) return null;
    for (const [column, intervals] of more) {
      const left = narrowed(known, column, intervals);
      if (left === null) return null;
      known = left;
    }
  }
  return known;
}

/** Only what every alternative bounds is bounded. */
function anyOf(conditions: readonly Condition[]): ColumnIntervals | null {
  const [first, ...others] = conditions.map(intervalsOf).filter((known) => known !== null);
  if (first === undefined) return null;
  const known = new Map<string, Intervals>();
  for (const [column, intervals] of first) {
    const alternatives = [intervals, ...others.map((other) => other.get(column))];
    if (alternatives.every((one) => one !== undefined)) known.set(column, unite(alternatives.flat()));
  }
  return known;
}

function comparedTo({ op, value }: Extract<Condition, { kind: "compare" }>): Intervals {
  const notNull = behind(null);
  switch (op) {
    case "eq":
      return [pointOf(value)];
    case "ne":
      return value === null
        ? [{ from: notNull, to: null }]
        : [
            { from: before(null), to: before(value) },
            { from: behind(value), to: null },
          ];
    case "lt":
      return value === null ? [] : [{ from: notNull, to: before(value) }];
    case "le":
      return value === null ? [] : [{ from: notNull, to: behind(value) }];
    case "gt":
      return value === null ? [] : [{ from: behind(value), to: null }];
    case "ge":
      return value === null ? [] : [{ from: before(value), to: null }];
  }
}

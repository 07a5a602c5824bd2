/**
 * Turns predicates and sorts on a model's fields into conditions and orders on its table.
 *
 * The meaning is that of the predicate evaluator; what columns compare differently is spelled out here. Columns have types
 * where values do not: an operand that no value of the field can equal is answered without asking the column. A null number
 * or boolean counts as 0 in `lt le gt ge between`, so those conditions also take null when 0 would do.
 */
import {
  type Join,
  type JoinedPredicate,
  type JoinedSortKey,
  type JsonValue,
  joinOf,
  type Predicate,
  type RelatedPredicate,
  type SortKey,
} from "@tributary/model";
import { type FieldDescription, fieldNamed, type ModelDescription, type SchemaDescription } from "@tributary/schema";
import type { Cell, Comparison, Condition, Look, Order, Scan } from "./adapter.ts";
import { columnTypeOf, encodeCell } from "./record-table.ts";

type Range = "lt" | "le" | "gt" | "ge";

/** A predicate on a model's own fields. Undefined stands for "every row". */
export function planPredicate(model: ModelDescription, predicate: Predicate): Condition | undefined {
  return planParts(model, predicate, ({ field }) => {
    throw new RangeError(`a predicate on ${model.name} leads through ${field}, which is not planned here`);
  });
}

/** A predicate that may lead through relations; `stored` is what a related row must meet to count as a record. */
export function planJoinedPredicate(
  schema: SchemaDescription,
  model: ModelDescription,
  predicate: JoinedPredicate,
  stored: Condition,
): Condition | undefined {
  return planParts(model, predicate, ({ field, of }) => {
    const join = joinOf(schema, model, field);
    const where = both(planJoinedPredicate(schema, join.model, of, stored), stored) ?? stored;
    return { kind: "exists", ...lookAlong(join, where) };
  });
}

function planParts(
  model: ModelDescription,
  predicate: JoinedPredicate,
  planRelated: (predicate: RelatedPredicate) => Condition,
): Condition | undefined {
  switch (predicate.kind) {
    case "all":
      return undefined;
    case "and":
    case "or": {
      const of = predicate.of.map((part) => planParts(model, part, planRelated));
      const planned = of.filter((part) => part !== undefined);
      if (predicate.kind === "or" && planned.length < of.length) return undefined;
      if (predicate.kind === "and" && planned.length === 0) return undefined;
      return planned.length === 1 ? planned[0] : { kind: predicate.kind, of: planned };
    }
    case "not": {
      const inner = planParts(model, predicate.of, planRelated);
      return inner === undefined ? never : { kind: "not", of: inner };
    }
    case "field":
      return planField(model, predicate);
    case "related":
      return planRelated(predicate);
  }
}

export function planSort(sort: readonly SortKey[]): Order[] {
  return sort.map(planSortKey);
}

/** A sort that may lead through relations; `stored` is what a related row must meet to count as a record. */
export function planJoinedSort(
  schema: SchemaDescription,
  model: ModelDescription,
  sort: readonly JoinedSortKey[],
  stored: Condition,
): Order[] {
  return sort.map((key) => {
    if (key.through === undefined) return planSortKey(key);
    let at = model;
    const through = key.through.map((field) => {
      const join = joinOf(schema, at, field);
      at = join.model;
      return lookAlong(join, stored);
    });
    return { ...planSortKey(key), through };
  });
}

function planSortKey({ field, direction }: JoinedSortKey): Order {
  return { column: field, direction: direction === "ASCENDING" ? "asc" : "desc" };
}

function lookAlong({ model, on }: Join, where: Condition): Look {
  return { table: model.name, on, where };
}

/**
 * Where a scan goes on: rows behind one that has these cells, in an order that tells rows apart. Key columns are never null;
 * any other may be, whatever the schema requires, in records older than the field.
 */
export function planAfter(
  model: ModelDescription,
  order: readonly Order[],
  cells: readonly Cell[],
): Pick<Scan, "after" | "where"> {
  const isDescending = order[0]?.direction === "desc";
  const isPlain = order.every(
    ({ column, direction }) =>
      (direction === "desc") === isDescending && (!isDescending || model.primaryKey.includes(column)),
  );
  if (isPlain && !cells.includes(null)) return { after: cells };
  return { where: behindIn(order, cells) };
}

/** Behind in the first column, or level with it and behind in the next, and so on. */
function behindIn(order: readonly Order[], cells: readonly Cell[]): Condition {
  const of = order.map((key, i): Condition => {
    const level = order.slice(0, i).map(({ column }, at) => compare(column, "eq", cells[at] ?? null));
    return { kind: "and", of: [...level, planBehind(key, cells[i] ?? null)] };
  });
  return { kind: "or", of };
}

function planBehind({ column, direction }: Order, cell: Cell): Condition {
  if (direction === "asc") return cell === null ? compare(column, "ne", null) : compare(column, "gt", cell);
  if (cell === null) return never;
  return { kind: "or", of: [compare(column, "lt", cell), compare(column, "eq", null)] };
}

/** Rows that stand at these cells or before them. The bare first comparison is there for the index that serves the order. */
export function planUpTo(model: ModelDescription, order: readonly Order[], cells: readonly Cell[]): Condition {
  const exact: Condition = { kind: "not", of: behindIn(order, cells) };
  const [first] = order;
  const cell = cells[0] ?? null;
  // A column that may hold null has rows before `cell` which no comparison with it finds.
  if (first === undefined || cell === null || !model.primaryKey.includes(first.column)) return exact;
  const bound = compare(first.column, first.direction === "asc" ? "le" : "ge", cell);
  return order.length === 1 ? bound : { kind: "and", of: [bound, exact] };
}

/** The condition as a mere test of rows: twice negated, it means the same, and no database goes by it to find rows. */
export function asTest(condition: Condition): Condition {
  return { kind: "not", of: { kind: "not", of: condition } };
}

/** Both conditions; either may be absent. */
export function both(left: Condition | undefined, right: Condition | undefined): Condition | undefined {
  if (left === undefined) return right;
  return right === undefined ? left : { kind: "and", of: [left, right] };
}

const always: Condition = { kind: "and", of: [] };
const never: Condition = { kind: "or", of: [] };

function planField(model: ModelDescription, predicate: Extract<Predicate, { kind: "field" }>): Condition {
  const field = fieldNamed(model, predicate.field);
  if (field === undefined) throw new RangeError(`${model.name} has no field ${predicate.field} to plan a predicate on`);
  const { value, op } = predicate;
  switch (op) {
    case "eq":
      return planEquals(field, value);
    case "ne":
      return negated(planEquals(field, value));
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return planRange(field, op, value);
    case "between": {
      const [from, to] = asList(value);
      return { kind: "and", of: [planRange(field, "ge", from ?? null), planRange(field, "le", to ?? null)] };
    }
    case "in":
      return planIn(field, asList(value));
    case "notIn":
      return negated(planIn(field, asList(value)));
    case "contains":
      return planContains(field, value);
    case "notContains":
      return negated(planContains(field, value));
    case "beginsWith":
      return planText(field, "hasPrefix", String(value));
  }
}

function negated(condition: Condition): Condition {
  if (condition.kind === "compare" && condition.op === "eq") return { ...condition, op: "ne" };
  return condition === never ? always : { kind: "not", of: condition };
}

/** The cell that holds this value; undefined when no value of the field equals it. */
function equalCell(field: FieldDescription, value: JsonValue): Cell | undefined {
  const cell = encodeCell(columnTypeOf(field), value);
  return cell === null && value !== null ? undefined : cell;
}

function planEquals(field: FieldDescription, value: JsonValue): Condition {
  const cell = equalCell(field, value);
  return cell === undefined ? never : compare(field.name, "eq", cell);
}

function planIn(field: FieldDescription, values: readonly JsonValue[]): Condition {
  const cells = values.map((value) => equalCell(field, value)).filter((cell) => cell !== undefined);
  return cells.length === 0 ? never : { kind: "in", column: field.name, values: cells };
}

/** An element of a list, or a part of a text; AWSJSON may hold either. */
function planContains(field: FieldDescription, value: JsonValue): Condition {
  const hasElement: Condition = { kind: "hasElement", column: field.name, element: value };
  if (field.isList) return hasElement;
  const hasSubstring = planText(field, "hasSubstring", String(value));
  return isAnyJson(field) ? { kind: "or", of: [hasElement, hasSubstring] } : hasSubstring;
}

function planText(field: FieldDescription, kind: "hasPrefix" | "hasSubstring", value: string): Condition {
  if (isAnyJson(field)) return { kind, column: field.name, value, asText: true };
  return columnTypeOf(field) === "text" ? { kind, column: field.name, value } : never;
}

function planRange(field: FieldDescription, op: Range, value: JsonValue): Condition {
  const type = columnTypeOf(field);
  if (type === "integer" || type === "real" || type === "boolean") {
    const bound = value === null ? 0 : Number(value);
    if (Number.isNaN(bound)) return never;
    const range = compare(field.name, op, bound);
    return holds(op, 0, bound) ? { kind: "or", of: [range, compare(field.name, "eq", null)] } : range;
  }
  if (typeof value !== "string") return never;
  if (isAnyJson(field)) return { kind: "compare", column: field.name, op, value, asText: true };
  return type === "text" ? compare(field.name, op, value) : never;
}

/** AWSJSON outside a list: the column holds any JSON, text among it. */
function isAnyJson(field: FieldDescription): boolean {
  return !field.isList && field.type.kind === "scalar" && field.type.name === "AWSJSON";
}

function holds(op: Range, left: number, right: number): boolean {
  switch (op) {
    case "lt":
      return left < right;
    case "le":
      return left <= right;
    case "gt":
      return left > right;
    case "ge":
      return left >= right;
  }
}

function compare(column: string, op: Comparison, value: Cell): Condition {
  return { kind: "compare", column, op, value };
}

function asList(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [value];
}

/** Random rows, conditions and scans of one table, and what a scan answers by its very definition. */
import type { Cell, Condition, Order, Row, Scan, TableLayout } from "../../src/adapter.ts";
import { columnIndex, compareByOrder, compareCells, rowTest } from "../../src/condition.ts";
import type { Random } from "../random.ts";

/** `word` and `rank` hold no null. */
const columns: TableLayout["columns"] = [
  { name: "id", type: "text" },
  { name: "n", type: "integer" },
  { name: "text", type: "text" },
  { name: "number", type: "real" },
  { name: "word", type: "text" },
  { name: "rank", type: "integer" },
  { name: "json", type: "json" },
];

export const keyed: TableLayout = {
  name: "Keyed",
  columns,
  primaryKey: ["id", "n"],
  indexes: [
    { name: "Keyed.byText", columns: ["text", "number"] },
    { name: "Keyed.byRank", columns: ["rank", "word"] },
    { name: "Keyed.numbered", columns: ["number"], whereNotNull: "number" },
    { name: "Keyed.unique", columns: ["word", "n", "id"] },
  ],
};

export const ordered: TableLayout = {
  name: "Ordered",
  columns,
  primaryKey: ["n"],
  indexes: [{ name: "Ordered.byText", columns: ["text"] }],
  isKeyOrdered: true,
};

const texts = ["", "a", "ab", "b", "\ud7ff", "\ue000", "\ue000x", "\uffff", "\uffff\u0000", "\u{1f600}", "a\u{10ffff}"];
const numbers = [-1, 0, 0.5, 1, 7, 1e300];

function cellOf(random: Random, column: string): Cell {
  switch (column) {
    case "text":
      return random.int(4) === 0 ? null : random.pick(texts);
    case "number":
      return random.int(4) === 0 ? null : random.pick(numbers);
    case "json":
      return random.pick([null, '"a"', '["a",1]', "5"]);
    case "n":
    case "rank":
      return random.int(6);
    default:
      return random.pick(texts);
  }
}

/** Rows with different keys, in the order of their insertion. */
export function randomRows(random: Random, layout: TableLayout, count: number): Row[] {
  return Array.from({ length: count }, (_, i): Row => {
    const [, ...cells] = layout.columns.map(({ name }) => cellOf(random, name));
    const [n, ...rest] = cells;
    if (layout.isKeyOrdered === true) return [cellOf(random, "id"), (i * 7919) % 1000, ...rest];
    return [`${random.pick(texts)}${Math.floor(i / 3)}`, i % 3 === 0 ? (n ?? null) : i + 6, ...rest];
  });
}

export function randomCondition(random: Random, rows: readonly Row[], depth: number = 0): Condition {
  const column = random.pick(columns.slice(0, 6)).name;
  const held = (): Cell =>
    random.int(3) === 0 ? cellOf(random, column) : (random.pick(rows)[columnIndex(keyed, column)] ?? null);
  switch (random.int(depth > 2 ? 6 : 9)) {
    case 0:
    case 1:
      return { kind: "compare", column, op: "eq", value: held() };
    case 2:
    case 3:
      return { kind: "compare", column, op: random.pick(["ne", "lt", "le", "gt", "ge"]), value: held() };
    case 4:
      return { kind: "in", column, values: Array.from({ length: random.pick([1, 2, 5, 80]) }, held) };
    case 5:
      if (random.int(3) === 0) return { kind: "hasSubstring", column: "word", value: "a" };
      if (random.int(4) === 0) return { kind: "hasElement", column: "json", element: 1 };
      return { kind: "hasPrefix", column: random.pick(["id", "text", "word"]), value: random.pick(texts) };
    case 6:
      return { kind: "not", of: randomCondition(random, rows, depth + 1) };
    default:
      return {
        kind: random.int(3) > 0 ? "and" : "or",
        of: Array.from({ length: random.int(4) }, () => randomCondition(random, rows, depth + 1)),
      };
  }
}

function randomOrder(random: Random, layout: TableLayout): Order[] {
  const names = random.pick([
    layout.primaryKey,
    ...layout.indexes.map((index) => index.columns),
    columns.slice(0, 6).map(({ name }) => name),
    ["rank", "text"],
    ["word", "rank", "n", "id"],
  ]);
  const direction = random.pick(["asc", "desc"] as const);
  const isMixed = random.int(5) === 0;
  return names
    .slice(random.int(2) === 0 ? 0 : random.int(names.length))
    .slice(0, 1 + random.int(4))
    .map((column) => ({ column, direction: isMixed ? random.pick(["asc", "desc"] as const) : direction }));
}

export function randomScan(random: Random, layout: TableLayout, rows: readonly Row[]): Scan {
  const order = random.int(4) === 0 ? [] : randomOrder(random, layout);
  const isPlain = order.every(
    ({ column, direction }) => direction === order[0]?.direction && column !== "text" && column !== "number",
  );
  const after = order.map(({ column }) => random.pick(rows)[columnIndex(layout, column)] ?? null);
  return {
    table: layout.name,
    ...(random.int(4) === 0 ? {} : { where: randomCondition(random, rows) }),
    ...(order.length === 0 ? {} : { order }),
    ...(random.int(3) === 0 ? {} : { limit: random.pick([0, 1, 2, 5, 20]) }),
    ...(random.int(4) === 0 ? { offset: random.int(6) } : {}),
    ...(order.length > 0 && isPlain && random.int(2) === 0 ? { after } : {}),
    ...(random.int(3) === 0 ? { columns: ["n", "id"] } : {}),
  };
}

/** `rows` in the order of their insertion. */
export function answerTo(layout: TableLayout, rows: readonly Row[], scan: Scan): Row[] {
  const { where, order = [], after, offset = 0, limit = Number.POSITIVE_INFINITY, columns: names } = scan;
  const first = layout.isKeyOrdered === true ? rows.toSorted((left, right) => compareCells(left[1]!, right[1]!)) : rows;
  const isBehind = (row: Row): boolean => {
    for (const [i, { column, direction }] of order.entries()) {
      const compared = compareCells(row[columnIndex(layout, column)]!, after?.[i] ?? null);
      if (compared !== 0) return compared > 0 === (direction === "asc");
    }
    return false;
  };
  return first
    .filter((row) => where === undefined || rowTest(layout, where)(row))
    .filter((row) => after === undefined || isBehind(row))
    .toSorted(compareByOrder(layout, order))
    .slice(offset, offset + limit)
    .map((row) => (names === undefined ? row : names.map((name) => row[columnIndex(layout, name)] ?? null)));
}

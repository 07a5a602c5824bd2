import { describe, expect, test } from "vitest";
import {
  buildJoinedSort,
  buildSort,
  compareRows,
  compareSortValues,
  compareText,
  type JoinedSortKey,
  type JsonValue,
  type SortDirection,
  type SortKey,
  type SortProducer,
  type Values,
} from "../../src/index.ts";
import { item, schema } from "./shop-model.ts";

type By = (direction: SortDirection) => Builder;
interface Builder {
  readonly count: By;
  readonly name: By;
  readonly nonsense: By;
  readonly shop: By;
}

const build = (producer: (s: Builder) => Builder): SortKey[] => buildSort(item, producer as unknown as SortProducer);

const sorted = (rows: readonly Values[], ...keys: readonly SortKey[]): unknown[] =>
  [...rows].sort(compareRows(item, keys)).map(({ id }) => id);

describe("a sort", () => {
  test("MODEL-12 names fields and directions in order", () => {
    expect(build((s) => s.count("DESCENDING").name("ASCENDING"))).toEqual([
      { field: "count", direction: "DESCENDING" },
      { field: "name", direction: "ASCENDING" },
    ]);
    expect(build((s) => s)).toEqual([]);
  });

  test.each<[string, (s: Builder) => Builder]>([
    ["Invalid field for model. field: nonsense, model: Item", (s) => s.nonsense("ASCENDING")],
    ["Invalid field for model. field: shop, model: Item", (s) => s.shop("ASCENDING")],
    ["sort by name takes ASCENDING or DESCENDING, not UP", (s) => s.name("UP" as never)],
  ])("MODEL-12 says what is wrong: %s", (message, producer) => {
    expect(() => build(producer)).toThrow(new TypeError(message));
  });

  const rows: Values[] = [
    { id: "a", count: 2, name: "x", isNew: true, tags: ["b"], data: 9 },
    { id: "b", count: null, name: "\ue000", isNew: false, tags: null, data: null },
    { id: "c", count: 10, name: "𝄞", isNew: null, tags: ["a"], data: 10 },
    { id: "d", count: 2, name: null, isNew: true, tags: ["a", "b"], data: "x" },
  ];

  test.each<[string, string, string]>([
    ["count", "badc", "cadb"],
    ["name", "dabc", "cbad"],
    ["isNew", "cbad", "adbc"],
    ["tags", "bdca", "acdb"],
    ["data", "bdca", "acdb"],
  ])("MODEL-12 by %s: null first ascending, last descending, ties as they were", (field, ascending, descending) => {
    expect(sorted(rows, { field, direction: "ASCENDING" }).join("")).toBe(ascending);
    expect(sorted(rows, { field, direction: "DESCENDING" }).join("")).toBe(descending);
  });

  test("MODEL-12 a later key decides ties of an earlier one", () => {
    const keys: SortKey[] = [
      { field: "count", direction: "DESCENDING" },
      { field: "name", direction: "ASCENDING" },
    ];
    expect(sorted(rows, ...keys)).toEqual(["c", "d", "a", "b"]);
  });

  test("MODEL-12 text has the order of its UTF-8 bytes", () => {
    const texts = ["", "a", "ab", "b", "\uffff", "\ue000", "𝄞", "𝄟", "a𝄞", "a\uffff", "é", "Z"];
    for (const left of texts) {
      for (const right of texts) {
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(compareText(left, right)), `${left} ${right}`).toBe(bytes);
      }
    }
  });
});

interface JoinedBuilder {
  readonly name: (direction: SortDirection) => JoinedBuilder;
  readonly count: (direction: SortDirection) => JoinedBuilder;
  readonly shop: ShopStep;
}
interface ShopStep {
  (direction: SortDirection): JoinedBuilder;
  readonly name: (direction: SortDirection) => JoinedBuilder;
  readonly info: (direction: SortDirection) => JoinedBuilder;
  readonly nonsense: (direction: SortDirection) => JoinedBuilder;
  readonly items: JoinedBuilder;
  readonly owner: { readonly length: (direction: SortDirection) => JoinedBuilder };
}

describe("a sort through relations", () => {
  const joined = (producer: (s: JoinedBuilder) => JoinedBuilder): JoinedSortKey[] =>
    buildJoinedSort(schema, item, producer as unknown as SortProducer);

  test("MODEL-29 leads to one at any depth, also to fields called as what functions have, and comes back after each call", () => {
    const keys = joined((s) => s.shop.owner.length("ASCENDING").name("DESCENDING").shop.name("ASCENDING"));
    expect(keys).toEqual([
      { field: "length", direction: "ASCENDING", through: ["shop", "owner"] },
      { field: "name", direction: "DESCENDING" },
      { field: "name", direction: "ASCENDING", through: ["shop"] },
    ]);
  });

  test.each<[string, (s: JoinedBuilder) => JoinedBuilder]>([
    [
      "sort by Shop.items is not possible: it leads to many records, and a sort takes fields of one",
      (s) => s.shop.items.name("ASCENDING"),
    ],
    ["Invalid field for model. field: nonsense, model: Shop", (s) => s.shop.nonsense("ASCENDING")],
    ["sort by shop needs a field of Shop", (s) => s.shop("ASCENDING")],
    ["sort by shop.name takes ASCENDING or DESCENDING, not UP", (s) => s.shop.name("UP" as never)],
  ])("MODEL-29 says what is wrong: %s", (message, producer) => {
    expect(() => joined(producer)).toThrow(new TypeError(message));
  });

  test("MODEL-29 compares what is at the end of the path, each key as its field does", () => {
    const keys = joined((s) => s.shop.info("ASCENDING").shop.owner.length("DESCENDING").name("ASCENDING"));
    const rows: JsonValue[][] = [
      [9, 1, "b"],
      [10, null, "a"],
      [10, 9, "\ue000"],
      [10, 10, null],
      [10, 9, "b"],
    ];
    const compare = compareSortValues(schema, item, keys);
    // JSON by its text, in which 10 comes before 9.
    expect([...rows].sort(compare)).toEqual([rows[3], rows[4], rows[2], rows[1], rows[0]]);
  });
});

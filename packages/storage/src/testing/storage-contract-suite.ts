/**
 * The adapter contract as tests: whoever writes an adapter runs this suite on it.
 *
 * Runs under vitest. Every test opens a database of its own. One file, long as it is: what is not in it is not asked.
 */
import { describe, expect, it } from "vitest";
import type {
  Batch,
  Cell,
  Condition,
  JsonPage,
  Measure,
  Row,
  Scan,
  StorageAdapter,
  TableLayout,
  Write,
} from "../adapter.ts";
import type { RowMember, RowShape, ValueShape } from "../row-shape.ts";

export interface ContractSubject {
  /** A new, empty database. */
  create(): StorageAdapter;
  /** Another adapter on the database of `adapter`, which is closed; absent for adapters that keep nothing. */
  reopen?(adapter: StorageAdapter): StorageAdapter;
  /** Another adapter on the database of `adapter`, which stays open; absent where one database is one adapter's. */
  another?(adapter: StorageAdapter): StorageAdapter;
  /** Removes what `create` made. */
  destroy?(adapter: StorageAdapter): Promise<void>;
}

const people: TableLayout = {
  name: "Person",
  columns: [
    { name: "id", type: "text" },
    { name: "name", type: "text" },
    { name: "age", type: "integer" },
    { name: "height", type: "real" },
    { name: "isAdult", type: "boolean" },
    { name: "tags", type: "json" },
    { name: "photo", type: "blob" },
  ],
  primaryKey: ["id"],
  indexes: [{ name: "Person.byName", columns: ["name", "age"] }],
};

const places: TableLayout = {
  name: "Place",
  columns: [
    { name: "country", type: "text" },
    { name: "number", type: "integer" },
    { name: "seq", type: "integer" },
  ],
  primaryKey: ["country", "number"],
  indexes: [],
};

function person(
  id: string,
  cells: Partial<Record<"name" | "age" | "height" | "isAdult" | "tags" | "photo", Cell>> = {},
): Row {
  const { name = null, age = null, height = null, isAdult = null, tags = null, photo = null } = cells;
  return [id, name, age, height, isAdult, tags, photo];
}

const put = (row: Row): Write => ({ kind: "upsert", table: "Person", row });
function column(name: string, shape: ValueShape): RowMember {
  return { kind: "column", key: name, column: name, shape };
}

function textIn(page: JsonPage | null | undefined): string | null {
  return page === null || page === undefined ? null : new TextDecoder().decode(page.json);
}

const names: Scan = { table: "Person", columns: ["id"] };

/** Defines the suite for one adapter. */
export function storageContractSuite(title: string, subject: ContractSubject): void {
  const use = async (body: (adapter: StorageAdapter) => Promise<void>): Promise<void> => {
    const adapter = subject.create();
    try {
      await adapter.open();
      await adapter.create([people, places]);
      await body(adapter);
    } finally {
      await adapter.close();
      await subject.destroy?.(adapter);
    }
  };
  const idsOf = async (adapter: StorageAdapter, where: Condition): Promise<Cell[]> =>
    (await adapter.scan({ ...names, where, order: [{ column: "id", direction: "asc" }] })).map((row) => row[0] ?? null);
  const mustCommit = async (adapter: StorageAdapter, batch: Batch): Promise<number> => {
    const result = await adapter.commit(batch);
    expect(result.outcome).toBe("committed");
    return result.outcome === "committed" ? result.firstSeq : 0;
  };

  describe(`the adapter contract on ${title}`, () => {
    it("STORE-1 keeps every type of cell, and null", () =>
      use(async (adapter) => {
        const photo = new Uint8Array([0, 1, 255]);
        const row = person("a", {
          name: "Zoë \u{1f600}",
          age: 2 ** 53 - 1,
          height: 1.5,
          isAdult: 1,
          tags: "[1]",
          photo,
        });
        await mustCommit(adapter, { writes: [put(row), put(person("b"))] });
        expect((await adapter.get("Person", ["a"]))?.map(plain)).toEqual(row.map(plain));
        expect(await adapter.get("Person", ["b"])).toEqual(person("b"));
        expect(await adapter.get("Person", ["c"])).toBeUndefined();
        expect((await adapter.getMany("Person", [["b"], ["c"], ["b"]])).map((found) => found?.[0])).toEqual([
          "b",
          undefined,
          "b",
        ]);
      }));

    it("STORE-1 many rows are read by their keys at once, whatever their text, one answer a key", () =>
      use(async (adapter) => {
        const keys = Array.from({ length: 1500 }, (_, i) => `k${i}`);
        keys.push("", "'", '"', "\\", "a\0b", "a\0c", "\u{1f600}", "[1]", "1", "null");
        await mustCommit(adapter, { writes: keys.map((key, i) => put(person(key, { age: i }))) });
        const asked = [...keys, "absent", ...keys.slice(0, 3)];
        const found = await adapter.getMany(
          "Person",
          asked.map((key) => [key]),
        );
        expect(found.map((row) => row?.[0])).toEqual([...keys, undefined, ...keys.slice(0, 3)]);
      }));

    it("STORE-2 a batch whose precondition fails changes nothing and names what was in its way", () =>
      use(async (adapter) => {
        await mustCommit(adapter, { writes: [put(person("a", { age: 1 }))] });
        const failing: readonly Write[] = [
          { kind: "insert", table: "Person", row: person("a") },
          { kind: "replace", table: "Person", row: person("x") },
          { kind: "replace", table: "Person", row: person("a"), expect: { column: "age", value: 2 } },
          { kind: "update", table: "Person", key: ["x"], columns: ["age"], cells: [3] },
          {
            kind: "update",
            table: "Person",
            key: ["a"],
            columns: ["age"],
            cells: [3],
            expect: { column: "age", value: null },
          },
          { kind: "delete", table: "Person", key: ["a"], expect: { column: "age", value: 2 } },
          { kind: "expect", table: "Person", key: ["a"], expect: null },
          { kind: "expect", table: "Person", key: ["x"], expect: { column: "age", value: 1 } },
        ];
        for (const write of failing) {
          const before: readonly Write[] = [
            put(person("b")),
            { kind: "update", table: "Person", key: ["a"], columns: ["name"], cells: ["changed"] },
            { kind: "deleteWhere", table: "Place" },
          ];
          const result = await adapter.commit({
            writes: [...before, write, put(person("c"))],
            sequence: { count: 2, at: 5 },
          });
          expect(result, write.kind).toMatchObject({ outcome: "conflict", table: "Person" });
          expect(await adapter.scan({ table: "Person" }), write.kind).toEqual([person("a", { age: 1 })]);
          expect(await adapter.head(), write.kind).toEqual({ seq: 0, at: 0 });
        }
      }));

    it("STORE-2 names the one of many new rows that is there already, or comes twice, and keeps none of them", () =>
      use(async (adapter) => {
        const added = (id: string, age: number): Write => ({
          kind: "insert",
          table: "Person",
          row: person(id, { age }),
        });
        const many = Array.from({ length: 40 }, (_, i) => added(`k${i}`, i));
        await mustCommit(adapter, { writes: [put(person("there"))] });
        for (const at of [0, 3, 7, 8, 20, 39]) {
          for (const [key, write] of [
            ["there", added("there", at)],
            ["k21", added("k21", at)],
          ] as const) {
            const writes = many.with(at, write);
            const conflict = { outcome: "conflict", table: "Person", key: [key] };
            expect(await adapter.commit({ writes }), `${key} at ${at}`).toEqual(conflict);
            expect(await adapter.count("Person")).toBe(1);
          }
        }
        await mustCommit(adapter, { writes: many });
        expect(await adapter.count("Person")).toBe(41);
      }));

    it("STORE-4 numbers many new rows of several tables, each in its column", () =>
      use(async (adapter) => {
        const writes = Array.from({ length: 50 }, (_, i): Write[] => [
          { kind: "insert", table: "Place", row: [`p${i}`, i, null], seq: { column: "seq", offset: i % 7 } },
          ...(i % 11 === 0 ? [put(person(`${i}`))] : []),
        ]).flat();
        const firstSeq = await mustCommit(adapter, { writes, sequence: { count: 7, at: 1 } });
        const rows = await adapter.scan({ table: "Place", order: [{ column: "number", direction: "asc" }] });
        expect(rows).toEqual(Array.from({ length: 50 }, (_, i) => [`p${i}`, i, firstSeq + (i % 7)]));
        expect(await adapter.count("Person")).toBe(5);
      }));

    it("STORE-3 writes see the writes before them in their batch", () =>
      use(async (adapter) => {
        await mustCommit(adapter, {
          writes: [
            { kind: "insert", table: "Person", row: person("a", { age: 1 }) },
            { kind: "update", table: "Person", key: ["a"], columns: ["age", "name"], cells: [2, "Ann"] },
            { kind: "expect", table: "Person", key: ["a"], expect: { column: "age", value: 2 } },
            {
              kind: "replace",
              table: "Person",
              row: person("a", { age: 3 }),
              expect: { column: "name", value: "Ann" },
            },
            { kind: "insert", table: "Person", row: person("b") },
            { kind: "delete", table: "Person", key: ["b"] },
            { kind: "delete", table: "Person", key: ["never there"] },
            { kind: "expect", table: "Person", key: ["b"], expect: null },
          ],
        });
        expect(await adapter.scan({ table: "Person" })).toEqual([person("a", { age: 3 })]);
      }));

    it("STORE-4 numbers rows without gaps, in the order of commits, and moves the head with them", () =>
      use(async (adapter) => {
        const row = (number: number): Write => ({
          kind: "insert",
          table: "Place",
          row: ["x", number, null],
          seq: { column: "seq", offset: number % 10 },
        });
        expect(await mustCommit(adapter, { writes: [row(0), row(1)], sequence: { count: 2, at: 10 } })).toBe(1);
        expect(await mustCommit(adapter, { writes: [row(20)], sequence: { count: 1, at: 10 } })).toBe(3);
        expect(await adapter.head()).toEqual({ seq: 3, at: 10 });
        const rows = await adapter.scan({
          table: "Place",
          order: [{ column: "number", direction: "asc" }],
          columns: ["seq"],
        });
        expect(rows).toEqual([[1], [2], [3]]);
      }));

    it("STORE-4 a request for no numbers moves the time only, and tells the number that comes next", () =>
      use(async (adapter) => {
        await mustCommit(adapter, { writes: [put(person("a"))], sequence: { count: 2, at: 10 } });
        const row: Write = { kind: "insert", table: "Place", row: ["x", 1, 0], seq: { column: "seq", offset: 0 } };
        expect(await mustCommit(adapter, { writes: [row], sequence: { count: 0, at: 30 } })).toBe(3);
        expect(await adapter.get("Place", ["x", 1])).toEqual(["x", 1, 3]);
        expect(await adapter.head()).toEqual({ seq: 2, at: 30 });
        expect(await adapter.commit({ writes: [], sequence: { count: 0, at: 29 } })).toMatchObject({
          outcome: "conflict",
        });
      }));

    it("STORE-5 a commit from before the last one's time conflicts on the head", () =>
      use(async (adapter) => {
        await mustCommit(adapter, { writes: [put(person("a"))], sequence: { count: 1, at: 10 } });
        const result = await adapter.commit({ writes: [put(person("b"))], sequence: { count: 1, at: 9 } });
        expect(result).toMatchObject({ outcome: "conflict", table: "$head" });
        expect(await adapter.count("Person")).toBe(1);
      }));

    it("STORE-6 answers scans in order, ties and no order by first insertion, null first", () =>
      use(async (adapter) => {
        const rows = [
          person("d", { name: "x", age: 2 }),
          person("a", { name: "x", age: 1 }),
          person("c", { name: null, age: 1 }),
          person("b", { name: "\u{ffff}", age: 1 }),
          person("e", { name: "\u{1f600}", age: 2 }),
        ];
        await mustCommit(adapter, { writes: rows.map(put) });
        await mustCommit(adapter, { writes: [put(person("d", { name: "x", age: 2, height: 9 }))] });
        const ids = async (scan: Omit<Scan, "table">) =>
          (await adapter.scan({ ...names, ...scan })).map((row) => row[0]).join("");
        expect(await ids({})).toBe("dacbe");
        expect(await ids({ order: [{ column: "name", direction: "asc" }] })).toBe("cdabe");
        expect(await ids({ order: [{ column: "name", direction: "desc" }] })).toBe("ebdac");
        expect(
          await ids({
            order: [
              { column: "age", direction: "desc" },
              { column: "name", direction: "asc" },
            ],
          }),
        ).toBe("decab");
      }));

    it("STORE-6 an integer key does not stand for the order of insertion, unless the table says so", () =>
      use(async (adapter) => {
        const column = { name: "n", type: "integer" } as const;
        const loose: TableLayout = { name: "Loose", columns: [column], primaryKey: ["n"], indexes: [] };
        await adapter.create([loose, { ...loose, name: "Ordered", isKeyOrdered: true }]);
        for (const table of ["Loose", "Ordered"]) {
          await mustCommit(adapter, { writes: [5, -7, 2 ** 52].map((n) => ({ kind: "insert", table, row: [n] })) });
          await mustCommit(adapter, { writes: [{ kind: "upsert", table, row: [-7] }] });
        }
        expect(await adapter.scan({ table: "Loose" })).toEqual([[5], [-7], [2 ** 52]]);
        expect(await adapter.scan({ table: "Ordered" })).toEqual([[-7], [5], [2 ** 52]]);
        expect(await adapter.scan({ table: "Ordered", limit: 1, offset: 1 })).toEqual([[5]]);
      }));

    it("STORE-7 pages by offset and behind a place", () =>
      use(async (adapter) => {
        const rows: Write[] = [];
        for (const country of ["a", "b"]) {
          for (const number of [3, 1, 2]) rows.push({ kind: "insert", table: "Place", row: [country, number, null] });
        }
        await mustCommit(adapter, { writes: rows });
        const order = [
          { column: "country", direction: "asc" },
          { column: "number", direction: "asc" },
        ] as const;
        const page = async (scan: Omit<Scan, "table">) =>
          (await adapter.scan({ table: "Place", columns: ["country", "number"], ...scan }))
            .map((row) => row.join(""))
            .join(" ");
        expect(await page({ order, limit: 2 })).toBe("a1 a2");
        expect(await page({ order, limit: 2, offset: 2 })).toBe("a3 b1");
        expect(await page({ order, offset: 4 })).toBe("b2 b3");
        expect(await page({ order, after: ["a", 2], limit: 2 })).toBe("a3 b1");
        expect(await page({ order, after: ["b", 3] })).toBe("");
        const down = order.map((key) => ({ ...key, direction: "desc" as const }));
        expect(await page({ order: down, after: ["b", 1] })).toBe("a3 a2 a1");
        expect(await page({ order, limit: 0 })).toBe("");
      }));

    it("STORE-8 conditions are true or false, on null too, also under not", () =>
      use(async (adapter) => {
        await mustCommit(adapter, {
          writes: [
            put(person("a", { name: "Ann", age: 30, isAdult: 1, tags: '["x","y",true]' })),
            put(person("b", { name: "bob", age: 0, isAdult: 0, tags: "[]" })),
            put(person("n")),
          ],
        });
        const cases: readonly [Condition, string][] = [
          [{ kind: "compare", column: "age", op: "eq", value: null }, "n"],
          [{ kind: "compare", column: "age", op: "ne", value: 30 }, "bn"],
          [{ kind: "compare", column: "age", op: "lt", value: 30 }, "b"],
          [{ kind: "compare", column: "age", op: "le", value: 30 }, "ab"],
          [{ kind: "compare", column: "age", op: "gt", value: 0 }, "a"],
          [{ kind: "compare", column: "age", op: "ge", value: 0 }, "ab"],
          [{ kind: "compare", column: "age", op: "ge", value: null }, ""],
          [{ kind: "in", column: "name", values: ["Ann", "x"] }, "a"],
          [{ kind: "in", column: "name", values: ["Ann", null] }, "an"],
          [{ kind: "in", column: "name", values: [] }, ""],
          [{ kind: "hasPrefix", column: "name", value: "A" }, "a"],
          [{ kind: "hasPrefix", column: "name", value: "" }, "ab"],
          [{ kind: "hasSubstring", column: "name", value: "o" }, "b"],
          [{ kind: "hasSubstring", column: "name", value: "O" }, ""],
          [{ kind: "hasElement", column: "tags", element: "y" }, "a"],
          [{ kind: "hasElement", column: "tags", element: true }, "a"],
          [{ kind: "hasElement", column: "tags", element: 1 }, ""],
          [{ kind: "and", of: [] }, "abn"],
          [{ kind: "or", of: [] }, ""],
        ];
        for (const [condition, found] of cases) {
          const rest = ["a", "b", "n"].filter((id) => !found.includes(id)).join("");
          expect((await idsOf(adapter, condition)).join(""), JSON.stringify(condition)).toBe(found);
          expect(
            (await idsOf(adapter, { kind: "not", of: condition })).join(""),
            `not ${JSON.stringify(condition)}`,
          ).toBe(rest);
          expect(await adapter.count("Person", condition), JSON.stringify(condition)).toBe(found.length);
        }
        const both: Condition = {
          kind: "and",
          of: [
            { kind: "not", of: { kind: "hasPrefix", column: "name", value: "A" } },
            { kind: "compare", column: "age", op: "ne", value: 0 },
          ],
        };
        expect((await idsOf(adapter, both)).join("")).toBe("n");
      }));

    it("STORE-8 takes conditions of any width", () =>
      use(async (adapter) => {
        await mustCommit(adapter, {
          writes: [put(person("a", { name: "n999", age: 999 })), put(person("b", { name: null }))],
        });
        const many = Array.from({ length: 40_000 }, (_, i) => `n${i}`);
        expect(await idsOf(adapter, { kind: "in", column: "name", values: many })).toEqual(["a"]);
        for (const count of [3, 64, 65, 1500]) {
          const names = many.slice(0, count);
          expect(await idsOf(adapter, { kind: "in", column: "name", values: names })).toEqual(count > 999 ? ["a"] : []);
          expect(await idsOf(adapter, { kind: "in", column: "name", values: [...names, null] })).toContain("b");
          expect(await idsOf(adapter, { kind: "not", of: { kind: "in", column: "name", values: names } })).toContain(
            "b",
          );
        }
        const of = Array.from(
          { length: 1200 },
          (_, i): Condition => ({ kind: "compare", column: "age", op: "eq", value: i }),
        );
        expect(await idsOf(adapter, { kind: "or", of })).toEqual(["a"]);
        expect(
          await idsOf(adapter, { kind: "and", of: of.map((one): Condition => ({ kind: "not", of: one })) }),
        ).toEqual(["b"]);
      }));

    it("STORE-8 looks at JSON as the text it holds, or as null", () =>
      use(async (adapter) => {
        const tags = { a: '"abc"', b: '["abc"]', c: "5", d: '"\\"x\\u0000"', e: '"ab"' };
        await mustCommit(adapter, {
          writes: Object.entries(tags).map(([id, json]) => put(person(id, { tags: json }))),
        });
        const cases: readonly [Condition, string][] = [
          [{ kind: "compare", column: "tags", op: "gt", value: "ab", asText: true }, "a"],
          [{ kind: "compare", column: "tags", op: "le", value: "abc", asText: true }, "ade"],
          [{ kind: "hasPrefix", column: "tags", value: "ab", asText: true }, "ae"],
          [{ kind: "hasSubstring", column: "tags", value: '"x\u0000', asText: true }, "d"],
          [{ kind: "compare", column: "tags", op: "eq", value: null, asText: true }, "bc"],
        ];
        for (const [condition, found] of cases) {
          const rest = Object.keys(tags)
            .filter((id) => !found.includes(id))
            .join("");
          expect((await idsOf(adapter, condition)).join(""), JSON.stringify(condition)).toBe(found);
          expect(
            (await idsOf(adapter, { kind: "not", of: condition })).join(""),
            `not ${JSON.stringify(condition)}`,
          ).toBe(rest);
        }
      }));

    it("STORE-8 takes a column by any name for what it is", () =>
      use(async (adapter) => {
        const columns = ["json", "value", "type", "key", "id", "path", "select", "rowid", "seq"];
        const table: TableLayout = {
          name: "Named",
          columns: columns.map((name) => ({ name, type: "json" })),
          primaryKey: ["id"],
          indexes: [],
        };
        await adapter.create([table]);
        await mustCommit(adapter, {
          writes: [{ kind: "insert", table: "Named", row: columns.map((name) => JSON.stringify([name])) }],
        });
        for (const column of columns) {
          for (const element of columns) {
            const where: Condition = { kind: "hasElement", column, element };
            expect(await adapter.count("Named", where), `${element} in ${column}`).toBe(column === element ? 1 : 0);
          }
        }
        await mustCommit(adapter, {
          writes: [
            { kind: "deleteWhere", table: "Named", where: { kind: "hasElement", column: "value", element: "value" } },
          ],
        });
        expect(await adapter.count("Named")).toBe(0);
      }));

    it("STORE-9 removes what meets a condition, and nothing else", () =>
      use(async (adapter) => {
        await mustCommit(adapter, { writes: ["a", "b", "c"].map((id, i) => put(person(id, { age: i }))) });
        await mustCommit(adapter, {
          writes: [
            { kind: "deleteWhere", table: "Person", where: { kind: "compare", column: "age", op: "ge", value: 1 } },
          ],
        });
        expect(await idsOf(adapter, { kind: "and", of: [] })).toEqual(["a"]);
        await mustCommit(adapter, { writes: [{ kind: "deleteWhere", table: "Person" }] });
        expect(await adapter.count("Person")).toBe(0);
      }));

    it("STORE-10 gives a table another layout, row by row", () =>
      use(async (adapter) => {
        await mustCommit(adapter, { writes: ["b", "a", "c"].map((id, i) => put(person(id, { age: i }))) });
        const slim: TableLayout = {
          name: "Person",
          columns: [
            { name: "age", type: "text" },
            { name: "id", type: "text" },
          ],
          primaryKey: ["id"],
          indexes: [{ name: "Person.byAge", columns: ["age"] }],
        };
        await adapter.rebuild(slim, (row) => (row[0] === "a" ? null : [`${row[2]} years`, row[0] ?? null]));
        expect(await adapter.scan({ table: "Person" })).toEqual([
          ["0 years", "b"],
          ["2 years", "c"],
        ]);
        expect((await adapter.layouts()).find((layout) => layout.name === "Person")).toEqual(slim);
        await expect(adapter.create([people])).rejects.toMatchObject({ code: "LAYOUT" });
        await adapter.drop("Person");
        expect((await adapter.layouts()).map((layout) => layout.name)).toEqual(["Place"]);
      }));

    it("STORE-10 keeps the order of insertion, whatever the keys, and tells the layout that rows have", () =>
      use(async (adapter) => {
        const before: TableLayout = {
          name: "Count",
          columns: [{ name: "n", type: "integer" }],
          primaryKey: ["n"],
          indexes: [],
        };
        await adapter.create([before]);
        const keys = [3, -1, 0, ...Array.from({ length: 500 }, (_, i) => 1000 - i)];
        await mustCommit(adapter, { writes: keys.map((n) => ({ kind: "insert", table: "Count", row: [n] })) });
        const after: TableLayout = { ...before, meaning: "doubled" };
        const told = new Set<string>();
        await adapter.rebuild(after, (row, layout) => {
          told.add(JSON.stringify(layout));
          return [Number(row[0]) * 2];
        });
        expect(await adapter.scan({ table: "Count" })).toEqual(keys.map((n) => [n * 2]));
        expect([...told].map((layout): unknown => JSON.parse(layout))).toEqual([before]);
        await adapter.rebuild(after, () => {
          throw new Error("a table that has the layout is left alone");
        });
      }));

    it("STORE-10 a rebuild that fails in the middle changes nothing", () =>
      use(async (adapter) => {
        await mustCommit(adapter, { writes: ["a", "b", "c"].map((id) => put(person(id))) });
        const layouts = await adapter.layouts();
        const rebuilding = adapter.rebuild({ ...people, meaning: "other" }, (row) => {
          if (row[0] === "b") throw new Error("cut short");
          return row;
        });
        await expect(rebuilding).rejects.toThrow("cut short");
        expect(await adapter.layouts()).toEqual(layouts);
        expect(await idsOf(adapter, { kind: "and", of: [] })).toEqual(["a", "b", "c"]);
        await mustCommit(adapter, { writes: [put(person("d"))] });
      }));

    it("STORE-16 gives a table other indexes, and nothing else", () =>
      use(async (adapter) => {
        await mustCommit(adapter, {
          writes: [put(person("a", { name: "Ann", age: 3 })), put(person("b", { age: 2 }))],
        });
        const byAge: TableLayout = {
          ...people,
          indexes: [
            { name: "Person.byAge", columns: ["age"] },
            { name: "Person.named", columns: ["id"], whereNotNull: "name" },
          ],
        };
        await adapter.reindex(byAge);
        expect((await adapter.layouts())[0]).toEqual(byAge);
        expect(await idsOf(adapter, { kind: "compare", column: "age", op: "ge", value: 3 })).toEqual(["a"]);
        expect(await adapter.count("Person", { kind: "compare", column: "name", op: "ne", value: null })).toBe(1);
        await adapter.reindex(people);
        expect(await adapter.scan({ table: "Person" })).toHaveLength(2);
        const wider: TableLayout = { ...people, columns: [...people.columns, { name: "more", type: "text" }] };
        await expect(adapter.reindex(wider)).rejects.toMatchObject({ code: "LAYOUT" });
        expect((await adapter.layouts())[0]).toEqual(people);
      }));

    it("STORE-23 measures rows by groups, in the order of the groups", () =>
      use(async (adapter) => {
        const rows = [
          person("a", { name: "Ann", age: 3, height: 1.5, isAdult: 1 }),
          person("b", { name: "Ann", age: 2 ** 53 - 1, height: 0.25 }),
          person("c", { name: "\u{1f600}", age: -7, isAdult: 0 }),
          person("d", { name: "\uff21", age: 4 }),
          person("e", { age: 10 }),
          person("f"),
        ];
        await mustCommit(adapter, { writes: rows.map(put) });
        const measures: readonly Measure[] = [
          { op: "count", column: null },
          { op: "count", column: "age" },
          { op: "sum", column: "age" },
          { op: "min", column: "age" },
          { op: "max", column: "height" },
          { op: "avg", column: "height" },
        ];
        expect(await adapter.aggregate({ table: "Person", groupBy: ["name"], measures })).toEqual([
          [null, 2, 1, 10, 10, null, null],
          ["Ann", 2, 2, 2 ** 53 + 2, 3, 1.5, 0.875],
          ["\uff21", 1, 1, 4, 4, null, null],
          ["\u{1f600}", 1, 1, -7, -7, null, null],
        ]);
        const extremes: readonly Measure[] = [
          { op: "min", column: "name" },
          { op: "max", column: "name" },
        ];
        expect(await adapter.aggregate({ table: "Person", groupBy: [], measures: extremes })).toEqual([
          ["Ann", "\u{1f600}"],
        ]);
        const groupBy = ["name", "isAdult"];
        const grown: Condition = { kind: "compare", column: "age", op: "gt", value: 0 };
        const [count] = measures;
        if (count === undefined) throw new Error("no measure");
        expect(await adapter.aggregate({ table: "Person", where: grown, groupBy, measures: [count] })).toEqual([
          [null, null, 1],
          ["Ann", null, 1],
          ["Ann", 1, 1],
          ["\uff21", null, 1],
        ]);
      }));

    it("STORE-23 measures no rows: one group without grouping, none with it", () =>
      use(async (adapter) => {
        const measures: readonly Measure[] = [
          { op: "count", column: null },
          { op: "sum", column: "age" },
          { op: "avg", column: "age" },
          { op: "min", column: "name" },
          { op: "max", column: "name" },
        ];
        expect(await adapter.aggregate({ table: "Person", groupBy: [], measures })).toEqual([[0, 0, null, null, null]]);
        expect(await adapter.aggregate({ table: "Person", groupBy: ["name"], measures })).toEqual([]);
        const none: Condition = { kind: "in", column: "id", values: [] };
        await mustCommit(adapter, { writes: [put(person("a", { age: 1 }))] });
        expect(await adapter.aggregate({ table: "Person", where: none, groupBy: [], measures })).toEqual([
          [0, 0, null, null, null],
        ]);
      }));

    it("STORE-23 sums beyond what 64 bits hold", () =>
      use(async (adapter) => {
        const large = 2 ** 53 - 1;
        const writes = Array.from({ length: 2000 }, (_, i) => put(person(`p${i}`, { age: large })));
        await mustCommit(adapter, { writes });
        const measures: readonly Measure[] = [{ op: "sum", column: "age" }];
        const [[sum] = []] = await adapter.aggregate({ table: "Person", groupBy: [], measures });
        expect(Number(sum) / (2000 * large)).toBeCloseTo(1, 9);
      }));

    it("STORE-24 finds rows in which every word of a text begins a word, whatever case and marks", () =>
      use(async (adapter) => {
        const names = {
          a: "Crème brûlée, twice",
          b: "the CREME of the crop",
          c: "ice-cream",
          d: null,
          e: "x 2024 \u4e2d\u6587 \u{1f600} na\u00efve",
          f: "creme creme creme",
        };
        const writes = Object.entries(names).map(([id, name]) => put(person(id, { name, age: id === "f" ? 1 : 2 })));
        await mustCommit(adapter, { writes });
        const found = async (text: string, where?: Condition, limit = 10): Promise<string[]> => {
          const common = { table: "Person", indexed: ["id", "name"], columns: ["name"], text, limit };
          const rows = await adapter.search(where === undefined ? common : { ...common, where });
          return rows.map((row) => String(row[0]));
        };
        expect((await found("creme")).sort()).toEqual(["a", "b", "f"]);
        expect((await found("CRÈM")).sort()).toEqual(["a", "b", "f"]);
        expect(await found("crop creme")).toEqual(["b"]);
        expect(await found("creme nothing")).toEqual([]);
        expect(await found("reme")).toEqual([]);
        expect(await found("cream")).toEqual(["c"]);
        expect(await found("2024")).toEqual(["e"]);
        expect(await found("\u4e2d")).toEqual(["e"]);
        expect(await found("NAIVE")).toEqual(["e"]);
        expect(await found('  -- "*(')).toEqual([]);
        expect(await found('twice" OR "crop')).toEqual([]);
        const young: Condition = { kind: "compare", column: "age", op: "eq", value: 1 };
        expect(await found("creme", young)).toEqual(["f"]);
        expect(await found("creme", undefined, 2)).toHaveLength(2);
        expect(
          await adapter.search({ table: "Person", indexed: ["id", "name"], columns: ["id"], text: "a", limit: 9 }),
        ).toEqual([(await adapter.get("Person", ["a"])) ?? []]);
      }));

    it("STORE-24 finds what was written since the first search, and nothing that went", () =>
      use(async (adapter) => {
        const found = async (text: string): Promise<string[]> =>
          (await adapter.search({ table: "Person", indexed: ["name"], columns: ["name"], text, limit: 10 }))
            .map((row) => String(row[0]))
            .sort();
        await mustCommit(adapter, { writes: [put(person("a", { name: "one" })), put(person("b", { name: "two" }))] });
        expect(await found("one")).toEqual(["a"]);
        await mustCommit(adapter, {
          writes: [
            { kind: "replace", table: "Person", row: person("a", { name: "two and three" }) },
            put(person("b", { name: null })),
            { kind: "insert", table: "Person", row: person("c", { name: "three" }) },
            { kind: "update", table: "Person", key: ["c"], columns: ["age"], cells: [3] },
          ],
        });
        expect(await found("one")).toEqual([]);
        expect(await found("two")).toEqual(["a"]);
        expect(await found("three")).toEqual(["a", "c"]);
        await mustCommit(adapter, { writes: [{ kind: "delete", table: "Person", key: ["a"] }] });
        expect(await found("three")).toEqual(["c"]);
        // A row that takes the place of a deleted one does not take its words.
        await mustCommit(adapter, { writes: [{ kind: "delete", table: "Person", key: ["c"] }] });
        await mustCommit(adapter, {
          writes: [{ kind: "insert", table: "Person", row: person("e", { name: "other" }) }],
        });
        expect(await found("three")).toEqual([]);
        await mustCommit(adapter, {
          writes: [{ kind: "insert", table: "Person", row: person("c", { name: "three" }) }],
        });
        const wider: TableLayout = { ...people, columns: [...people.columns, { name: "more", type: "text" }] };
        await adapter.rebuild(wider, (row) => [...row, null]);
        await mustCommit(adapter, {
          writes: [{ kind: "insert", table: "Person", row: [...person("d", { name: "three too" }), "x"] }],
        });
        expect(await found("three")).toEqual(["c", "d"]);
        await adapter.drop("Person");
        await adapter.create([people]);
        expect(await found("three")).toEqual([]);
      }));

    it("STORE-31 writes pages as JSON.stringify writes what they hold, if it writes them", () =>
      use(async (adapter) => {
        const texts = ["", 'a"b\\c', "\u0000\u0001\b\t\n\f\r\u001f\u007f", "\u2028\u00e9\u{1f600}", "'", null];
        const heights = [null, 0, -0, 1, -2.5, 0.1, 1e14, 123.456789, 1e-4, 0.00123, -7];
        const rows = heights.map((height, i) =>
          person(`p${10 + i}`, {
            name: texts[i % texts.length] ?? null,
            age: i % 3 === 0 ? null : i - 5,
            height,
            isAdult: i % 4 === 3 ? null : i % 2,
            tags: i % 2 === 0 ? null : '[1,"\\u0001",{}]',
          }),
        );
        const held: Write = { kind: "insert", table: "Place", row: ["'", -1, 7] };
        await mustCommit(adapter, { writes: [...rows.map(put), held] });
        const place: RowShape = { members: [column("seq", { kind: "kept", isRequired: false })] };
        const shape: RowShape = {
          members: [
            { kind: "fixed", key: "type", text: "Person" },
            column("id", { kind: "text", among: null, isRequired: true }),
            column("name", { kind: "text", among: null, isRequired: false }),
            column("age", { kind: "integer", from: -100, to: 100, isRequired: false }),
            column("height", { kind: "number", isRequired: false }),
            column("isAdult", { kind: "boolean", isRequired: false }),
            { kind: "column", key: "mark", column: "isAdult", shape: { kind: "mark", isRequired: false } },
            column("tags", { kind: "jsonText", isRequired: false }),
            {
              kind: "related",
              key: "place",
              table: "Place",
              on: [
                { own: "name", other: "country" },
                { own: "age", other: "number" },
              ],
              row: place,
              isRequired: false,
            },
          ],
        };
        const scan = { table: "Person", order: [{ column: "id", direction: "asc" as const }], limit: 6 };
        const first = await adapter.scanJson?.({ scan, shape });
        if (first === undefined) return;
        const second = await adapter.scanJson?.({ scan: { ...scan, after: first?.behind ?? [] }, shape });
        expect([first?.looked, first?.behind, second?.looked, second?.behind]).toEqual([6, ["p15"], 5, null]);
        const objects = rows.map(([id, name, age, height, isAdult, tags]) => ({
          type: "Person",
          id,
          name,
          age,
          height,
          isAdult: isAdult === null ? null : isAdult === 1,
          mark: isAdult === 1 ? true : null,
          tags,
          place: name === "'" && age === -1 ? { seq: 7 } : null,
        }));
        expect(objects.filter((one) => one.place !== null)).toHaveLength(1);
        expect([first, second].map(textIn).join(",")).toBe(objects.map((one) => JSON.stringify(one)).join(","));
        const isLed = ([, name, age]: Row): boolean => name !== null && age !== null;
        expect((first?.led ?? 0) + (second?.led ?? 0)).toBe(rows.filter(isLed).length);
        const accept: Condition = { kind: "compare", column: "age", op: "gt", value: 0 };
        const some = await adapter.scanJson?.({ scan: { ...scan, limit: 11 }, shape, accept });
        const accepted = objects.filter(({ age }) => Number(age) > 0);
        expect([some?.looked, textIn(some)]).toEqual([11, accepted.map((one) => JSON.stringify(one)).join(",")]);
        expect(some?.led).toBe(rows.filter((row) => isLed(row) && Number(row[2]) > 0).length);
      }));

    it("STORE-31 writes no page of which a row does not fit", () =>
      use(async (adapter) => {
        const row = person("a", { name: "x", age: 7, height: 0.1 + 0.2, isAdult: 1 });
        await mustCommit(adapter, { writes: [put(row), put(person("b"))] });
        const scan = { table: "Person", order: [{ column: "id", direction: "asc" as const }], limit: 1 };
        const unfit: readonly RowMember[] = [
          column("name", { kind: "text", among: ["y", "z"], isRequired: false }),
          column("age", { kind: "integer", from: 0, to: 6, isRequired: false }),
          column("height", { kind: "number", isRequired: false }),
          column("photo", { kind: "text", among: null, isRequired: true }),
          column("tags", { kind: "jsonText", isRequired: true }),
        ];
        for (const member of unfit) {
          expect((await adapter.scanJson?.({ scan, shape: { members: [member] } })) ?? null).toBeNull();
        }
        const shape = { members: [column("name", { kind: "text", among: ["x"], isRequired: true })] };
        const page = await adapter.scanJson?.({ scan, shape });
        if (page !== undefined) expect(textIn(page)).toBe('{"name":"x"}');
        const accept: Condition = { kind: "compare", column: "id", op: "eq", value: "a" };
        const both = await adapter.scanJson?.({ scan: { ...scan, limit: 2 }, shape, accept });
        if (both !== undefined) expect([both?.looked, textIn(both)]).toEqual([2, '{"name":"x"}']);
      }));

    it("STORE-11 answers the same without its secondary indexes", () =>
      use(async (adapter) => {
        await adapter.setIndexed("Person", false);
        await mustCommit(adapter, { writes: [put(person("a", { name: "Ann" }))] });
        const where: Condition = { kind: "compare", column: "name", op: "eq", value: "Ann" };
        expect(await idsOf(adapter, where)).toEqual(["a"]);
        await adapter.setIndexed("Person", true);
        expect(await idsOf(adapter, where)).toEqual(["a"]);
      }));

    it("STORE-12 commits made side by side are each whole", () =>
      use(async (adapter) => {
        const commits = Array.from({ length: 20 }, (_, i) =>
          adapter.commit({
            writes: [put(person("a", { age: i })), put(person("b", { age: i }))],
            sequence: { count: 1, at: 1 },
          }),
        );
        const results = await Promise.all(commits);
        const seqs = results
          .map((result) => (result.outcome === "committed" ? result.firstSeq : 0))
          .sort((x, y) => x - y);
        expect(seqs).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
        const [a, b] = await adapter.getMany("Person", [["a"], ["b"]]);
        expect(a?.[2]).toBe(b?.[2]);
      }));

    it("STORE-13 rejects everything once closed, and closes twice without harm", () =>
      use(async (adapter) => {
        await adapter.close();
        await adapter.close();
        await expect(adapter.get("Person", ["a"])).rejects.toMatchObject({ code: "CLOSED" });
        await expect(adapter.scan({ table: "Person" })).rejects.toMatchObject({ code: "CLOSED" });
        await expect(adapter.commit({ writes: [put(person("a"))] })).rejects.toMatchObject({ code: "CLOSED" });
        await expect(adapter.head()).rejects.toMatchObject({ code: "CLOSED" });
      }));

    const { another, reopen } = subject;
    if (another !== undefined) {
      it("STORE-17 two adapters on one database see each other's commits, and conflict on them", () =>
        use(async (first) => {
          const second = another(first);
          await second.open();
          try {
            await mustCommit(first, { writes: [put(person("a", { age: 1 }))], sequence: { count: 1, at: 5 } });
            expect(await second.get("Person", ["a"])).toEqual(person("a", { age: 1 }));
            const raise = (to: number): Batch => ({
              writes: [
                {
                  kind: "replace",
                  table: "Person",
                  row: person("a", { age: to }),
                  expect: { column: "age", value: 1 },
                },
              ],
              sequence: { count: 1, at: 6 },
            });
            expect(await mustCommit(second, raise(2))).toBe(2);
            expect(await first.commit(raise(3))).toMatchObject({ outcome: "conflict", table: "Person", key: ["a"] });
            const late = { writes: [put(person("b"))], sequence: { count: 1, at: 5 } };
            expect(await first.commit(late)).toMatchObject({ outcome: "conflict", table: "$head" });
            expect(await first.head()).toEqual({ seq: 2, at: 6 });
            const commits = Array.from({ length: 20 }, (_, i) =>
              (i % 2 === 0 ? first : second).commit({
                writes: [put(person("c", { age: i }))],
                sequence: { count: 1, at: 6 },
              }),
            );
            const seqs = (await Promise.all(commits)).map((result) =>
              result.outcome === "committed" ? result.firstSeq : 0,
            );
            expect(seqs.sort((x, y) => x - y)).toEqual(Array.from({ length: 20 }, (_, i) => i + 3));
          } finally {
            await second.close();
          }
        }));

      it("STORE-17 an adapter whose table another one rebuilt refuses to commit, and goes on after indexes changed", () =>
        use(async (first) => {
          const second = another(first);
          await second.open();
          try {
            await second.setIndexed("Person", false);
            await mustCommit(first, { writes: [put(person("a"))] });
            await second.create([{ ...places, name: "Elsewhere" }]);
            await mustCommit(first, { writes: [put(person("a", { age: 1 }))] });
            const swapped = [...people.columns.slice(0, 2), ...people.columns.slice(2).reverse()];
            await second.rebuild({ ...people, columns: swapped }, (row) => [
              ...row.slice(0, 2),
              ...row.slice(2).reverse(),
            ]);
            await expect(first.commit({ writes: [put(person("b", { age: 2 }))] })).rejects.toMatchObject({
              code: "LAYOUT",
            });
            expect(await second.scan({ table: "Person", columns: ["id", "age"] })).toEqual([["a", 1]]);
            const done: TableLayout = { ...people, columns: swapped };
            await first.rebuild(done, () => {
              throw new Error("the other one did it");
            });
            await mustCommit(first, {
              writes: [{ kind: "update", table: "Person", key: ["a"], columns: ["age"], cells: [7] }],
            });
            expect(await second.scan({ table: "Person", columns: ["age"] })).toEqual([[7]]);
          } finally {
            await second.close();
          }
        }));
    }

    if (reopen !== undefined) {
      it("STORE-14 holds after a reopening what was committed before", () =>
        use(async (adapter) => {
          await mustCommit(adapter, { writes: [put(person("a", { age: 1 }))], sequence: { count: 3, at: 7 } });
          await adapter.setIndexed("Person", false);
          await adapter.close();
          const again = reopen(adapter);
          await again.open();
          try {
            expect(await again.get("Person", ["a"])).toEqual(person("a", { age: 1 }));
            expect(await again.head()).toEqual({ seq: 3, at: 7 });
            expect((await again.layouts()).map((layout) => layout.name)).toEqual(["Person", "Place"]);
          } finally {
            await again.close();
          }
        }));
    }
  });
}

/** Byte arrays compare by content, whatever their class. */
function plain(cell: Cell): unknown {
  return cell instanceof Uint8Array ? [...cell] : cell;
}

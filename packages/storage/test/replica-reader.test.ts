/** Predicates that lead through relations, answered by SQL, by several scans, and by hand. */
import {
  buildJoinedPredicate,
  compareText,
  type JoinedPredicate,
  type JoinedSortKey,
  type JsonValue,
  joinOf,
  keyOf,
  keyValues,
  matches,
  type Values,
} from "@tributary/model";
import { type ModelDescription, modelNamed, relationFields } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import SqliteDatabase from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Cell, StorageAdapter } from "../src/adapter.ts";
import { createMemoryAdapter } from "../src/memory/create-memory-adapter.ts";
import { planJoinedPredicate, planJoinedSort } from "../src/plan-query.ts";
import { createReplicaReader, type ReplicaReader } from "../src/replica-reader.ts";
import { openReplicaStore, type ReplicaRecord } from "../src/replica-store.ts";
import { createReplicaTable } from "../src/replica-tables.ts";
import { compileScan, scanParameters } from "../src/sql/compile-scan.ts";
import { createIndexSql, createTableSql, rowidOf, sqliteDialect } from "../src/sqlite/sqlite-dialect.ts";
import { indexedDb, sqlite } from "./databases.ts";
import { createRandom, type Random } from "./random.ts";

const schema = parseSchema(`
  type Post @model { id: ID! @primaryKey, title: String, comments: [Comment] @hasMany, spot: Spot @hasOne }
  type Comment @model { id: ID! @primaryKey, text: String @index(name: "byText"), post: Post @belongsTo, author: Person @belongsTo }
  type Person @model {
    id: ID! @primaryKey, name: String, tag: String, comments: [Comment] @hasMany
    tagged: [Comment] @hasMany(indexName: "byText", fields: ["tag"])
  }
  type Spot @model { row: String! @primaryKey(sortKeyFields: ["number"]), number: Int!, name: String }
  type Folder @model {
    id: ID! @primaryKey, name: String, parentId: ID @index(name: "byParent")
    parent: Folder @belongsTo(fields: ["parentId"]), children: [Folder] @hasMany(indexName: "byParent", fields: ["id"])
  }
`);

type Rows = ReadonlyMap<string, readonly Values[]>;

function modelOf(name: string): ModelDescription {
  const model = modelNamed(schema, name);
  if (model === undefined) throw new Error(name);
  return model;
}

function recordOf(model: ModelDescription, values: Values, isDeleted: boolean): ReplicaRecord {
  const acknowledged = { life: 1, isDeleted, documents: [null] };
  const meta = { life: 1, version: 3, changedAt: 5, createdAt: 1, revision: 0, pending: 0, documents: [null] };
  return { model: model.name, key: keyOf(model, values), values, isDeleted, ...meta, acknowledged };
}

async function readerOver(adapter: StorageAdapter, rows: Rows, deleted: Rows = new Map()): Promise<ReplicaReader> {
  const store = await openReplicaStore({ adapter, schema, keyOf, keyValues });
  onTestFinished(() => store.close());
  const records = [...rows].flatMap(([name, all]) => all.map((values) => recordOf(modelOf(name), values, false)));
  const gone = [...deleted].flatMap(([name, all]) => all.map((values) => recordOf(modelOf(name), values, true)));
  const steps = [...records, ...gone].map((after) => ({ before: null, after }));
  await store.commit({ records: steps, enqueue: [], dequeue: [], refuse: [], meta: {} });
  return createReplicaReader(adapter, schema);
}

function holds(rows: Rows, model: ModelDescription, predicate: JoinedPredicate, values: Values): boolean {
  switch (predicate.kind) {
    case "and":
      return predicate.of.every((part) => holds(rows, model, part, values));
    case "or":
      return predicate.of.some((part) => holds(rows, model, part, values));
    case "not":
      return !holds(rows, model, predicate.of, values);
    case "related": {
      const join = joinOf(schema, model, predicate.field);
      const others = (rows.get(join.model.name) ?? []).filter((other) =>
        join.on.every((pair) => (values[pair.own] ?? null) !== null && values[pair.own] === other[pair.other]),
      );
      return others.some((other) => holds(rows, join.model, predicate.of, other));
    }
    default:
      return matches(model, predicate, values);
  }
}

function drawRows(random: Random): Rows {
  const draw = (count: number, make: (id: string) => Values): Values[] =>
    Array.from({ length: count }, (_, i) => make(String(i)));
  const some = (count: number): string | null => (random.int(5) === 0 ? null : String(random.int(count)));
  const text = (): string => "abc"[random.int(3)] ?? "a";
  const spots = draw(6, (id) => ({ row: text(), number: Number(id), name: text() }));
  return new Map([
    ["Spot", spots],
    [
      "Post",
      draw(12, (id) => {
        const spot = spots[random.int(8)];
        const number = spot === undefined ? null : random.int(3) === 0 ? 0 : (spot.number ?? null);
        return { id, title: text(), postSpotRow: spot?.row ?? null, postSpotNumber: number };
      }),
    ],
    ["Person", draw(5, (id) => ({ id, name: text(), tag: id === "0" ? null : text() }))],
    [
      "Comment",
      draw(25, (id) => ({
        id,
        text: random.int(6) === 0 ? null : text(),
        postCommentsId: some(14),
        personCommentsId: some(6),
      })),
    ],
    ["Folder", draw(12, (id) => ({ id, name: text(), parentId: some(13) }))],
  ]);
}

function drawPredicate(random: Random, model: ModelDescription, depth: number): JoinedPredicate {
  const relations = relationFields(model).map((field) => field.name);
  const shape = random.int(depth === 0 ? 2 : 6);
  if (shape < 2) {
    const field = ["title", "text", "name"].find((name) => model.fields.some((one) => one.name === name)) ?? "id";
    return { kind: "field", field, op: shape === 0 ? "eq" : "ne", value: "abc"[random.int(3)] ?? "a" };
  }
  if (shape === 2) return { kind: "not", of: drawPredicate(random, model, depth - 1) };
  if (shape === 3) {
    const of = Array.from({ length: random.int(3) }, () => drawPredicate(random, model, depth - 1));
    return { kind: random.int(2) === 0 ? "and" : "or", of };
  }
  const field = relations[random.int(relations.length)];
  if (field === undefined) return { kind: "all" };
  return { kind: "related", field, of: drawPredicate(random, joinOf(schema, model, field).model, depth - 1) };
}

/** SQLite's plan of a query on empty tables of the schema. */
function explain(sql: string, parameters: readonly Cell[]): string[] {
  const database = new SqliteDatabase(":memory:");
  for (const model of schema.models) {
    const { layout } = createReplicaTable(model);
    database.exec(createTableSql(layout));
    for (const index of layout.indexes) database.exec(createIndexSql(layout, index));
  }
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { readonly detail: string }[];
  database.close();
  return steps.map((step) => step.detail);
}

const query = (model: string, where: JoinedPredicate | null) => ({ model, where, sort: [], limit: null, offset: 0 });

describe("a predicate that leads through relations", () => {
  it.each([1, 2, 3, 4])(
    "REC-15 selects the same in SQL, in scans of one table, and by definition (seed %i)",
    async (seed) => {
      const random = createRandom(seed);
      const rows = drawRows(random);
      const readers = [
        await readerOver(sqlite.place()(), rows),
        await readerOver(createMemoryAdapter(), rows),
        await readerOver(indexedDb.place()(), rows),
      ];
      let selected = 0;
      let rejected = 0;
      let joined = 0;
      for (let i = 0; i < 150; i++) {
        const name = ["Post", "Comment", "Person", "Folder"][random.int(4)] ?? "Post";
        const model = modelOf(name);
        const where = drawPredicate(random, model, 4);
        const all = rows.get(name) ?? [];
        const expected = all.filter((values) => holds(rows, model, where, values)).map(({ id }) => id);
        selected += expected.length;
        rejected += all.length - expected.length;
        if (JSON.stringify(where).includes("related")) joined += 1;
        for (const reader of readers) {
          const found = await reader.query(query(name, where));
          expect(
            found.map(({ values }) => values.id),
            JSON.stringify(where),
          ).toEqual(expected);
          expect(await reader.count(name, where)).toBe(expected.length);
        }
      }
      expect(Math.min(selected, rejected)).toBeGreaterThan(150);
      expect(joined).toBeGreaterThan(40);
    },
  );

  it("REC-15 does not count deleted records among relatives", async () => {
    const rows: Rows = new Map([["Post", [{ id: "p", title: "t" }]]]);
    const gone: Rows = new Map([["Comment", [{ id: "c", text: "x", postCommentsId: "p" }]]]);
    const where = buildJoinedPredicate(schema, modelOf("Post"), (p) =>
      (p as unknown as { comments: { text: { eq(text: string): never } } }).comments.text.eq("x"),
    );
    for (const adapter of [sqlite.place()(), createMemoryAdapter()]) {
      const reader = await readerOver(adapter, rows, gone);
      expect(await reader.query(query("Post", where))).toEqual([]);
    }
  });

  it("REC-16 is served by the indexes of its relations", async () => {
    const where = buildJoinedPredicate(schema, modelOf("Post"), (p) =>
      (p as unknown as { comments: { author: { name: { eq(text: string): never } } } }).comments.author.name.eq("x"),
    );
    const stored = { kind: "compare", column: "$deleted", op: "eq", value: 0 } as const;
    const condition = planJoinedPredicate(schema, modelOf("Post"), where, stored);
    if (condition === undefined) throw new Error("nothing planned");
    const { layout } = createReplicaTable(modelOf("Post"));
    const scan = { table: "Post", where: condition };
    const plan = explain(compileScan(sqliteDialect, layout, scan, rowidOf(layout)), scanParameters(scan));
    expect(plan.filter((line) => line.startsWith("SCAN"))).toEqual(["SCAN Post"]);
    expect(plan.filter((line) => line.startsWith("SEARCH"))).toHaveLength(2);
  });
});

/** What a record has at the end of a path, straight from the rows. */
function valueAlong(rows: Rows, start: ModelDescription, key: JoinedSortKey, values: Values): JsonValue {
  let model = start;
  let at: Values | undefined = values;
  for (const relation of key.through ?? []) {
    const join = joinOf(schema, model, relation);
    const from: Values = at ?? {};
    at = (rows.get(join.model.name) ?? []).find((other) =>
      join.on.every((pair) => (from[pair.own] ?? null) !== null && from[pair.own] === other[pair.other]),
    );
    model = join.model;
  }
  return at?.[key.field] ?? null;
}

function compareByHand(left: JsonValue, right: JsonValue): number {
  if (left === null || right === null) return Number(right === null) - Number(left === null);
  return typeof left === "number" ? left - Number(right) : compareText(String(left), String(right));
}

const paths: Readonly<Record<string, readonly (readonly [string, ...string[]])[]>> = {
  Post: [["title"], ["spot", "name"], ["spot", "number"]],
  Comment: [["text"], ["author", "name"], ["post", "title"], ["post", "spot", "number"], ["post", "spot", "name"]],
  Folder: [["name"], ["parent", "name"], ["parent", "parent", "name"], ["parent", "parent", "parent", "id"]],
};

function drawSort(random: Random, name: string): JoinedSortKey[] {
  const known = paths[name] ?? [];
  return Array.from({ length: 1 + random.int(3) }, (): JoinedSortKey => {
    const path = known[random.int(known.length)] ?? ["id"];
    const direction = random.int(2) === 0 ? "ASCENDING" : "DESCENDING";
    const key = { field: path.at(-1) ?? "id", direction } as const;
    return path.length === 1 ? key : { ...key, through: path.slice(0, -1) };
  });
}

describe("a sort that leads through relations", () => {
  it.each([1, 2, 3])(
    "REC-18 orders the same in SQL, in scans of one table, and by definition (seed %i)",
    async (seed) => {
      const random = createRandom(seed);
      const rows = drawRows(random);
      const readers = [
        await readerOver(sqlite.place()(), rows),
        await readerOver(createMemoryAdapter(), rows),
        await readerOver(indexedDb.place()(), rows),
      ];
      let moved = 0;
      let cut = 0;
      for (let i = 0; i < 100; i++) {
        const name = ["Post", "Comment", "Folder"][random.int(3)] ?? "Post";
        const model = modelOf(name);
        const sort = drawSort(random, name);
        const where = random.int(2) === 0 ? null : drawPredicate(random, model, 2);
        const selected = (rows.get(name) ?? []).filter((values) => where === null || holds(rows, model, where, values));
        const ordered = [...selected].sort((left, right) => {
          for (const key of sort) {
            const sides = [left, right].map((values) => valueAlong(rows, model, key, values));
            const compared = compareByHand(sides[0] ?? null, sides[1] ?? null);
            if (compared !== 0) return key.direction === "ASCENDING" ? compared : -compared;
          }
          return 0;
        });
        const limit = random.int(2) === 0 ? null : 1 + random.int(6);
        const offset = limit === null ? 0 : random.int(3) * limit;
        const expected = ordered.slice(offset, limit === null ? undefined : offset + limit).map(({ id }) => id);
        if (ordered.some((values, at) => values !== selected[at])) moved += 1;
        if (expected.length < ordered.length) cut += 1;
        for (const reader of readers) {
          const found = await reader.query({ model: name, where, sort, limit, offset });
          expect(
            found.map(({ values }) => values.id),
            JSON.stringify({ name, where, sort, limit, offset }),
          ).toEqual(expected);
        }
      }
      expect(Math.min(moved, cut)).toBeGreaterThan(25);
    },
  );

  it("REC-18 takes what a deleted record holds for null", async () => {
    const posts = [
      { id: "p", title: "t", postSpotRow: "gone", postSpotNumber: 1 },
      { id: "q", title: "t", postSpotRow: "here", postSpotNumber: 1 },
    ];
    const rows: Rows = new Map<string, readonly Values[]>([
      ["Post", posts],
      ["Spot", [{ row: "here", number: 1, name: "a" }]],
    ]);
    const gone: Rows = new Map([["Spot", [{ row: "gone", number: 1, name: "b" }]]]);
    const sort: JoinedSortKey[] = [{ field: "name", direction: "DESCENDING", through: ["spot"] }];
    for (const adapter of [sqlite.place()(), createMemoryAdapter()]) {
      const reader = await readerOver(adapter, rows, gone);
      const found = await reader.query({ ...query("Post", null), sort });
      expect(found.map(({ values }) => values.id)).toEqual(["q", "p"]);
    }
  });

  it("REC-18 looks by key", () => {
    const stored = { kind: "compare", column: "$deleted", op: "eq", value: 0 } as const;
    const through = ["post", "spot"];
    const order = planJoinedSort(
      schema,
      modelOf("Comment"),
      [{ field: "name", direction: "ASCENDING", through }],
      stored,
    );
    const { layout } = createReplicaTable(modelOf("Comment"));
    const scan = { table: "Comment", order, limit: 5 };
    const plan = explain(compileScan(sqliteDialect, layout, scan, rowidOf(layout)), scanParameters(scan));
    expect(plan.filter((line) => line.startsWith("SCAN"))).toEqual(["SCAN Comment"]);
    expect(plan.filter((line) => line.startsWith("SEARCH"))).toHaveLength(2);
  });

  it("REC-18 is refused by what evaluates conditions of one table", async () => {
    const adapter = createMemoryAdapter();
    await readerOver(adapter, new Map());
    const through = [{ table: "Spot", on: [], where: { kind: "and", of: [] } as const }];
    const scan = adapter.scan({ table: "Post", order: [{ column: "name", direction: "asc", through }] });
    await expect(scan).rejects.toThrow("an order of Post looks into other tables; it is to be resolved before");
  });
});

describe("a read record", () => {
  it("REC-17 comes with what the relay said of it, and by the fields it is tied by", async () => {
    const rows: Rows = new Map([["Comment", [{ id: "c", text: "x", postCommentsId: "p", personCommentsId: null }]]]);
    const reader = await readerOver(createMemoryAdapter(), rows);
    expect(await reader.query(query("Comment", null))).toMatchObject([
      { values: { id: "c" }, version: 3, changedAt: 5 },
    ]);
    expect(await reader.related("Comment", ["postCommentsId"], { postCommentsId: "p" })).toHaveLength(1);
    expect(await reader.related("Comment", ["personCommentsId"], { personCommentsId: null })).toEqual([]);
  });
});

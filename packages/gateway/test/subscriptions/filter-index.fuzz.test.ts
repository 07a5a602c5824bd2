/**
 * Random subscription filters over random records: what the index leaves out, the filter refuses; what lists choose by a filter,
 * subscriptions choose too.
 */
import type { StoredRecord } from "@tributary/relay";
import { fieldNamed, modelNamed } from "@tributary/schema";
import { createRandom, type Random } from "@tributary/testkit";
import { describe, expect, it } from "vitest";
import { passes } from "../../src/filter/filter-test.ts";
import { planFilter } from "../../src/filter/plan-filter.ts";
import { readFilter } from "../../src/filter/read-filter.ts";
import { readEventFilter } from "../../src/subscriptions/event-filter.ts";
import { createFilterIndex } from "../../src/subscriptions/filter-index.ts";
import { shopSchema } from "../shop-schema.ts";
import type { Fields } from "../start-gateway.ts";

const RECORDS = 60;
const FILTERS = 300;

const task = modelNamed(shopSchema, "Task") ?? expect.unreachable("the schema has a Task");
const limits = { maxFilterNodes: 500, maxSubscriptionValues: 5 };

const words = ["", "a", "ab", "b", "é"];
const numbers = [-1, 0, 1, 2];

function randomRecord(random: Random, i: number): StoredRecord {
  const maybe = <T>(value: T): T | null => (random.int(4) === 0 ? null : value);
  const values = {
    id: `t${i}`,
    title: random.pick(words),
    boardId: maybe(random.pick(words)),
    stars: maybe(random.pick(numbers)),
    done: maybe(random.int(2) === 0),
    tags: maybe([random.pick(words), random.pick(words)]),
    state: maybe(random.pick(["OPEN", "DONE"])),
  };
  const isDeleted = random.int(4) === 0;
  return { model: "Task", key: `t${i}`, values, version: 1, changedAt: 1, createdAt: 1, isDeleted, life: 1, seq: i };
}

function randomComparison(random: Random): Fields {
  const among = <T>(of: readonly T[]): Fields => {
    const op = random.pick(["eq", "eq", "in", "in", "ne", "notIn", "lt", "ge", "between"]);
    if (op === "between") return { between: [random.pick(of), random.pick(of)] };
    if (op === "in" || op === "notIn") return { [op]: Array.from({ length: random.int(4) }, () => random.pick(of)) };
    return { [op]: random.pick(of) };
  };
  const text = (): Fields =>
    random.int(3) === 0
      ? { [random.pick(["contains", "notContains", "beginsWith"])]: random.pick(words) }
      : among(words);
  switch (random.int(6)) {
    case 0:
      return { title: text() };
    case 1:
      return { boardId: random.int(5) === 0 ? { eq: null } : text() };
    case 2:
      return { stars: among(numbers) };
    case 3:
      return { done: { [random.pick(["eq", "ne"])]: random.int(2) === 0 } };
    case 4:
      return { tags: { [random.pick(["contains", "notContains", "eq"])]: random.pick(words) } };
    default:
      return { _deleted: { [random.pick(["eq", "ne"])]: random.pick([true, null]) } };
  }
}

function randomFilter(random: Random, depth: number): Fields {
  const filter: Fields = {};
  for (let i = random.int(2) + 1; i > 0; i -= 1) {
    const kind = depth === 0 ? 0 : random.int(6);
    if (kind === 3) filter.not = randomFilter(random, depth - 1);
    else if (kind === 4 || kind === 5) {
      filter[kind === 4 ? "and" : "or"] = Array.from({ length: random.int(3) }, () => randomFilter(random, depth - 1));
    } else Object.assign(filter, randomComparison(random));
  }
  return filter;
}

describe("createFilterIndex", () => {
  it.each([17, 23])("RT-10 leaves out only what no filter chooses (seed %i)", (seed) => {
    const random = createRandom(seed);
    const filters = Array.from({ length: FILTERS }, () => randomFilter(random, 2));
    const tests = filters.map((filter) => readEventFilter(task, [], { filter }, limits).test);
    const index = createFilterIndex<number>();
    const removals = tests.map((test, i) => index.add(i, test));
    let leftOut = 0;
    let chosen = 0;
    const check = (isThere: (i: number) => boolean): void => {
      for (let i = 0; i < RECORDS; i += 1) {
        const record = randomRecord(random, i);
        const candidates = index.candidates(record.values);
        expect(new Set(candidates).size).toBe(candidates.length);
        for (const [at, test] of tests.entries()) {
          const isCandidate = candidates.includes(at);
          if (!isThere(at)) expect(isCandidate).toBe(false);
          else if (passes(task, test, record)) expect(isCandidate, JSON.stringify([filters[at], record])).toBe(true);
          if (!isThere(at)) continue;
          if (!isCandidate) leftOut += 1;
          else if (passes(task, test, record)) chosen += 1;
        }
      }
    };
    check(() => true);
    for (const [at, remove] of removals.entries()) if (at % 3 === 0) remove();
    check((at) => at % 3 !== 0);
    for (const remove of removals) remove();
    expect(index.candidates(randomRecord(random, 0).values)).toEqual([]);
    expect(leftOut).toBeGreaterThan(RECORDS * FILTERS * 0.2);
    expect(chosen).toBeGreaterThan(RECORDS * FILTERS * 0.2);
  });

  it("RT-10 a filter that asks for several values lies where the fewest lie, and one that nothing passes nowhere", () => {
    const index = createFilterIndex<string>();
    const add = (name: string, filter: Fields) => index.add(name, readEventFilter(task, [], { filter }, limits).test);
    const boards = Array.from({ length: 100 }, (_, i) => `b${i}`);
    for (const board of boards) add(board, { done: { eq: true }, boardId: { eq: board } });
    add("nothing", { or: [{ boardId: { in: [] } }] });
    add("nothing", { tags: { lt: "x" } });
    const looked = boards.map((boardId) => index.candidates({ done: true, boardId }));
    for (const [i, board] of boards.entries()) expect(looked[i]).toContain(board);
    expect(Math.max(...looked.map((candidates) => candidates.length))).toBeLessThanOrEqual(2);
    expect(looked.flat()).not.toContain("nothing");
  });

  it("GQL-20 a subscription chooses what a list chooses by the same filter (seed 29)", () => {
    const random = createRandom(29);
    let chosen = 0;
    for (let i = 0; i < FILTERS; i += 1) {
      const filter = randomFilter(random, 2);
      const { test } = readEventFilter(task, [], { filter }, limits);
      const plan = planFilter(task, readFilter(task, filter, limits.maxFilterNodes));
      for (let at = 0; at < RECORDS; at += 1) {
        const record = randomRecord(random, at);
        const isRead =
          !plan.isEmpty &&
          (plan.includeDeleted || !record.isDeleted) &&
          (plan.where === null || passes(task, { kind: "predicate", predicate: plan.where }, record));
        const isListed = isRead && plan.accepts(record);
        expect(passes(task, test, record), JSON.stringify([filter, record])).toBe(isListed);
        if (isListed) chosen += 1;
      }
    }
    expect(chosen).toBeGreaterThan(RECORDS * FILTERS * 0.2);
    expect(chosen).toBeLessThan(RECORDS * FILTERS * 0.8);
  });
});

describe("readEventFilter", () => {
  it("GQL-20 an owner argument is a condition of its own, null the owner of what has none", () => {
    const { name: field } = fieldNamed(task, "title") ?? expect.unreachable("a Task has a title");
    const record = randomRecord(createRandom(1), 1);
    const holds = (owner: string | null | undefined, title: string | null): boolean => {
      const { test } = readEventFilter(task, [field], { [field]: owner }, limits);
      return passes(task, test, { ...record, values: { ...record.values, title } });
    };
    expect([holds("a", "a"), holds("a", "b"), holds("a", null)]).toEqual([true, false, false]);
    expect([holds(null, null), holds(null, "a"), holds(undefined, "a")]).toEqual([true, false, true]);
  });

  it("RT-10 the keys of filters are equal when they ask the same", () => {
    const keyOf = (args: Fields): string => readEventFilter(task, ["title"], args, limits).key;
    expect(keyOf({ filter: null })).toBe(keyOf({}));
    expect(keyOf({ filter: { stars: { eq: 1 } } })).toBe(keyOf({ filter: { stars: { eq: 1 } } }));
    const others = [
      {},
      { title: null },
      { title: "a" },
      { filter: { stars: { eq: 1 } } },
      { filter: { stars: { eq: 2 } } },
    ];
    expect(new Set(others.map(keyOf)).size).toBe(others.length);
  });

  it("RT-11 lists of values are held to AppSync's limit, in its words, wherever they stand", () => {
    const read = (filter: Fields) => readEventFilter(task, [], { filter }, limits);
    read({ stars: { in: [1, 2, 3, 4, 5] } });
    expect(() => read({ stars: { in: [1, 2, 3, 4, 5, 6] } })).toThrow(
      "subscription exceeds maximum value limit 5 for operator `in`.",
    );
    expect(() => read({ and: [{ or: [{ title: { notIn: ["1", "2", "3", "4", "5", "6"] } }] }] })).toThrow(
      "subscription exceeds maximum value limit 5 for operator `notIn`.",
    );
  });
});

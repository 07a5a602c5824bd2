/**
 * Random filters over random records: what a list and a delta sync answer is what a plain evaluator of DynamoDB's rules
 * chooses, whether the store judged it, or the gateway, or both.
 */
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../random.ts";
import { sqliteInTempFolder } from "../sqlite-in-temp-folder.ts";
import { type Fields, type StartedGateway, startGateway } from "../start-gateway.ts";

const RECORDS = 40;
const FILTERS = 80;

const words = ["", "a", "ab", "abc", "b", "é", "\uffee", "\u{1f600}", "A"];
const numbers = [-2, -1, 0, 1, 2, 3];
const states = ["OPEN", "DONE"];
const json = [{ a: 1 }, [1, "a"], "a", 1, true, { b: { a: 1 } }];

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;
const maybe = <T>(random: Random, make: () => T): T | null => (random(4) === 0 ? null : make());

function randomRecord(random: Random, i: number): Fields {
  return {
    id: `t${i}`,
    title: pick(random, words),
    boardId: maybe(random, () => pick(random, words)),
    stars: maybe(random, () => pick(random, numbers)),
    weight: maybe(random, () => pick(random, numbers) / 2),
    done: maybe(random, () => random(2) === 0),
    state: maybe(random, () => pick(random, states)),
    tags: maybe(random, () => Array.from({ length: random(3) }, () => pick(random, words))),
    data: maybe(random, () => JSON.stringify(pick(random, json))),
  };
}

const ordered = ["ne", "eq", "le", "lt", "ge", "gt"];
const attributeTypes = ["bool", "list", "map", "number", "string", "_null"];

function randomFilter(random: Random, depth: number): Fields {
  const filter: Fields = {};
  for (let i = random(2) + 1; i > 0; i -= 1) {
    const kind = depth === 0 ? 0 : random(6);
    if (kind === 3) filter.not = randomFilter(random, depth - 1);
    else if (kind === 4 || kind === 5) {
      filter[kind === 4 ? "and" : "or"] = Array.from({ length: random(3) }, () => randomFilter(random, depth - 1));
    } else Object.assign(filter, randomComparison(random));
  }
  return filter;
}

function randomComparison(random: Random): Fields {
  const common = (): Fields =>
    random(2) === 0 ? { attributeExists: random(2) === 0 } : { attributeType: pick(random, attributeTypes) };
  const text = (): Fields => {
    const op = pick(random, [...ordered, "contains", "notContains", "beginsWith", "between", "size", "common"]);
    if (op === "common") return common();
    if (op === "between") return { between: [pick(random, words), pick(random, words)] };
    if (op === "size") return { size: { [pick(random, ordered)]: random(4) } };
    return { [op]: pick(random, words) };
  };
  const number = (of: readonly number[]): Fields => {
    const op = pick(random, [...ordered, "between", "common"]);
    if (op === "common") return common();
    return { [op]: op === "between" ? [pick(random, of), pick(random, of)] : pick(random, of) };
  };
  switch (random(8)) {
    case 0:
      return { title: text() };
    case 1:
      return { boardId: text() };
    case 2:
      return { stars: number(numbers) };
    case 3:
      return { weight: number(numbers.map((one) => one / 2)) };
    case 4:
      return { done: random(3) === 0 ? common() : { [pick(random, ["ne", "eq"])]: random(2) === 0 } };
    case 5:
      return { state: { [pick(random, ["ne", "eq"])]: maybe(random, () => pick(random, states)) } };
    case 6:
      return { [pick(random, ["tags", "data"])]: text() };
    default:
      return { _deleted: random(3) === 0 ? common() : { [pick(random, ["ne", "eq"])]: maybe(random, () => true) } };
  }
}

/** The oracle. `record` is as it is served: AWSJSON as text. */
function holds(filter: Fields | null | undefined, record: Fields): boolean {
  return Object.entries(filter ?? {}).every(([name, value]) => {
    if (value === null) return true;
    const groups = (): Fields[] => value.filter((group: Fields | null) => group !== null && !isEmpty(group));
    if (name === "and") return groups().every((group) => holds(group, record));
    if (name === "or") return groups().length === 0 || groups().some((group) => holds(group, record));
    if (name === "not") return isEmpty(value) || !holds(value, record);
    return Object.entries(value).every(([op, operand]) => compare(name, record[name] ?? null, op, operand));
  });
}

const isEmpty = (group: Fields): boolean => Object.keys(group).length === 0;

function typeOf(name: string, held: unknown): string {
  const value = name === "data" ? JSON.parse(String(held)) : held;
  if (Array.isArray(value)) return "list";
  return { number: "number", boolean: "bool", object: "map", string: "string" }[typeof value as string] ?? "none";
}

function compare(name: string, held: unknown, op: string, operand: unknown): boolean {
  if (op === "attributeExists") return (held !== null) === operand;
  if (op === "attributeType") return held !== null && typeOf(name, held) === operand;
  if (op === "size") return held !== null && sizeHolds(name, held, operand as Fields);
  if (op === "ne") return !equals(name, held, operand);
  if (op === "eq") return equals(name, held, operand);
  if (op === "notContains") return !includes(held, operand);
  if (held === null) return false;
  if (op === "contains") return includes(held, operand);
  if (Array.isArray(held)) return false;
  if (op === "beginsWith") return String(held).startsWith(String(operand));
  const order = (to: unknown): number =>
    typeof held === "number" ? held - Number(to) : Buffer.compare(Buffer.from(String(held)), Buffer.from(String(to)));
  switch (op) {
    case "lt":
      return order(operand) < 0;
    case "le":
      return order(operand) <= 0;
    case "gt":
      return order(operand) > 0;
    case "ge":
      return order(operand) >= 0;
    default: {
      const [from, to] = operand as [unknown, unknown];
      return order(from) >= 0 && order(to) <= 0;
    }
  }
}

function equals(name: string, held: unknown, operand: unknown): boolean {
  if (held === null || operand === null) return held === operand;
  if (Array.isArray(held)) return false;
  if (name !== "data") return held === operand;
  try {
    return held === JSON.stringify(JSON.parse(String(operand)));
  } catch {
    return false;
  }
}

function includes(held: unknown, operand: unknown): boolean {
  if (held === null) return false;
  return Array.isArray(held) ? held.includes(operand) : String(held).includes(String(operand));
}

function sizeHolds(name: string, held: unknown, conditions: Fields): boolean {
  const value = name === "data" ? JSON.parse(String(held)) : held;
  if (typeof value === "number" || typeof value === "boolean") return false;
  const size =
    typeof value === "string" ? [...value].length : Array.isArray(value) ? value.length : Object.keys(value).length;
  return Object.entries(conditions).every(([op, than]) => compare("stars", size, op, than));
}

const selection =
  "{ items { id title boardId stars weight done state tags data _version _deleted _lastChangedAt } nextToken }";

async function pagesOf(gateway: StartedGateway, query: string, variables: Fields): Promise<Fields[]> {
  const items: Fields[] = [];
  let nextToken: string | null = null;
  do {
    const page = await gateway.field(query, { ...variables, nextToken });
    items.push(...page.items);
    nextToken = page.nextToken;
  } while (nextToken !== null);
  return items;
}

const ids = (items: readonly Fields[]): string[] => items.map((item) => item.id).sort();

describe("filters", () => {
  it.each([
    ["memory", 11, createMemoryAdapter],
    ["sqlite", 13, sqliteInTempFolder],
  ] as const)("GQL-9 choose as DynamoDB does (%s, seed %i)", async (_, seed, createAdapter) => {
    const random = createRandom(seed);
    const gateway = await startGateway({ adapter: createAdapter() });
    for (let i = 0; i < RECORDS; i += 1) {
      const input = randomRecord(random, i);
      await gateway.field("mutation ($input: CreateTaskInput!) { createTask(input: $input) { id } }", { input });
      if (random(5) !== 0) continue;
      await gateway.field(`mutation { deleteTask(input: { id: "t${i}", _version: 1 }) { id } }`);
    }
    const all = await pagesOf(
      gateway,
      `query ($nextToken: String) { syncTasks(nextToken: $nextToken) ${selection} }`,
      {},
    );
    expect(all).toHaveLength(RECORDS);

    let chosen = 0;
    for (let i = 0; i < FILTERS; i += 1) {
      const filter = randomFilter(random, 2);
      const limit = random(30) + 8;
      const expected = ids(all.filter((record) => holds(filter, record)));
      const shown = `filter ${i}: ${JSON.stringify(filter)}`;
      const listed = await pagesOf(
        gateway,
        `query ($filter: ModelTaskFilterInput, $limit: Int, $nextToken: String) {
          listTasks(filter: $filter, limit: $limit, nextToken: $nextToken) ${selection}
        }`,
        { filter, limit },
      );
      expect(ids(listed), shown).toEqual(expected);
      const delta = await pagesOf(
        gateway,
        `query ($filter: ModelTaskFilterInput, $limit: Int, $nextToken: String) {
          syncTasks(lastSync: ${all[0]?._lastChangedAt - 60_000}, filter: $filter, limit: $limit, nextToken: $nextToken) ${selection}
        }`,
        { filter, limit },
      );
      expect(ids(delta), shown).toEqual(expected);
      if (expected.length > 0 && expected.length < RECORDS) chosen += 1;
    }
    expect(chosen).toBeGreaterThan(FILTERS / 3);
  });
});

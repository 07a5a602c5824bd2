/** One run: the stores, the oracle and what the app has in hand, and the comparison of stores and oracle after each call. */
import type { DataStoreInstance } from "@tributary/datastore/core";
import type { ModelInstance, UndoManager } from "@tributary/datastore/node";
import type { Values } from "@tributary/model";
import { expect } from "vitest";
import { createRandom, type Random } from "../../src/cluster/random.ts";
import {
  type DrawnPredicate,
  type DrawnSortKey,
  drawPredicate,
  drawSort,
  holds,
  leadsOn,
  modelAt,
  predicateFunction,
  sortFunction,
} from "../../src/oracle/drawn-query.ts";
import { type DrawnModel, drawSchema } from "../../src/oracle/drawn-schema.ts";
import { createRecordOracle, type HeldInstance, type RecordOracle, Refusal } from "../../src/oracle/record-oracle.ts";
import { type OneStore, openThreeStores, valuesIn } from "../three-stores.ts";

/** An instance as each store's app holds it. */
export interface Handle {
  readonly held: HeldInstance;
  readonly instances: readonly ModelInstance[];
}

interface Live {
  readonly model: DrawnModel;
  readonly where: DrawnPredicate | null;
  readonly sort: readonly DrawnSortKey[];
  /** The last snapshot of each store. */
  readonly shown: (readonly Values[])[];
}

export interface Run {
  readonly random: Random;
  readonly oracle: RecordOracle;
  readonly stores: readonly OneStore[];
  readonly models: readonly DrawnModel[];
  readonly handles: Handle[];
  /** What observers of everything, then of some, heard since the last call, by store. */
  readonly heard: string[][];
  /** By model: what its observers hear of. */
  readonly observed: ReadonlyMap<DrawnModel, DrawnPredicate>;
  readonly undoManagers: readonly UndoManager[];
  readonly live: readonly Live[];
  readonly log: string[];
}

export type AnyCall = (...args: readonly unknown[]) => Promise<unknown>;

export function callsOf(store: DataStoreInstance): Readonly<Record<string, AnyCall>> {
  return store as unknown as Readonly<Record<string, AnyCall>>;
}

/** How often each kind of call was made, over all runs. */
export const total: Record<string, number> = {};

export function count(what: string): void {
  total[what] = (total[what] ?? 0) + 1;
}

export async function startRun(seed: number): Promise<Run> {
  const random = createRandom(seed);
  const schema = drawSchema(random);
  const oracle = createRecordOracle(schema);
  const stores = openThreeStores(schema.sdl, createRandom(seed + 1_000_000));
  const heard = stores.map((): string[] => []);
  const live = schema.models.map((model, i): Live => {
    const where = i % 2 === 0 ? null : drawPredicate(random, oracle, model, 2, true);
    const sort = drawSort(random, oracle, model, true);
    // Without a look through relations ties stand by arrival in the result, of which the oracle knows nothing.
    const isOwn = (where === null || !leadsOn(where)) && sort.every(({ path }) => path.length === 0);
    const byKey = model.key.map((field): DrawnSortKey => ({ path: [], field, direction: "ASCENDING" }));
    return { model, where, sort: isOwn ? [...sort, ...byKey] : sort, shown: [] };
  });
  const observed = new Map(schema.models.map((model) => [model, drawPredicate(random, oracle, model, 1, false)]));
  const undoManagers = stores.map(({ store }) => store.createUndoManager());
  const known = { random, oracle, stores, models: schema.models, live, observed, undoManagers, heard };
  const run: Run = { ...known, handles: [], log: [schema.sdl] };
  for (const [i, one] of stores.entries()) await watch(run, one, i);
  return run;
}

async function watch({ heard, live, oracle, observed }: Run, { store, classOf }: OneStore, i: number): Promise<void> {
  store.observe().subscribe(({ opType, element, model }) => {
    const drawn = modelAt(oracle, (model as { readonly name: string }).name);
    heard[i]?.push(`${opType} ${drawn.name} ${oracle.keyOf(drawn, valuesIn(drawn, element))}`);
  });
  for (const [model, where] of observed) {
    store.observe(classOf(model), predicateFunction(where) as never).subscribe(({ opType, element }) => {
      heard[i]?.push(`some: ${opType} ${model.name} ${oracle.keyOf(model, valuesIn(model, element))}`);
    });
  }
  for (const { model, where, sort, shown } of live) {
    const criteria = where === null ? undefined : predicateFunction(where);
    const options = { sort: sortFunction(sort) };
    const observed = store.observeQuery(classOf(model), criteria as never, options as never);
    observed.subscribe(({ items }) => {
      shown[i] = items.map((item) => valuesIn(model, item));
    });
  }
  await store.start();
}

type Outcome<Result> = { readonly value: Result } | { readonly refusal: string };

export function outcomeOf<Result>(work: () => Result): Outcome<Result> {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.message };
    throw error;
  }
}

/** The oracle says what is to come; each store does it, and answers the same. */
export async function expectOf<Expected, Answer>(
  { stores }: Run,
  expected: Outcome<Expected>,
  call: (one: OneStore, i: number) => Promise<Answer> | Answer,
  check: (answer: Answer, expected: Expected, one: OneStore) => void,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const [i, one] of stores.entries()) {
    if ("refusal" in expected) {
      const refused = (async () => call(one, i))();
      await expect(refused, `${one.name} refuses`).rejects.toThrow(expected.refusal);
      continue;
    }
    const answer = await call(one, i);
    check(answer, expected.value, one);
    answers.push(answer);
  }
  return answers;
}

/** Every store holds and told what the oracle says. */
export async function expectAlike(run: Run): Promise<void> {
  const { oracle, stores, models, heard, live, observed } = run;
  const events = oracle.takeEvents().flatMap(({ opType, model: name, key, values }) => {
    const model = modelAt(oracle, name);
    const where = observed.get(model);
    const told = `${opType} ${name} ${key}`;
    return where !== undefined && holds(oracle, model, where, values) ? [told, `some: ${told}`] : [told];
  });
  for (const [i, one] of stores.entries()) {
    expect(heard[i]?.splice(0).sort(), `${one.name} told`).toEqual([...events].sort());
    for (const model of models) {
      const found = await one.store.query(one.classOf(model));
      expectValues(
        found.map((record) => valuesIn(model, record)),
        oracle.all(model.name),
        `${one.name} holds ${model.name}`,
      );
    }
    expect((await one.store.status()).unsent, `${one.name} unsent`).toBe(oracle.unsent);
    for (const query of live) await expectLive(run, one, i, query);
  }
}

async function expectLive({ oracle }: Run, one: OneStore, i: number, live: Live): Promise<void> {
  const { model, where, sort, shown } = live;
  const wanted = JSON.stringify(oracle.query(model, { where, sort, limit: 0, page: 0 }));
  for (let turns = 0; turns < 100 && JSON.stringify(shown[i]) !== wanted; turns++) {
    one.runTimers();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const what = `${one.name} shows ${model.name} ${JSON.stringify({ where, sort })}`;
  expectValues(shown[i] ?? [], JSON.parse(wanted) as Values[], what);
}

/** By text: it tells -0 from 0 and one order of keys from another. */
export function expectValues(found: readonly Values[], wanted: readonly Values[], what: string): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) expect(found, what).toEqual(wanted);
  expect(JSON.stringify(found), what).toBe(JSON.stringify(wanted));
}

export function keyArgument(model: DrawnModel, values: Values): unknown {
  const [first = "id", ...more] = model.key;
  if (more.length === 0) return values[first];
  return Object.fromEntries(model.key.map((name) => [name, values[name]]));
}

/** Calls that read: queries, counts, aggregates and searches. */
import type { ModelInstance } from "@tributary/datastore/node";
import type { JsonValue, Values } from "@tributary/model";
import { expect } from "vitest";
import {
  compareValues,
  drawPredicate,
  drawSort,
  holds,
  leadsOn,
  predicateFunction,
  sortFunction,
} from "../../src/oracle/drawn-query.ts";
import type { DrawnField, DrawnModel } from "../../src/oracle/drawn-schema.ts";
import { isSameValue } from "../../src/oracle/drawn-values.ts";
import { valuesIn } from "../three-stores.ts";
import { callsOf, count, expectOf, expectValues, keyArgument, type Run } from "./run.ts";

export function drawQuery({ random, oracle }: Run, model: DrawnModel) {
  const where = random.chance(0.8) ? drawPredicate(random, oracle, model, 3, true) : null;
  const limit = random.chance(0.4) ? 1 + random.int(4) : 0;
  return { where, sort: drawSort(random, oracle, model, true), limit, page: limit > 0 ? random.int(3) : 0 };
}

export async function query(run: Run): Promise<void> {
  for (let i = 0; i < 3; i++) await queryOnce(run);
}

async function queryOnce(run: Run): Promise<void> {
  const { random, oracle, models, log } = run;
  const model = random.pick(models);
  const drawn = drawQuery(run, model);
  const { where, sort, limit, page } = drawn;
  const found = oracle.query(model, drawn);
  log.push(
    `query ${model.name} ${JSON.stringify(drawn)} -> ${JSON.stringify(found.map((one) => oracle.keyOf(model, one)))}`,
  );
  count(found.length === 0 ? "query of nothing" : "query");
  if (where !== null && leadsOn(where)) count("query through relations");
  if (sort.some(({ path }) => path.length > 0) && found.length > 1) count("sort through relations");
  const criteria = where === null ? undefined : predicateFunction(where);
  const options = { sort: sortFunction(sort), ...(limit === 0 ? {} : { limit, page }) };
  const answers = await expectOf(
    run,
    { value: found },
    (one) => callsOf(one.store).query?.(one.classOf(model), criteria, options) as Promise<readonly ModelInstance[]>,
    (answer, wanted, one) =>
      expectValues(
        answer.map((record) => valuesIn(model, record)),
        wanted,
        `${one.name} answers`,
      ),
  );
  const counted = oracle.query(model, { ...drawn, limit: 0 }).length;
  await expectOf(
    run,
    { value: counted },
    (one) => callsOf(one.store).count?.(one.classOf(model), criteria) as Promise<unknown>,
    (answer, wanted, one) => expect(answer, `${one.name} counts`).toBe(wanted),
  );
  // What was read is in the app's hands from now on.
  for (const [at, values] of found.entries()) {
    if (!random.chance(0.3)) continue;
    const instances = answers.map((answer) => answer[at] as ModelInstance);
    run.handles.push({ held: { model, values, source: null, isStored: true }, instances });
  }
}

export async function queryByKey(run: Run): Promise<void> {
  const { random, oracle, models } = run;
  const model = random.pick(models);
  const all = oracle.all(model.name);
  if (all.length === 0) return;
  const values = random.pick(all);
  count("query by key");
  await expectOf(
    run,
    { value: values },
    (one) => callsOf(one.store).query?.(one.classOf(model), keyArgument(model, values)) as Promise<unknown>,
    (answer, wanted, one) => expectValues([valuesIn(model, answer)], [wanted], `${one.name} answers`),
  );
}

const measured = new Set(["Int", "Float", "AWSTimestamp"]);

const isSingle = ({ kind, type, isList }: DrawnField): boolean => !isList && kind !== "embedded" && type !== "AWSJSON";

export async function aggregate(run: Run): Promise<void> {
  const { random, oracle, models, log } = run;
  const model = random.pick(models);
  const singles = model.fields.filter(isSingle);
  const groupBy = singles.filter(() => random.chance(0.15)).map(({ name }) => name);
  const summed = singles.filter(({ type }) => measured.has(type)).map(({ name }) => name);
  const ordered = singles.filter(({ type }) => type !== "Boolean").map(({ name }) => name);
  const where = random.chance(0.5) ? drawPredicate(random, oracle, model, 1, true) : null;
  const found = oracle.all(model.name).filter((values) => where === null || holds(oracle, model, where, values));
  const groups = groupsOf(model, groupBy, found);
  log.push(`aggregate ${model.name} ${JSON.stringify({ groupBy, where })}`);
  count("aggregate");
  const options: Readonly<Record<string, readonly string[]>> = {
    groupBy,
    sum: summed,
    avg: summed,
    min: ordered,
    max: ordered,
  };
  type Group = Readonly<Record<"group" | "sum" | "avg" | "min" | "max", Values>> & { readonly count: number };
  await expectOf(
    run,
    { value: groups },
    (one) =>
      callsOf(one.store).aggregate?.(one.classOf(model), {
        ...options,
        ...(where === null ? {} : { where: predicateFunction(where) }),
      }) as Promise<readonly Group[]>,
    (answer, wanted, { name }) => {
      expect(
        answer.map(({ group, count: size }) => ({ group, size })),
        name,
      ).toEqual(wanted.map(({ group, records }) => ({ group, size: records.length })));
      for (const [i, { records }] of wanted.entries()) {
        for (const field of model.fields) {
          const held = records.flatMap((values) => values[field.name] ?? []);
          if (summed.includes(field.name)) expectSum(answer[i], field.name, held as number[], name);
          if (!ordered.includes(field.name)) continue;
          const inOrder = [...held].sort((left, right) => compareValues(field, left, right));
          expect([answer[i]?.min[field.name], answer[i]?.max[field.name]], `${name} ${field.name}`).toEqual([
            inOrder[0] ?? null,
            inOrder.at(-1) ?? null,
          ]);
        }
      }
    },
  );
}

function expectSum(
  answer: { readonly sum: Values; readonly avg: Values } | undefined,
  field: string,
  held: readonly number[],
  what: string,
): void {
  const sum = held.reduce((one, other) => one + other, 0);
  // The order of additions is the database's, and rounds its own way.
  const slack = held.reduce((one, other) => one + Math.abs(other), 0) * 1e-12;
  expect(Math.abs(Number(answer?.sum[field]) - sum), `${what} sum of ${field}`).toBeLessThanOrEqual(slack);
  if (held.length === 0) expect(answer?.avg[field], `${what} average of ${field}`).toBeNull();
  else expect(Math.abs(Number(answer?.avg[field]) - sum / held.length), what).toBeLessThanOrEqual(slack);
}

function groupsOf(model: DrawnModel, groupBy: readonly string[], found: readonly Values[]) {
  const groups: { readonly group: Values; readonly records: Values[] }[] = [];
  for (const values of found) {
    const group = Object.fromEntries(groupBy.map((name) => [name, values[name] ?? null]));
    const known = groups.find((one) => isSameValue(one.group, group));
    if (known === undefined) groups.push({ group, records: [values] });
    else known.records.push(values);
  }
  if (groupBy.length === 0 && groups.length === 0) groups.push({ group: {}, records: [] });
  const fields = model.fields.filter(({ name }) => groupBy.includes(name));
  const inOrder = groupBy.flatMap((name) => fields.filter((field) => field.name === name));
  return groups.sort((left, right) => {
    for (const field of inOrder) {
      const compared = compareValues(field, left.group[field.name] ?? null, right.group[field.name] ?? null);
      if (compared !== 0) return compared;
    }
    return 0;
  });
}

export async function search(run: Run): Promise<void> {
  const { random, oracle, models, log } = run;
  const model = random.pick(models);
  const text = random.pick(["lamp", "la", "oil LAMP", "cafe", "au caf", "old", "1", "xx", "nobody", "lamp!", "a"]);
  const names = model.fields
    .filter(({ type, isList, name }) => type === "String" && !isList && !model.key.includes(name))
    .map(({ name }) => name);
  const fields = random.chance(0.5) ? names : [random.pick(names)];
  const found = oracle.all(model.name).filter((values) => {
    const words = fields.flatMap((name) => wordsOf(values[name] ?? null));
    return wordsOf(text).every((word) => words.some((one) => one.startsWith(word)));
  });
  log.push(`search ${model.name} ${text} in ${fields} -> ${found.length}`);
  count(found.length === 0 ? "search for nothing" : "search");
  const byKey = (left: Values, right: Values): number =>
    oracle.keyOf(model, left) < oracle.keyOf(model, right) ? -1 : 1;
  await expectOf(
    run,
    { value: [...found].sort(byKey) },
    (one) => one.store.search(one.classOf(model), text, { fields }),
    (answer, wanted, one) =>
      expectValues(answer.map((record) => valuesIn(model, record)).sort(byKey), wanted, `${one.name} finds`),
  );
}

function wordsOf(value: JsonValue): string[] {
  if (typeof value !== "string") return [];
  const plain = value.normalize("NFD").replaceAll(/([a-zA-Z])\p{Mn}+/gu, "$1");
  return plain.toLowerCase().match(/[\p{L}\p{N}\p{Co}\p{M}]+/gu) ?? [];
}

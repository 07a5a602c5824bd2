/** Transactions: saves, deletions and queries that see each other. */
import { expect } from "vitest";
import { predicateFunction, sortFunction } from "../../src/oracle/drawn-query.ts";
import { Refusal } from "../../src/oracle/record-oracle.ts";
import { type OneStore, valuesIn } from "../three-stores.ts";
import { drawHandle } from "./drawn-instances.ts";
import { drawQuery } from "./reading.ts";
import { type AnyCall, count, expectOf, expectValues, type Handle, outcomeOf, type Run } from "./run.ts";

type TransactionCall = (tx: Readonly<Record<string, AnyCall>>, one: OneStore, i: number) => Promise<void>;

/** Saves, deletions and queries that see each other; some end with an error, and leave nothing. */
export async function transaction(run: Run): Promise<void> {
  const { random, oracle, log } = run;
  const isThrowing = random.chance(0.3);
  const drawn: Handle[] = [];
  for (let i = 0; i < 1 + random.int(4); i++) {
    const handle = await drawHandle(run);
    if (handle !== null) drawn.push(handle);
  }
  const stored = run.handles.map(({ held }) => held.isStored);
  const calls: TransactionCall[] = [];
  const expected = outcomeOf(() =>
    oracle.atomically(() => {
      for (const handle of drawn) {
        if (!oracle.isListContested(handle.held)) calls.push(saveInside(run, handle));
        if (random.chance(0.3)) calls.push(deleteInside(run));
        if (random.chance(0.6)) calls.push(queryInside(run));
      }
      if (isThrowing) throw new Refusal("changed my mind");
    }),
  );
  if ("refusal" in expected) for (const [i, { held }] of run.handles.entries()) held.isStored = stored[i] ?? false;
  log.push(`transaction of ${calls.length} calls -> ${JSON.stringify(expected)}`);
  count(isThrowing ? "transaction taken back" : "transaction");
  await expectOf(
    run,
    expected,
    (one, i) =>
      one.store.transaction(async (tx) => {
        for (const call of calls) await call(tx as unknown as Readonly<Record<string, AnyCall>>, one, i);
        if (isThrowing) throw new Error("changed my mind");
      }),
    () => undefined,
  );
}

function saveInside({ oracle, log }: Run, { held, instances }: Handle): TransactionCall {
  const expected = outcomeOf(() => oracle.save(held, null));
  log.push(`  tx.save ${held.model.name} ${JSON.stringify(held.values)} -> ${JSON.stringify(expected)}`);
  return async (tx, one, i) => {
    const saved = (async () => tx.save?.(instances[i]))();
    if ("refusal" in expected) await expect(saved, one.name).rejects.toThrow(expected.refusal);
    else expectValues([valuesIn(held.model, await saved)], [expected.value], `${one.name} tx.save`);
  };
}

function deleteInside({ random, oracle, handles, log }: Run): TransactionCall {
  const { held, instances } = random.pick(handles);
  const key = oracle.keyOf(held.model, held.values);
  oracle.remove(held.model, [key], null);
  log.push(`  tx.delete ${held.model.name} ${key}`);
  return async (tx, _one, i) => void (await tx.delete?.(instances[i]));
}

function queryInside(run: Run): TransactionCall {
  const { random, oracle, models, log } = run;
  const model = random.pick(models);
  const drawn = drawQuery(run, model);
  const { where, sort, limit, page } = drawn;
  const found = oracle.query(model, drawn);
  log.push(
    `  tx.query ${model.name} ${JSON.stringify(drawn)} -> ${JSON.stringify(found.map((one) => oracle.keyOf(model, one)))}`,
  );
  if (found.length > 0) count("query inside");
  const criteria = where === null ? undefined : predicateFunction(where);
  const options = { sort: sortFunction(sort), ...(limit === 0 ? {} : { limit, page }) };
  return async (tx, one) => {
    const answer = (await tx.query?.(one.classOf(model), criteria, options)) as readonly unknown[];
    expectValues(
      answer.map((record) => valuesIn(model, record)),
      found,
      `${one.name} tx.query`,
    );
  };
}

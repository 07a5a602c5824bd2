/** Calls that write: saves of one and of many, deletions, and what takes them back. */
import type { ModelInstance } from "@tributary/datastore/node";
import type { Values } from "@tributary/model";
import { expect } from "vitest";
import { type DrawnPredicate, drawPredicate, holds, predicateFunction } from "../../src/oracle/drawn-query.ts";
import type { DrawnModel } from "../../src/oracle/drawn-schema.ts";
import type { HeldInstance } from "../../src/oracle/record-oracle.ts";
import { valuesIn } from "../three-stores.ts";
import { drawHandle } from "./drawn-instances.ts";
import { callsOf, count, expectOf, expectValues, type Handle, keyArgument, outcomeOf, type Run } from "./run.ts";

function drawCondition({ random, oracle }: Run, model: DrawnModel, chance: number): DrawnPredicate | null {
  return random.chance(chance) ? drawPredicate(random, oracle, model, 1, false) : null;
}

export async function save(run: Run): Promise<void> {
  const handle = await drawHandle(run);
  if (handle === null) return;
  const { oracle, log } = run;
  const { held, instances } = handle;
  const condition = drawCondition(run, held.model, 0.3);
  const isKnown = oracle.find(held.model, oracle.keyOf(held.model, held.values)) !== undefined;
  const expected = outcomeOf(() => oracle.save(held, condition));
  log.push(`save ${held.model.name} ${JSON.stringify(condition)} -> ${JSON.stringify(expected)}`);
  count("refusal" in expected ? `save: ${expected.refusal.slice(0, 9)}` : isKnown ? "edit" : "create");
  const criteria = condition === null ? undefined : predicateFunction(condition);
  await expectOf(
    run,
    expected,
    (one, i) => callsOf(one.store).save?.(instances[i], criteria) as Promise<unknown>,
    (saved, values, one) => expectValues([valuesIn(held.model, saved)], [values], `${one.name} answers`),
  );
}

/** Several saves in one turn share a transaction, and each is for itself. */
export async function saveSideBySide(run: Run): Promise<void> {
  const drawn = await drawSeveral(run);
  const expected = drawn.map(({ held }) => outcomeOf(() => run.oracle.save(held, null)));
  run.log.push(`save side by side ${JSON.stringify(expected)}`);
  count("side by side");
  for (const [i, one] of run.stores.entries()) {
    const all = await Promise.allSettled(drawn.map(({ instances }) => one.store.save(instances[i] as ModelInstance)));
    for (const [at, result] of all.entries()) {
      const wanted = expected[at];
      if (wanted === undefined) continue;
      const what = `${one.name} at ${at}`;
      if ("refusal" in wanted) {
        expect(result.status, what).toBe("rejected");
        expect(String((result as PromiseRejectedResult).reason), what).toContain(wanted.refusal);
      } else expect(result.status === "rejected" ? String(result.reason) : "", what).toBe("");
    }
  }
}

function isSameRecord({ oracle }: Run, left: HeldInstance, right: HeldInstance): boolean {
  return (
    left.model === right.model && oracle.keyOf(left.model, left.values) === oracle.keyOf(right.model, right.values)
  );
}

/** Of different records. */
async function drawSeveral(run: Run): Promise<readonly Handle[]> {
  const drawn: Handle[] = [];
  for (let i = 0; i < 3; i++) {
    const handle = await drawHandle(run);
    if (handle !== null && !drawn.some(({ held }) => isSameRecord(run, held, handle.held))) drawn.push(handle);
  }
  return drawn;
}

export async function saveAll(run: Run): Promise<void> {
  const drawn = await drawSeveral(run);
  const { oracle, log } = run;
  let at = -1;
  const stored = drawn.map(({ held }) => held.isStored);
  const expected = outcomeOf(() =>
    oracle.atomically(() =>
      drawn.map(({ held }) => {
        at += 1;
        return oracle.save(held, null);
      }),
    ),
  );
  if ("refusal" in expected) for (const [i, { held }] of drawn.entries()) held.isStored = stored[i] ?? false;
  log.push(`saveAll ${JSON.stringify(expected)}`);
  count("refusal" in expected ? "refused saveAll" : "saveAll");
  const outcome = "refusal" in expected ? { refusal: `at ${at} of the list: ${expected.refusal}` } : expected;
  await expectOf(
    run,
    outcome,
    (one, i) => one.store.saveAll(drawn.map(({ instances }) => instances[i] as ModelInstance)),
    (saved, values, one) => {
      const found = saved.map((record, n) => valuesIn(drawn[n]?.held.model as DrawnModel, record));
      expectValues(found, values, `${one.name} answers`);
    },
  );
}

export async function deleteInstance(run: Run): Promise<void> {
  const { random, oracle, handles, log } = run;
  if (handles.length === 0) return;
  const { held, instances } = random.pick(handles);
  const { model, values } = held;
  const key = oracle.keyOf(model, values);
  const condition = drawCondition(run, model, 0.4);
  const isThere = oracle.find(model, key) !== undefined;
  const expected = outcomeOf(() => oracle.remove(model, [key], condition));
  log.push(`delete ${model.name} ${key} ${JSON.stringify(condition)} -> ${JSON.stringify(expected)}`);
  count("refusal" in expected ? "refused delete" : isThere ? "delete" : "delete of nothing");
  const criteria = condition === null ? undefined : predicateFunction(condition);
  await expectOf(
    run,
    expected,
    (one, i) => callsOf(one.store).delete?.(instances[i], criteria) as Promise<unknown>,
    (answer, [removed], one) => {
      if (removed !== undefined) expectValues([valuesIn(model, answer)], [removed], `${one.name} answers`);
    },
  );
}

export async function deleteMany(run: Run): Promise<void> {
  const { random, oracle, models, log } = run;
  const model = random.pick(models);
  const all = oracle.all(model.name);
  const isByKey = all.length > 0 && random.chance(0.5);
  const where = isByKey ? null : drawPredicate(random, oracle, model, 2, false);
  const chosen = isByKey
    ? [random.pick(all)]
    : all.filter((values) => where !== null && holds(oracle, model, where, values));
  if (!isByKey && chosen.length > 4) return;
  const removed = oracle.remove(
    model,
    chosen.map((values) => oracle.keyOf(model, values)),
    null,
  );
  log.push(`delete many ${model.name} ${JSON.stringify(where ?? chosen)} -> ${removed.length}`);
  count(isByKey ? "delete by key" : "delete by predicate");
  const byKey = (left: Values, right: Values): number =>
    oracle.keyOf(model, left) < oracle.keyOf(model, right) ? -1 : 1;
  await expectOf(
    run,
    { value: [...removed].sort(byKey) },
    (one) => {
      const criteria = where === null ? keyArgument(model, chosen[0] ?? {}) : predicateFunction(where);
      return callsOf(one.store).delete?.(one.classOf(model), criteria) as Promise<readonly unknown[]>;
    },
    (answer, wanted, one) => {
      const found = answer.map((record) => valuesIn(model, record)).sort(byKey);
      expectValues(found, wanted, `${one.name} answers`);
    },
  );
}

export async function takeBack(run: Run): Promise<void> {
  for (let i = 0; i < 3; i++) await takeBackOnce(run);
}

async function takeBackOnce(run: Run): Promise<void> {
  const { random, oracle, stores, models, undoManagers, log } = run;
  const call = random.chance(0.6) ? "undo" : "redo";
  const hasChanged = oracle[call]();
  log.push(`${call} -> ${hasChanged}`);
  count(`${call} ${hasChanged}`);
  await expectOf(
    run,
    { value: hasChanged },
    (_one, i) => undoManagers[i]?.[call](),
    (answer, wanted, one) => expect(answer, `${one.name} ${call}`).toBe(wanted),
  );
  const [first] = stores;
  for (const model of first === undefined ? [] : models) {
    const found = await first?.store.query(first.classOf(model));
    const keys = (found ?? []).map((record) => oracle.keyOf(model, valuesIn(model, record)));
    oracle.reorder(model, keys);
  }
}

export async function restart(run: Run): Promise<void> {
  run.log.push("restart");
  count("restart");
  for (const { store } of run.stores) await store.stop();
}

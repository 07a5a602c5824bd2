/**
 * The DataStore API against an oracle: random schemas, values and calls on memory, SQLite and IndexedDB at once. After every
 * call each store must have answered what the oracle says, told its observers of it, and hold the same records.
 */
import { describe, expect, it } from "vitest";
import type { Random } from "../src/cluster/random.ts";
import { misuse } from "./data-store-api/misuse.ts";
import { aggregate, query, queryByKey, search } from "./data-store-api/reading.ts";
import { expectAlike, type Run, startRun, total } from "./data-store-api/run.ts";
import { transaction } from "./data-store-api/transaction.ts";
import {
  deleteInstance,
  deleteMany,
  restart,
  save,
  saveAll,
  saveSideBySide,
  takeBack,
} from "./data-store-api/writing.ts";

/** More runs for a long session: `TRIBUTARY_FUZZ=200`. */
const RUNS = Number(process.env.TRIBUTARY_FUZZ ?? 16);

const firstSeed = Number(process.env.TRIBUTARY_SEED ?? 1);

const STEPS = 70;

/** Steps that fill the databases. */
const FIRST_SAVES = 16;

const steps: readonly (readonly [number, (run: Run) => Promise<void>])[] = [
  [34, save],
  [5, saveSideBySide],
  [6, saveAll],
  [6, deleteInstance],
  [4, deleteMany],
  [16, query],
  [3, queryByKey],
  [5, aggregate],
  [4, search],
  [10, transaction],
  [8, takeBack],
  [2, restart],
  [6, misuse],
];

function drawStep(random: Random): (run: Run) => Promise<void> {
  let roll = random.int(steps.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, step] of steps) {
    roll -= weight;
    if (roll < 0) return step;
  }
  return save;
}

describe("the DataStore API on memory, SQLite and IndexedDB", () => {
  for (let seed = firstSeed; seed < firstSeed + RUNS; seed++) {
    it(`API-1 does what its rules say, seed ${seed}`, async () => {
      const run = await startRun(seed);
      try {
        for (let i = 0; i < STEPS; i++) {
          const step = i < FIRST_SAVES ? save : drawStep(run.random);
          await step(run);
          if (step !== takeBack) run.oracle.endStep();
          await expectAlike(run);
        }
      } catch (error) {
        const failed = error instanceof Error ? error : new Error(String(error));
        failed.message = `${failed.message}\n${run.log.join("\n")}`;
        throw failed;
      }
    });
  }

  it("API-1 did real work of every kind", () => {
    const often = { create: 8, edit: 4, query: 4, "query through relations": 3, "refused value": 2, "refused edit": 1 };
    for (const [kind, times] of Object.entries(often)) expect(total[kind] ?? 0, kind).toBeGreaterThan(times * RUNS);
    const others = [
      "side by side",
      "saveAll",
      "transaction",
      "transaction taken back",
      "query inside",
      "delete",
      "delete by key",
      "delete by predicate",
      "query by key",
      "sort through relations",
      "aggregate",
      "undo true",
      "misuse",
      "restart",
    ];
    for (const kind of others) expect(total[kind] ?? 0, kind).toBeGreaterThan(RUNS / 4);
    for (const kind of [
      "search",
      "redo true",
      "save: Condition",
      "save: Data inte",
      "refused delete",
      "refused saveAll",
    ]) {
      expect(total[kind] ?? 0, kind).toBeGreaterThan(0);
    }
  });
});

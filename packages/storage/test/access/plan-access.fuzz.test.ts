import { describe, expect, it } from "vitest";
import { intervalsOf } from "../../src/access/column-intervals.ts";
import { planAccess } from "../../src/access/plan-access.ts";
import { compareCells, rowTest } from "../../src/condition.ts";
import { indexedDb, memory } from "../databases.ts";
import { createRandom } from "../random.ts";
import { answerTo, keyed, ordered, randomCondition, randomRows, randomScan } from "./random-scan.ts";

describe("intervalsOf", () => {
  for (const seed of [1, 2, 3]) {
    it(`STORE-27 bounds what a condition leaves of a column, and never leaves out a row that meets it, seed ${seed}`, () => {
      const random = createRandom(seed);
      const rows = randomRows(random, keyed, 60);
      let [bounded, narrowing] = [0, 0];
      for (let i = 0; i < 4000; i++) {
        const condition = randomCondition(random, rows);
        const known = intervalsOf(condition);
        const found = rows.filter(rowTest(keyed, condition));
        if (known === null) {
          expect(found, JSON.stringify(condition)).toEqual([]);
          continue;
        }
        for (const [column, intervals] of known) {
          const at = keyed.columns.findIndex(({ name }) => name === column);
          const lies = (cell: (typeof rows)[number][number]): boolean =>
            intervals.some(({ from, to }) => {
              const [low, high] = [compareCells(cell, from.cell), to === null ? -1 : compareCells(cell, to.cell)];
              return (from.isBehind ? low > 0 : low >= 0) && (to?.isBehind === true ? high <= 0 : high < 0);
            });
          expect(
            found.every((row) => lies(row[at]!)),
            `${column}: ${JSON.stringify(condition)}`,
          ).toBe(true);
          bounded++;
          if (rows.some((row) => !lies(row[at]!))) narrowing++;
        }
      }
      expect(bounded).toBeGreaterThan(2000);
      expect(narrowing).toBeGreaterThan(1000);
    });
  }
});

describe("planAccess", () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`STORE-27 scans answer the same along whatever they read, on IndexedDB and in memory, seed ${seed}`, async () => {
      const random = createRandom(seed);
      const adapters = [indexedDb.place()(), memory.place()()];
      const seen = new Map<string, number>();
      const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
      for (const adapter of adapters) {
        await adapter.open();
        await adapter.create([keyed, ordered]);
      }
      for (const layout of [keyed, ordered]) {
        const rows = randomRows(random, layout, 120);
        for (const adapter of adapters) {
          await adapter.commit({ writes: rows.map((row) => ({ kind: "insert", table: layout.name, row })) });
        }
        for (let i = 0; i < 700; i++) {
          const scan = randomScan(random, layout, rows);
          const wanted = answerTo(layout, rows, scan);
          for (const adapter of adapters) {
            expect(await adapter.scan(scan), `${adapter.name}: ${JSON.stringify(scan)}`).toEqual(wanted);
          }
          const { path, ranges, isDescending, isInOrder, sortedBy } = planAccess(layout, scan);
          count(typeof path === "string" ? path : path.name);
          if (wanted.length === 0) continue;
          if (isDescending) count("descending");
          if (isDescending && !isInOrder) count("descending, in part");
          if (isInOrder && scan.order !== undefined) count("in order");
          if (!isInOrder && sortedBy > 0) count("sorted in part");
          if (ranges.length > 1) count("several ranges");
          if (scan.after !== undefined) count("after");
        }
      }
      for (const adapter of adapters) await adapter.close();
      const kinds = ["insertion", "key", ...[...keyed.indexes, ...ordered.indexes].map(({ name }) => name)];
      const uses = ["descending", "descending, in part", "in order", "sorted in part", "several ranges", "after"];
      for (const what of [...kinds, ...uses]) expect(seen.get(what) ?? 0, what).toBeGreaterThan(5);
    });
  }
});

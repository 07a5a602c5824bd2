import type { ListStepsQuery, RecordListStep } from "@tributary/storage";
import { describe, expect, it } from "vitest";
import { createStoredListSteps } from "../src/list-steps.ts";

const MIB = 1024 * 1024;
const step: RecordListStep = { lists: {}, principal: "p", base: null };

/** Reads the steps behind versions of a note that is stored in version `storedVersion`, 0 for none. */
async function stepsBehind(storedVersion: number, froms: readonly number[]) {
  const asked: ListStepsQuery[] = [];
  const store = {
    async listSteps(query: ListStepsQuery) {
      asked.push(query);
      if (query.from === 1 || query.maxSize < 5 * MIB) return null;
      return { steps: Array.from({ length: query.to - query.from }, () => step), size: 5 * MIB };
    },
  };
  const bases = froms.map((from) => ({ model: "Note", key: "n", version: from }));
  const steps = createStoredListSteps({ store, storedVersion: () => storedVersion, since: 77 });
  await steps.read(bases);
  return { asked, counts: bases.map((base) => steps.since(base)?.length ?? null) };
}

describe("createStoredListSteps", () => {
  it("Q2 reads what lies between a version and the stored one, once", async () => {
    const { asked, counts } = await stepsBehind(5, [3, 3, 2]);
    const note = { model: "Note", key: "n", to: 5, since: 77 };
    expect(asked).toEqual([
      { ...note, from: 3, maxSize: 16 * MIB },
      { ...note, from: 2, maxSize: 11 * MIB },
    ]);
    expect(counts).toEqual([2, 2, 3]);
  });

  it("Q2 reads nothing for the stored version, for one that is not there yet, and for a record that is not there", async () => {
    expect(await stepsBehind(5, [5, 6])).toEqual({ asked: [], counts: [0, 0] });
    expect(await stepsBehind(0, [1])).toEqual({ asked: [], counts: [0] });
  });

  it("Q2 knows nothing behind a version of which too little is kept, or that lies too far back to be read for one write", async () => {
    expect((await stepsBehind(5, [1])).counts).toEqual([null]);
    expect(await stepsBehind(10_005, [4])).toEqual({ asked: [], counts: [null] });
    expect((await stepsBehind(10_005, [5])).counts).toEqual([10_000]);
    expect((await stepsBehind(9, [8, 7, 6, 5])).counts).toEqual([1, 2, 3, null]);
  });
});

/**
 * Updates put together at random out of what a document holds, honest and not: whatever the guard accepts reads the same after
 * it was stored, at every replica, in every order, and to Yjs.
 */
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import {
  createDocument,
  type DocumentState,
  foldDocument,
  judgeUpdate,
  mergeDocument,
  updateFromDocument,
  type Verdict,
} from "../../src/index.ts";
import { defaultGuardCaps } from "../../src/update/guard-caps.ts";
import { ALICE, at, create, message, NEW_YEAR, schema } from "../chat-model.ts";
import { createRandom, mutateBytes, type Random } from "../random.ts";
import { ANY, DELETED, GC, type RawClient, type RawStruct, rawUpdate, SKIP } from "../raw-update.ts";

const seed = Number(process.env.FUZZ_SEED ?? 11);
const CLIENTS = [ALICE, 3, 5];

interface Work {
  accepted: number;
  unchanged: number;
  gaps: number;
  readonly refused: Map<string, number>;
}

describe(`the guard, seed ${seed}`, () => {
  test("G1 G3 I1 what it accepts reads the same from the store, in another order, and to Yjs", () => {
    const work: Work = { accepted: 0, unchanged: 0, gaps: 0, refused: new Map() };
    for (let schedule = 0; schedule < 300; schedule++) {
      const random = createRandom(seed * 100_003 + schedule);
      const log: string[] = [];
      try {
        run(random, log, work);
      } catch (error) {
        throw new Error(`schedule ${schedule}:\n${log.join("\n")}`, { cause: error });
      }
    }
    expect(work.accepted).toBeGreaterThan(600);
    expect(work.unchanged).toBeGreaterThan(50);
    expect(work.gaps).toBeGreaterThan(500);
    for (const code of ["invalid", "unknownField", "regression", "deleted"]) {
      expect(work.refused.get(code) ?? 0, code).toBeGreaterThan(10);
    }
  });

  test("A5 G1 any bytes end in a verdict", () => {
    const random = createRandom(seed);
    const outcomes = new Map<string, number>();
    let before = first().state;
    for (let i = 0; i < 3000; i++) {
      const update = mutateBytes(random, randomUpdate(random, clocksOf(before)));
      const verdict = judge(before, update);
      outcomes.set(verdict.outcome, (outcomes.get(verdict.outcome) ?? 0) + 1);
      if (verdict.outcome === "accepted" && verdict.after.deleted === null && before.length < 2000)
        before = verdict.state;
    }
    expect(outcomes.get("refused")).toBeGreaterThan(1000);
    expect(outcomes.get("gap")).toBeGreaterThan(50);
    expect(outcomes.get("accepted")).toBeGreaterThan(10);
  });
});

function first(): { state: DocumentState; update: Uint8Array } {
  return createDocument(message, 0, create(at(0), { title: "a" }, { tags: ["x", "y", "z"] }), ALICE);
}

function judge(before: DocumentState, update: Uint8Array): Verdict {
  return judgeUpdate({
    schema,
    model: message,
    facet: 0,
    before,
    update,
    isOwnClientId: () => true,
    nowMs: NEW_YEAR + 3_600_000,
    driftMs: 60_000,
    caps: defaultGuardCaps,
  });
}

function run(random: Random, log: string[], work: Work): void {
  const created = first();
  let { state } = created;
  const updates = [created.update];
  for (let i = 0; i < 20; i++) {
    const update = randomUpdate(random, clocksOf(state));
    const verdict = judge(state, update);
    log.push(`${verdict.outcome} ${Buffer.from(update).toString("hex")}`);
    if (verdict.outcome === "gap") work.gaps += 1;
    if (verdict.outcome === "refused") work.refused.set(verdict.code, (work.refused.get(verdict.code) ?? 0) + 1);
    if (verdict.outcome !== "accepted") continue;
    expect(JSON.stringify(foldDocument(message, 0, verdict.state))).toBe(JSON.stringify(verdict.after));
    if (!verdict.changed) {
      work.unchanged += 1;
      continue;
    }
    work.accepted += 1;
    for (const sent of [update, verdict.update]) {
      expect(mergeDocument(message, 0, state, sent).fold).toEqual(verdict.after);
    }
    state = verdict.state;
    updates.push(verdict.update);
  }
  const fold = JSON.stringify(foldDocument(message, 0, state));
  expect(fold).toBe(JSON.stringify(foldDocument(message, 0, mergedAtRandom(random, updates))));
  const doc = new Y.Doc({ guid: "d" });
  Y.applyUpdate(doc, updateFromDocument(state));
  expect(doc.store.pendingStructs).toBeNull();
  expect(doc.getArray("tags").toJSON()).toEqual(foldDocument(message, 0, state).values.tags ?? []);
}

/** The same updates at a replica that gets them in another order, and what does not fit yet again later. */
function mergedAtRandom(random: Random, updates: readonly Uint8Array[]): DocumentState {
  let state: DocumentState | null = null;
  let waiting = [...updates];
  while (waiting.length > 0) {
    const tried = waiting.sort(() => random.int(3) - 1);
    waiting = [];
    for (const update of tried) {
      const merged = mergeDocument(message, 0, state, update);
      if (merged.isComplete) state = merged.state;
      else waiting.push(update);
    }
    if (waiting.length === tried.length) throw new Error("updates that were accepted in turn fit in no order");
  }
  if (state === null) throw new Error("there were no updates");
  return state;
}

type Clocks = ReadonlyMap<number, number>;

function clocksOf(state: DocumentState): Clocks {
  return Y.decodeStateVector(Y.encodeStateVectorFromUpdate(updateFromDocument(state)));
}

function randomUpdate(random: Random, clocks: Clocks): Uint8Array {
  const clients: RawClient[] = [];
  const deletes: [number, number, number][] = [];
  for (const client of CLIENTS.filter(() => random.chance(0.4))) {
    const next = clocks.get(client) ?? 0;
    const clock = Math.max(0, random.chance(0.8) ? next : next + random.int(5) - 3);
    const structs = Array.from({ length: 1 + random.int(3) }, () => randomStruct(random, clocks));
    clients.push({ client, clock, structs });
  }
  for (const client of CLIENTS.filter(() => random.chance(0.25))) {
    deletes.push([client, random.int((clocks.get(client) ?? 0) + 1), 1]);
  }
  return rawUpdate(clients, deletes);
}

function randomStruct(random: Random, clocks: Clocks): RawStruct {
  const idOf = (): [number, number] => {
    const client = random.pick(CLIENTS);
    return [client, random.int((clocks.get(client) ?? 0) + 2)];
  };
  const place: { origin?: [number, number]; right?: [number, number]; root?: string } = {};
  if (random.chance(0.5)) place.origin = idOf();
  if (random.chance(0.3)) place.right = idOf();
  place.root = random.pick(["tags", "tags", "tags", "$writes", "$writes", "marks", "nonsense"]);
  if (random.chance(0.04)) return { kind: random.pick([GC, SKIP]), length: 1 + random.int(2) };
  if (random.chance(0.05)) return { kind: DELETED, length: 1 + random.int(2), ...place };
  const isEntry =
    place.origin === undefined && place.right === undefined ? place.root === "$writes" : random.chance(0.3);
  const values = Array.from({ length: 1 + random.int(2) }, () => (isEntry ? randomEntry(random) : `v${random.int(9)}`));
  return { kind: ANY, values, ...place };
}

function randomEntry(random: Random): unknown {
  const t = at(random.int(6), random.pick(CLIENTS), random.int(2));
  if (random.chance(0.03)) return { t, f: { _deleted: true } };
  return { t, f: { [random.pick(["title", "body", "title", "body", "nonsense"])]: random.pick(["a", "b", "c"]) } };
}

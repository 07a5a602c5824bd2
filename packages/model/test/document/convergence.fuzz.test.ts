/**
 * Replicas that write, exchange part of what they hold, in any order and more than once, with clocks that disagree.
 *
 * What must come out is computed beside the documents, from the writes alone; and every update is also applied to a Y.Doc by
 * Yjs itself, which must read the same.
 */
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import {
  applyIntent,
  createDocument,
  createStampClock,
  type DocumentState,
  diffDocument,
  type Fold,
  foldDocument,
  type Intent,
  type JsonValue,
  mergeDocument,
  type Stamp,
  type StampClock,
  stateVectorOf,
  updateFromDocument,
  type Values,
} from "../../src/index.ts";
import { canonicalJson } from "../../src/validation/canonical.ts";
import { create, message, NEW_YEAR, stampsOf, update } from "../chat-model.ts";
import { createRandom, type Random } from "../random.ts";

const seed = Number(process.env.FUZZ_SEED ?? 2026);
const SCHEDULES = 300;

interface Replica {
  clientId: number;
  readonly clock: StampClock;
  state: DocumentState;
  /** As a relay acknowledged it, for P3: everything, nothing, or what it was some time ago. */
  acknowledged: DocumentState | null;
}

/** What the writes so far amount to, by rule. */
interface Expected {
  readonly registers: Map<string, { stamp: Stamp; value: JsonValue }>;
  deleted: Stamp | null;
  readonly inserted: Set<JsonValue>;
  readonly taken: Set<JsonValue>;
}

interface Work {
  writes: number;
  merges: number;
  incomplete: number;
  duplicates: number;
  concurrent: number;
  orderedByYjs: number;
  deletions: number;
}

describe.each([1, 2, 3, 4])(`replicas in random schedules, seed ${seed} part %i`, (part) => {
  test("I1 I2 I3 converge on the later writes and every insertion", () => {
    const work: Work = {
      writes: 0,
      merges: 0,
      incomplete: 0,
      duplicates: 0,
      concurrent: 0,
      orderedByYjs: 0,
      deletions: 0,
    };
    for (let schedule = 0; schedule < SCHEDULES; schedule++) {
      const scheduleSeed = seed * 1_000_003 + part * 10_007 + schedule;
      const log: string[] = [];
      try {
        run(createRandom(scheduleSeed), log, work);
      } catch (error) {
        throw new Error(`schedule ${scheduleSeed}:\n${log.join("\n")}`, { cause: error });
      }
    }
    expect(work.writes).toBeGreaterThan(SCHEDULES * 8);
    expect(work.merges).toBeGreaterThan(SCHEDULES * 2);
    expect(work.incomplete).toBeGreaterThan(SCHEDULES / 4);
    expect(work.duplicates).toBeGreaterThan(SCHEDULES / 2);
    expect(work.concurrent).toBeGreaterThan(SCHEDULES / 2);
    expect(work.orderedByYjs).toBeGreaterThan(SCHEDULES / 4);
    expect(work.deletions).toBeGreaterThan(SCHEDULES / 20);
  });
});

function run(random: Random, log: string[], work: Work): void {
  let now = NEW_YEAR;
  let elements = 0;
  const expected: Expected = { registers: new Map(), deleted: null, inserted: new Set(), taken: new Set() };
  const updates: Uint8Array[] = [];
  const first = createDocument(
    message,
    0,
    create(createStampClock({ now: () => now }).next(null, 1), { title: "first" }, { tags: ["e0"] }),
    1,
  );
  note(expected, first.fold.maxStamp, { id: "m1", title: "first" });
  expected.inserted.add("e0");
  updates.push(first.update);

  const replicas: Replica[] = Array.from({ length: 2 + random.int(4) }, (_, i) => {
    const skew = random.pick([0, 0, -90_000, 45_000, 3_600_000]);
    return {
      clientId: 100 + i * 1000 + (random.chance(0.5) ? 2 ** 50 : 0),
      clock: createStampClock({ now: () => now, offsetMs: skew }),
      state: first.state,
      acknowledged: first.state,
    };
  });

  const edit = (replica: Replica): void => {
    if (random.chance(0.05)) replica.clientId += 1 + random.int(5);
    const fold = foldDocument(message, 0, replica.state);
    const stamp = replica.clock.next(fold.maxStamp, replica.clientId);
    const intent = randomIntent(random, stamp, fold, () => `e${++elements}`);
    const acknowledged = random.chance(0.4) ? replica.state : random.chance(0.5) ? replica.acknowledged : null;
    const written = applyIntent(message, 0, replica.state, intent, replica.clientId, acknowledged);
    if (fold.deleted !== null) {
      expect(written).toBeNull();
      return;
    }
    log.push(`${replica.clientId} ${JSON.stringify(intent)}`);
    if (written === null) return;
    expect(written.fold).toEqual(foldDocument(message, 0, written.state));
    replica.state = written.state;
    updates.push(written.update);
    work.writes += 1;
    noteIntent(expected, fold, intent, work);
  };

  const receive = (replica: Replica, bytes: Uint8Array): void => {
    const before = Object.values(stampsOf(replica.state));
    const merged = mergeDocument(message, 0, replica.state, bytes);
    if (!merged.isComplete) {
      work.incomplete += 1;
      expect(merged.state).toBe(replica.state);
      return;
    }
    if (!merged.changed) {
      work.duplicates += 1;
      expect(merged.state).toBe(replica.state);
      return;
    }
    work.merges += 1;
    const after = Object.values(stampsOf(merged.state));
    if (before.some((stamp) => !after.includes(stamp))) work.concurrent += 1;
    replica.state = merged.state;
    if (random.chance(0.3)) replica.acknowledged = merged.state;
  };

  for (let step = 10 + random.int(25); step > 0; step--) {
    now += random.int(20_000);
    const replica = random.pick(replicas);
    if (random.chance(0.55)) {
      edit(replica);
    } else if (random.chance(0.5)) {
      // All that another replica holds and this one lacks; now and then all it holds.
      const other = random.pick(replicas);
      const known = random.chance(0.2) ? new Uint8Array([0]) : stateVectorOf(replica.state);
      receive(replica, diffDocument(other.state, known));
    } else {
      // Any update ever made: known already, next in order, or too early.
      receive(replica, random.pick(updates));
    }
  }

  // Everybody gets everything, each in another order.
  for (const replica of replicas) {
    for (const other of shuffled(random, replicas)) {
      const merged = mergeDocument(message, 0, replica.state, diffDocument(other.state, stateVectorOf(replica.state)));
      expect(merged.isComplete).toBe(true);
      replica.state = merged.state;
    }
  }
  const folds = replicas.map(({ state }) => foldDocument(message, 0, state));
  for (const [i, fold] of folds.entries()) {
    expect(JSON.stringify(fold), `replica ${i} against replica 0`).toBe(JSON.stringify(folds[0]));
  }
  const [fold] = folds;
  const [replica] = replicas;
  if (replica === undefined || fold === undefined) return;
  checkExpected(expected, replica.state, fold);
  checkAgainstYjs(random, updates, replica.state, fold, work);
}

function randomIntent(random: Random, stamp: Stamp, fold: Fold, element: () => string): Intent {
  if (random.chance(0.02)) return { op: "delete", stamp };
  const set: { [field: string]: JsonValue } = {};
  const lists: { [field: string]: { base: readonly JsonValue[]; value: readonly JsonValue[] } } = {};
  if (random.chance(0.8)) set[random.pick(["title", "body", "likes"])] = random.int(1000);
  if (random.chance(0.3)) set["data"] = { b: random.int(3), a: [random.int(3)] };
  if (random.chance(0.4)) {
    const current = fold.values["tags"];
    const base = Array.isArray(current) ? (current as JsonValue[]) : [];
    const value = base.filter(() => random.chance(0.85));
    for (let i = random.int(3); i > 0; i--) value.splice(random.int(value.length + 1), 0, element());
    lists["tags"] = { base, value };
  }
  return update(stamp, set, lists);
}

function noteIntent(expected: Expected, before: Fold, intent: Intent, work: Work): void {
  if (intent.op === "delete") {
    work.deletions += 1;
    if (expected.deleted === null || intent.stamp > expected.deleted) expected.deleted = intent.stamp;
    return;
  }
  expect(intent.stamp > (before.maxStamp ?? "")).toBe(true);
  note(expected, intent.stamp, intent.set);
  const edit = intent.lists["tags"];
  if (edit === undefined) return;
  for (const element of edit.value) if (!edit.base.includes(element)) expected.inserted.add(element);
  for (const element of edit.base) if (!edit.value.includes(element)) expected.taken.add(element);
}

function note(expected: Expected, stamp: Stamp | null, fields: Values): void {
  if (stamp === null) throw new Error("a write has a stamp");
  for (const [field, value] of Object.entries(fields)) {
    const known = expected.registers.get(field);
    const isLater =
      known === undefined ||
      stamp > known.stamp ||
      (stamp === known.stamp && canonicalJson(value) > canonicalJson(known.value));
    if (isLater) expected.registers.set(field, { stamp, value });
  }
}

function checkExpected(expected: Expected, state: DocumentState, fold: Fold): void {
  const stamps = stampsOf(state);
  for (const [field, { stamp, value }] of expected.registers) {
    expect(canonicalJson(fold.values[field] ?? "missing"), field).toBe(canonicalJson(value));
    expect(stamps[field], field).toBe(stamp);
  }
  expect(fold.deleted).toBe(expected.deleted);
  const survivors = [...expected.inserted].filter((element) => !expected.taken.has(element)).sort();
  expect([...((fold.values["tags"] ?? []) as JsonValue[])].sort()).toEqual(survivors);
}

/** The same updates, in another order, in a Y.Doc; and the document at rest, in another. */
function checkAgainstYjs(
  random: Random,
  updates: readonly Uint8Array[],
  state: DocumentState,
  fold: Fold,
  work: Work,
): void {
  const live = new Y.Doc({ guid: "live" });
  for (const bytes of shuffled(random, updates)) Y.applyUpdate(live, bytes);
  const resting = new Y.Doc({ guid: "resting" });
  Y.applyUpdate(resting, updateFromDocument(state));
  expect(live.store.pendingStructs).toBeNull();
  expect(live.store.pendingDs).toBeNull();
  expect(Y.equalSnapshots(Y.snapshot(live), Y.snapshot(resting))).toBe(true);
  for (const doc of [live, resting]) {
    const entries = doc.getArray<{ t: Stamp; f: Values }>("$writes").toArray();
    const winners: Expected = { registers: new Map(), deleted: null, inserted: new Set(), taken: new Set() };
    for (const { t, f } of entries) note(winners, t, f);
    for (const [field, value] of Object.entries(fold.values)) {
      if (field !== "tags")
        expect(canonicalJson(winners.registers.get(field)?.value ?? "missing")).toBe(canonicalJson(value));
    }
    expect(doc.getArray("tags").toJSON()).toEqual(fold.values["tags"] ?? []);
    expect(entries.length).toBeLessThan(60);
  }
  if (new Set(Array.from(Y.decodeUpdate(updateFromDocument(state)).structs, ({ id }) => id.client)).size > 2)
    work.orderedByYjs += 1;
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const rest = [...list];
  const result: T[] = [];
  while (rest.length > 0) result.push(...rest.splice(random.int(rest.length), 1));
  return result;
}

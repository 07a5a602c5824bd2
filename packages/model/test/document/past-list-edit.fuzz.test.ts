/**
 * Writers who saw a list some versions ago, among replicas that edit it all the time. Yjs is the oracle: every version is kept as
 * a Y.Doc, and tells which elements stood in the list then, by their ids.
 */
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import {
  applyIntent,
  createDocument,
  type DocumentState,
  diffDocument,
  foldDocument,
  type JsonValue,
  judgeUpdate,
  type ListStep,
  mergeDocument,
  pastListEdit,
  stateVectorOf,
  updateFromDocument,
} from "../../src/index.ts";
import { defaultGuardCaps } from "../../src/update/guard-caps.ts";
import { at, create, message, NEW_YEAR, schema, update } from "../chat-model.ts";
import { createRandom, type Random } from "../random.ts";

const RELAY = 2 ** 50 + 7;
const SCHEDULES = 60;
const STEPS = 40;

interface Work {
  stale: number;
  /** Stale edits of a list that others had edited since. */
  overtaken: number;
  removedByOthers: number;
  stepsBack: number;
}

/** An element of the list in a Y.Doc. */
interface Item {
  readonly id: string;
  readonly value: JsonValue;
}

/** One that is deleted. */
interface GoneItem {
  readonly id: string;
  readonly value: undefined;
}

describe.each([31, 32, 33, 34])("stale edits of a list, seed %i", (seed) => {
  test("LIST-7 LIST-6 leave alone what their writer did not see, and do all that he did", () => {
    const work: Work = { stale: 0, overtaken: 0, removedByOthers: 0, stepsBack: 0 };
    for (let schedule = 0; schedule < SCHEDULES; schedule++) {
      const log: string[] = [];
      try {
        run(createRandom(seed * 10_007 + schedule), log, work);
      } catch (error) {
        throw new Error(`schedule ${schedule}:\n${log.join("\n")}`, { cause: error });
      }
    }
    expect(work.stale).toBeGreaterThan(SCHEDULES * 10);
    expect(work.overtaken).toBeGreaterThan(SCHEDULES * 4);
    expect(work.removedByOthers).toBeGreaterThan(SCHEDULES * 2);
    expect(work.stepsBack).toBeGreaterThan(work.stale * 3);
  });
});

function run(random: Random, log: string[], work: Work): void {
  // Equal elements in every other schedule: values tell nothing there.
  const areUnique = random.chance(0.5);
  let drawn = 0;
  const element = (): string => (areUnique ? `e${++drawn}` : random.pick(["a", "b", "c"]));
  const first = createDocument(message, 0, create(at(0), { title: "t" }, { tags: ["e0", "f0"] }), RELAY).state;
  const versions: DocumentState[] = [first];
  const steps: ListStep[] = [];
  const replicas = [1, 2, 3].map((id) => ({ id: id * 1000, state: first }));

  const commit = (bytes: Uint8Array): void => {
    const before = versions.at(-1) ?? first;
    const verdict = judgeUpdate({
      schema,
      model: message,
      facet: 0,
      before,
      update: bytes,
      isOwnClientId: () => true,
      nowMs: NEW_YEAR + 3_600_000,
      driftMs: 60_000,
      caps: defaultGuardCaps,
    });
    if (verdict.outcome !== "accepted" || verdict.lists === null) throw new Error(`a commit was ${verdict.outcome}`);
    if (!verdict.changed) return;
    versions.push(verdict.state);
    steps.push(verdict.lists);
  };

  for (let step = 1; step <= STEPS; step++) {
    const present = versions.at(-1) ?? first;
    const replica = random.pick(replicas);
    if (random.chance(0.5)) {
      // A replica edits what it holds, or exchanges with the relay: its edits may come together, and late.
      if (random.chance(0.6)) {
        const shown = listOf(replica.state);
        const edit = { base: shown, value: edited(random, shown, element) };
        const made = applyIntent(message, 0, replica.state, update(at(step), {}, { tags: edit }), replica.id, null);
        log.push(`${replica.id} makes ${JSON.stringify(edit.value)} of ${JSON.stringify(shown)}`);
        replica.state = made?.state ?? replica.state;
      } else {
        commit(diffDocument(replica.state, stateVectorOf(present)));
        const news = diffDocument(versions.at(-1) ?? first, stateVectorOf(replica.state));
        replica.state = mergeDocument(message, 0, replica.state, news).state;
        log.push(`${replica.id} exchanges`);
      }
      continue;
    }
    const version = random.int(versions.length);
    const seen = itemsOf(versions[version] ?? first);
    const value = edited(
      random,
      seen.map((item) => item.value),
      element,
    );
    const since = steps.slice(version).map((lists) => ({ lists, isOwn: false }));
    const edit = pastListEdit({ state: present, field: "tags", shown: listOf(present), value }, since);
    log.push(`on version ${version} of ${versions.length - 1}: ${JSON.stringify(value)}`);
    expect(edit.base).toEqual(seen.map((item) => item.value));
    const made = applyIntent(message, 0, present, update(at(step), {}, { tags: edit }), RELAY, present);
    if (made !== null) commit(made.update);
    const after = versions.at(-1) ?? first;
    check(seen, itemsOf(present), itemsOf(after), value, areUnique);
    if (areUnique) checkPlaces(seen, present, after, value);
    work.stale += 1;
    work.stepsBack += since.length;
    const others = itemsOf(present).filter(({ id }) => !idsOf(seen).has(id));
    if (others.length > 0) work.overtaken += 1;
    if (seen.some(({ id }) => !idsOf(itemsOf(present)).has(id))) work.removedByOthers += 1;
  }
}

/** What a stale edit made of the list. */
function check(
  seen: readonly Item[],
  before: readonly Item[],
  after: readonly Item[],
  value: readonly JsonValue[],
  areUnique: boolean,
): void {
  const [idsSeen, idsBefore, idsAfter] = [idsOf(seen), idsOf(before), idsOf(after)];
  for (const { id } of before) if (!idsSeen.has(id)) expect(idsAfter.has(id), `${id} of others stays`).toBe(true);
  for (const { id } of seen) if (!idsBefore.has(id)) expect(idsAfter.has(id), `${id} stays away`).toBe(false);
  // What the writer kept or put in is the list that he wrote, but for what others took out.
  const others = new Set([...idsBefore].filter((id) => !idsSeen.has(id)));
  const his = after.filter(({ id }) => !others.has(id)).map((item) => item.value);
  const missing = seen.filter(({ id }) => !idsBefore.has(id)).map((item) => item.value);
  expect(his.length).toBeLessThanOrEqual(value.length);
  expect(isSubsequence(his, value), `${JSON.stringify(his)} of ${JSON.stringify(value)}`).toBe(true);
  if (areUnique) expect(his).toEqual(value.filter((one) => !missing.includes(one)));
  else expect(value.length - his.length).toBeLessThanOrEqual(missing.length);
}

/** Elements stand in the order in which he wrote them, also those that others took out. */
function checkPlaces(
  seen: readonly Item[],
  before: DocumentState,
  after: DocumentState,
  value: readonly JsonValue[],
): void {
  const others = idsOf(allItems(before));
  const known = new Map(seen.map((item) => [item.id, item.value]));
  const saidBy = (item: Item | GoneItem): JsonValue | undefined =>
    others.has(item.id) ? known.get(item.id) : item.value;
  const written = allItems(after).map(saidBy);
  expect(written.filter((one) => one !== undefined && value.includes(one))).toEqual(value);
}

function isSubsequence(part: readonly JsonValue[], whole: readonly JsonValue[]): boolean {
  let next = 0;
  for (const one of whole) if (next < part.length && one === part[next]) next += 1;
  return next === part.length;
}

function edited(random: Random, list: readonly JsonValue[], element: () => string): JsonValue[] {
  const value = list.filter(() => random.chance(0.8));
  for (let i = random.int(3); i > 0; i--) value.splice(random.int(value.length + 1), 0, element());
  return value;
}

function listOf(state: DocumentState): readonly JsonValue[] {
  const value = foldDocument(message, 0, state).values.tags;
  return Array.isArray(value) ? value : [];
}

function idsOf(items: readonly { readonly id: string }[]): Set<string> {
  return new Set(items.map(({ id }) => id));
}

/** The elements of the list, in its order. */
function itemsOf(state: DocumentState): Item[] {
  return allItems(state).filter((item) => item.value !== undefined);
}

/** All that it ever held. */
function allItems(state: DocumentState): (Item | GoneItem)[] {
  const doc = new Y.Doc({ guid: "d" });
  Y.applyUpdate(doc, updateFromDocument(state));
  const items: (Item | GoneItem)[] = [];
  for (let item = doc.getArray("tags")._start; item !== null; item = item.right) {
    const values: readonly JsonValue[] = item.deleted ? [] : item.content.getContent();
    for (let i = 0; i < item.length; i++) {
      items.push({ id: `${item.id.client} ${item.id.clock + i}`, value: values[i] });
    }
  }
  return items;
}

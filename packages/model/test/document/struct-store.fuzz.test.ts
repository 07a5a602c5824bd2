/**
 * The struct store and the order of lists against Yjs: documents that several Yjs clients edit and exchange in part, with
 * deletions and what Yjs collects, read here and there.
 */
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { trustedCaps } from "../../src/document/document-state.ts";
import { readLists, readOrders } from "../../src/document/list-root.ts";
import { encodeBeyond, integrate, nextClock, type StructStore, writeStore } from "../../src/document/struct-store.ts";
import { valuesOf } from "../../src/document/write-entry.ts";
import { createByteWriter, writtenBytes } from "../../src/update/byte-writer.ts";
import { scanUpdate } from "../../src/update/scan-update.ts";
import { ANY } from "../../src/update/struct.ts";
import { createRandom, type Random } from "../random.ts";

const seed = Number(process.env.FUZZ_SEED ?? 5);
const SCHEDULES = 1000;
const LISTS = ["tags", "marks"] as const;

interface Work {
  updates: number;
  incomplete: number;
  known: number;
  collected: number;
  deleted: number;
  ordered: number;
}

describe(`the struct store, seed ${seed}`, () => {
  test("MODEL-4 I1 holds, orders and writes what Yjs does", () => {
    const work: Work = { updates: 0, incomplete: 0, known: 0, collected: 0, deleted: 0, ordered: 0 };
    for (let schedule = 0; schedule < SCHEDULES; schedule++) {
      const log: string[] = [];
      try {
        run(createRandom(seed * 100_003 + schedule), log, work);
      } catch (error) {
        throw new Error(`schedule ${schedule}:\n${log.join("\n")}`, { cause: error });
      }
    }
    expect(work.updates).toBeGreaterThan(SCHEDULES * 4);
    expect(work.incomplete).toBeGreaterThan(SCHEDULES / 2);
    expect(work.known).toBeGreaterThan(SCHEDULES / 2);
    expect(work.collected).toBeGreaterThan(SCHEDULES / 4);
    expect(work.deleted).toBeGreaterThan(SCHEDULES);
    expect(work.ordered).toBeGreaterThan(SCHEDULES / 2);
  });
});

function run(random: Random, log: string[], work: Work): void {
  const updates: Uint8Array[] = [];
  const docs = Array.from({ length: 2 + random.int(3) }, (_, i) => {
    const doc = new Y.Doc({ guid: `d${i}` });
    doc.clientID = 1 + i + random.int(3) * 10 + (random.chance(0.3) ? 2 ** 40 : 0);
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === "received") return;
      updates.push(update);
      log.push(`${doc.clientID} ${Buffer.from(update).toString("hex")}`);
    });
    return doc;
  });
  let value = 0;
  for (let step = 4 + random.int(20); step > 0; step--) {
    const doc = random.pick(docs);
    doc.transact(() => {
      for (let i = random.int(3); i >= 0; i--) edit(random, doc, () => ++value);
    });
    if (random.chance(0.5)) {
      const other = random.pick(docs);
      const known = random.chance(0.3) ? undefined : Y.encodeStateVector(doc);
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, known), "received");
    }
  }

  const store: StructStore = new Map();
  const live = new Y.Doc({ guid: "live" });
  let waiting = [...updates, ...updates.filter(() => random.chance(0.3))].sort(() => random.int(3) - 1);
  while (waiting.length > 0) {
    const later: Uint8Array[] = [];
    for (const update of waiting) {
      const trial = copyOf(store);
      const integrated = integrate(trial, scanUpdate(update, trustedCaps));
      const before = Y.snapshot(live);
      if (integrated === null) {
        work.incomplete += 1;
        later.push(update);
        continue;
      }
      Y.applyUpdate(live, update);
      expect(live.store.pendingStructs).toBeNull();
      expect(live.store.pendingDs).toBeNull();
      const hasChanged = integrated.added.length + integrated.removed.length > 0;
      expect(hasChanged).toBe(!Y.equalSnapshots(before, Y.snapshot(live)));
      work.updates += 1;
      if (!hasChanged) work.known += 1;
      store.clear();
      for (const [client, structs] of trial) store.set(client, structs);
    }
    expect(later.length, "no update fits").toBeLessThan(waiting.length);
    waiting = later;
  }
  compare(random, store, live, work);
}

function edit(random: Random, doc: Y.Doc, next: () => number): void {
  const root = doc.getArray<unknown>(random.pick(["tags", "tags", "marks", "$writes"]));
  const kind = random.int(10);
  if (kind < 6) {
    const at = random.pick([0, root.length, random.int(root.length + 1)]);
    root.insert(
      at,
      Array.from({ length: 1 + random.int(3) }, () => random.pick([next(), { v: next() }, `v${next()}`])),
    );
  } else if (kind < 9) {
    if (root.length > 0) {
      const at = random.int(root.length);
      root.delete(at, 1 + random.int(root.length - at));
    }
  } else {
    // Gone before anybody sees it: Yjs sends the element as deleted, and what was in it as collected.
    const at = random.int(root.length + 1);
    root.insert(at, [Y.Array.from([next(), next()])]);
    root.delete(at, 1);
  }
}

function compare(random: Random, store: StructStore, live: Y.Doc, work: Work): void {
  const orders = readOrders(store);
  const lists = readLists(orders);
  for (const root of LISTS) {
    expect(lists.get(root) ?? [], root).toEqual(live.getArray(root).toJSON());
    expect(idsOf(orders.get(root) ?? []), root).toEqual(idsOfYjs(live.getArray(root)));
    if ((orders.get(root)?.length ?? 0) > 2) work.ordered += 1;
  }
  const entries = [...store.values()]
    .flat()
    .flatMap((struct) => (struct.home === "$writes" && struct.kind === ANY ? valuesOf(struct) : []));
  expect(entries.map((one) => JSON.stringify(one)).sort()).toEqual(
    live
      .getArray("$writes")
      .toArray()
      .map((one) => JSON.stringify(one))
      .sort(),
  );
  for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(live)))
    expect(nextClock(store, client)).toBe(clock);

  const writer = createByteWriter();
  const structCount = writeStore(writer, store);
  const whole = writtenBytes(writer);
  const { structs, ds } = Y.decodeUpdate(whole);
  expect(structs).toHaveLength(structCount);
  work.collected += structs.filter((struct) => struct instanceof Y.GC).length;
  work.deleted += [...ds.clients.values()].flat().length;
  expect(neighboursOf(whole)).toEqual(neighboursOf(Y.encodeStateAsUpdate(live)));
  expectSame(whole, live);

  const known = new Map([...store.keys()].map((client) => [client, random.int(nextClock(store, client) + 1)] as const));
  const beyond = encodeBeyond(store, known);
  const expected = Y.decodeUpdate(Y.encodeStateAsUpdate(live, Y.encodeStateVector(known)));
  const found = Y.decodeUpdate(beyond);
  expect(clocksOf(found)).toEqual(clocksOf(expected));
  Y.applyUpdate(live, beyond);
  expectSame(whole, live);
}

function expectSame(update: Uint8Array, live: Y.Doc): void {
  const doc = new Y.Doc({ guid: "loaded" });
  Y.applyUpdate(doc, update);
  expect(doc.store.pendingStructs).toBeNull();
  expect(doc.store.pendingDs).toBeNull();
  expect(Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(live))).toBe(true);
  for (const root of LISTS) expect(doc.getArray(root).toJSON()).toEqual(live.getArray(root).toJSON());
}

function idsOf(runs: readonly { client: number; clock: number; length: number }[]): string[] {
  return runs.flatMap(({ client, clock, length }) => Array.from({ length }, (_, i) => `${client}:${clock + i}`));
}

function idsOfYjs(list: Y.Array<unknown>): string[] {
  const ids: string[] = [];
  for (let item = list._start; item !== null; item = item.right) {
    for (let i = 0; i < item.length; i++) ids.push(`${item.id.client}:${item.id.clock + i}`);
  }
  return ids;
}

/** What each element names as its neighbours, however elements are put together to structs. */
function neighboursOf(update: Uint8Array): ReadonlyMap<string, string> {
  const text = (id: Y.ID | null): string => (id === null ? "none" : `${id.client}:${id.clock}`);
  const neighbours = new Map<string, string>();
  for (const struct of Y.decodeUpdate(update).structs) {
    if (!(struct instanceof Y.Item)) continue;
    const { client, clock } = struct.id;
    for (let i = 0; i < struct.length; i++) {
      const left = i === 0 ? text(struct.origin) : `${client}:${clock + i - 1}`;
      neighbours.set(`${client}:${clock + i}`, `${left} ${text(struct.rightOrigin)}`);
    }
  }
  return neighbours;
}

/** First and last clock of each client that an update has structs of. */
function clocksOf({ structs }: ReturnType<typeof Y.decodeUpdate>): unknown {
  const ranges = new Map<number, [number, number]>();
  for (const { id, length } of structs) {
    const range = ranges.get(id.client);
    if (range === undefined) ranges.set(id.client, [id.clock, id.clock + length]);
    else range[1] = id.clock + length;
  }
  return [...ranges].sort(([a], [b]) => a - b);
}

function copyOf(store: StructStore): StructStore {
  return new Map([...store].map(([client, structs]) => [client, [...structs]]));
}

import { readFileSync } from "node:fs";
import path from "node:path";
import type { Identity, JsonValue } from "@tributary/model";
import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import type { RecordWrite, Relay, StoredRecord } from "../src/index.ts";
import { createBoardWriter } from "./fixtures/board-writer.ts";
import { sqliteFile } from "./fixtures/stores.ts";
import { connect, START_MS, settle, startRelay } from "./fixtures/test-relay.ts";
import { createUnhurriedAdapter } from "./fixtures/unhurried-adapter.ts";

const ann: Identity = { kind: "apiKey", id: "ann" };
const bob: Identity = { kind: "apiKey", id: "bob" };

type Tags = readonly JsonValue[] | null;

function update(tags: Tags, baseVersion: number | null, more: Partial<RecordWrite> = {}): RecordWrite {
  return { operation: "update", model: "Note", values: { id: "n", tags }, baseVersion, condition: null, ...more };
}

/** The record that a write made, or left. */
async function submit(relay: Relay, identity: Identity, write: RecordWrite): Promise<StoredRecord> {
  const [outcome] = await relay.submit(identity, [write]);
  if (outcome?.outcome !== "committed") throw new Error(JSON.stringify(outcome));
  return outcome.record;
}

async function written(relay: Relay, identity: Identity, tags: Tags, base: number | null): Promise<unknown> {
  return (await submit(relay, identity, update(tags, base))).values.tags;
}

/** A note with tags in version 1. */
async function noteWith(relay: Relay, ...tags: string[]): Promise<Relay> {
  const values = { id: "n", title: "t", tags };
  await submit(relay, ann, { operation: "create", model: "Note", values, baseVersion: null, condition: null });
  return relay;
}

async function retitle(relay: Relay, title: string): Promise<void> {
  await submit(relay, ann, { ...update(null, null), values: { id: "n", title } });
}

/** Each answers how to open one and the same store, again and again. */
const places = {
  memory: () => {
    const adapter = createMemoryAdapter();
    return () => adapter;
  },
  sqlite: () => sqliteFile().open,
};

describe("Q2 an update of a list on an older version", () => {
  for (const [name, place] of Object.entries(places)) {
    it(`Q2 does what its writer did, and leaves what he did not see, also after a restart (${name})`, async () => {
      const open = place();
      const first = await noteWith(await startRelay({ adapter: open() }), "a", "b", "c");
      expect(await written(first, ann, ["a", "new", "b", "c"], 1)).toEqual(["a", "new", "b", "c"]);
      await retitle(first, "u");
      expect(await written(first, ann, ["a", "new", "b"], 3)).toEqual(["a", "new", "b"]);
      await first.stop();
      const relay = await startRelay({ adapter: open() });
      const answer = await submit(relay, bob, update(["b", "x", "c"], 1));
      expect(answer).toMatchObject({ version: 5, values: { title: "u", tags: ["new", "b", "x"] } });
      expect(await written(relay, bob, ["a", "new", "b", "c", "y"], 2)).toEqual(["new", "b", "x", "y"]);
      expect(await relay.records.get(ann, "Note", "n")).toMatchObject({ version: 6 });
    });
  }

  it("Q2 sees what replicas pushed since, and replicas merge what it did", async () => {
    const relay = await startRelay();
    const [writer, reader] = [createBoardWriter(700), connect(relay, "reader")];
    await reader.sync();
    const replica = connect(relay, "r");
    await replica.hello({ clientIds: [700] });
    const created = writer.create("Note", { id: "n", title: "t", tags: ["a", "b"] });
    await replica.push(1, [created]);
    await replica.push(2, [writer.edit("Note", "n", { tags: ["pushed"] })]);
    expect(await written(relay, ann, ["b", "c"], 1)).toEqual(["pushed", "b", "c"]);
    const follower = createBoardWriter(701);
    follower.adopt(created);
    for (const message of reader.received) {
      for (const change of message.type === "turn" ? message.changes : []) {
        const { kind, update: bytes } = change;
        if (kind === "update" && bytes !== null) follower.merge({ model: "Note", key: "n", life: 1, update: bytes });
      }
    }
    expect(follower.valuesOf("Note", "n").tags).toEqual(["pushed", "b", "c"]);
  });

  it("Q2 sees what was accepted before it in its turn, and in its call", async () => {
    const relay = await noteWith(await startRelay(), "a", "b");
    const both = await Promise.all([
      submit(relay, ann, update(["a", "x", "b"], 1)),
      submit(relay, bob, update(["a"], 1)),
      submit(relay, bob, update(["a", "b", "y"], 1)),
    ]);
    expect(both.map(({ values }) => values.tags)).toEqual([
      ["a", "x", "b"],
      ["a", "x"],
      ["a", "x", "y"],
    ]);
    const outcomes = await relay.submit(ann, [
      update(["a", "x", "y", "z"], 4),
      update(["x", "y"], 4),
      update(["a", "x", "y"], 5),
    ]);
    expect(outcomes).toMatchObject([
      { record: { version: 5 } },
      { record: { version: 6, values: { tags: ["x", "y", "z"] } } },
      { record: { version: 7, values: { tags: ["x", "y"] } } },
    ]);
  });

  it("Q2 sees what turns do that are still being written", async () => {
    // Each commit takes some turns of the event loop: the next write is judged meanwhile.
    const slow = createUnhurriedAdapter(createMemoryAdapter(), { maxTurns: 20 });
    const relay = await noteWith(await startRelay({ adapter: slow }), "a", "b");
    const writes = [
      update(["a", "x", "b"], 1),
      update(["a"], 1),
      update(["a", "b", "y"], 1),
      update(["a", "x", "z"], 3),
      update(["z", "a", "x"], 5),
    ];
    const answers: Promise<StoredRecord>[] = [];
    for (const [i, write] of writes.entries()) {
      answers.push(submit(relay, i % 2 === 0 ? ann : bob, write));
      await settle(8);
    }
    expect((await Promise.all(answers)).map(({ version, values }) => [version, values.tags])).toEqual([
      [2, ["a", "x", "b"]],
      [3, ["a", "x"]],
      [4, ["a", "x", "y"]],
      [5, ["a", "x", "y", "z"]],
      [6, ["z", "a", "x"]],
    ]);
  });

  it("Q2 forgets what was accepted before it and then refused with the rest of its call", async () => {
    const relay = await noteWith(await startRelay(), "a", "b");
    const missing = { ...update(["m"], 1), values: { id: "missing", tags: ["m"] } };
    const [refused, taken] = await Promise.all([
      relay.submit(ann, [update(["a", "b", "x"], 1), missing]),
      submit(relay, bob, update(["b"], 1)),
    ]);
    expect(refused).toMatchObject([{ code: "missing" }, { code: "missing" }]);
    expect(taken).toMatchObject({ version: 2, values: { tags: ["b"] } });
  });

  it("Q2 counts for another relay on the same store", async () => {
    const { open } = sqliteFile();
    const [one, other] = [await startRelay({ adapter: open() }), await startRelay({ adapter: open() })];
    await noteWith(one, "a", "b");
    expect(await written(one, ann, ["a", "x", "b"], 1)).toEqual(["a", "x", "b"]);
    expect(await written(other, bob, ["b", "y"], 1)).toEqual(["x", "b", "y"]);
    expect(await written(one, ann, ["a", "x"], 2)).toEqual(["x", "y"]);
  });

  it("Q2 null takes out what its writer saw; there is no list then, but for what others put in", async () => {
    const relay = await noteWith(await startRelay(), "a", "b");
    await retitle(relay, "u");
    expect(await written(relay, bob, null, 1)).toBeNull();
    expect(await written(relay, ann, ["c"], 3)).toEqual(["c"]);
    expect(await written(relay, bob, null, 3)).toEqual(["c"]);
  });

  it("Q2 an element that its writer's own edit on that version put in is not put in twice", async () => {
    const relay = await noteWith(await startRelay(), "a");
    await written(relay, bob, ["a", "c"], 1);
    expect(await written(relay, ann, ["a", "b"], 1)).toEqual(["a", "c", "b"]);
    expect(await written(relay, ann, ["a", "b", "d"], 1)).toEqual(["a", "c", "b", "d"]);
    expect(await written(relay, bob, ["a", "d"], 1)).toEqual(["a", "c", "b", "d", "d"]);
    // Made on another version, it is another edit.
    expect(await written(relay, ann, ["a", "c", "b"], 2)).toEqual(["a", "c", "b", "d", "d", "b"]);
  });

  it("Q2 an element that others took out stays out where its writer names it again and again (seed 9009)", async () => {
    const relay = await noteWith(await startRelay(), "f");
    await written(relay, bob, [], 1);
    await written(relay, bob, ["1"], 2);
    expect(await written(relay, ann, ["f", "2", "3"], 1)).toEqual(["1", "2", "3"]);
    expect(await written(relay, ann, ["4", "f", "2", "3"], 1)).toEqual(["4", "1", "2", "3"]);
    expect(await written(relay, ann, ["4", "f", "5", "2", "3"], 1)).toEqual(["4", "1", "5", "2", "3"]);
  });
});

describe("the table of docs/conflicts.md", () => {
  const page = readFileSync(path.resolve(import.meta.dirname, "../../../docs/conflicts.md"), "utf8");
  const rows = [...page.matchAll(/^\|(?: `\[[^\]]*\]` \|){4}$/gm)].map(([row]) =>
    [...row.matchAll(/\[([^\]]*)\]/g)].map(([, list = ""]) => list.split(", ")),
  );

  it("has rows", () => expect(rows.length).toBeGreaterThan(2));

  it.each(rows)("Q2 %j, then %j, with %j written on the first, becomes %j", async (first, second, edit, result) => {
    const relay = await noteWith(await startRelay(), ...(first ?? []));
    expect(await written(relay, bob, second ?? [], 1)).toEqual(second);
    expect(await written(relay, ann, edit ?? [], 1)).toEqual(result);
  });
});

describe("Q2 an update of a list by who may have seen anything", () => {
  it.each([null, 0, -1, 99])("Q2 puts in what the list lacks, and takes nothing out (base %s)", async (base) => {
    const relay = await noteWith(await startRelay(), "a", "b");
    await written(relay, ann, ["a", "b", "c"], 1);
    expect(await written(relay, bob, ["b", "x"], base)).toEqual(["a", "b", "c", "x"]);
    expect(await written(relay, bob, ["b", "x"], base)).toEqual(["a", "b", "c", "x"]);
    expect(await written(relay, bob, [], base)).toEqual(["a", "b", "c", "x"]);
    expect(await written(relay, bob, null, base)).toEqual(["a", "b", "c", "x"]);
    expect(await relay.records.get(ann, "Note", "n")).toMatchObject({ version: 3 });
    // That is version 3: who names it takes out.
    expect(await written(relay, bob, ["x"], 3)).toEqual(["x"]);
  });

  it("Q2 where there are no elements, null is written", async () => {
    const relay = await noteWith(await startRelay(), "a");
    await written(relay, ann, [], 1);
    expect(await written(relay, bob, null, null)).toBeNull();
  });

  it("Q2 writes registers beside it as they stand", async () => {
    const relay = await noteWith(await startRelay(), "a");
    const write = { ...update(["x"], null), values: { id: "n", tags: ["x"], title: "later" } };
    expect(await submit(relay, bob, write)).toMatchObject({ values: { tags: ["a", "x"], title: "later" } });
  });

  it("Q2 a version is forgotten with the delta entry of the one behind it", async () => {
    let now = START_MS;
    const relay = await noteWith(await startRelay({ now: () => now, deltaLifetimeMs: 1000 }), "a", "b", "c");
    await written(relay, ann, ["a", "b", "c", "d"], 1);
    now += 1000;
    expect(await written(relay, bob, ["a", "b"], 1)).toEqual(["a", "b", "d"]);
    now += 1;
    expect(await written(relay, bob, ["x"], 1)).toEqual(["a", "b", "d", "x"]);
    // Version 2 is the base of version 3, which is kept.
    expect(await written(relay, bob, ["d"], 2)).toEqual(["d", "x"]);
  });

  it("Q2 D2 a version of another life tells nothing", async () => {
    const relay = await noteWith(await startRelay(), "a", "b");
    await written(relay, ann, ["a", "b", "c"], 1);
    await submit(relay, ann, { ...update(null, 2), operation: "delete", values: { id: "n" } });
    const reviver = createBoardWriter(700);
    const replica = connect(relay, "r");
    await replica.hello({ clientIds: [700] });
    const revived = { ...reviver.create("Note", { id: "n", title: "t", tags: ["a", "z"] }), life: 2 };
    expect(await replica.push(1, [revived])).toMatchObject({ kind: "ack" });
    for (const base of [1, 2, 3]) expect(await written(relay, bob, ["b"], base)).toEqual(["a", "z", "b"]);
    expect(await written(relay, bob, ["b"], 5)).toEqual(["b"]);
  });

  it("Q2 Q3 AUTOMERGE and a refusal do not ask what was seen", async () => {
    const relay = await noteWith(await startRelay(), "a", "b");
    await written(relay, ann, ["a", "b", "c"], 1);
    const automerge = update(["b"], 1, { onStale: "automerge" });
    expect(await submit(relay, bob, automerge)).toMatchObject({ values: { tags: ["a", "b", "c", "b"] } });
    const [refused] = await relay.submit(bob, [update(["b"], 1, { onStale: "refuse" })]);
    expect(refused).toMatchObject({ code: "conflict" });
    // What AUTOMERGE made of it is a version like any other.
    expect(await written(relay, ann, ["c"], 2)).toEqual(["c", "b"]);
    const lost = { ...update(null, 1, { onStale: "automerge" }), values: { id: "n", title: "lost" } };
    expect(await submit(relay, bob, lost)).toMatchObject({ version: 5, values: { title: "t" } });
    expect(await written(relay, ann, ["b"], 4)).toEqual(["b"]);
  });
});

describe("what a relay keeps for it", () => {
  const rowsOf = async (adapter: StorageAdapter): Promise<readonly unknown[]> =>
    adapter.scan({
      table: "$listSteps",
      columns: ["seq", "version", "lists"],
      order: [{ column: "seq", direction: "asc" }],
    });

  it("Q2 is a row for each update of a model with lists, and nothing for all else", async () => {
    const adapter = createMemoryAdapter();
    const relay = await noteWith(await startRelay({ adapter }), "a");
    const seat = { model: "Seat", baseVersion: null, condition: null };
    await submit(relay, ann, { ...seat, operation: "create", values: { row: 1, number: 2 } });
    await submit(relay, ann, { ...seat, operation: "update", values: { row: 1, number: 2, guest: "g" } });
    expect(await rowsOf(adapter)).toEqual([]);
    await retitle(relay, "u");
    await submit(relay, ann, { ...update(null, 2), operation: "delete", values: { id: "n" } });
    expect(await rowsOf(adapter)).toEqual([[4, 2, null]]);
  });
});

import { createStampClock, keyOf, keyValues, updateFromDocument, type Values } from "@tributary/model";
import type { Answer } from "@tributary/protocol";
import { parseSchema } from "@tributary/schema/sdl";
import { type OutboxEntry, openReplicaStore, type RefusedChange } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { type WriterState, writeFields } from "../../src/local/local-writer.ts";
import { createWorkspace, type Workspace } from "../../src/local/workspace.ts";
import type { ApplyContext } from "../../src/sync/apply-context.ts";
import { type AnsweredPush, applyTurn } from "../../src/sync/apply-turn.ts";
import { resetRecords } from "../../src/sync/reset-records.ts";
import { createLocalStore } from "../local-store.ts";

const schema = parseSchema("type Note @model { id: ID! @primaryKey, title: String, body: String }");
const [model] = schema.models;
if (model === undefined) throw new Error("no model");
const note = model;
const NOW = 1_800_000_000_000;

/** A database with a relay that the test speaks for. */
async function openBench(adapter = createMemoryAdapter()) {
  const store = await openReplicaStore({ adapter, schema, keyOf, keyValues });
  onTestFinished(() => store.close());
  const stamps = createStampClock({ now: () => NOW });
  let number = 0;
  const takeNumber = () => ++number;
  const writer: WriterState = { stamps, nonce: "nonce", clientId: () => 7, localModels: new Set(), takeNumber };
  const context: ApplyContext = { schema, store, models: ["Note"], now: () => NOW, stamps, nonce: "nonce", takeNumber };

  async function step<Result>(work: (workspace: Workspace) => Promise<Result>): Promise<Result> {
    const workspace = createWorkspace(store);
    const result = await work(workspace);
    const commit = workspace.commit();
    if (commit !== null) expect(await store.commit(commit)).toBe("committed");
    return result;
  }

  /** Writes that go out as one push. */
  const push = (...writes: readonly { readonly id: string; readonly fields: Values }[]): Promise<void> =>
    step(async (workspace) => {
      const entries: OutboxEntry[] = [];
      const gathering: Workspace = { ...workspace, enqueue: (entry) => void entries.push(entry) };
      for (const { id, fields } of writes) {
        await workspace.read("Note", [id]);
        writeFields(gathering, writer, note, id, { fields, base: null, condition: null });
      }
      for (const [i, entry] of entries.entries()) workspace.enqueue({ ...entry, more: i < entries.length - 1 });
    });

  async function sent(n: number, answer: Answer): Promise<AnsweredPush> {
    const entries = await store.outboxAfter(0, 1000);
    const last = entries.findIndex((entry) => entry.n === n);
    let first = last;
    while (first > 0 && entries[first - 1]?.more === true) first--;
    return { entries: entries.slice(first, last + 1), answer };
  }

  return {
    store,
    context,
    push,
    step,
    acknowledge: async (...ns: readonly number[]) => {
      for (const n of ns) {
        const { entries } = await sent(n, { kind: "ack", n, results: [] });
        const results = entries.map(() => ({ version: 1, at: NOW, createdAt: NOW }));
        const turn = { type: "turn", answers: [], changes: [], cursor: null, more: false } as const;
        await step((workspace) =>
          applyTurn(context, workspace, turn, [{ entries, answer: { kind: "ack", n, results } }]),
        );
      }
    },
    async refuse(
      n: number,
      more: Partial<Extract<Answer, { kind: "refused" }>> = {},
    ): Promise<readonly RefusedChange[]> {
      const answer: Answer = {
        kind: "refused",
        n,
        index: 0,
        code: "invalid",
        message: "no",
        fields: [],
        replay: false,
        retryAfterMs: 0,
        timeMs: NOW,
        ...more,
      };
      const rejected = [await sent(n, answer)];
      return step((workspace) =>
        resetRecords(context, workspace, { clientId: 8, rejected, mayReplay: () => answer.replay, records: [] }),
      );
    },
    async outbox() {
      const entries = await store.outboxAfter(0, 1000);
      return entries.map(({ key, more, intent }) => [key, "set" in intent ? intent.set : intent.op, more]);
    },
    async note(id: string) {
      const [record] = await store.records("Note", [id]);
      return record === null || record === undefined ? null : { ...record.values, pending: record.pending };
    },
  };
}

const at = (id: string, fields: Values) => ({ id, fields });

describe("resetRecords", () => {
  it("P1 P4 does pushes again whole that share a record with a refused one, in their order", async () => {
    const bench = await openBench();
    await bench.push(at("a", { id: "a", title: "a" }), at("b", { id: "b", title: "b" }));
    await bench.acknowledge(2);
    await bench.push(at("b", { title: "refused" }));
    await bench.push(at("a", { body: "together" }), at("b", { body: "together" }), at("c", { id: "c", title: "c" }));
    await bench.push(at("a", { title: "later" }));
    await bench.push(at("d", { id: "d", title: "by itself" }));
    const before = await bench.store.outboxPlaces();
    expect(await bench.refuse(3)).toMatchObject([
      { n: 3, key: "b", code: "invalid", intent: { set: { title: "refused" } } },
    ]);
    expect(await bench.outbox()).toEqual([
      ["d", { id: "d", title: "by itself" }, false],
      ["a", { body: "together" }, true],
      ["b", { body: "together" }, true],
      ["c", { id: "c", title: "c" }, false],
      ["a", { title: "later" }, false],
    ]);
    expect(await bench.note("a")).toMatchObject({ title: "later", body: "together", pending: 2 });
    expect(await bench.note("b")).toMatchObject({ title: "b", body: "together", pending: 1 });
    const after = (await bench.store.outboxPlaces()).map(({ n }) => n);
    expect(Math.min(...after.slice(1))).toBeGreaterThan(before.at(-1)?.n ?? 0);
  });

  it("P1 P4 rolls back all of a refused push, and does again what was meant behind it", async () => {
    const bench = await openBench();
    await bench.push(at("a", { id: "a", title: "a" }), at("b", { id: "b", title: "b" }));
    await bench.acknowledge(2);
    await bench.push(at("a", { title: "x" }), at("b", { title: "x" }));
    await bench.push(at("b", { body: "behind" }));
    const refused = await bench.refuse(4, { code: "unauthorized", index: 1, fields: ["title"] });
    expect(refused).toMatchObject([
      { n: 3, key: "a", code: "unauthorized", fields: ["title"] },
      { n: 4, key: "b", code: "unauthorized" },
    ]);
    expect(await bench.outbox()).toEqual([["b", { body: "behind" }, false]]);
    expect(await bench.note("a")).toMatchObject({ title: "a", pending: 0 });
    expect(await bench.note("b")).toMatchObject({ title: "b", body: "behind", pending: 1 });
  });

  it("P1 P4 gives a push up whole when part of it cannot be done again, and what was built on that with it", async () => {
    const bench = await openBench();
    await bench.push(at("a", { id: "a", title: "a" }));
    await bench.acknowledge(1);
    await bench.push(at("x", { id: "x", title: "refused" }));
    await bench.push(at("x", { body: "on nothing" }), at("a", { title: "with it" }), at("y", { id: "y", title: "y" }));
    await bench.push(at("y", { body: "on y" }));
    await bench.push(at("a", { body: "stays" }));
    const refused = await bench.refuse(2);
    expect(refused.map(({ n, code }) => [n, code])).toEqual([
      [2, "invalid"],
      [3, "dependency"],
      [4, "dependency"],
      [5, "dependency"],
      [6, "dependency"],
    ]);
    expect(await bench.outbox()).toEqual([["a", { body: "stays" }, false]]);
    expect(await bench.note("a")).toMatchObject({ title: "a", body: "stays", pending: 1 });
    expect([await bench.note("x"), await bench.note("y")]).toEqual([null, null]);
  });

  it("P4 does a push again that was meant well, whole and once more as one", async () => {
    const bench = await openBench();
    await bench.push(at("a", { id: "a", title: "a" }), at("b", { id: "b", title: "b" }));
    expect(await bench.refuse(2, { code: "drift", replay: true })).toEqual([]);
    expect(await bench.outbox()).toEqual([
      ["a", { id: "a", title: "a" }, true],
      ["b", { id: "b", title: "b" }, false],
    ]);
  });

  it("P5 I9 removes a record that the relay refuses as gone, and hands all that was meant on it to the app", async () => {
    const bench = await openBench();
    await bench.push(at("a", { id: "a", title: "a" }), at("b", { id: "b", title: "b" }));
    await bench.acknowledge(2);
    await bench.push(at("a", { title: "x" }), at("b", { title: "x" }));
    await bench.push(at("b", { body: "behind" }));
    await bench.push(at("a", { body: "behind" }));
    const refused = await bench.refuse(4, { code: "gone", index: 1 });
    expect(refused.map(({ n, code }) => [n, code])).toEqual([
      [3, "gone"],
      [4, "gone"],
      [5, "gone"],
    ]);
    expect(await bench.note("b")).toBeNull();
    expect(await bench.note("a")).toMatchObject({ title: "a", body: "behind" });
  });
});

describe("a record that leaves", () => {
  it("I9 P1 hands over what was meant on it alone; a push with other records is the relay's to refuse", async () => {
    const bench = await openBench();
    await bench.push(at("a", { id: "a", title: "a" }), at("b", { id: "b", title: "b" }));
    await bench.acknowledge(2);
    await bench.push(at("b", { body: "alone" }));
    await bench.push(at("a", { title: "x" }), at("b", { title: "x" }));
    const gone = { kind: "gone", model: 0, key: "b", facet: 0, life: 0, version: 0, at: 0, createdAt: 0 } as const;
    const turn = { type: "turn", answers: [], cursor: null, more: false } as const;
    const { refused } = await bench.step((workspace) =>
      applyTurn(bench.context, workspace, { ...turn, changes: [{ ...gone, row: null, update: null }] }, []),
    );
    expect(refused).toMatchObject([{ n: 3, key: "b", code: "gone" }]);
    expect(await bench.note("b")).toBeNull();
    expect(await bench.outbox()).toEqual([
      ["a", { title: "x" }, true],
      ["b", { title: "x" }, false],
    ]);
    expect((await bench.refuse(5, { code: "gone", index: 1 })).map(({ key }) => key)).toEqual(["a", "b"]);
    expect(await bench.note("a")).toMatchObject({ title: "a", pending: 0 });
    expect(await bench.outbox()).toEqual([]);
  });

  it("I9 counts nothing unsent that was meant before it left, when it comes back before the answer", async () => {
    const bench = await openBench();
    await bench.push(at("a", { id: "a", title: "a" }), at("b", { id: "b", title: "b" }));
    await bench.acknowledge(2);
    const [record] = await bench.store.records("Note", ["b"]);
    const [state] = record?.documents ?? [];
    if (!state) throw new Error("no document");
    await bench.push(at("a", { title: "x" }), at("b", { title: "x" }));
    const common = { model: 0, key: "b", facet: 0, row: null } as const;
    const times = { life: 1, version: 1, at: NOW, createdAt: NOW };
    const turn = { type: "turn", answers: [], cursor: null, more: false } as const;
    const gone = { ...common, kind: "gone", life: 0, version: 0, at: 0, createdAt: 0, update: null } as const;
    const back = { ...common, ...times, kind: "state", update: updateFromDocument(state) } as const;
    await bench.step((workspace) => applyTurn(bench.context, workspace, { ...turn, changes: [gone, back] }, []));
    expect(await bench.note("b")).toMatchObject({ title: "b", pending: 0 });
    await bench.acknowledge(4);
    expect(await bench.note("b")).toMatchObject({ title: "x", pending: 0 });
  });

  it("EVOLVE-1 P1 hands over a push that also writes to a model which the schema has no more", async () => {
    const adapter = createMemoryAdapter();
    const wider = `
      type Note @model { id: ID! @primaryKey, title: String, body: String }
      type Draft @model { id: ID! @primaryKey, text: String }
    `;
    const before = createLocalStore({ sdl: wider, adapter: () => adapter });
    const [Note, Draft] = [before.model("Note"), before.model("Draft")];
    await before.store.transaction(async (tx) => {
      await tx.save(new Note({ id: "a", title: "a" }));
      await tx.save(new Draft({ id: "d", text: "d" }));
    });
    await before.store.save(Note.copyOf(new Note({ id: "b" }), (draft) => void Object.assign(draft, { title: "b" })));
    await before.store.stop();
    const bench = await openBench(adapter);
    const refused = await bench.refuse(2, { replay: true });
    expect(refused.map(({ model: name, key, code }) => [name, key, code])).toEqual([
      ["Note", "a", "unknownModel"],
      ["Draft", "d", "unknownModel"],
    ]);
    expect(await bench.note("a")).toBeNull();
    expect(await bench.outbox()).toEqual([["b", { id: "b", title: "b" }, false]]);
  });
});

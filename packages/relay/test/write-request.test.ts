import type { Identity, Predicate, Values } from "@tributary/model";
import { parseSchema } from "@tributary/schema/sdl";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import { decodeUpdate } from "yjs";
import type { RecordWrite, Relay, WriteOutcome } from "../src/index.ts";
import { createBoardWriter } from "./fixtures/board-writer.ts";
import { connect, settle, startRelay } from "./fixtures/test-relay.ts";
import { createUnhurriedAdapter } from "./fixtures/unhurried-adapter.ts";

const key: Identity = { kind: "apiKey", id: "key" };
const operator: Identity = { kind: "operator" };

function write(operation: RecordWrite["operation"], values: Values, more: Partial<RecordWrite> = {}): RecordWrite {
  return { operation, model: "Note", values, baseVersion: null, condition: null, ...more };
}

async function submit(relay: Relay, ...writes: RecordWrite[]): Promise<readonly WriteOutcome[]> {
  return relay.submit(key, writes);
}

/** A field that only the operator may write. */
const guarded = parseSchema(`
  type Player @model @auth(rules: [{ allow: public }]) {
    id: ID!
    name: String
    rank: Int @auth(rules: [{ allow: public, operations: [read] }])
  }
`);

const starsAre = (value: number): Predicate => ({ kind: "field", field: "stars", op: "eq", value });

describe("writeRequest", () => {
  it("V1 creates, updates and deletes, each as one version", async () => {
    const relay = await startRelay();
    const created = await submit(relay, write("create", { id: "n", title: "t", tags: ["a", "b"] }));
    expect(created).toMatchObject([{ outcome: "committed", record: { version: 1, values: { tags: ["a", "b"] } } }]);
    const edit = write("update", { id: "n", body: "b", tags: ["b", "c"] }, { baseVersion: 1 });
    const updated = await submit(relay, edit);
    expect(updated).toMatchObject([
      { outcome: "committed", record: { version: 2, values: { title: "t", body: "b", tags: ["b", "c"] } } },
    ]);
    const deleted = await submit(relay, write("delete", { id: "n" }, { baseVersion: 2 }));
    expect(deleted).toMatchObject([{ outcome: "committed", record: { version: 3, isDeleted: true } }]);
  });

  it("V1 commits nothing for a write that says nothing new, and asks all the same whether it may", async () => {
    const relay = await startRelay();
    await submit(relay, write("create", { id: "n", title: "t" }));
    await relay.submit(operator, [write("create", { id: "m", text: "t" }, { model: "Notice" })]);
    expect(await submit(relay, write("update", { id: "n" }))).toMatchObject([
      { outcome: "committed", record: { version: 1 } },
    ]);
    expect(relay.stats()).toMatchObject({ headSeq: 2 });
    expect(await submit(relay, write("update", { id: "m" }, { model: "Notice" }))).toMatchObject([
      { outcome: "refused", code: "unauthorized" },
    ]);
  });

  it("P1 commits all writes of a call or none", async () => {
    const relay = await startRelay();
    const outcomes = await submit(
      relay,
      write("create", { id: "n", title: "t" }),
      write("update", { id: "missing", title: "t" }),
    );
    expect(outcomes).toMatchObject([
      { outcome: "refused", code: "missing" },
      { outcome: "refused", code: "missing" },
    ]);
    expect(await relay.records.get(key, "Note", "n")).toBeNull();
    const both = await submit(relay, write("create", { id: "n", title: "t" }), write("update", { id: "n", body: "b" }));
    expect(both).toMatchObject([{ record: { version: 1 } }, { record: { version: 2 } }]);
  });

  it("V3 holds premises against the stored record, and shows it with the refusal", async () => {
    const relay = await startRelay();
    await submit(relay, write("create", { id: "n", title: "t", stars: 2 }));
    const refused = async (one: RecordWrite): Promise<unknown> => (await submit(relay, one))[0];
    const stored = { version: 1, values: { stars: 2 } };
    expect(await refused(write("create", { id: "n", title: "u" }))).toMatchObject({ code: "exists", stored });
    expect(await refused(write("update", { id: "n", title: "u" }, { condition: starsAre(3) }))).toMatchObject({
      code: "condition",
      stored,
    });
    expect(await refused(write("delete", { id: "n" }, { baseVersion: 7 }))).toMatchObject({ code: "conflict", stored });
    expect(await refused(write("delete", { id: "n" }))).toMatchObject({ code: "conflict", stored });
    expect(await refused(write("update", { id: "n", stars: "many" }))).toMatchObject({
      code: "invalid",
      fields: ["stars"],
      stored,
    });
    expect(await refused(write("delete", { id: "n" }, { baseVersion: 1 }))).toMatchObject({ outcome: "committed" });
    expect(await refused(write("update", { id: "n", title: "u" }))).toMatchObject({ code: "missing" });
  });

  describe("Q3 an update on another version than the stored one", () => {
    const atThree = async (): Promise<Relay> => {
      const relay = await startRelay();
      await submit(relay, write("create", { id: "n", title: "t", stars: 5, tags: ["a"] }));
      await submit(relay, write("update", { id: "n", title: "u" }), write("update", { id: "n", title: "v" }));
      return relay;
    };
    const stored = { version: 3, values: { title: "v", stars: 5 } };

    it.each([1, 9, null])(
      "Q3 is refused with the stored record where that is asked for (base %s)",
      async (baseVersion) => {
        const relay = await atThree();
        const one = write("update", { id: "n", stars: 6 }, { baseVersion, onStale: "refuse" });
        expect(await submit(relay, one)).toMatchObject([{ outcome: "refused", code: "conflict", stored }]);
        expect(relay.stats()).toMatchObject({ headSeq: 3 });
        expect(await submit(relay, { ...one, baseVersion: 3 })).toMatchObject([
          { record: { version: 4, values: { stars: 6 } } },
        ]);
      },
    );

    it("Q3 of two on one version that are refused otherwise, one is taken in a turn", async () => {
      const relay = await atThree();
      const one = (stars: number): RecordWrite =>
        write("update", { id: "n", stars }, { baseVersion: 3, onStale: "refuse" });
      const [first, second] = await Promise.all([submit(relay, one(6)), submit(relay, one(7))]);
      expect(first).toMatchObject([{ outcome: "committed", record: { version: 4 } }]);
      expect(second).toMatchObject([
        { outcome: "refused", code: "conflict", stored: { version: 4, values: { stars: 6 } } },
      ]);
    });

    it("Q3 is merged as AppSync does, and counts", async () => {
      const relay = await atThree();
      const values = { id: "n", stars: 6, body: "b", tags: ["a", "c"] };
      expect(await submit(relay, write("update", values, { baseVersion: 1, onStale: "automerge" }))).toMatchObject([
        { record: { version: 4, values: { title: "v", stars: 5, body: "b", tags: ["a", "a", "c"] } } },
      ]);
    });

    it("Q3 V1 counts when AUTOMERGE takes nothing of it, and replicas that listen stay whole", async () => {
      const relay = await atThree();
      const reader = connect(relay, "reader");
      await reader.sync();
      const lost = write("update", { id: "n", stars: 6, title: "w" }, { baseVersion: 2, onStale: "automerge" });
      expect(await submit(relay, lost)).toMatchObject([{ record: { version: 4, values: { title: "v", stars: 5 } } }]);
      expect(relay.stats()).toMatchObject({ headSeq: 4 });
      const turn = await reader.next("turn");
      expect(turn.changes).toMatchObject([{ kind: "update", key: "n", version: 4 }]);
      expect(decodeUpdate(turn.changes[0]?.update ?? new Uint8Array())).toMatchObject({ structs: [] });
      const late = { id: "n", stars: 7 };
      expect(await submit(relay, write("update", late, { baseVersion: 4, onStale: "automerge" }))).toMatchObject([
        { record: { version: 5, values: { stars: 7 } } },
      ]);
    });

    it("Q3 a base version that is the stored one is written as it stands", async () => {
      const relay = await atThree();
      const values = { id: "n", stars: null, tags: ["z"] };
      expect(await submit(relay, write("update", values, { baseVersion: 3, onStale: "automerge" }))).toMatchObject([
        { record: { version: 4, values: { stars: null, tags: ["z"] } } },
      ]);
    });

    it("Q3 who may not write a field is told so, also where the stored value would win", async () => {
      const relay = await startRelay({ schema: guarded });
      await relay.submit(operator, [write("create", { id: "p", name: "a", rank: 1 }, { model: "Player" })]);
      await relay.submit(operator, [write("update", { id: "p", name: "b" }, { model: "Player" })]);
      for (const onStale of ["automerge", "refuse"] as const) {
        const one = write("update", { id: "p", rank: 2 }, { model: "Player", baseVersion: 1, onStale });
        expect(await submit(relay, one)).toMatchObject([{ code: "unauthorized", fields: ["rank"] }]);
      }
    });
  });

  describe("Q1 a write that is sent again", () => {
    const bump = write("update", { id: "n", stars: 5 }, { baseVersion: 1, asked: "h" });

    it("Q1 changes nothing, and is answered with the record as it is", async () => {
      const relay = await startRelay();
      const create = write("create", { id: "n", title: "t" }, { asked: "c" });
      await submit(relay, create);
      expect(await submit(relay, bump)).toMatchObject([{ record: { version: 2, values: { stars: 5 } } }]);
      await submit(relay, write("update", { id: "n", stars: 7 }));
      for (const again of [bump, create, { ...bump, onStale: "refuse" } as const]) {
        expect(await submit(relay, again)).toMatchObject([
          { outcome: "committed", record: { version: 3, values: { stars: 7 } } },
        ]);
      }
      const remove = write("delete", { id: "n" }, { baseVersion: 3, asked: "d" });
      await submit(relay, remove);
      for (const again of [remove, bump]) {
        expect(await submit(relay, again)).toMatchObject([{ record: { version: 4, isDeleted: true } }]);
      }
      expect(relay.stats()).toMatchObject({ headSeq: 4 });
    });

    it("Q1 is another one when anything about it differs, or it says nothing to know it by", async () => {
      const relay = await startRelay();
      for (const id of ["n", "m"]) await submit(relay, write("create", { id, title: "t" }));
      await submit(relay, bump);
      await submit(relay, { ...bump, asked: "other" });
      await submit(relay, { ...bump, values: { id: "m", stars: 5 } });
      await relay.submit({ kind: "apiKey", id: "key2" }, [bump]);
      const { asked: _, ...nameless } = bump;
      await submit(relay, nameless);
      await submit(relay, nameless);
      expect(relay.stats()).toMatchObject({ headSeq: 8 });
      expect(await relay.records.get(key, "Note", "n")).toMatchObject({ version: 6 });
    });

    it("Q1 in one turn with the first one is no second one", async () => {
      const relay = await startRelay();
      await submit(relay, write("create", { id: "n", title: "t" }));
      const answers = await Promise.all([submit(relay, bump), submit(relay, bump), submit(relay, bump)]);
      for (const answer of answers) expect(answer).toMatchObject([{ record: { version: 2 } }]);
      expect(relay.stats()).toMatchObject({ headSeq: 2 });
    });

    it("Q1 while the first one is still being written is no second one", async () => {
      const relay = await startRelay({ adapter: createUnhurriedAdapter(createMemoryAdapter(), { maxTurns: 20 }) });
      await submit(relay, write("create", { id: "n", title: "t" }));
      const first = submit(relay, bump);
      await settle(8);
      for (const answer of [await submit(relay, bump), await first]) {
        expect(answer).toMatchObject([{ record: { version: 2 } }]);
      }
      expect(relay.stats()).toMatchObject({ headSeq: 2 });
    });

    it("Q1 after a refusal of its call is the first one", async () => {
      const relay = await startRelay();
      await submit(relay, write("create", { id: "n", title: "t" }));
      const [refused, taken] = await Promise.all([
        submit(relay, bump, write("update", { id: "missing", title: "t" })),
        submit(relay, bump),
      ]);
      expect(refused).toMatchObject([{ code: "missing" }, { code: "missing" }]);
      expect(taken).toMatchObject([{ record: { version: 2, values: { stars: 5 } } }]);
    });

    it("Q1 is known across restarts, for the delta lifetime", async () => {
      let now = 1_000_000;
      const adapter = createMemoryAdapter();
      const open = () => startRelay({ adapter, now: () => now, deltaLifetimeMs: 1000 });
      const first = await open();
      await submit(first, write("create", { id: "n", title: "t" }), bump);
      await first.stop();
      const relay = await open();
      now += 1000;
      expect(await submit(relay, bump)).toMatchObject([{ record: { version: 2 } }]);
      now += 1;
      expect(await submit(relay, bump)).toMatchObject([{ record: { version: 3 } }]);
      expect(await submit(relay, bump)).toMatchObject([{ record: { version: 3 } }]);
    });

    it("P5 Q1 tells nothing of a record that its writer may not read", async () => {
      const relay = await startRelay();
      const create = write("create", { id: "b", choice: "x" }, { model: "Ballot", asked: "c" });
      expect(await submit(relay, create)).toMatchObject([{ outcome: "committed" }]);
      expect(await submit(relay, create)).toMatchObject([{ code: "exists", stored: null }]);
      const update = write("update", { id: "b", choice: "y" }, { model: "Ballot", asked: "u" });
      for (const version of [2, 3]) expect(await submit(relay, update)).toMatchObject([{ record: { version } }]);
    });
  });

  it("V3 an expected version is held against the record within the commit", async () => {
    const relay = await startRelay();
    await submit(relay, write("create", { id: "n", title: "t" }));
    const one = (title: string): RecordWrite => write("update", { id: "n", title }, { expectedVersion: 1 });
    const [first, second] = await Promise.all([submit(relay, one("u")), submit(relay, one("w"))]);
    expect(first).toMatchObject([{ outcome: "committed", record: { version: 2 } }]);
    expect(second).toMatchObject([
      { code: "condition", message: "Note n is at version 2, not 1", stored: { version: 2 } },
    ]);
  });

  it("P5 tells a writer nothing of a record that it may not read, but that the key is taken", async () => {
    const relay = await startRelay();
    const ballot = (operation: RecordWrite["operation"], more: Partial<RecordWrite> = {}): RecordWrite =>
      write(operation, { id: "b", choice: "x" }, { model: "Ballot", ...more });
    await submit(relay, ballot("create"));
    const refused = async (one: RecordWrite): Promise<unknown> => (await submit(relay, one))[0];
    expect(await refused(ballot("create"))).toEqual({
      outcome: "refused",
      code: "exists",
      message: "Ballot b exists already",
      fields: [],
      stored: null,
    });
    for (const baseVersion of [1, 9]) {
      expect(await refused(ballot("delete", { baseVersion }))).toMatchObject({ code: "unauthorized", stored: null });
      const expecting = ballot("update", { expectedVersion: baseVersion });
      expect(await refused(expecting)).toMatchObject({ code: "unauthorized", stored: null });
    }
    for (const onStale of ["refuse", "automerge"] as const) {
      expect(await refused(ballot("update", { onStale }))).toMatchObject({ code: "unauthorized", stored: null });
    }
  });

  it("I12 rejects a call that names no record, and stays", async () => {
    const relay = await startRelay();
    await expect(submit(relay, write("update", { title: "t" }))).rejects.toThrow("Note.id is missing");
    await expect(submit(relay, write("create", { id: "n" }, { model: "Nothing" }))).rejects.toThrow("no model Nothing");
    expect(await submit(relay, write("create", { id: "n", title: "t" }))).toMatchObject([{ outcome: "committed" }]);
  });

  it("N5 writes under a client id of this start of the process", async () => {
    const relay = await startRelay();
    const seen = new Set<number>();
    for (const started of [relay, await startRelay()]) {
      await submit(started, write("create", { id: "n", title: "t" }));
      seen.add(await clientIdOf(started));
    }
    expect(seen.size).toBe(2);
  });

  it("N5 N1 lets no session have a client id of its own, of this start or a former one", async () => {
    const adapter = { ...createMemoryAdapter(), close: async () => {} };
    const former = await startRelay({ adapter });
    await submit(former, write("create", { id: "n", title: "t" }));
    const formerId = await clientIdOf(former);
    await former.stop();
    const relay = await startRelay({ adapter });
    await submit(relay, write("create", { id: "m", title: "t" }));
    const ownId = await clientIdOf(relay);
    expect(ownId).not.toBe(formerId);
    const client = connect(relay, "mallory");
    await client.hello({ clientIds: [formerId] });
    client.send({ type: "claim", clientId: ownId, record: null });
    for (const clientId of [formerId, ownId]) expect(await client.next("claimRefused")).toMatchObject({ clientId });
    for (const [i, clientId] of [formerId, ownId].entries()) {
      const change = createBoardWriter(clientId).create("Note", { id: `x${i}`, title: "t" });
      expect(await client.push(i + 1, [change])).toMatchObject({ kind: "refused", code: "clientId" });
    }
  });
});

/** The client id under which a relay wrote its first record, as a session is told it. */
async function clientIdOf(relay: Relay): Promise<number> {
  const client = connect(relay, "reader");
  await client.sync();
  const page = client.received.find((message) => message.type === "page");
  const bytes = page?.type === "page" ? page.records[0]?.documents[0] : undefined;
  return decodeUpdate(bytes ?? new Uint8Array()).structs[0]?.id.client ?? 0;
}

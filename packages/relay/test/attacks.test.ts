/**
 * Attacks on a whole relay, over the protocol's own frames. Each ends in an error for the attacker alone: the store holds what
 * it held, and an honest session goes on as if nothing had been.
 */
import { makeStamp } from "@tributary/model";
import { type Answer, type ChangeItem, encodeClientMessage } from "@tributary/protocol";
import type { StorageAdapter } from "@tributary/storage";
import { createEncoder, length, toUint8Array, writeUint8, writeVarString, writeVarUint } from "lib0/encoding";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import type { Relay } from "../src/index.ts";
import { type BoardWriter, createBoardWriter } from "./fixtures/board-writer.ts";
import { sqliteFile, storeKinds } from "./fixtures/stores.ts";
import { connect, dumpOf, helloOf, START_MS, settle, startRelay, type TestClient } from "./fixtures/test-relay.ts";

const MALLORY = 666;
const ALICE = 71;

interface Scene {
  readonly relay: Relay;
  readonly adapter: StorageAdapter;
  readonly mallory: TestClient;
  /** Wrote note `n` under client id 71, and goes on. */
  readonly alice: TestClient;
  readonly writer: BoardWriter;
  /** Everything stored stayed, and Alice's next edit arrives at a third session. */
  unharmed(): Promise<void>;
}

async function scene(adapter: StorageAdapter): Promise<Scene> {
  const relay = await startRelay({ adapter });
  const [alice, bob, mallory] = [connect(relay, "alice"), connect(relay, "bob"), connect(relay, "mallory")];
  const writer = createBoardWriter(ALICE, () => START_MS);
  await alice.sync({ clientIds: [ALICE] });
  await alice.push(1, [writer.create("Note", { id: "n", title: "by Alice", tags: ["a", "b"] })]);
  await bob.sync();
  await mallory.sync({ clientIds: [MALLORY] });
  const before = await dumpOf(adapter);
  return {
    relay,
    adapter,
    mallory,
    alice,
    writer,
    async unharmed() {
      await settle();
      expect(withoutPushIds(await dumpOf(adapter))).toBe(withoutPushIds(before));
      expect([alice.closedWith, bob.closedWith]).toEqual([null, null]);
      const n = alice.answers().length + 1;
      const ack = await alice.push(n, [writer.edit("Note", "n", { body: `edit ${n}` })]);
      expect(ack).toMatchObject({ kind: "ack", results: [{ version: 2 }] });
      await settle();
      expect(bob.received.at(-1)).toMatchObject({ type: "turn", changes: [{ kind: "update", key: "n", version: 2 }] });
      const stored = await relay.records.get({ kind: "operator" }, "Note", "n");
      expect(stored?.values).toMatchObject({ title: "by Alice", body: `edit ${n}`, tags: ["a", "b"] });
    },
  };
}

/** What was refused to a replica is remembered with its push id; nothing else may have changed. */
function withoutPushIds(dump: string): string {
  return dump
    .split("\n")
    .filter((line) => !line.startsWith("$replicas"))
    .join("\n");
}

function changeOf(update: Uint8Array, more: Partial<ChangeItem> = {}): ChangeItem {
  return { model: "Note", key: "n", facet: 0, life: 1, update, condition: null, baseVersion: null, ...more };
}

/** The update of what `write` does to a document under a client id, on nothing or on Alice's note. */
function updateBy(clientId: number, write: (doc: Y.Doc) => void, on?: Uint8Array): Uint8Array {
  const doc = new Y.Doc({ guid: "attack" });
  if (on !== undefined) Y.applyUpdate(doc, on);
  doc.clientID = clientId;
  const before = Y.encodeStateVector(doc);
  write(doc);
  return Y.encodeStateAsUpdate(doc, before);
}

function entry(fields: object, ms = START_MS, clientId = MALLORY): object {
  return { t: makeStamp(ms, 5, clientId), f: fields };
}

function pushEntry(fields: object, ms?: number): (doc: Y.Doc) => void {
  return (doc) => doc.getArray("$writes").push([entry(fields, ms)]);
}

/** A delete set over a client's clocks, without any struct: 11 bytes for 2^31 clocks. */
function deleteSet(clientId: number, clock: number, count: number): Uint8Array {
  const encoder = createEncoder();
  for (const number of [0, 1, clientId, 1, clock, count]) writeVarUint(encoder, number);
  return toUint8Array(encoder);
}

function bytes(write: (encoder: ReturnType<typeof createEncoder>) => void): Uint8Array {
  const encoder = createEncoder();
  write(encoder);
  expect(length(encoder)).toBeGreaterThan(0);
  return toUint8Array(encoder);
}

/** A value nested so deep, in Yjs's own encoding. */
function nestedEntry(depth: number): Uint8Array {
  return bytes((encoder) => {
    for (const number of [1, 1, MALLORY, 0]) writeVarUint(encoder, number);
    writeUint8(encoder, 8);
    writeVarUint(encoder, 1);
    writeVarString(encoder, "$writes");
    writeVarUint(encoder, 1);
    for (let i = 0; i < depth; i++) {
      writeUint8(encoder, 117);
      writeVarUint(encoder, 1);
    }
    writeUint8(encoder, 126);
    writeVarUint(encoder, 0);
  });
}

describe.each(storeKinds)("a relay on $name", ({ create }) => {
  async function refusal(change: (held: Scene) => ChangeItem | Promise<ChangeItem>): Promise<Answer> {
    const held = await scene(create());
    const answer = await held.mallory.push(1, [await change(held)]);
    expect(answer.kind).not.toBe("ack");
    await held.unharmed();
    return answer;
  }

  const base = (held: Scene): Uint8Array => {
    const turn = held.alice.answers().length;
    expect(turn).toBe(1);
    return createBoardWriter(ALICE, () => START_MS).create("Note", { id: "n", title: "by Alice", tags: ["a", "b"] })
      .update;
  };

  it("A1 G1 refuses a delete set over clocks that nobody has written yet", async () => {
    const attack = deleteSet(ALICE, 0, 2 ** 31);
    expect(attack.byteLength).toBeLessThan(12);
    expect(await refusal(() => changeOf(attack))).toMatchObject({ kind: "gap" });
    expect(await refusal(() => changeOf(deleteSet(4711, 0, 1)))).toMatchObject({ kind: "gap" });
  });

  it("A2 G1 N1 refuses structs under the client id of another replica", async () => {
    const forge = (held: Scene): ChangeItem =>
      changeOf(
        updateBy(
          ALICE,
          (doc) => doc.getArray("$writes").push([entry({ title: "forged" }, START_MS, ALICE)]),
          base(held),
        ),
      );
    expect(await refusal(forge)).toMatchObject({ kind: "refused", code: "clientId" });
    const claimed = await scene(create());
    claimed.mallory.send({ type: "claim", clientId: ALICE, record: null });
    expect(await claimed.mallory.next("claimRefused")).toMatchObject({ clientId: ALICE });
    expect(await claimed.mallory.push(1, [forge(claimed)])).toMatchObject({ kind: "refused", code: "clientId" });
    await claimed.unharmed();
  });

  it("A3 G1 answers gaps with what is held, and stores nothing of thousands of them", async () => {
    const held = await scene(create());
    const doc = new Y.Doc({ guid: "attack" });
    doc.clientID = MALLORY;
    const updates: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => updates.push(update));
    for (let i = 0; i < 4001; i++) pushEntry({ body: `${i}` })(doc);
    // Every other one: each builds on one that never comes.
    const gaps = updates.filter((_, i) => i % 2 === 1).slice(0, 900);
    const pushes = gaps.map((update, i) => ({ n: i + 1, changes: [changeOf(update)] }));
    held.mallory.send({ type: "push", nonce: "x", settled: 0, pushes });
    await settle();
    expect(held.mallory.answers()).toHaveLength(900);
    expect(held.mallory.answers().every((answer) => answer.kind === "gap")).toBe(true);
    await held.unharmed();
  });

  it("A3 G1 refuses an insertion beside an element that nobody knows", async () => {
    const beside = updateBy(MALLORY, (doc) => doc.getArray("tags").insert(1, ["x"]), otherTags());
    expect(await refusal(() => changeOf(beside))).toMatchObject({ kind: "gap" });
  });

  it("A4 I11 reads no more of a want, a hello or a claim than its limits", async () => {
    const held = await scene(create());
    const records = Array.from({ length: 1001 }, (_, i) => ({ model: "Note", key: `${i}` }));
    held.mallory.send({ type: "want", records });
    expect(held.mallory.closedWith).toBe(4413);
    const many = connect(held.relay, "many");
    many.send(helloOf("many", { clientIds: Array.from({ length: 257 }, (_, i) => i + 1) }));
    expect(many.closedWith).toBe(4413);
    await held.unharmed();
  });

  it("A5 I12 refuses an update cut off at any byte", async () => {
    const held = await scene(create());
    const update = createBoardWriter(MALLORY, () => START_MS).create("Note", {
      id: "m",
      title: "title",
      tags: ["x", "y"],
    }).update;
    const cut = Array.from({ length: update.length }, (_, i) => update.slice(0, i));
    const pushes = cut.map((part, i) => ({ n: i + 1, changes: [changeOf(part, { key: "m" })] }));
    held.mallory.send({ type: "push", nonce: "x", settled: 0, pushes });
    await settle();
    expect(held.mallory.answers()).toHaveLength(cut.length);
    expect(held.mallory.answers().every((answer) => answer.kind === "refused")).toBe(true);
    await held.unharmed();
  });

  it("A6 G3 refuses values nested deeper than the cap, with a clear word", async () => {
    for (const depth of [100, 10_000]) {
      expect(await refusal(() => changeOf(nestedEntry(depth)))).toMatchObject({ kind: "refused", code: "tooLarge" });
    }
  });

  it("A7 I12 allocates nothing for counts that no bytes follow", async () => {
    const counts = (numbers: readonly number[]): Uint8Array =>
      bytes((encoder) => {
        for (const number of numbers) writeVarUint(encoder, number);
      });
    expect(await refusal(() => changeOf(counts([2 ** 30])))).toMatchObject({ kind: "refused" });
    expect(await refusal(() => changeOf(counts([1, 2 ** 30, MALLORY, 0])))).toMatchObject({ kind: "refused" });
    expect(await refusal(() => changeOf(counts([0, 2 ** 30])))).toMatchObject({ kind: "refused" });
    const held = await scene(create());
    held.mallory.sendBytes(counts([2, 0, 1, 65, 2 ** 30]));
    expect(held.mallory.closedWith).toBe(4400);
    await held.unharmed();
  });

  it("A8 I12 takes a few KB at most before it knows who is there", async () => {
    const held = await scene(create());
    const stranger = connect(held.relay, "stranger");
    stranger.sendBytes(new Uint8Array(16 * 1024 + 1).fill(1));
    expect(stranger.closedWith).toBe(4413);
    const pushing = connect(held.relay, "stranger");
    pushing.sendBytes(new Uint8Array(16 * 1024 + 1).fill(2));
    expect(pushing.closedWith).toBe(4413);
    const wrongKey = connect(held.relay, "stranger");
    wrongKey.send(helloOf("stranger", { auth: { kind: "apiKey", key: "guessed" } }));
    await settle();
    expect(wrongKey.closedWith).toBe(4401);
    await held.unharmed();
  });

  it("A9 I12 refuses what only a relay sends, and kinds that mean nothing", async () => {
    const held = await scene(create());
    for (const kind of [0, 7, 8, 9, 63, 64, 66, 68, 127, 128, 255]) {
      const client = connect(held.relay, `k${kind}`);
      await client.hello();
      client.sendBytes(Uint8Array.of(kind, 123, 125));
      expect(client.closedWith).toBe(4400);
    }
    await held.unharmed();
  });

  it("A10 I12 refuses frames and updates beyond the limits", async () => {
    const held = await scene(create());
    const client = connect(held.relay, "large");
    await client.hello();
    client.sendBytes(new Uint8Array(4 * 1024 * 1024 + 1).fill(2));
    expect(client.closedWith).toBe(4413);
    const change = changeOf(new Uint8Array(1024 * 1024 + 1));
    held.mallory.send({ type: "push", nonce: "x", settled: 0, pushes: [{ n: 1, changes: [change] }] });
    expect(held.mallory.closedWith).toBe(4413);
    await held.unharmed();
  });

  it("A15 I8 refuses structs and deletions of who may only read", async () => {
    const adapter = create();
    const relay = await startRelay({ adapter });
    await relay.submit({ kind: "operator" }, [
      {
        operation: "create",
        model: "Notice",
        values: { id: "w", text: "read me" },
        baseVersion: null,
        condition: null,
      },
    ]);
    const reader = connect(relay, "reader");
    await reader.sync({ clientIds: [MALLORY] });
    const page = reader.received.find((message) => message.type === "page" && message.records.length > 0);
    const [document] = page?.type === "page" ? (page.records[0]?.documents ?? []) : [];
    if (document === undefined) throw new Error("the notice did not come");
    const before = await dumpOf(adapter);
    const on = { model: "Notice", key: "w" };
    const edit = updateBy(MALLORY, pushEntry({ text: "defaced" }, START_MS + 1), document);
    const removal = updateBy(MALLORY, (doc) => doc.getArray("$writes").delete(0, 1), document);
    const made = createBoardWriter(MALLORY, () => START_MS).create("Notice", { id: "v", text: "mine" });
    expect(await reader.push(1, [changeOf(edit, on)])).toMatchObject({ code: "unauthorized" });
    expect(await reader.push(2, [changeOf(removal, on)])).toMatchObject({ kind: "refused" });
    expect(await reader.push(3, [made])).toMatchObject({ code: "unauthorized" });
    expect(await reader.push(4, [changeOf(document, on)])).toMatchObject({ kind: "ack", results: [{ version: 1 }] });
    expect(withoutPushIds(await dumpOf(adapter))).toBe(withoutPushIds(before));
  });

  it("G3 refuses fields and roots that the schema does not declare, nested types, and `__proto__`", async () => {
    const code = async (write: (doc: Y.Doc) => void, on = false): Promise<unknown> => {
      const answer = await refusal((held) => changeOf(updateBy(MALLORY, write, on ? base(held) : undefined)));
      return answer.kind === "refused" ? answer.code : answer.kind;
    };
    expect(await code(pushEntry({ evil: 1 }))).toBe("unknownField");
    expect(await code((doc) => doc.getArray("evil").push([1]))).toBe("unknownField");
    expect(await code((doc) => doc.getMap("$writes").set("key", 1))).toBe("invalid");
    expect(await code((doc) => doc.getArray("$writes").push([new Y.Array()]))).toBe("invalid");
    expect(await code((doc) => doc.getArray("$writes").push([{ ...entry({ body: "b" }), more: 1 }]))).toBe("invalid");
    expect(await code((doc) => doc.getText("tags").insert(0, "text"))).toBe("invalid");
    const proto = JSON.parse('{"__proto__": {"isAdmin": true}}') as object;
    expect(await code(pushEntry(proto))).toMatch(/invalid|malformed|unknownField/);
    expect(await code(pushEntry({ id: "other" }, START_MS + 1), true)).toBe("invalid");
    expect(await code(pushEntry({ stars: "many" }, START_MS + 1), true)).toBe("invalid");
  });

  it("G3 refuses values that the schema's types do not hold, though another value wins", async () => {
    const loser = (held: Scene): ChangeItem =>
      changeOf(updateBy(MALLORY, pushEntry({ title: 7 }, START_MS - 1000), base(held)));
    expect(await refusal(loser)).toMatchObject({ kind: "refused", code: "invalid", fields: ["title"] });
  });

  it("S2 refuses stamps in the far future, and says what time it is", async () => {
    const late = (held: Scene): ChangeItem =>
      changeOf(updateBy(MALLORY, pushEntry({ body: "late" }, START_MS + 60_001), base(held)));
    expect(await refusal(late)).toMatchObject({ kind: "refused", code: "drift", replay: true, timeMs: START_MS });
    const held = await scene(create());
    const timely = changeOf(updateBy(MALLORY, pushEntry({ stars: 1 }, START_MS + 60_000), base(held)));
    expect(await held.mallory.push(1, [timely])).toMatchObject({ kind: "ack" });
  });

  it("I12 refuses models and keys that are not there to be written", async () => {
    const update = createBoardWriter(MALLORY, () => START_MS).create("Note", { id: "m", title: "t" }).update;
    expect(await refusal(() => changeOf(update, { model: "Nothing", key: "m" }))).toMatchObject({
      code: "unknownModel",
    });
    expect(await refusal(() => changeOf(update, { model: "constructor", key: "m" }))).toMatchObject({
      code: "unknownModel",
    });
    expect(await refusal(() => changeOf(update, { key: "another" }))).toMatchObject({ code: "invalid" });
    expect(await refusal(() => changeOf(update, { model: "Seat", key: "m" }))).toMatchObject({ code: "malformed" });
    expect(await refusal(() => changeOf(update, { model: "Seat", key: "[1,1e999]" }))).toMatchObject({
      code: "malformed",
    });
    expect(await refusal(() => changeOf(update, { key: "m", condition: { kind: "nonsense" } }))).toMatchObject({
      code: "malformed",
    });
  });

  it("D2 refuses writes to a life that is over, and lives that nobody began", async () => {
    const edit = (held: Scene): Uint8Array => updateBy(MALLORY, pushEntry({ body: "b" }, START_MS + 1), base(held));
    for (const life of [2, 3, Number.MAX_SAFE_INTEGER]) {
      expect(await refusal((held) => changeOf(edit(held), { life }))).toMatchObject({ kind: "refused", code: "life" });
    }
  });

  it("F2 starts anew for a cursor that was made up or changed", async () => {
    const held = await scene(create());
    const cursor = await connect(held.relay, "reader").sync();
    const forged = Buffer.from(cursor, "base64url");
    forged[forged.length - 2] = (forged[forged.length - 2] ?? 0) ^ 1;
    const client = connect(held.relay, "reader2");
    expect(await client.hello({ cursor: forged.toString("base64url") })).toMatchObject({
      start: "base",
      reason: "invalid",
    });
    await held.unharmed();
  });

  it("I12 ends a session for each malformed frame, and no other", async () => {
    const held = await scene(create());
    const frames = [
      new Uint8Array(),
      Uint8Array.of(1),
      Uint8Array.of(2),
      Uint8Array.of(2, 255, 255, 255),
      encodeClientMessage({ type: "pull", pages: 3 }).slice(0, 5),
      Uint8Array.of(4, ...Buffer.from('{"pages":-1}')),
      Uint8Array.of(4, ...Buffer.from('{"pages":1,"__proto__":{}}')),
      Uint8Array.of(5, ...Buffer.from("[".repeat(5000))),
      Uint8Array.of(3, 0xff, 0xfe),
    ];
    for (const [i, frame] of frames.entries()) {
      const client = connect(held.relay, `m${i}`);
      await client.hello();
      client.sendBytes(frame);
      expect(client.closedWith).toBeGreaterThanOrEqual(4400);
      expect(client.received.at(-1)).toMatchObject({ type: "bye" });
    }
    await held.unharmed();
  });
});

function otherTags(): Uint8Array {
  return updateBy(99, (doc) => doc.getArray("tags").push(["p", "q"]));
}

describe("a relay database put back from a copy", () => {
  it("F1 is noticed by the first cursor beyond it: a new epoch begins, older cursors go on or start anew", async () => {
    const file = sqliteFile();
    const first = await startRelay({ adapter: file.open() });
    const writer = createBoardWriter(ALICE, () => START_MS);
    const [alice, bob] = [connect(first, "alice"), connect(first, "bob")];
    await alice.sync({ clientIds: [ALICE] });
    await alice.push(1, [writer.create("Note", { id: "kept", title: "t" })]);
    const early = await bob.sync();
    await first.stop();
    const putBack = file.keep();

    const second = await startRelay({ adapter: file.open() });
    expect(second.epoch).toBe(first.epoch);
    const again = connect(second, "alice");
    await again.sync({ clientIds: [ALICE], cursor: early });
    await again.push(2, [writer.create("Note", { id: "lost", title: "t" })]);
    const late = (await again.received.findLast((message) => message.type === "turn"))?.cursor;
    if (typeof late !== "string") throw new Error("no cursor came with the acknowledgement");
    await second.stop();
    putBack();

    const third = await startRelay({ adapter: file.open() });
    expect(third.epoch).toBe(first.epoch);
    const [standing, waiting] = [connect(third, "standing"), connect(third, "bob")];
    expect(await waiting.hello({ cursor: early })).toMatchObject({ start: "resume" });
    await standing.hello();
    const returned = connect(third, "alice");
    const welcome = await returned.hello({ clientIds: [ALICE], cursor: late, isEmpty: false });
    expect(welcome).toMatchObject({ start: "base", reason: "epoch", isAhead: true, lastPush: { n: 1 } });
    expect(welcome.epoch).not.toBe(first.epoch);
    expect(third.epoch).toBe(welcome.epoch);
    // Whoever was there belongs to the old history, and connects anew.
    expect([standing.closedWith, waiting.closedWith]).toEqual([1013, 1013]);
    const bobAgain = connect(third, "bob");
    expect(await bobAgain.hello({ cursor: early })).toMatchObject({ start: "base", reason: "epoch", isAhead: true });
    returned.send({ type: "pull", pages: 10 });
    const { cursor } = await returned.next("synced");
    returned.disconnect();
    expect(await connect(third, "alice").hello({ cursor })).toMatchObject({ start: "resume" });
  });

  it("F1 opens one epoch, however many notice it at once", async () => {
    const file = sqliteFile();
    const first = await startRelay({ adapter: file.open() });
    await first.stop();
    const putBack = file.keep();
    const second = await startRelay({ adapter: file.open() });
    const cursors = [await connect(second, "a").sync(), await connect(second, "b").sync()];
    await second.stop();
    putBack();
    const third = await startRelay({ adapter: file.open() });
    const clients = cursors.map((cursor, i) => {
      const client = connect(third, `r${i}`);
      client.send(helloOf(`r${i}`, { cursor }));
      return client;
    });
    await settle();
    const epochs = clients.flatMap((client) =>
      client.received.flatMap((one) => (one.type === "welcome" ? [one.epoch] : [])),
    );
    expect(new Set(epochs)).toEqual(new Set([third.epoch]));
    expect(epochs.length).toBeGreaterThanOrEqual(1);
  });
});

import type { ChangeItem, Turn } from "@tributary/protocol";
import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it, vi } from "vitest";
import type { Authentication, Relay, RelayOptions } from "../src/index.ts";
import { groupSchema } from "./fixtures/board-schema.ts";
import { createBoardWriter } from "./fixtures/board-writer.ts";
import { gated, until } from "./fixtures/gated-adapter.ts";
import { connect, helloOf, START_MS, settle, startRelay, type TestClient } from "./fixtures/test-relay.ts";

const operator = { kind: "operator" } as const;

/** Notes written by the relay itself, each as a change of its own. */
async function fill(relay: Relay, count: number, from = 0, body = ""): Promise<void> {
  const ids = Array.from({ length: count }, (_, i) => `n${String(from + i).padStart(5, "0")}`);
  const write = (id: string) => {
    const values = { id, title: "t", body };
    return { operation: "create", model: "Note", values, baseVersion: null, condition: null } as const;
  };
  await relay.submit(operator, ids.map(write));
}

async function editNote(relay: Relay, id: string, body: string): Promise<void> {
  await relay.submit(operator, [
    { operation: "update", model: "Note", values: { id, body }, baseVersion: null, condition: null },
  ]);
}

/** Says hello; what it answers pushes a new note of so many KiB. */
async function heavyWriter(client: TestClient, clientId: number): Promise<(kib: number) => void> {
  const writer = createBoardWriter(clientId);
  await client.hello({ clientIds: [clientId] });
  let n = 0;
  return (kib) => {
    const changes = [writer.create("Note", { id: `n${++n}`, title: "t", body: "x".repeat(1024 * kib) })];
    client.send({ type: "push", nonce: "x", settled: 0, pushes: [{ n, changes }] });
  };
}

function turnsOf(client: TestClient): Turn[] {
  return client.received.filter((message) => message.type === "turn");
}

/** Names and kinds of the changes a client was sent in turns, in order. */
function changesOf(client: TestClient): string[] {
  return turnsOf(client).flatMap((turn) => turn.changes.map((change) => `${change.kind} ${change.key}`));
}

function lastBye(client: TestClient): unknown {
  return client.received.findLast((message) => message.type === "bye");
}

describe("a session's beginning", () => {
  it("RELAY-1 takes nothing before its welcome, and a second hello at no time", async () => {
    const relay = await startRelay();
    const early = connect(relay, "a");
    early.send({ type: "pull", pages: 1 });
    expect(early.closedWith).toBe(4400);
    const hasty = connect(relay, "a");
    hasty.send(helloOf("a"));
    hasty.send({ type: "push", nonce: "x", settled: 0, pushes: [] });
    expect(hasty.closedWith).toBe(4400);
    const twice = connect(relay, "a");
    await twice.hello();
    twice.send(helloOf("a"));
    expect(twice.closedWith).toBe(4400);
    await settle();
    expect(hasty.received.map((message) => message.type)).toEqual(["bye"]);
    expect(relay.stats().sessions).toBe(0);
  });

  it("RELAY-1 ends a session that says no hello in time, and one whose key takes too long to look at", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const relay = await startRelay({ helloTimeoutMs: 500, authenticate: () => new Promise(() => {}) });
      const [silent, slow] = [connect(relay, "a"), connect(relay, "b")];
      slow.send(helloOf("b"));
      vi.advanceTimersByTime(499);
      expect([silent.closedWith, slow.closedWith]).toEqual([null, null]);
      vi.advanceTimersByTime(1);
      expect([silent.closedWith, slow.closedWith]).toEqual([4408, 4408]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("RELAY-1 has no timer left once it is welcome", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const relay = await startRelay();
      const client = connect(relay, "a");
      expect(vi.getTimerCount()).toBe(1);
      await client.hello();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("I8 refuses a wrong key, and a replica of another principal, and binds no ids for them", async () => {
    const adapter = createMemoryAdapter();
    const relay = await startRelay({ adapter });
    const wrong = connect(relay, "a");
    wrong.send(helloOf("a", { auth: { kind: "apiKey", key: "nonsense" }, clientIds: [5] }));
    await settle();
    expect(wrong.closedWith).toBe(4401);
    const owner = connect(relay, "a");
    await owner.hello({ clientIds: [71] });
    await owner.push(1, [createBoardWriter(71).create("Note", { id: "n", title: "t" })]);
    const whileThere = connect(relay, "a");
    whileThere.send(helloOf("a", { auth: { kind: "apiKey", key: "key of another" }, clientIds: [6] }));
    await settle();
    expect([whileThere.closedWith, owner.closedWith]).toEqual([4403, null]);
    owner.disconnect();
    const afterwards = connect(relay, "a");
    afterwards.send(helloOf("a", { auth: { kind: "apiKey", key: "key of another" }, clientIds: [7] }));
    await settle();
    expect(afterwards.closedWith).toBe(4403);
    const ids = await adapter.scan({
      table: "$clientIds",
      where: { kind: "compare", column: "replica", op: "eq", value: "a" },
    });
    expect(ids.map((row) => row[0])).toEqual([71]);
  });

  it("I8 counts no records of models that the session may not read", async () => {
    const relay = await startRelay();
    const create = (model: string, values: Record<string, string>) =>
      relay.submit(operator, [{ operation: "create", model, values, baseVersion: null, condition: null }]);
    await create("Note", { id: "n", title: "t" });
    await create("Ballot", { id: "b", choice: "x" });
    const client = connect(relay, "a");
    const welcome = await client.hello();
    expect(welcome.models).toEqual(["Note", "Notice", "Ballot", "Seat"]);
    expect(welcome.counts).toEqual([1, 0, 0, 0]);
    client.send({ type: "pull", pages: 10 });
    await client.next("synced");
    const pages = client.received.filter((message) => message.type === "page");
    expect(pages.map(({ model, records, isLast }) => [model, records.length, isLast])).toEqual([
      [0, 1, true],
      [1, 0, true],
      [2, 0, true],
      [3, 0, true],
    ]);
  });

  it("F6 has no pages when no model is asked for, and is live at once", async () => {
    const relay = await startRelay();
    await fill(relay, 2);
    const client = connect(relay, "a");
    expect(await client.hello({ models: [] })).toMatchObject({ start: "base", reason: "new" });
    await client.next("synced");
    expect(client.received.some((message) => message.type === "page")).toBe(false);
  });
});

describe("a replica's connections", () => {
  it("N6 end with a newer one, also one that is still being greeted", async () => {
    const relay = await startRelay();
    const first = connect(relay, "a");
    await first.sync();
    const [second, third] = [connect(relay, "a"), connect(relay, "a")];
    second.send(helloOf("a"));
    third.send(helloOf("a"));
    await third.next("welcome");
    expect([first.closedWith, second.closedWith, third.closedWith]).toEqual([4409, 4409, null]);
    expect(relay.stats().sessions).toBe(1);
  });

  it("N2 hear of the last push only when all that an older one handed in is decided", async () => {
    const memory = createMemoryAdapter();
    let release: () => void = () => {};
    const slow: StorageAdapter = {
      ...memory,
      async commit(batch) {
        if ((batch.sequence?.count ?? 0) > 0) {
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        }
        return memory.commit(batch);
      },
    };
    const relay = await startRelay({ adapter: slow });
    const old = connect(relay, "a");
    await old.hello({ clientIds: [71] });
    const change = createBoardWriter(71).create("Note", { id: "n", title: "t" });
    old.send({ type: "push", nonce: "first", settled: 0, pushes: [{ n: 1, changes: [change] }] });
    await settle(5);
    const next = connect(relay, "a");
    next.send(helloOf("a", { clientIds: [71] }));
    await settle(5);
    expect(next.received).toEqual([]);
    release();
    expect((await next.next("welcome")).lastPush).toEqual({ nonce: "first", n: 1 });
    expect(old.answers()).toEqual([]);
  });

  it("N1 write only under ids that are bound to the replica; an id of another is refused", async () => {
    const memory = createMemoryAdapter();
    const relay = await startRelay({
      adapter: {
        ...memory,
        async commit(batch) {
          if (batch.writes[0]?.table === "$clientIds") await settle(5);
          return memory.commit(batch);
        },
      },
    });
    const [a, b] = [connect(relay, "a"), connect(relay, "b")];
    await a.hello({ clientIds: [71] });
    await b.hello({ clientIds: [71, 72] });
    expect(await b.next("claimRefused")).toMatchObject({ clientId: 71 });
    const note = (id: number, key: string): ChangeItem => createBoardWriter(id).create("Note", { id: key, title: "t" });
    expect(await b.push(1, [note(71, "x")])).toMatchObject({ kind: "refused", code: "clientId", replay: true });
    expect(await b.push(2, [note(72, "y")])).toMatchObject({ kind: "ack" });
    expect(await b.push(3, [note(73, "z")])).toMatchObject({ kind: "refused", code: "clientId" });
    b.send({ type: "claim", clientId: 71, record: null });
    b.send({ type: "claim", clientId: 73, record: null });
    expect(await b.next("claimRefused")).toMatchObject({ clientId: 71 });
    // The push right behind a claim is judged with it.
    expect(await b.push(4, [note(73, "z")])).toMatchObject({ kind: "ack" });
  });

  it("N1 binds no id to the replica of a session that ends meanwhile", async () => {
    const adapter = createMemoryAdapter();
    const relay = await startRelay({ adapter });
    const client = connect(relay, "a");
    await client.hello();
    client.send({ type: "claim", clientId: 71, record: null });
    client.disconnect();
    await settle();
    expect(await adapter.get("$clientIds", [71])).toBeUndefined();
  });

  it("I11 N1 end when they claim more ids than anybody needs", async () => {
    const relay = await startRelay();
    const client = connect(relay, "a");
    await client.hello();
    for (let i = 1; i <= 257 && client.closedWith === null; i++)
      client.send({ type: "claim", clientId: i, record: null });
    expect(client.closedWith).toBe(4413);
    const patient = connect(relay, "b");
    await patient.hello();
    for (let i = 1001; i <= 2026 && patient.closedWith === null; i++) {
      patient.send({ type: "claim", clientId: i, record: null });
      await settle(1);
    }
    expect(patient.closedWith).toBe(4413);
  });
});

describe("catching up", () => {
  it("RELAY-2 sends a page for a credit, and none without", async () => {
    const relay = await startRelay();
    await fill(relay, 3);
    const client = connect(relay, "a");
    await client.hello();
    await settle();
    expect(client.received).toHaveLength(1);
    client.send({ type: "pull", pages: 1 });
    await settle();
    expect(client.received.slice(1).map((message) => message.type)).toEqual(["page"]);
    client.send({ type: "pull", pages: 2 });
    await settle();
    expect(client.received.filter((message) => message.type === "page")).toHaveLength(3);
  });

  it("F6 I5 goes on from the head at the start of paging, so that no change meanwhile is lost", async () => {
    const relay = await startRelay();
    await fill(relay, 3);
    const client = connect(relay, "a");
    await client.hello();
    client.send({ type: "pull", pages: 1 });
    await client.next("page");
    await editNote(relay, "n00001", "while paging");
    await fill(relay, 1, 3);
    await settle();
    expect(changesOf(client)).toEqual([]);
    client.send({ type: "pull", pages: 10 });
    await client.next("synced");
    expect(changesOf(client)).toEqual(["state n00001", "state n00003"]);
  });

  it("F6 resumes a base sync behind the last page, under the same schema only", async () => {
    const adapter = createMemoryAdapter();
    const relay = await startRelay({ adapter });
    await fill(relay, 2);
    const client = connect(relay, "a");
    await client.hello();
    client.send({ type: "pull", pages: 1 });
    const { cursor } = await client.next("page");
    client.disconnect();
    const again = connect(relay, "a");
    expect(await again.hello({ cursor, isEmpty: false })).toMatchObject({ start: "base", reason: null });
    again.send({ type: "pull", pages: 10 });
    await again.next("synced");
    const models = again.received.flatMap((message) => (message.type === "page" ? [message.model] : []));
    expect(models).toEqual([1, 2, 3]);
  });

  it("F2 continues a cursor of its own scope, and starts anew for any other", async () => {
    const relay = await startRelay();
    await fill(relay, 2);
    const first = connect(relay, "a");
    const cursor = await first.sync();
    first.disconnect();
    await fill(relay, 1, 2);
    const resumed = connect(relay, "a");
    expect(await resumed.hello({ cursor })).toMatchObject({
      start: "resume",
      reason: null,
      isAhead: false,
      counts: [],
    });
    await resumed.next("synced");
    expect(changesOf(resumed)).toEqual(["state n00002"]);
    const start = async (more: Parameters<TestClient["hello"]>[0]): Promise<unknown> => {
      const client = connect(relay, `b${Math.random()}`);
      const { start, reason, isAhead } = await client.hello(more);
      return { start, reason, isAhead };
    };
    const anew = (reason: string, isAhead = false): unknown => ({ start: "base", reason, isAhead });
    expect(await start({ cursor, models: ["Note"] })).toEqual(anew("scope"));
    expect(await start({ cursor, expressions: { Note: { kind: "all" } } })).toEqual(anew("scope"));
    expect(await start({ cursor, auth: { kind: "apiKey", key: "key of another" } })).toEqual(anew("scope"));
    expect(await start({ cursor: `${cursor}x` })).toEqual(anew("invalid", true));
    expect(await start({ cursor: "bm9uc2Vuc2U" })).toEqual(anew("invalid", true));
    expect(await start({})).toEqual(anew("new"));
  });

  it("F2 gives a cursor now and then to a session that sees nothing of what changes", async () => {
    const relay = await startRelay();
    const client = connect(relay, "a");
    await client.sync({ models: ["Seat"] });
    await fill(relay, 1000);
    await settle();
    const turns = turnsOf(client);
    expect(turns).toHaveLength(1);
    expect(turns[0]).toMatchObject({ answers: [], changes: [] });
    client.disconnect();
    const again = connect(relay, "a");
    expect(await again.hello({ models: ["Seat"], cursor: turns[0]?.cursor ?? null })).toMatchObject({
      start: "resume",
    });
  });

  it("I5 goes live under a load that never pauses", async () => {
    const relay = await startRelay();
    await fill(relay, 5);
    const client = connect(relay, "a");
    let isOver = false;
    const load = (async () => {
      for (let i = 0; !isOver; i++) await editNote(relay, "n00000", `body ${i}`);
    })();
    await client.hello();
    client.send({ type: "pull", pages: 6 });
    await client.next("synced");
    isOver = true;
    await load;
    await editNote(relay, "n00001", "live");
    await settle();
    expect(changesOf(client).at(-1)).toBe("update n00001");
  });

  it("I5 brings a record that is changed between the reading of its entry and of itself, though nobody was told of that yet", async () => {
    const memory = createMemoryAdapter();
    let onRecords: (() => Promise<void>) | null = null;
    let onCommitted: (() => Promise<void>) | null = null;
    const relay = await startRelay({
      adapter: {
        ...memory,
        async getMany(table, keys) {
          const act = table === "Note" ? onRecords : null;
          if (act !== null) onRecords = null;
          await act?.();
          return memory.getMany(table, keys);
        },
        async commit(batch) {
          const result = await memory.commit(batch);
          await onCommitted?.();
          return result;
        },
      },
    });
    await fill(relay, 1);
    const client = connect(relay, "a");
    const cursor = await client.sync();
    client.disconnect();
    await editNote(relay, "n00000", "missed");
    let tell: () => void = () => {};
    let edit: Promise<void> = Promise.resolve();
    onRecords = () =>
      new Promise((resolve) => {
        onCommitted = () =>
          new Promise((told) => {
            tell = told;
            resolve();
          });
        edit = editNote(relay, "n00000", "overtaking");
      });
    const again = connect(relay, "a");
    expect(await again.hello({ cursor })).toMatchObject({ start: "resume" });
    await again.next("synced");
    tell();
    await edit;
    await settle();
    expect(changesOf(again)).toEqual(["state n00000"]);
  });

  it("RELAY-4 lets others have their turn between two pages of one session", async () => {
    const relay = await startRelay();
    await fill(relay, 3000);
    const greedy = connect(relay, "a");
    await greedy.hello();
    greedy.send({ type: "pull", pages: 64 });
    const pagesAt: number[] = [];
    for (let round = 0; round < 200; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      pagesAt.push(greedy.received.filter((message) => message.type === "page").length);
    }
    const steps = pagesAt.map((count, i) => count - (pagesAt[i - 1] ?? 0));
    expect(Math.max(...steps)).toBe(1);
    expect(pagesAt.at(-1)).toBe(6);
  });

  it("F3 I5 ends a session that catches up past deletions that were forgotten meanwhile, and starts it anew", async () => {
    let now = START_MS;
    const relay = await startRelay({
      now: () => now,
      tombstoneLifetimeMs: 1000,
      deltaLifetimeMs: 10,
      expiryIntervalMs: 1,
    });
    await fill(relay, 2);
    const first = connect(relay, "a");
    const cursor = await first.sync();
    first.disconnect();
    await fill(relay, 1100, 2);
    await relay.submit(operator, [
      { operation: "delete", model: "Note", values: { id: "n00000" }, baseVersion: 1, condition: null },
    ]);
    const waiting = connect(relay, "a");
    expect(await waiting.hello({ cursor })).toMatchObject({ start: "resume" });
    expect(await waiting.next("turn")).toMatchObject({ more: true });
    now += 10_000;
    await vi.waitFor(async () => {
      await settle(1);
      expect(await relay.records.get(operator, "Note", "n00000")).toBeNull();
    });
    expect(waiting.closedWith).toBeNull();
    waiting.send({ type: "pull", pages: 1 });
    await settle();
    expect(waiting.closedWith).toBe(1013);
    const again = connect(relay, "a");
    const { cursor: reached } = turnsOf(waiting)[0] as Turn;
    expect(await again.hello({ cursor: reached })).toMatchObject({ start: "base", reason: "expired" });
  });
});

describe("live delivery", () => {
  it("RELAY-3 sends each change once to everybody but who pushed it, in one frame a turn", async () => {
    const relay = await startRelay();
    const [a, b, c] = [connect(relay, "a"), connect(relay, "b"), connect(relay, "c")];
    await a.sync({ clientIds: [71] });
    await b.sync();
    await c.sync();
    const writer = createBoardWriter(71);
    const pushes = [1, 2, 3].map((n) => ({ n, changes: [writer.create("Note", { id: `n${n}`, title: "t" })] }));
    a.send({ type: "push", nonce: "x", settled: 0, pushes });
    await settle();
    expect(changesOf(a)).toEqual([]);
    expect(a.answers()).toHaveLength(3);
    expect(changesOf(b)).toEqual(["state n1", "state n2", "state n3"]);
    expect([a, b, c].map((client) => turnsOf(client).length)).toEqual([1, 1, 1]);
    expect(b.frames.at(-1)).toBe(c.frames.at(-1));
    expect(turnsOf(a)[0]?.cursor).toBe(turnsOf(b)[0]?.cursor);
    expect(relay.stats().changesDelivered).toBe(6);
  });

  it("F5 sends the update of what a session holds, the state of what is new, a tombstone for what is deleted", async () => {
    const relay = await startRelay();
    const [a, b] = [connect(relay, "a"), connect(relay, "b")];
    await a.sync({ clientIds: [71] });
    await b.sync();
    const writer = createBoardWriter(71);
    const create = writer.create("Note", { id: "n", title: "t" });
    const edit = writer.edit("Note", "n", { body: "b" });
    for (const [i, change] of [create, edit, writer.remove("Note", "n")].entries()) await a.push(i + 1, [change]);
    await settle();
    expect(changesOf(b)).toEqual(["state n", "update n", "tombstone n"]);
    const updates = turnsOf(b).flatMap((turn) =>
      turn.changes.map(({ update, version }) => [version, update?.length ?? 0]),
    );
    expect(updates).toEqual([
      [1, create.update.length],
      [2, edit.update.length],
      [3, 0],
    ]);
  });

  it("I8 sends nothing of a model that the session may not read, nor of one that it did not ask for", async () => {
    const relay = await startRelay();
    const [a, b] = [connect(relay, "a"), connect(relay, "b")];
    await a.sync({ clientIds: [71] });
    await b.sync({ models: ["Seat", "Ballot"] });
    const writer = createBoardWriter(71);
    await a.push(1, [
      writer.create("Ballot", { id: "b", choice: "secret" }),
      writer.create("Note", { id: "n", title: "t" }),
    ]);
    await a.push(2, [writer.create("Seat", { row: 1, number: 2 })]);
    await settle();
    expect(changesOf(b)).toEqual(["state [1,2]"]);
    expect(b.frames.every((frame) => !Buffer.from(frame).includes("secret"))).toBe(true);
  });

  it("I13 I12 goes on when a listener, or another session's socket, throws", async () => {
    const relay = await startRelay();
    const [a, b, c] = [connect(relay, "a"), connect(relay, "b"), connect(relay, "c")];
    await a.sync({ clientIds: [71] });
    await b.sync();
    await c.sync();
    relay.subscribe(() => {
      throw new Error("a listener's fault");
    });
    const heard: number[] = [];
    relay.subscribe((changes) => heard.push(changes.length));
    b.breakSocket();
    expect(await a.push(1, [createBoardWriter(71).create("Note", { id: "n", title: "t" })])).toMatchObject({
      kind: "ack",
    });
    await settle();
    expect(changesOf(c)).toEqual(["state n"]);
    expect(heard).toEqual([1]);
    expect(relay.stats().sessions).toBe(2);
  });

  it("A10 drops a reader that does not keep up, which resumes by cursor", async () => {
    const relay = await startRelay({ maxBufferedBytes: 1000 });
    const client = connect(relay, "a");
    const cursor = await client.sync();
    client.bufferedBytes = 1001;
    await fill(relay, 1);
    await settle();
    expect(client.closedWith).toBe(1013);
    expect(relay.stats()).toMatchObject({ sessions: 0, slowReadersDropped: 1 });
    const again = connect(relay, "a");
    await again.hello({ cursor });
    await again.next("synced");
    expect(changesOf(again)).toEqual(["state n00000"]);
  });

  it("I12 ends a session with an error to try again when the store fails, and commits for it afterwards", async () => {
    const memory = createMemoryAdapter();
    let isFull = false;
    const relay = await startRelay({
      adapter: {
        ...memory,
        async commit(batch) {
          if (isFull && (batch.sequence?.count ?? 0) > 0) throw new Error("disk full");
          return memory.commit(batch);
        },
      },
    });
    const [a, b] = [connect(relay, "a"), connect(relay, "b")];
    await a.sync({ clientIds: [71] });
    await b.sync();
    const change = createBoardWriter(71).create("Note", { id: "n", title: "t" });
    isFull = true;
    a.send({ type: "push", nonce: "x", settled: 0, pushes: [{ n: 1, changes: [change] }] });
    await settle();
    expect([a.closedWith, b.closedWith]).toEqual([1013, null]);
    expect(lastBye(a)).toMatchObject({ retryAfterMs: 1000 });
    isFull = false;
    const again = connect(relay, "a");
    expect((await again.hello({ clientIds: [71] })).lastPush).toBeNull();
    expect(await again.push(1, [change])).toMatchObject({ kind: "ack" });
    await settle();
    expect(changesOf(b)).toEqual(["state n"]);
  });
});

describe("credentials", () => {
  const expiring =
    (at: () => number): RelayOptions["authenticate"] =>
    async (auth) =>
      auth.kind === "apiKey" && auth.key !== "wrong"
        ? ({
            outcome: "accepted",
            identity: { kind: "apiKey", id: auth.key },
            expiresAt: at(),
          } satisfies Authentication)
        : { outcome: "refused", reason: "wrong key" };

  async function withClock(): Promise<{
    relay: Relay;
    at(ms: number): void;
    expireAt(ms: number): void;
    tick(): Promise<void>;
  }> {
    let now = START_MS;
    let until = START_MS + 100_000;
    const relay = await startRelay({ now: () => now, authenticate: expiring(() => until), credentialCheckMs: 1 });
    return {
      relay,
      at: (ms) => {
        now = START_MS + ms;
      },
      expireAt: (ms) => {
        until = START_MS + ms;
      },
      tick: () => new Promise((resolve) => setTimeout(resolve, 3)),
    };
  }

  it("A12 end a session that only listens, after it was told that they will", async () => {
    const { relay, at, tick } = await withClock();
    const client = connect(relay, "a");
    await client.sync();
    at(39_000);
    await tick();
    expect(client.received.some((message) => message.type === "authExpiring")).toBe(false);
    at(41_000);
    await tick();
    await tick();
    expect(client.received.filter((message) => message.type === "authExpiring")).toEqual([
      { type: "authExpiring", inMs: 59_000 },
    ]);
    at(100_000);
    await tick();
    expect(client.closedWith).toBe(4401);
    expect(relay.stats().sessions).toBe(0);
  });

  it("A12 end a session at the first thing that comes or goes, whatever the check does", async () => {
    let now = START_MS;
    const relay = await startRelay({ now: () => now, authenticate: expiring(() => START_MS + 100) });
    const [asking, listening] = [connect(relay, "a"), connect(relay, "b")];
    await asking.sync();
    await listening.sync();
    now += 100;
    asking.send({ type: "want", records: [] });
    expect(asking.closedWith).toBe(4401);
    await fill(relay, 1);
    expect(listening.closedWith).toBe(4401);
    expect(changesOf(listening)).toEqual([]);
  });

  it("A12 are renewed by others of the same principal, and by no other", async () => {
    const { relay, at, expireAt, tick } = await withClock();
    const clients = ["a", "b", "c"].map((replica) => connect(relay, replica));
    for (const client of clients) await client.sync();
    const [kept, wrong, other] = clients as [TestClient, TestClient, TestClient];
    expireAt(200_000);
    kept.send({ type: "reauthenticate", auth: { kind: "apiKey", key: "key" } });
    wrong.send({ type: "reauthenticate", auth: { kind: "apiKey", key: "wrong" } });
    other.send({ type: "reauthenticate", auth: { kind: "apiKey", key: "another" } });
    await settle();
    expect([kept.closedWith, wrong.closedWith, other.closedWith]).toEqual([null, 4401, 4403]);
    at(150_000);
    await tick();
    expect(kept.closedWith).toBeNull();
  });

  it("I11 A12 are looked at one after the other, and end a session that sends many at once", async () => {
    let asked = 0;
    const release: (() => void)[] = [];
    const relay = await startRelay({
      authenticate: async () => {
        if (++asked > 1) await new Promise<void>((resolve) => release.push(resolve));
        return { outcome: "accepted", identity: { kind: "apiKey", id: "key" }, expiresAt: START_MS + asked };
      },
    });
    const client = connect(relay, "a");
    await client.hello();
    const renew = (): void => client.send({ type: "reauthenticate", auth: { kind: "apiKey", key: "key" } });
    for (let i = 0; i < 8; i++) renew();
    await settle();
    expect([asked, client.closedWith]).toEqual([2, null]);
    release.shift()?.();
    await settle();
    expect([asked, client.closedWith]).toEqual([3, null]);
    renew();
    expect(client.closedWith).toBeNull();
    renew();
    expect(client.closedWith).toBe(4413);
    release.shift()?.();
    await settle();
    expect(asked).toBe(3);
  });

  it("F2 end a session when the new ones see other records", async () => {
    let groups = ["staff"];
    const relay = await startRelay({
      schema: groupSchema,
      authenticate: async () => ({
        outcome: "accepted",
        identity: {
          kind: "token",
          subject: "u",
          provider: "userPools",
          claims: { "cognito:groups": groups, iat: Math.random() },
        },
        expiresAt: null,
      }),
    });
    const client = connect(relay, "a");
    await client.hello();
    client.send({ type: "reauthenticate", auth: { kind: "token", token: "t" } });
    await settle();
    expect(client.closedWith).toBeNull();
    groups = [];
    client.send({ type: "reauthenticate", auth: { kind: "token", token: "t" } });
    await settle();
    expect(client.closedWith).toBe(1013);
  });
});

describe("wants", () => {
  it("F4 are answered with the state of what is there, and gone for everything else", async () => {
    const relay = await startRelay();
    await fill(relay, 1);
    const create = (model: string, values: Record<string, string>) =>
      relay.submit(operator, [{ operation: "create", model, values, baseVersion: null, condition: null }]);
    await create("Ballot", { id: "b", choice: "secret" });
    const client = connect(relay, "a");
    await client.hello();
    const names = [
      { model: "Note", key: "n00000" },
      { model: "Note", key: "missing" },
      { model: "Ballot", key: "b" },
      { model: "Seat", key: "no key at all" },
      { model: "Nothing", key: "x" },
    ];
    client.send({ type: "want", records: names });
    const turn = await client.next("turn");
    expect(turn.cursor).toBeNull();
    expect(changesOf(client)).toEqual(["state n00000", "gone missing", "gone b", "gone no key at all"]);
    expect(Buffer.from(client.frames.at(-1) ?? []).includes("secret")).toBe(false);
  });

  it("I11 are answered in frames of bounded size, one after the other, and so many at a time", async () => {
    const relay = await startRelay();
    await fill(relay, 6, 0, "x".repeat(400_000));
    const client = connect(relay, "a");
    await client.hello();
    const records = Array.from({ length: 6 }, (_, i) => ({ model: "Note", key: `n0000${i}` }));
    client.send({ type: "want", records });
    await settle();
    const sizes = client.frames.slice(1).map((frame) => frame.byteLength);
    expect(sizes).toHaveLength(2);
    expect(Math.max(...sizes)).toBeLessThan(1_500_000);
    expect(changesOf(client)).toEqual(records.map(({ key }) => `state ${key}`));
    const many = Array.from({ length: 1000 }, (_, i) => ({ model: "Note", key: `${i}` }));
    for (let i = 0; i < 4; i++) client.send({ type: "want", records: many });
    expect(client.closedWith).toBeNull();
    client.send({ type: "want", records: many.slice(0, 1) });
    expect(client.closedWith).toBe(4413);
  });

  it("I5 do not take back what a live turn told while they were read", async () => {
    const memory = createMemoryAdapter();
    let isSlow = false;
    let release: () => void = () => {};
    const relay = await startRelay({
      adapter: {
        ...memory,
        async getMany(table, keys) {
          const rows = await memory.getMany(table, keys);
          if (isSlow && keys[0]?.[0] === "late") {
            isSlow = false;
            await new Promise<void>((resolve) => {
              release = resolve;
            });
          }
          return rows;
        },
      },
    });
    const client = connect(relay, "a");
    await client.sync();
    isSlow = true;
    client.send({ type: "want", records: [{ model: "Note", key: "late" }] });
    await settle();
    await relay.submit(operator, [
      { operation: "create", model: "Note", values: { id: "late", title: "t" }, baseVersion: null, condition: null },
    ]);
    await settle();
    release();
    await settle();
    expect(changesOf(client)).toEqual(["state late", "state late"]);
  });
});

describe("pushes", () => {
  it("N3 settle refusals with an empty push", async () => {
    const adapter = createMemoryAdapter();
    const relay = await startRelay({ adapter });
    const client = connect(relay, "a");
    await client.hello({ clientIds: [71] });
    const change = createBoardWriter(72).create("Note", { id: "n", title: "t" });
    expect(await client.push(1, [change])).toMatchObject({ kind: "refused" });
    const refusals = async (): Promise<unknown> => JSON.parse(String((await adapter.get("$replicas", ["a"]))?.[4]));
    expect(await refusals()).toHaveProperty("1");
    client.send({ type: "push", nonce: "x", settled: 1, pushes: [] });
    await settle();
    expect(await refusals()).toEqual({});
  });

  it("N3 behind a claim are not handed in behind one that failed, however close they come", async () => {
    for (let hops = -30; hops < 30; hops++) {
      const memory = createMemoryAdapter();
      let release: (() => void) | null = null;
      const gate = gated({
        ...memory,
        async get(table, key) {
          if (key[0] === 72 && release === null) {
            await new Promise<void>((resolve) => {
              release = resolve;
            });
          }
          return memory.get(table, key);
        },
      });
      const relay = await startRelay({ adapter: gate.adapter });
      const client = connect(relay, "a");
      await client.hello({ clientIds: [71] });
      const writer = createBoardWriter(71);
      const push = (n: number): void => {
        const changes = [writer.create("Note", { id: `n${n}`, title: "t" })];
        client.send({ type: "push", nonce: "x", settled: 0, pushes: [{ n, changes }] });
      };
      push(1);
      await until(() => gate.commits === 1);
      client.send({ type: "claim", clientId: 72, record: null });
      push(2);
      await until(() => release !== null);
      const steps = [() => release?.(), () => gate.fail(new Error("disk full"))];
      if (hops < 0) steps.reverse();
      steps[0]?.();
      for (let hop = 0; hop < Math.abs(hops); hop++) await Promise.resolve();
      steps[1]?.();
      await settle();
      gate.open();
      await settle();
      expect(client.closedWith).toBe(1013);
      expect(await memory.get("$replicas", ["a"])).toBeUndefined();
    }
  });

  it("I11 I12 settle in one request at a time, however many say so: others do not wait for them", async () => {
    const adapter = createMemoryAdapter();
    const relay = await startRelay({ adapter });
    const [client, other] = [connect(relay, "a"), connect(relay, "b")];
    await client.hello({ clientIds: [71] });
    await other.hello({ clientIds: [72] });
    const note = createBoardWriter(72).create("Note", { id: "n", title: "t" });
    for (const n of [1, 2, 3]) expect(await client.push(n, [note])).toMatchObject({ kind: "refused" });
    for (const upTo of [1, 2, 1]) client.send({ type: "push", nonce: "x", settled: upTo, pushes: [] });
    await settle();
    const kept: unknown = JSON.parse(String((await adapter.get("$replicas", ["a"]))?.[4]));
    expect(Object.keys(kept as object)).toEqual(["3"]);
    for (let i = 3; i < 50_000; i++) client.send({ type: "push", nonce: "x", settled: i, pushes: [] });
    other.send({ type: "push", nonce: "x", settled: 0, pushes: [{ n: 1, changes: [note] }] });
    await settle();
    expect(other.answers()).toMatchObject([{ kind: "ack" }]);
    expect(await adapter.get("$replicas", ["a"])).toMatchObject({ 4: "{}" });
    expect(client.closedWith).toBeNull();
  });

  it("I11 end the session when more wait for an answer than the limits allow", async () => {
    const memory = createMemoryAdapter();
    const stuck: StorageAdapter = {
      ...memory,
      commit: (batch) => ((batch.sequence?.count ?? 0) === 0 ? memory.commit(batch) : new Promise(() => {})),
    };
    const relay = await startRelay({ adapter: stuck, limits: { maxPendingPushes: 10 }, maxPendingBytes: 10_000 });
    const writer = createBoardWriter(71);
    const item = (n: number, body = ""): { n: number; changes: ChangeItem[] } => ({
      n,
      changes: [writer.create("Note", { id: `n${n}`, title: "t", body })],
    });
    const many = connect(relay, "a");
    await many.hello({ clientIds: [71] });
    many.send({ type: "push", nonce: "x", settled: 0, pushes: Array.from({ length: 11 }, (_, i) => item(i + 1)) });
    expect(many.closedWith).toBe(4413);
    const large = connect(relay, "b");
    await large.hello();
    large.send({ type: "push", nonce: "x", settled: 0, pushes: [item(20, "x".repeat(6000))] });
    expect(large.closedWith).toBeNull();
    large.send({ type: "push", nonce: "x", settled: 0, pushes: [item(21, "x".repeat(6000))] });
    expect(large.closedWith).toBe(1013);
  });

  it("I11 are not read on while many wait to be judged, until few do", async () => {
    const gate = gated(createMemoryAdapter());
    const relay = await startRelay({ adapter: gate.adapter });
    const client = connect(relay, "a");
    const send = await heavyWriter(client, 73);
    send(1);
    await until(() => gate.commits === 1);
    // As much as a turn takes in, judged while the store is busy, and then what has to wait.
    for (let i = 0; i < 32; i++) {
      send(63);
      await settle(2);
    }
    expect(client.isPaused).toBe(false);
    send(63);
    send(63);
    expect(client.isPaused).toBe(false);
    send(63);
    expect(client.isPaused).toBe(true);
    gate.open();
    await until(() => gate.commits === 2);
    await settle();
    expect(client.isPaused).toBe(false);
    gate.open();
    await until(() => gate.commits === 3);
    gate.open();
    await until(() => client.answers().length === 36);
    expect(client.closedWith).toBeNull();
  });

  it("I11 that ended are read on, so that the other side's end is heard", async () => {
    const gate = gated(createMemoryAdapter());
    const relay = await startRelay({ adapter: gate.adapter });
    const client = connect(relay, "a");
    const send = await heavyWriter(client, 74);
    send(200);
    expect(client.isPaused).toBe(true);
    client.sendBytes(new Uint8Array([255]));
    expect(client.closedWith).not.toBeNull();
    expect(client.isPaused).toBe(false);
    await until(() => gate.commits === 1);
    gate.open();
  });

  it("I13 end a session that is refused again and again", async () => {
    const relay = await startRelay();
    const client = connect(relay, "a");
    await client.hello();
    const change = createBoardWriter(72).create("Note", { id: "n", title: "t" });
    for (let n = 0; n < 1000; n += 500) {
      const pushes = Array.from({ length: 500 }, (_, i) => ({ n: n + i + 1, changes: [change] }));
      client.send({ type: "push", nonce: "x", settled: n, pushes });
      await settle();
    }
    expect(client.closedWith).toBeNull();
    client.send({ type: "push", nonce: "x", settled: 1000, pushes: [{ n: 1001, changes: [change] }] });
    await settle();
    expect(client.closedWith).toBe(4429);
    expect(client.answers()).toHaveLength(1001);
  });

  it("I4 are decided before a relay that stops closes its store", async () => {
    const adapter = createMemoryAdapter();
    const relay = await startRelay({ adapter });
    const client = connect(relay, "a");
    await client.hello({ clientIds: [71] });
    const change = createBoardWriter(71).create("Note", { id: "n", title: "t" });
    client.send({ type: "push", nonce: "x", settled: 0, pushes: [{ n: 1, changes: [change] }] });
    await relay.stop();
    expect(client.closedWith).toBe(1001);
    await adapter.open();
    expect(await adapter.count("Note")).toBe(1);
    await adapter.close();
  });
});

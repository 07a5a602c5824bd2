import { createStampClock, keyOf, keyValues } from "@tributary/model";
import {
  type ClientMessage,
  decodeClientMessage,
  defaultLimits,
  encodeRelayMessage,
  encodeTurn,
  type Push,
  type RelayMessage,
} from "@tributary/protocol";
import { parseSchema } from "@tributary/schema/sdl";
import { openReplicaStore, type StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLocalDatabase } from "../../src/local/local-database.ts";
import { type WriterState, writeFields } from "../../src/local/local-writer.ts";
import { newIdentityMeta, type RandomSource } from "../../src/local/replica-identity.ts";
import { createSyncEngine, type SyncListener } from "../../src/sync/sync-engine.ts";
import { NO_RELAY, type SocketEvents } from "../../src/sync/sync-socket.ts";

const schema = parseSchema("type Note @model { id: ID! @primaryKey, title: String }");
const [note] = schema.models;
if (note === undefined) throw new Error("no model");
const model = note;
const NOW = 1_800_000_000_000;

let drawn = 0;
const random: RandomSource = { bytes: (count) => Uint8Array.from({ length: count }, () => ++drawn % 256) };

const silent: SyncListener = {
  onState: () => {},
  onReady: () => {},
  onProgress: () => {},
  onModelSynced: () => {},
  onRefused: () => {},
  onAcknowledged: () => {},
  onError(error) {
    throw error;
  },
};

/** An engine whose relay and timers are the test's. */
async function openBench(
  keys: readonly string[],
  listener: Partial<SyncListener> = {},
  adapter: StorageAdapter = createMemoryAdapter(),
) {
  const store = await openReplicaStore({ adapter, schema, keyOf, keyValues });
  onTestFinished(() => store.close());
  const database = createLocalDatabase(store, () => {});
  const stamps = createStampClock({ now: () => NOW });
  await database.run(async (workspace) => workspace.setMeta(newIdentityMeta(random)));
  let number = 0;
  const takeNumber = () => ++number;
  const writer: WriterState = { stamps, nonce: "n", clientId: () => 1, localModels: new Set(), takeNumber };
  await database.run(async (workspace) => {
    await workspace.read("Note", keys);
    for (const id of keys) {
      const fields = { id, title: "t" };
      writeFields(workspace, writer, model, id, { fields, base: null, condition: null });
    }
  });

  const received: ClientMessage[] = [];
  const timers: { readonly ms: number; readonly action: () => void }[] = [];
  let events: SocketEvents | null = null;
  const engine = createSyncEngine({
    store,
    database,
    stamps,
    nonce: "n",
    localModels: new Set(),
    takeNumber,
    random,
    now: () => NOW,
    auth: async () => ({ kind: "none" }),
    agent: "test",
    openSocket(opened) {
      events = opened;
      return { send: (frame) => void received.push(decodeClientMessage(frame, defaultLimits)), close: () => {} };
    },
    after(ms, action) {
      const timer = { ms, action };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
    listener: { ...silent, ...listener },
  });
  onTestFinished(() => engine.stop());
  return {
    store,
    engine,
    timers,
    pushes: () =>
      received.filter((message): message is Push => message.type === "push").flatMap(({ pushes }) => pushes),
    open: () => events?.onOpen(),
    close: (code = 1006, reason = "lost") => events?.onClose(code, reason),
    wake: () => timers.shift()?.action(),
    say: (message: RelayMessage) => events?.onFrame(encodeRelayMessage(message)),
    answer: (...answers: Parameters<typeof encodeTurn>[0]["answers"]) =>
      events?.onFrame(encodeTurn({ answers, changes: [], cursor: null, more: false })),
    heard: (type: ClientMessage["type"]) => received.filter((message) => message.type === type).length,
  };
}

const welcome: RelayMessage = {
  type: "welcome",
  protocol: 1,
  features: [],
  session: "s",
  epoch: "e",
  principal: "nobody",
  timeMs: NOW,
  driftMs: 60_000,
  lastPush: null,
  start: "resume",
  reason: null,
  isAhead: false,
  schemaHash: schema.hash,
  models: ["Note"],
  facets: {},
  counts: [],
  limits: defaultLimits,
};

const busy = (n: number, retryAfterMs: number) =>
  ({
    kind: "refused",
    n,
    index: 0,
    code: "busy",
    message: "later",
    fields: [],
    replay: true,
    retryAfterMs,
    timeMs: NOW,
  }) as const;

const ack = (n: number) => ({ kind: "ack", n, results: [{ version: 1, at: NOW, createdAt: NOW }] }) as const;

async function connected(keys: readonly string[]) {
  const bench = await openBench(keys);
  bench.engine.start();
  bench.open();
  await expect.poll(() => bench.heard("hello")).toBe(1);
  bench.say(welcome);
  await expect.poll(() => bench.pushes().length).toBe(keys.length);
  return bench;
}

describe("a relay that cannot take a push now", () => {
  it("SYNC-4 hears of it again after the longest time it asked for, and of nothing new before", async () => {
    const bench = await connected(["a", "b", "c"]);
    bench.answer(busy(1, 700), busy(2, 900));
    bench.answer(ack(3));
    await expect.poll(() => bench.timers.map(({ ms }) => ms)).toEqual([900]);
    bench.engine.queued();
    bench.answer();
    await expect.poll(() => bench.heard("claim")).toBe(0);
    expect(bench.pushes()).toHaveLength(3);
    expect(bench.timers).toHaveLength(1);
    bench.timers[0]?.action();
    await expect
      .poll(() =>
        bench
          .pushes()
          .slice(3)
          .map(({ changes }) => changes[0]?.key),
      )
      .toEqual(["a", "b"]);
    expect(bench.heard("claim")).toBe(1);
    expect(await bench.store.refusedChanges()).toEqual([]);
  });

  it("SYNC-4 is not left waiting for longer than five minutes", async () => {
    const bench = await connected(["a"]);
    bench.answer(busy(1, 3_600_000));
    await expect.poll(() => bench.timers.map(({ ms }) => ms)).toEqual([300_000]);
  });

  it("SYNC-4 forgets the wish when the connection is lost: the next one begins anew", async () => {
    const bench = await connected(["a"]);
    bench.answer(busy(1, 900));
    await expect.poll(() => bench.timers.length).toBe(1);
    bench.close();
    await expect.poll(() => bench.engine.state.name).toBe("waiting");
    expect(bench.timers.map(({ ms }) => ms)).not.toContain(900);
    expect((await bench.store.outboxPlaces()).map(({ n }) => n)).toEqual([1]);
  });
});

describe("a fault that lasts", () => {
  it("SYNC-5 is reported once, until it is another, or the session was live, or the app starts again", async () => {
    const reports: string[] = [];
    const bench = await openBench([], { onError: (error) => void reports.push(String(error)) });
    const { engine, wake, open, close, say } = bench;
    const fail = async (code: number, reason: string) => {
      await expect.poll(() => engine.state.name).toBe("connecting");
      close(code, reason);
      await expect.poll(() => engine.state.name).toBe("waiting");
      wake();
    };
    engine.start();
    for (let i = 0; i < 3; i++) await fail(4413, "too large");
    await fail(1006, "no network");
    await fail(4413, "too large");
    expect(reports).toEqual(["SyncFault: too large"]);
    await fail(NO_RELAY, "status 404");
    expect(reports.splice(0)).toEqual(["SyncFault: too large", "SyncFault: status 404"]);
    await expect.poll(() => engine.state.name).toBe("connecting");
    open();
    await expect.poll(() => bench.heard("hello")).toBe(1);
    say(welcome);
    say({ type: "synced", cursor: "c" });
    await expect.poll(() => engine.state.name).toBe("live");
    close(NO_RELAY, "status 404");
    await expect.poll(() => reports).toEqual(["SyncFault: status 404"]);
    await engine.stop();
    engine.start();
    await fail(NO_RELAY, "status 404");
    expect(reports).toHaveLength(2);
  });
});

describe("a base sync that replaces what was synced before", () => {
  it("F2 drops nothing for a page without records that others follow", async () => {
    const bench = await connected(["a", "b"]);
    bench.answer(ack(1), ack(2));
    const kept = async (): Promise<string[]> => {
      const records = await bench.store.records("Note", ["a", "b"]);
      return records.flatMap((record) => record?.key ?? []);
    };
    await expect.poll(() => bench.store.outboxSize()).toBe(0);
    bench.close();
    await expect.poll(() => bench.engine.state.name).toBe("waiting");
    bench.wake();
    await expect.poll(() => bench.engine.state.name).toBe("connecting");
    bench.open();
    await expect.poll(() => bench.heard("hello")).toBe(2);
    bench.say({ ...welcome, start: "base", reason: "expired", counts: [1], lastPush: { nonce: "n", n: 2 } });
    bench.say({ type: "page", model: 0, records: [], isLast: false, cursor: "c1" });
    await expect.poll(() => bench.store.meta.get("cursor")).toBe("c1");
    expect(await kept()).toEqual(["a", "b"]);
    bench.say({ type: "page", model: 0, records: [], isLast: true, cursor: "c2" });
    await expect.poll(() => bench.store.meta.get("cursor")).toBe("c2");
    expect(await kept()).toEqual([]);
  });
});

describe("a forked database", () => {
  it("N2 replays before it pushes, also after a replay that failed", async () => {
    let isFull = false;
    const memory = createMemoryAdapter();
    const adapter: StorageAdapter = {
      ...memory,
      async commit(batch) {
        if (isFull && batch.writes.some(({ table }) => table === "$outbox")) throw new Error("the disk is full");
        return memory.commit(batch);
      },
    };
    const reports: string[] = [];
    let ready = 0;
    const listener = { onError: (error: unknown) => void reports.push(String(error)), onReady: () => void ready++ };
    const bench = await openBench(["a"], listener, adapter);
    const meet = async (hellos: number): Promise<void> => {
      await expect.poll(() => bench.engine.state.name).toBe("connecting");
      bench.open();
      await expect.poll(() => bench.heard("hello")).toBe(hellos);
      bench.say(hellos === 1 ? { ...welcome, lastPush: { nonce: "of the other half", n: 9 } } : welcome);
    };
    bench.engine.start();
    await meet(1);
    await expect.poll(() => bench.engine.state.name).toBe("waiting");
    bench.wake();
    await meet(2);
    await expect.poll(() => bench.engine.state.name).toBe("syncing");
    isFull = true;
    bench.say({ type: "synced", cursor: "c" });
    await expect.poll(() => reports).toEqual(["Error: the disk is full"]);
    isFull = false;
    bench.wake();
    await meet(3);
    await expect.poll(() => bench.engine.state.name).toBe("syncing");
    expect([bench.pushes(), ready]).toEqual([[], 0]);
    bench.say({ type: "synced", cursor: "c" });
    await expect.poll(() => bench.pushes()).toHaveLength(1);
    expect(ready).toBe(1);
    expect(bench.store.meta.get("forked")).toBe("");
  });
});

/**
 * Random schedules of pushes, redeliveries, dropped connections and restarts, on a store that conflicts at random, takes its time
 * and fails now and then, against an oracle that counts: every intent takes effect exactly once, or is refused for good (I7, V1,
 * V2, N3, P1, I5).
 */
import type { Answer, PushItem } from "@tributary/protocol";
import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { createConflictingAdapter } from "@tributary/storage/testing";
import { createRandom, type Random } from "@tributary/testkit";
import { describe, expect, it } from "vitest";
import { createRelay, type Relay } from "../src/index.ts";
import { boardSchema } from "./fixtures/board-schema.ts";
import { type BoardWriter, createBoardWriter } from "./fixtures/board-writer.ts";
import { authenticate, connect, START_MS, settle, type TestClient } from "./fixtures/test-relay.ts";
import { createUnhurriedAdapter, type UnhurriedAdapter } from "./fixtures/unhurried-adapter.ts";

const STEPS = 1200;
const REPLICAS = 4;

interface Replica {
  readonly name: string;
  readonly writer: BoardWriter;
  /** All pushes in order; `isRefused` when it is built to be refused. */
  readonly pushes: { readonly item: PushItem; readonly isRefused: boolean }[];
  /** Answers by push number: all that ever came must agree. */
  readonly answers: Map<number, Answer>;
  client: TestClient | null;
  /** Pushes up to here were sent on this connection. */
  sent: number;
  seen: number;
  /** Highest push number whose answer the replica knows, with all before it. */
  settled: number;
}

class Schedule {
  readonly log: string[] = [];
  readonly replicas: Replica[];
  readonly random: Random;
  readonly places: StorageAdapter;
  readonly unhurried: UnhurriedAdapter;
  readonly adapter: { conflicts: number; value: StorageAdapter };
  relay: Relay | null = null;
  now = START_MS;
  redelivered = 0;
  restarts = 0;

  constructor(seed: number) {
    this.random = createRandom(seed);
    this.places = keptOpen(createMemoryAdapter());
    this.unhurried = createUnhurriedAdapter(this.places, {
      random: () => this.random.next(),
      maxTurns: 20,
      failureRate: 0.12,
      table: "Note",
    });
    this.adapter = { conflicts: 0, value: this.unhurried };
    this.replicas = Array.from({ length: REPLICAS }, (_, i) => ({
      name: `r${i}`,
      writer: createBoardWriter(700 + i, () => this.now),
      pushes: [],
      answers: new Map(),
      client: null,
      sent: 0,
      seen: 0,
      settled: 0,
    }));
  }

  async start(): Promise<void> {
    const { random } = this;
    const adapter = createConflictingAdapter(this.unhurried, { random: () => random.next(), rate: 0.25 });
    this.adapter.value = adapter;
    this.relay = await createRelay({
      schema: boardSchema,
      adapter,
      sandbox: false,
      authenticate,
      now: () => this.now,
      expiryIntervalMs: 0,
      credentialCheckMs: 0,
    });
  }

  async stop(): Promise<void> {
    const { value } = this.adapter;
    if ("conflicts" in value) this.adapter.conflicts += Number(value.conflicts);
    for (const replica of this.replicas) this.drop(replica);
    await this.relay?.stop();
    this.relay = null;
  }

  /** The connection goes; what was answered on it and not read is lost. */
  drop(replica: Replica): void {
    if (replica.client === null) return;
    if (this.random.chance(0.5)) this.read(replica);
    replica.client.disconnect();
    replica.client = null;
  }

  async connected(replica: Replica): Promise<TestClient> {
    if (replica.client !== null && replica.client.closedWith === null) return replica.client;
    const { client, lastPush } = await this.greeted(replica);
    const told = lastPush?.n ?? 0;
    expect(told, this.tail()).toBeLessThanOrEqual(replica.pushes.length);
    // Everything that the replica knows to be answered is known here, whatever was restarted.
    expect(told, this.tail()).toBeGreaterThanOrEqual(replica.settled);
    Object.assign(replica, { client, sent: replica.settled, seen: 0 });
    return client;
  }

  /** Greets again when the store failed meanwhile. */
  async greeted(replica: Replica): Promise<{ client: TestClient; lastPush: { readonly n: number } | null }> {
    if (this.relay === null) throw new Error("no relay");
    for (let failed = 0; ; failed++) {
      const client = connect(this.relay, replica.name);
      try {
        return { client, ...(await client.hello({ clientIds: [replica.writer.clientId], models: [] })) };
      } catch (error) {
        if (failed === this.unhurried.failures) throw error;
      }
    }
  }

  /** A new push of one to three changes: creations and edits of the replica's own notes, one in eight to be refused. */
  write(replica: Replica): void {
    const { writer, pushes } = replica;
    const n = pushes.length + 1;
    const isRefused = this.random.chance(1 / 8);
    const undo = writer.remember();
    const changes: PushItem["changes"][number][] = [];
    for (let i = this.random.int(3); i >= 0; i--) {
      const id = `${replica.name}-${this.random.int(6)}`;
      const body = `push ${n} change ${i}`;
      changes.push(
        writer.has("Note", id)
          ? writer.edit("Note", id, { body })
          : writer.create("Note", { id, title: `push ${n}`, body }),
      );
    }
    if (isRefused) {
      undo();
      changes.push({ ...(changes[0] as PushItem["changes"][number]), model: "Nothing" });
    }
    pushes.push({ item: { n, changes }, isRefused });
    this.log.push(`${replica.name} writes push ${n}${isRefused ? ", to be refused" : ""}`);
  }

  async send(replica: Replica): Promise<void> {
    const client = await this.connected(replica);
    const known = replica.sent;
    const count = 1 + this.random.int(5);
    const pushes = replica.pushes.slice(known, known + count).map(({ item }) => item);
    if (pushes.length === 0) return;
    this.redelivered += pushes.filter(({ n }) => replica.answers.has(n)).length;
    this.log.push(`${replica.name} sends ${pushes.map(({ n }) => n)}`);
    client.send({ type: "push", nonce: `of ${replica.name}`, settled: replica.settled, pushes });
    replica.sent += pushes.length;
  }

  read(replica: Replica): void {
    const answers = replica.client?.answers() ?? [];
    for (const answer of answers.slice(replica.seen)) {
      const before = replica.answers.get(answer.n);
      expect(answer.kind, `${replica.name} push ${answer.n}\n${this.tail()}`).toBe(before?.kind ?? answer.kind);
      expect(answer.kind === "ack", `${replica.name} push ${answer.n}: ${JSON.stringify(answer)}\n${this.tail()}`).toBe(
        !replica.pushes[answer.n - 1]?.isRefused,
      );
      replica.answers.set(answer.n, answer);
    }
    replica.seen = answers.length;
    while (replica.answers.has(replica.settled + 1) && this.random.chance(0.9)) replica.settled++;
  }

  async step(): Promise<void> {
    const replica = this.random.pick(this.replicas);
    this.now += this.random.pick([0, 0, 1, 5, -20]);
    switch (this.random.int(10)) {
      case 0:
        this.log.push(`${replica.name} loses its connection`);
        this.drop(replica);
        return;
      case 1:
        if (!this.random.chance(0.25)) return;
        this.log.push("the relay restarts");
        this.restarts++;
        await this.stop();
        await this.start();
        return;
      case 2:
      case 3:
      case 4:
        this.write(replica);
        return;
      case 5:
        await settle(this.random.int(6));
        return;
      case 6:
        this.read(replica);
        return;
      default:
        await this.send(replica);
    }
  }

  tail(): string {
    return this.log.slice(-40).join("\n");
  }
}

/** A memory adapter that outlives the relays on it. */
function keptOpen(adapter: StorageAdapter): StorageAdapter {
  let isOpen = false;
  return {
    ...adapter,
    async open() {
      if (!isOpen) await adapter.open();
      isOpen = true;
    },
    close: async () => {},
  };
}

describe.each([11, 12, 13, 14, 15])("seed %i", (seed) => {
  it(`I7 V1 V2 N3 P1 every push takes effect once or never, whatever is lost and restarted (seed ${seed})`, async () => {
    const schedule = new Schedule(seed);
    await schedule.start();
    for (let i = 0; i < STEPS; i++) await schedule.step();
    for (const replica of schedule.replicas) {
      for (let round = 0; replica.settled < replica.pushes.length; round++) {
        expect(round, schedule.tail()).toBeLessThan(2000);
        await schedule.send(replica);
        await settle(4);
        schedule.read(replica);
      }
    }
    const { relay } = schedule;
    if (relay === null) throw new Error("no relay");

    // The oracle: each accepted change of a note is one version of it.
    const versions = new Map<string, number>();
    let changes = 0;
    for (const { pushes } of schedule.replicas) {
      for (const { item, isRefused } of pushes) {
        if (isRefused) continue;
        for (const { key } of item.changes) versions.set(key, (versions.get(key) ?? 0) + 1);
        changes += item.changes.length;
      }
    }
    for (const [key, version] of versions) {
      expect((await relay.records.get({ kind: "operator" }, "Note", key))?.version, key).toBe(version);
    }
    expect((await schedule.places.head()).seq).toBe(changes);
    await checkFeed(schedule.places);

    // A reader from the beginning holds each note at its last version.
    const reader = connect(relay, "reader");
    await reader.sync({ models: ["Note"] });
    const held = new Map<string | null, number>();
    for (const message of reader.received) {
      if (message.type === "page")
        for (const { key, row, version } of message.records) held.set(key ?? idOf(row), version);
    }
    expect(held).toEqual(versions);

    schedule.adapter.conflicts += conflictsOf(schedule.adapter.value);
    expect(schedule.adapter.conflicts).toBeGreaterThan(10);
    expect(schedule.unhurried.failures).toBeGreaterThan(3);
    expect(schedule.unhurried.readsMeanwhile).toBeGreaterThan(5);
    expect(schedule.redelivered).toBeGreaterThan(5);
    expect(schedule.restarts).toBeGreaterThan(1);
    expect(changes).toBeGreaterThan(100);
    await schedule.stop();
  });
});

/** The feed has no hole, its times never go back, and versions of a record go up by one. */
async function checkFeed(adapter: StorageAdapter): Promise<void> {
  const rows = await adapter.scan({ table: "$feed", order: [{ column: "seq", direction: "asc" }] });
  expect(rows.map((row) => row[0])).toEqual(rows.map((_, i) => i + 1));
  const times = rows.map((row) => Number(row[6]));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const versions = new Map<string, number>();
  for (const row of rows) {
    const name = `${row[1]} ${row[2]}`;
    expect(row[5], name).toBe((versions.get(name) ?? 0) + 1);
    versions.set(name, Number(row[5]));
  }
}

function conflictsOf(adapter: StorageAdapter): number {
  return "conflicts" in adapter ? Number(adapter.conflicts) : 0;
}

function idOf(row: string | null): string {
  const names = ["body", "createdAt", "extra", "id", "stars", "tags", "title", "updatedAt"];
  return String((JSON.parse(row ?? "[]") as unknown[])[names.indexOf("id")]);
}

/**
 * GraphQL writers that send whole lists on versions of long ago, among replicas that edit the same list, on a relay that restarts
 * and forgets. Elements are drawn once, so that each has one fate: what somebody put in is there at the end, unless somebody who
 * saw it took it out; then it is not.
 */
import { type Identity, keyOf, keyValues, principalOf } from "@tributary/model";
import type { CommittedChange, StoredRecord } from "@tributary/relay";
import { openRelayStore, type StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { createConflictingAdapter } from "@tributary/storage/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Cluster, type ClusterClient, createCluster } from "../src/cluster/cluster.ts";
import { createRandom, type Random } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";
import { converge, create, edit, get } from "./notes.ts";
import { sqlitePlaces } from "./temp-folder.ts";

const STEPS = 120;
const LIFETIME_MS = 1000;
const PRINCIPALS: readonly Identity[] = ["ann", "ann", "bob"].map((id) => ({ kind: "apiKey", id }));

/** A GraphQL client: the record as it last read it, and the list as it left it then. */
interface Writer {
  readonly identity: Identity;
  base: StoredRecord;
  held: readonly string[];
  /** It wrote upon its own write, and names the version of before. */
  isChained: boolean;
}

type Count = "known" | "overtaken" | "forgotten" | "chained" | "versionless" | "replica" | "restart" | "revived";

class Schedule {
  readonly log: string[] = [];
  readonly inserted = new Set<string>();
  readonly removed = new Set<string>();
  /** Put in anew by a writer of whom nobody knew what he saw: of these, either may be. */
  readonly revived = new Set<string>();
  readonly counts: Record<Count, number> = {
    known: 0,
    overtaken: 0,
    forgotten: 0,
    chained: 0,
    versionless: 0,
    replica: 0,
    restart: 0,
    revived: 0,
  };
  /** By version. */
  readonly commits = new Map<number, CommittedChange>();
  now = 1_800_000_000_000;
  private drawn = 0;

  readonly random: Random;
  readonly cluster: Cluster;
  readonly adapter: (place: string) => StorageAdapter;
  readonly clients: readonly ClusterClient[];
  readonly id: string;
  readonly writers: readonly Writer[];

  constructor(parts: Pick<Schedule, "random" | "cluster" | "adapter" | "clients" | "id" | "writers">) {
    ({
      random: this.random,
      cluster: this.cluster,
      adapter: this.adapter,
      clients: this.clients,
      id: this.id,
      writers: this.writers,
    } = parts);
  }

  async stored(): Promise<StoredRecord> {
    const record = await this.cluster.relay.records.get({ kind: "operator" }, "Note", this.id);
    if (record === null) throw new Error("the note is gone");
    return record;
  }

  /** The list with some elements taken out, but none of `kept`, and new ones put in. */
  edited(list: readonly string[], kept: readonly string[] = []): string[] {
    const value = list.filter((one) => kept.includes(one) || this.random.chance(0.85));
    for (let i = this.random.int(3); i > 0; i--) {
      const element = `e${++this.drawn}`;
      this.inserted.add(element);
      value.splice(this.random.int(value.length + 1), 0, element);
    }
    return value;
  }

  listen(): void {
    this.cluster.relay.subscribe((changes) => {
      for (const change of changes) this.commits.set(change.after.version, change);
    });
  }

  async step(): Promise<void> {
    const { random, clients, writers } = this;
    this.now += random.chance(0.05) ? LIFETIME_MS : random.int(40);
    const [client, writer] = [random.pick(clients), random.pick(writers)];
    const roll = random.next();
    if (roll < 0.45) await this.write(writer);
    else if (roll < 0.6) await this.read(writer);
    else if (roll < 0.8) await this.editReplica(client);
    else if (roll < 0.85) await edit(client, this.id, { title: `title ${this.now}` });
    else if (roll < 0.9) client.link.cut();
    else if (roll < 0.95) client.link.allow(random.chance(0.6));
    else if (roll < 0.98) await client.restart();
    else await this.restartRelay();
    for (let turns = random.int(12); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  }

  private async read(writer: Writer): Promise<void> {
    const base = await this.stored();
    Object.assign(writer, { base, held: tagsOf(base), isChained: false });
  }

  private async editReplica(client: ClusterClient): Promise<void> {
    const before = tagsOf({ values: await get(client, this.id) });
    const tags = this.edited(before);
    this.log.push(`${this.now} ${client.name} makes ${tags} of ${before}`);
    await edit(client, this.id, { tags });
    this.drop(before, tags);
    this.counts.replica += 1;
  }

  private async write(writer: Writer): Promise<void> {
    const { identity, base, held, isChained } = writer;
    const seen = tagsOf(base);
    // Elements that it put in since are its own, and none that the version it names has: it cannot take them out.
    const own = held.filter((one) => !seen.includes(one));
    const tags = this.edited(held, own);
    const baseVersion = this.random.chance(0.1) ? null : base.version;
    const values = { id: this.id, tags };
    const write = { operation: "update", model: "Note", values, baseVersion, condition: null } as const;
    const former = new Set(this.commits.keys());
    const [outcome] = await this.cluster.relay.submit(identity, [write]);
    if (outcome?.outcome !== "committed") throw new Error(JSON.stringify(outcome));

    // What it was written upon: replicas may have been faster.
    const { version } = outcome.record;
    const commit = former.has(version) ? undefined : this.commits.get(version);
    const isOwnCommit = commit !== undefined && commit.principal === principalOf(identity);
    const before = (isOwnCommit ? commit.before : null) ?? outcome.record;
    const present = tagsOf(before);
    const changedAt = this.commits.get(base.version + 1)?.after.changedAt ?? 0;
    const isKept = base.version === before.version || changedAt >= this.now - LIFETIME_MS;
    this.log.push(
      `${this.now} writes ${tags} on ${baseVersion} of ${before.version}, ${isKept ? "kept" : "forgotten"}`,
    );
    const isKnown = isKept && baseVersion !== null;
    // Sent again by a client that does not know that it is gone.
    const again = isKnown ? own : held;
    for (const one of tags) {
      if (!again.includes(one) || present.includes(one)) continue;
      this.revived.add(one);
      this.counts.revived += 1;
    }
    if (baseVersion === null) this.counts.versionless += 1;
    else if (!isKept) this.counts.forgotten += 1;
    else {
      const [answer, written] = [this.told(tagsOf(outcome.record)), this.told(tags)];
      const inOrder = written.filter((one) => answer.includes(one));
      expect(
        answer.filter((one) => written.includes(one)),
        this.tail(),
      ).toEqual(inOrder);
      this.drop(seen, tags);
      this.counts.known += 1;
      if (base.version !== before.version) this.counts.overtaken += 1;
      if (isChained) this.counts.chained += 1;
    }
    const goesOn = baseVersion !== null && this.random.chance(0.3);
    if (goesOn) Object.assign(writer, { held: tags, isChained: true });
    else Object.assign(writer, { base: outcome.record, held: tagsOf(outcome.record), isChained: false });
  }

  /** The elements whose fate is known. */
  told(elements: Iterable<string>): string[] {
    return [...elements].filter((one) => !this.revived.has(one));
  }

  private drop(seen: readonly string[], written: readonly string[]): void {
    for (const one of seen) if (!written.includes(one)) this.removed.add(one);
  }

  private async restartRelay(): Promise<void> {
    await this.cluster.stopRelay();
    const randomHex = (bytes: number): string => Buffer.from(this.random.bytes(bytes)).toString("hex");
    const store = await openRelayStore({
      adapter: this.adapter("relay"),
      schema: noteSchema,
      keyOf,
      keyValues,
      randomHex,
      now: () => this.now,
    });
    await store.expire({ deltasBefore: this.now - LIFETIME_MS, tombstonesBefore: 0, limit: 1000 });
    await store.close();
    await this.cluster.startRelay();
    this.listen();
    this.log.push(`${this.now} the relay restarts`);
    this.counts.restart += 1;
  }

  tail(): string {
    return this.log.slice(-40).join("\n");
  }
}

function tagsOf({ values }: { readonly values: Readonly<Record<string, unknown>> }): readonly string[] {
  return (values.tags as readonly string[] | null) ?? [];
}

async function runSchedule(seed: number, adapter: (place: string) => StorageAdapter): Promise<Schedule> {
  const random = createRandom(seed);
  let schedule: Schedule | null = null;
  const cluster = await createCluster({
    schema: noteSchema,
    random,
    adapter,
    now: () => schedule?.now ?? 1_800_000_000_000,
    relay: { deltaLifetimeMs: LIFETIME_MS },
  });
  onTestFinished(() => cluster.stop());
  const clients = ["a", "b"].map((name) => cluster.client(name));
  for (const client of clients) await client.store.start();
  const [first] = clients;
  if (first === undefined) throw new Error("no client");
  const id = await create(first, { title: "t", tags: ["e-first"] });
  await converge(cluster, ...clients);
  const base = await cluster.relay.records.get({ kind: "operator" }, "Note", id);
  if (base === null) throw new Error("the note did not arrive");
  const writers = PRINCIPALS.map((identity): Writer => ({ identity, base, held: tagsOf(base), isChained: false }));
  schedule = new Schedule({ random, cluster, adapter, clients, id, writers });
  schedule.inserted.add("e-first");
  schedule.listen();
  for (let step = 0; step < STEPS; step++) await schedule.step();
  for (const client of clients) client.link.allow(true);
  await converge(cluster, ...clients);
  return schedule;
}

const memoryPlaces = (random: Random): ((place: string) => StorageAdapter) => {
  const places = new Map<string, StorageAdapter>();
  return (place) => {
    const held = places.get(place) ?? createMemoryAdapter();
    places.set(place, held);
    return place === "relay" ? createConflictingAdapter(held, { random: () => random.next(), rate: 0.1 }) : held;
  };
};

const SCHEDULES = Number(process.env.TRIBUTARY_FUZZ ?? 12);
const firstSeed = Number(process.env.TRIBUTARY_SEED ?? 501);
const total: Partial<Record<string, number>> = {};

describe("stale lists in random schedules", () => {
  for (let seed = firstSeed; seed < firstSeed + SCHEDULES; seed++) {
    const isSqlite = seed % 2 === 0;
    it(`Q2 I1 I3 lose nothing and bring nothing back, seed ${seed} on ${isSqlite ? "SQLite" : "memory"}`, async () => {
      const adapter = isSqlite ? sqlitePlaces().adapter : memoryPlaces(createRandom(seed + 1_000_000));
      const schedule = await runSchedule(seed, adapter);
      const { inserted, removed, counts } = schedule;
      const left = schedule.told(inserted);
      const expected = left.filter((one) => !removed.has(one));
      const tags = schedule.told(tagsOf(await schedule.stored()));
      expect(tags.sort(), schedule.log.join("\n")).toEqual(expected.sort());
      for (const [what, times] of Object.entries(counts)) total[what] = (total[what] ?? 0) + times;
      total.told = (total.told ?? 0) + left.length;
      total.drawn = (total.drawn ?? 0) + inserted.size;
    });
  }

  it("did real work of every kind", () => {
    for (const what of ["overtaken", "forgotten", "chained", "versionless", "replica", "restart"]) {
      expect(total[what] ?? 0, what).toBeGreaterThan(SCHEDULES / 2);
    }
    expect(total.overtaken ?? 0).toBeGreaterThan(10 * SCHEDULES);
    // The oracle knows the fate of most elements.
    expect(total.told ?? 0).toBeGreaterThan((total.drawn ?? 0) / 2);
  });
});

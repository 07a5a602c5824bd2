/** What a client does when the relay does not take a change, or does not take the client. */
import { defaultGuardCaps, type Identity, keyOf, keyValues, scanUpdate } from "@tributary/model";
import type { Authentication } from "@tributary/relay";
import { openReplicaStore } from "@tributary/storage";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Cluster, type ClusterOptions, createCluster } from "../src/cluster/cluster.ts";
import { createRandom } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";
import { converge, create, edit, get, noteOf } from "./notes.ts";
import { sqlitePlaces } from "./temp-folder.ts";

async function start(more: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const cluster = await createCluster({
    schema: noteSchema,
    random: createRandom(1),
    adapter: sqlitePlaces().adapter,
    ...more,
  });
  onTestFinished(() => cluster.stop());
  return cluster;
}

const operator = { kind: "operator" } as const;

async function versionOf(cluster: Cluster, id: string): Promise<number> {
  return (await cluster.relay.records.get(operator, "Note", id))?.version ?? 0;
}

describe("a refused change", () => {
  it("P4 rolls back what was refused, and does again what was meant behind it", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const id = await create(a, { title: "t", tags: ["one"] });
    await converge(cluster, a, b);
    a.link.allow(false);
    await edit(a, id, { stars: 0.5 });
    await edit(a, id, { body: "kept", tags: ["one", "two"] });
    await edit(a, id, { title: "kept too" });
    a.link.allow(true);
    await converge(cluster, a, b);
    expect(await get(b, id)).toMatchObject({ title: "kept too", body: "kept", tags: ["one", "two"], stars: null });
    expect(await a.store.refused()).toMatchObject([
      { model: "Note", key: id, code: "invalid", fields: ["stars"], intent: { op: "update", set: { stars: 0.5 } } },
    ]);
    expect(await versionOf(cluster, id)).toBe(3);
  });

  it("P2 P4 a refused creation leaves nothing behind, and what was meant on it is handed to the app", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    await a.store.start();
    a.link.allow(false);
    const id = await create(a, { title: "t", stars: 0.5 });
    await edit(a, id, { body: "on a record that never was" });
    a.link.allow(true);
    await converge(cluster, a);
    expect(await a.store.query(noteOf(a), id)).toBeUndefined();
    expect(await a.store.refused()).toMatchObject([
      { code: "invalid" },
      { intent: { set: { body: expect.any(String) } } },
    ]);
    expect(await versionOf(cluster, id)).toBe(0);
  });

  it("I13 over the relay's limits is refused at home, and those behind it go on", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    await a.store.start();
    a.link.allow(false);
    const large = await create(a, { title: "too large", body: "x".repeat(2 * 1024 * 1024) });
    const small = await create(a, { title: "small" });
    a.link.allow(true);
    await converge(cluster, a);
    expect(await a.store.refused()).toMatchObject([
      { key: large, code: "tooLarge", message: expect.stringContaining("over the limit of 1048576") },
    ]);
    expect(await a.store.query(noteOf(a), large)).toBeUndefined();
    expect(await versionOf(cluster, small)).toBe(1);
  });

  it("I11 I13 many large changes are sent in frames that the relay takes, a few at a time", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    await a.store.start();
    a.link.allow(false);
    const ids: string[] = [];
    for (let i = 0; i < 24; i++) ids.push(await create(a, { title: `t${i}`, body: "x".repeat(700_000) }));
    a.link.allow(true);
    await a.store.settled();
    expect(await a.store.refused()).toEqual([]);
    for (const id of ids) expect(await versionOf(cluster, id)).toBe(1);
    expect(a.problems).toEqual([]);
  });

  it("N4 P4 is followed by writes under a client id that was never used", async () => {
    const places = sqlitePlaces();
    const cluster = await start({ adapter: places.adapter });
    const a = cluster.client("a");
    const id = await create(a, { title: "t" });
    await converge(cluster, a);
    const idsInUse = async (): Promise<{ own: readonly number[]; unsent: readonly number[] }> => {
      await a.stop();
      const store = await openReplicaStore({ adapter: places.adapter("a"), schema: noteSchema, keyOf, keyValues });
      const entries = await store.outboxAfter(0, 100);
      const unsent = entries.flatMap(({ update }) =>
        scanUpdate(update, defaultGuardCaps).structs.map((one) => one.client),
      );
      const own = JSON.parse(store.meta.get("clientIds") ?? "[]") as number[];
      await store.close();
      await a.store.start();
      return { own, unsent };
    };
    const [first] = (await idsInUse()).own;
    await edit(a, id, { stars: 0.5 });
    await converge(cluster, a);
    a.link.allow(false);
    await edit(a, id, { body: "next" });
    const { own, unsent } = await idsInUse();
    expect(own).toEqual([first, expect.any(Number)]);
    expect(own[1]).not.toBe(first);
    expect(new Set(unsent)).toEqual(new Set([own[1]]));
  });

  it("P4 is kept over a restart until the app forgets it", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    const id = await create(a, { title: "t" });
    await edit(a, id, { stars: 0.5 });
    await converge(cluster, a);
    await a.restart();
    const [refused] = await a.store.refused();
    expect(refused).toMatchObject({ code: "invalid", message: expect.stringContaining("stars") });
    await a.store.forgetRefused(refused?.n ?? 0);
    expect(await a.store.refused()).toEqual([]);
  });

  it("N3 P4 is refused once, also when the answer was lost and the client started anew", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    const id = await create(a, { title: "t" });
    await converge(cluster, a);
    a.link.allow(false);
    await edit(a, id, { stars: 0.5 });
    await edit(a, id, { body: "kept" });
    a.link.allow(true);
    for (let i = 0; i < 6; i++) {
      for (let turns = 0; turns < i; turns++) await new Promise((resolve) => setImmediate(resolve));
      a.link.cut();
    }
    await a.restart();
    await converge(cluster, a);
    expect(await a.store.refused()).toHaveLength(1);
    expect(await get(a, id)).toMatchObject({ body: "kept", stars: null });
  });

  it("D2 P4 an edit of a record that was deleted meanwhile is handed to its author", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const id = await create(a, { title: "t" });
    await converge(cluster, a, b);
    a.link.allow(false);
    await edit(a, id, { body: "too late" });
    await b.store.delete(noteOf(b), id);
    await b.store.settled();
    a.link.allow(true);
    await converge(cluster, a, b);
    expect(await a.store.query(noteOf(a), id)).toBeUndefined();
    expect(await a.store.refused()).toMatchObject([{ key: id, code: "deleted" }]);
  });

  it("D2 both sides' revivals of a deleted record become one life", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b", { clockOffsetMs: 3 })];
    const id = await create(a, { title: "t", body: "first life" });
    await converge(cluster, a, b);
    await a.store.delete(noteOf(a), id);
    await converge(cluster, a, b);
    a.link.allow(false);
    b.link.allow(false);
    await a.store.save(new (noteOf(a))({ id, title: "by a", tags: ["a"] }));
    await b.store.save(new (noteOf(b))({ id, title: "by b", stars: 1, tags: ["b"] }));
    a.link.allow(true);
    b.link.allow(true);
    await converge(cluster, a, b);
    const note = await get(a, id);
    expect(note).toMatchObject({ title: "by b", stars: 1, body: null });
    expect([...((note.tags ?? []) as string[])].sort()).toEqual(["a", "b"]);
  });
});

describe("clocks", () => {
  it("S2 a client whose clock runs far ahead corrects it, and what it wrote is taken", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a", { clockOffsetMs: 3_600_000 }), cluster.client("b")];
    await a.store.start();
    a.link.allow(false);
    const id = await create(a, { title: "from the future" });
    a.link.allow(true);
    await converge(cluster, a, b);
    await edit(b, id, { title: "later" });
    await converge(cluster, a, b);
    expect(await get(a, id)).toMatchObject({ title: "later" });
    expect(await a.store.refused()).toEqual([]);
  });

  it("S2 a clock that jumps ahead during a session is corrected by the first refusal", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const id = await create(a, { title: "t" });
    await converge(cluster, a, b);
    a.clockOffsetMs = 3_600_000;
    await edit(a, id, { body: "from the future" });
    await converge(cluster, a, b);
    expect(await get(b, id)).toMatchObject({ body: "from the future" });
    expect(await a.store.refused()).toEqual([]);
    const refusedOnce = cluster.relay.stats().pushesRefused;
    await edit(a, id, { body: "and on" });
    await converge(cluster, a, b);
    expect(cluster.relay.stats().pushesRefused).toBe(refusedOnce);
  });

  it("I2 S2 the later write wins also against a client whose clock is ahead within the drift", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a", { clockOffsetMs: 45_000 }), cluster.client("b")];
    const id = await create(b, { title: "t" });
    await converge(cluster, a, b);
    a.link.allow(false);
    b.link.allow(false);
    await edit(a, id, { title: "first" });
    await new Promise((resolve) => setTimeout(resolve, 3));
    await edit(b, id, { title: "second" });
    a.link.allow(true);
    b.link.allow(true);
    await converge(cluster, a, b);
    expect(await get(a, id)).toMatchObject({ title: "second" });
  });

  it("S1 a client whose clock is behind still overwrites what it has seen", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b", { clockOffsetMs: -20_000 })];
    const id = await create(a, { title: "by a" });
    await converge(cluster, a, b);
    await edit(b, id, { title: "by b" });
    await converge(cluster, a, b);
    expect(await get(a, id)).toMatchObject({ title: "by b" });
  });
});

describe("a refused client", () => {
  const identities: Record<string, Identity> = {
    k1: { kind: "apiKey", id: "one" },
    k2: { kind: "apiKey", id: "two" },
  };

  async function guarded(): Promise<{ cluster: Cluster; setKey(key: string): void }> {
    let current = "k1";
    const cluster = await start({
      relay: {
        authenticate: async (): Promise<Authentication> => {
          const identity = identities[current];
          return identity === undefined
            ? { outcome: "refused", reason: "the key is unknown" }
            : { outcome: "accepted", identity, expiresAt: null };
        },
      },
    });
    return {
      cluster,
      setKey(key) {
        current = key;
      },
    };
  }

  it("SYNC-2 stops trying with a wrong key, says why, keeps what was written, and goes on when told", async () => {
    const { cluster, setKey } = await guarded();
    setKey("wrong");
    const a = cluster.client("a");
    const id = await create(a, { title: "t" });
    await expect.poll(async () => (await a.store.status()).state).toBe("blocked");
    expect(a.problems).toMatchObject([{ kind: "sync", error: { message: "the key is unknown" } }]);
    expect((await a.store.status()).unsent).toBe(1);
    setKey("k1");
    await a.store.setOnline(true);
    await converge(cluster, a);
    expect(await versionOf(cluster, id)).toBe(1);
  });

  it("N7 a database is not synced for another principal than the one it belongs to", async () => {
    const { cluster, setKey } = await guarded();
    const a = cluster.client("a");
    await create(a, { title: "t" });
    await converge(cluster, a);
    await a.stop();
    setKey("k2");
    await a.store.start();
    await expect.poll(async () => (await a.store.status()).state).toBe("blocked");
    expect(await a.store.query(noteOf(a))).toHaveLength(1);
    await a.store.clear();
    await a.store.settled();
    expect(await a.store.query(noteOf(a))).toHaveLength(1);
  });

  it("N7 nor where the relay never met it", async () => {
    const { cluster, setKey } = await guarded();
    const a = cluster.client("a");
    await create(a, { title: "t" });
    await converge(cluster, a);
    await cluster.stopRelay();
    setKey("k2");
    await cluster.startRelay("relay of another place");
    await expect.poll(async () => (await a.store.status()).state).toBe("blocked");
    expect(a.problems).toMatchObject([{ error: { message: expect.stringContaining("belongs to") } }]);
    expect(await a.store.query(noteOf(a))).toHaveLength(1);
  });
});

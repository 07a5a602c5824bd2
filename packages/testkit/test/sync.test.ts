import { describe, expect, it, onTestFinished } from "vitest";
import { type Cluster, type ClusterClient, type ClusterOptions, createCluster } from "../src/cluster/cluster.ts";
import { createRandom } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";
import { converge, edit, get, noteOf } from "./notes.ts";
import { sqlitePlaces } from "./temp-folder.ts";

async function start(seed = 1, more: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const cluster = await createCluster({
    schema: noteSchema,
    random: createRandom(seed),
    adapter: sqlitePlaces().adapter,
    ...more,
  });
  onTestFinished(() => cluster.stop());
  return cluster;
}

describe("a relay and its clients", () => {
  it("I1 brings a saved record to another client", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    await b.store.start();
    const saved = await a.store.save(new (noteOf(a))({ title: "first", tags: ["x", "y"] }));
    await converge(cluster, a, b);
    expect(await get(b, String(saved.id))).toMatchObject({ title: "first", tags: ["x", "y"], body: null });
  });

  it("I2 keeps both sides' fields of a concurrent edit, and the later write of the same field", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b", { clockOffsetMs: 5 })];
    const { id } = await a.store.save(new (noteOf(a))({ title: "t" }));
    await converge(cluster, a, b);
    a.link.allow(false);
    b.link.allow(false);
    await edit(a, String(id), { title: "from a", stars: 1 });
    await edit(b, String(id), { title: "from b", body: "b" });
    a.link.allow(true);
    b.link.allow(true);
    await converge(cluster, a, b);
    expect(await get(a, String(id))).toMatchObject({ title: "from b", stars: 1, body: "b" });
  });

  it("I3 keeps both sides' insertions into a list", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const { id } = await a.store.save(new (noteOf(a))({ title: "t", tags: ["one"] }));
    await converge(cluster, a, b);
    a.link.allow(false);
    await edit(a, String(id), { tags: ["zero", "one"] });
    await edit(b, String(id), { tags: ["one", "two"] });
    a.link.allow(true);
    await converge(cluster, a, b);
    expect((await get(a, String(id))).tags).toEqual(["zero", "one", "two"]);
  });

  it("D2 a deletion wins over a concurrent edit, which its author is told of", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const { id } = await a.store.save(new (noteOf(a))({ title: "t" }));
    await converge(cluster, a, b);
    b.link.allow(false);
    await a.store.delete(await get(a, String(id)));
    await a.store.settled();
    await edit(b, String(id), { title: "too late" });
    b.link.allow(true);
    await converge(cluster, a, b);
    expect(await b.store.query(noteOf(b), String(id))).toBeUndefined();
    expect(await b.store.refused()).toMatchObject([{ model: "Note", key: id, code: "deleted" }]);
  });

  it("D2 saving a deleted record again starts a new life without the old fields", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const first = await a.store.save(new (noteOf(a))({ title: "old", body: "old body" }));
    await converge(cluster, a, b);
    await a.store.delete(first);
    await converge(cluster, a, b);
    const revived = await b.store.save(new (noteOf(b))({ id: first.id, title: "new" }));
    await converge(cluster, a, b);
    expect(await get(a, String(revived.id))).toMatchObject({ title: "new", body: null });
  });

  it("D2 who never heard of a deletion is told of it with the refusal, and begins the next life by saving again", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    const { id } = await a.store.save(new (noteOf(a))({ title: "old", tags: ["old"] }));
    await a.store.delete(noteOf(a), String(id));
    await converge(cluster, a);
    const newcomer = cluster.client("newcomer");
    await newcomer.store.settled();
    const save = () => newcomer.store.save(new (noteOf(newcomer))({ id, title: "new" }));
    await save();
    await expect.poll(() => newcomer.store.refused()).toMatchObject([{ key: id, code: "deleted" }]);
    await newcomer.store.settled();
    expect(await newcomer.store.query(noteOf(newcomer), String(id))).toBeUndefined();
    await save();
    await converge(cluster, a, newcomer);
    expect(await get(a, String(id))).toMatchObject({ title: "new", tags: null });
    expect(await newcomer.store.refused()).toHaveLength(1);
  });

  it("D2 begins the next life of a record whose tombstone the relay has forgotten, for whoever still has it and whoever has not", async () => {
    let laterMs = 0;
    const now = (): number => Date.now() + laterMs;
    const cluster = await start(1, { now, relay: { expiryIntervalMs: 5, tombstoneLifetimeMs: 60_000 } });
    const [a, b, absent] = [cluster.client("a"), cluster.client("b"), cluster.client("absent")];
    const ids = ["by who has it", "by a newcomer", "by GraphQL"];
    for (const id of ids)
      await a.store.save(new (noteOf(a))({ id, title: "old", body: "of the first life", tags: ["old"] }));
    await converge(cluster, a, b, absent);
    await absent.stop();
    for (const id of ids) await a.store.delete(noteOf(a), id);
    await converge(cluster, a, b);
    laterMs = 40 * 24 * 3_600_000;
    const stored = () => cluster.relay.records.getMany({ kind: "operator" }, "Note", ids);
    await expect.poll(stored).toEqual([null, null, null]);

    const newcomer = cluster.client("newcomer");
    await newcomer.store.settled();
    const save = (client: ClusterClient, id: string) =>
      client.store.save(new (noteOf(client))({ id, title: "new", tags: ["new"] }));
    await save(a, "by who has it");
    await save(newcomer, "by a newcomer");
    await newcomer.store.settled();
    await expect.poll(() => newcomer.store.refused()).toMatchObject([{ code: "deleted" }]);
    await save(newcomer, "by a newcomer");
    const values = { id: "by GraphQL", title: "new", tags: ["new"] };
    await cluster.relay.submit({ kind: "operator" }, [
      { operation: "create", model: "Note", values, baseVersion: null, condition: null },
    ]);
    await converge(cluster, a, b, absent, newcomer);
    for (const client of [a, b, absent, newcomer]) {
      for (const id of ids) expect(await get(client, id)).toMatchObject({ title: "new", body: null, tags: ["new"] });
    }
    expect(await stored()).toMatchObject(ids.map(() => ({ life: 2, version: 3 })));
  });

  it("I4 keeps what was saved offline over a restart of the client", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    a.link.allow(false);
    await a.store.save(new (noteOf(a))({ title: "offline" }));
    await a.restart();
    expect((await a.store.status()).unsent).toBe(1);
    a.link.allow(true);
    await converge(cluster, a);
  });

  it("I4 keeps what was acknowledged over a restart of the relay", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    await a.store.save(new (noteOf(a))({ title: "kept" }));
    await a.store.settled();
    await cluster.stopRelay();
    await cluster.startRelay();
    await converge(cluster, a, b);
    expect(await b.store.query(noteOf(b))).toHaveLength(1);
  });

  it("N3 I7 a push whose answer was lost counts once", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    const { id } = await a.store.save(new (noteOf(a))({ title: "t" }));
    await converge(cluster, a);
    for (let i = 0; i < 10; i++) {
      await edit(a, String(id), { stars: i });
      await new Promise((resolve) => setImmediate(resolve));
      a.link.cut();
    }
    await converge(cluster, a);
    const record = await cluster.relay.records.get({ kind: "operator" }, "Note", String(id));
    expect(record?.version).toBe(11);
  });

  it("I13 P4 a refused change is rolled back, reported, and does not stop the others", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    const good = await a.store.save(new (noteOf(a))({ title: "t" }));
    await a.store.settled();
    a.link.allow(false);
    await edit(a, String(good.id), { stars: 1.5 });
    await edit(a, String(good.id), { body: "fine" });
    await a.store.save(new (noteOf(a))({ title: "another" }));
    a.link.allow(true);
    await converge(cluster, a);
    expect(await get(a, String(good.id))).toMatchObject({ stars: null, body: "fine" });
    expect(await a.store.refused()).toMatchObject([{ code: "invalid", fields: ["stars"] }]);
    expect(a.problems.map((problem) => problem.kind)).toContain("refused");
    expect(await a.store.query(noteOf(a))).toHaveLength(2);
  });
});

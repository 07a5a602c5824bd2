/** Databases that were copied, rewound or interrupted, on real SQLite files. */
import { describe, expect, it, onTestFinished } from "vitest";
import { type Cluster, type ClusterClient, type ClusterOptions, createCluster } from "../src/cluster/cluster.ts";
import { createRandom } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";
import { converge, create, edit, get, noteOf } from "./notes.ts";
import { type SqlitePlaces, sqlitePlaces } from "./temp-folder.ts";

async function start(places: SqlitePlaces, seed = 1, more: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const random = createRandom(seed);
  const cluster = await createCluster({ schema: noteSchema, random, adapter: places.adapter, ...more });
  onTestFinished(() => cluster.stop());
  return cluster;
}

describe("a copied client database", () => {
  /** A client that is stopped, another on a copy of its database, and the note that both hold. */
  async function copied(): Promise<{ cluster: Cluster; a: ClusterClient; copy: ClusterClient; id: string }> {
    const places = sqlitePlaces();
    const cluster = await start(places);
    const a = cluster.client("a");
    const id = await create(a, { title: "shared" });
    await converge(cluster, a);
    await a.stop();
    places.copy("a", "copy");
    const copy = cluster.client("copy");
    return { cluster, a, copy, id };
  }

  /** The original wrote and stopped; the copy wrote without having heard of it, and is offline. */
  async function written(): ReturnType<typeof copied> {
    const halves = await copied();
    const { a, copy, id } = halves;
    copy.link.allow(false);
    await edit(a, id, { body: "by the original" });
    await a.store.settled();
    await a.stop();
    await edit(copy, id, { stars: 7 });
    return halves;
  }

  it("N2 takes a new identity when both copies wrote, and both sides' writes survive", async () => {
    const { cluster, a, copy, id } = await written();
    const own = await create(copy, { title: "by the copy" });
    copy.link.allow(true);
    await converge(cluster, a, copy);
    expect(await get(a, id)).toMatchObject({ title: "shared", body: "by the original", stars: 7 });
    expect(await get(a, own)).toMatchObject({ title: "by the copy" });
    expect(await copy.store.refused()).toEqual([]);
  });

  const interruptions: Readonly<Record<string, (copy: ClusterClient) => Promise<void>>> = {
    "its process starts anew": (copy) => copy.restart(),
    "the app stops and starts it": async (copy) => {
      await copy.store.stop();
      await copy.store.start();
    },
  };
  it.each(Object.keys(interruptions))("N2 still replays what it wrote when, before it could, %s", async (how) => {
    const { cluster, a, copy, id } = await written();
    copy.link.allow(true);
    // The hello went, the welcome came: it learns that it is a copy, and no more.
    while (copy.link.delivered < 2) await new Promise((resolve) => setImmediate(resolve));
    copy.link.allow(false);
    await expect.poll(async () => (await copy.store.status()).state).toBe("waiting");
    await interruptions[how]?.(copy);
    copy.link.allow(true);
    await converge(cluster, a, copy);
    expect(await get(a, id)).toMatchObject({ body: "by the original", stars: 7 });
    expect(await copy.store.refused()).toEqual([]);
    // From now on it pushes like any other.
    await copy.restart();
    await edit(copy, id, { stars: 8 });
    await converge(cluster, a, copy);
    expect(await get(a, id)).toMatchObject({ stars: 8 });
  });

  it("N2 N6 takes a new identity when it is taken over by its other half, which then stays", async () => {
    const { cluster, a, copy, id } = await copied();
    await a.store.settled();
    await copy.store.settled();
    await expect.poll(async () => (await a.store.status()).state).toBe("live");
    await Promise.all([edit(a, id, { body: "by the original" }), edit(copy, id, { stars: 7 })]);
    await converge(cluster, a, copy);
    const frames = a.link.delivered + copy.link.delivered;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(a.link.delivered + copy.link.delivered).toBe(frames);
    expect(await get(copy, id)).toMatchObject({ body: "by the original", stars: 7 });
    expect(cluster.relay.stats().sessions).toBe(2);
  });
});

describe("a rewound client database", () => {
  it("N2 takes over what it had sent before, and replays what it writes since", async () => {
    const places = sqlitePlaces();
    const cluster = await start(places);
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const id = await create(a, { title: "t" });
    await converge(cluster, a, b);
    await a.stop();
    places.copy("a", "backup");
    await edit(a, id, { body: "lost by the backup" });
    await edit(a, id, { stars: 1 });
    await a.store.settled();
    await a.stop();
    places.copy("backup", "a");
    a.link.allow(false);
    await edit(a, id, { stars: 2 });
    a.link.allow(true);
    await converge(cluster, a, b);
    expect(await get(b, id)).toMatchObject({ title: "t", body: "lost by the backup", stars: 2 });
    const record = await cluster.relay.records.get({ kind: "operator" }, "Note", id);
    expect(record?.version).toBe(4);
  });
});

describe("a rewound relay database", () => {
  it("F1 is noticed by the first cursor beyond it: a new epoch begins, and clients go on", async () => {
    const places = sqlitePlaces();
    const cluster = await start(places);
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const old = await create(a, { title: "old" });
    await converge(cluster, a, b);
    const { epoch } = cluster.relay;
    await cluster.stopRelay();
    places.copy("relay", "backup");
    await cluster.startRelay();
    const recent = await create(a, { title: "after the backup" });
    await converge(cluster, a, b);
    await cluster.stopRelay();
    places.copy("backup", "relay");
    await cluster.startRelay();
    await expect.poll(() => cluster.relay.epoch).not.toBe(epoch);
    await expect.poll(async () => (await b.store.status()).isReady).toBe(true);
    await edit(b, old, { body: "goes on" });
    await b.store.settled();
    await expect.poll(async () => (await get(a, old)).body).toBe("goes on");
    // What the backup lacks waits at the clients for healing; it is not thrown away.
    expect(await get(a, recent)).toMatchObject({ title: "after the backup" });
    expect(await get(b, recent)).toMatchObject({ title: "after the backup" });
  });

  it("F1 an ordinary restart keeps the epoch and the cursors", async () => {
    const cluster = await start(sqlitePlaces());
    const a = cluster.client("a");
    await create(a, { title: "t" });
    await converge(cluster, a);
    const { epoch } = cluster.relay;
    for (let i = 0; i < 3; i++) {
      await cluster.stopRelay();
      await cluster.startRelay();
      await create(a, { title: `after restart ${i}` });
      await converge(cluster, a);
    }
    expect(cluster.relay.epoch).toBe(epoch);
  });
});

describe("catching up", () => {
  it("F6 builds the indexes of a first sync, whatever frame that was cut at", async () => {
    const places = sqlitePlaces();
    const isIndexed = new Map<string, boolean>();
    const adapter: SqlitePlaces["adapter"] = (place) => {
      const sqlite = places.adapter(place);
      return {
        ...sqlite,
        async setIndexed(table, isOn) {
          isIndexed.set(`${place} ${table}`, isOn);
          await sqlite.setIndexed(table, isOn);
        },
      };
    };
    const cluster = await start({ ...places, adapter });
    const a = cluster.client("a");
    await create(a, { title: "t" });
    await converge(cluster, a);
    let isReady = false;
    let cut = 1;
    for (; !isReady; cut++) {
      const client = cluster.client(`cut${cut}`);
      await client.store.start();
      while (client.link.delivered < cut && !isReady) {
        await new Promise((resolve) => setImmediate(resolve));
        ({ isReady } = await client.store.status());
      }
      client.link.cut();
      await converge(cluster, client);
      await client.stop();
      expect(isIndexed.get(`cut${cut} Note`), `cut at frame ${cut}`).toBe(true);
    }
    expect(cut).toBeGreaterThan(5);
  });

  it("I5 over several pages is done only when all of them are here", async () => {
    const cluster = await start(sqlitePlaces());
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    await b.store.start();
    await converge(cluster, a, b);
    await b.stop();
    const Note = noteOf(a);
    await Promise.all(Array.from({ length: 2300 }, (_, i) => a.store.save(new Note({ id: `n${i}`, title: "t" }))));
    await a.store.settled();
    await b.store.start();
    await b.store.settled();
    expect(await b.store.query(noteOf(b))).toHaveLength(2300);
    expect((await b.store.status()).state).toBe("live");
  });
});

describe("an interrupted base sync", () => {
  const RECORDS = 2500;

  async function filled(places: SqlitePlaces): Promise<Cluster> {
    const cluster = await start(places);
    const a = cluster.client("a");
    const Note = noteOf(a);
    await Promise.all(Array.from({ length: RECORDS }, (_, i) => a.store.save(new Note({ id: `n${i}`, title: "t" }))));
    await converge(cluster, a);
    return cluster;
  }

  it("F6 goes on behind the last page it has, and loses none of those before", async () => {
    const cluster = await filled(sqlitePlaces());
    const b = cluster.client("b");
    const before = cluster.relay.stats().changesDelivered;
    let cuts = 0;
    const Note = noteOf(b);
    b.store.observe(Note).subscribe(() => {
      if (cuts < 2 && cuts++ === 0) b.link.cut();
    });
    await b.store.start();
    await converge(cluster, b);
    expect(await b.store.query(Note)).toHaveLength(RECORDS);
    expect(cuts).toBeGreaterThan(0);
    expect(cluster.relay.stats().changesDelivered - before).toBeLessThan(2 * RECORDS);
  });

  it("F6 goes on in another process start", async () => {
    const cluster = await filled(sqlitePlaces());
    const b = cluster.client("b");
    const first = new Promise<void>((resolve) => {
      b.store.observe(noteOf(b)).subscribe(() => resolve());
    });
    await b.store.start();
    await first;
    await b.restart();
    await converge(cluster, b);
    expect(await b.store.query(noteOf(b))).toHaveLength(RECORDS);
  });

  it("F2 a lost cursor leads to a base sync that drops what is gone, also over an interruption", async () => {
    const places = sqlitePlaces();
    const cluster = await filled(places);
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    await b.store.start();
    await converge(cluster, b);
    await b.stop();
    for (const id of ["n0", "n1500", "n2499"]) await a.store.delete(noteOf(a), id);
    await a.store.settled();
    await cluster.stopRelay();
    // Tombstones are forgotten at once, and with them the cursors from before.
    await cluster.startRelay("relay", { deltaLifetimeMs: 0, tombstoneLifetimeMs: 0, expiryIntervalMs: 1 });
    await expect.poll(async () => cluster.relay.records.get({ kind: "operator" }, "Note", "n0")).toBeNull();
    let cuts = 0;
    b.store.observe(noteOf(b)).subscribe(() => {
      if (cuts++ === 0) b.link.cut();
    });
    await b.store.start();
    await converge(cluster, b);
    expect(cuts).toBeGreaterThan(0);
    expect(await b.store.query(noteOf(b))).toHaveLength(RECORDS - 3);
  });
});

describe("two processes on one database", () => {
  it("N4 none writes under a client id that the other gave up", async () => {
    const places = sqlitePlaces();
    const cluster = await start(places);
    const [a, b] = [cluster.client("a", { place: "shared" }), cluster.client("b", { place: "shared" })];
    b.link.allow(false);
    const id = await create(a, { title: "t" });
    await a.store.settled();
    await b.store.start();
    await edit(b, id, { body: "before" });
    a.link.allow(false);
    await edit(a, id, { stars: 0.5 });
    a.link.allow(true);
    await a.store.settled();
    expect(await a.store.refused()).toHaveLength(1);
    // Only now does the other process hear that the database has another client id.
    await edit(b, id, { title: "after" });
    await a.restart();
    await a.store.settled();
    await converge(cluster, a);
    expect(await get(a, id)).toMatchObject({ title: "after", body: "before", stars: null });
    expect(await a.store.refused()).toHaveLength(1);
  });
});

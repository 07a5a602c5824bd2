import { createMemoryAdapter } from "@tributary/storage/memory";
import { createConflictingAdapter, createLossyDisk } from "@tributary/storage/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Cluster, createCluster } from "../src/cluster/cluster.ts";
import { differences, holdingsOfClient, holdingsOfRelay } from "../src/cluster/compare-replicas.ts";
import { createRandom } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";

function finished(cluster: Cluster): Cluster {
  onTestFinished(() => cluster.stop());
  return cluster;
}

describe("durability and contention", () => {
  it("I4 what a relay acknowledged is there after it lost power", async () => {
    const disk = createLossyDisk();
    const cluster = finished(
      await createCluster({
        schema: noteSchema,
        random: createRandom(1),
        adapter: (place) => (place === "relay" ? disk.adapter("power") : createMemoryAdapter()),
      }),
    );
    const a = cluster.client("a");
    const { Note } = a.store.models;
    if (Note === undefined) throw new Error("no Note");
    for (let i = 0; i < 20; i++) {
      await a.store.save(new Note({ title: `note ${i}` }));
      if (i % 5 === 4) {
        await a.store.settled();
        await disk.losePower();
        await cluster.stopRelay().catch(() => {});
        await cluster.startRelay();
        const relay = await holdingsOfRelay(noteSchema, cluster.relay);
        expect(differences(await holdingsOfClient(noteSchema, a.store), relay)).toEqual([]);
      }
    }
    expect(disk.lost).toBe(0);
  });

  it("I4 a store that does not sync is seen to lose what was acknowledged", async () => {
    const disk = createLossyDisk();
    const adapter = disk.adapter("process");
    await adapter.open();
    await adapter.create([{ name: "T", columns: [{ name: "id", type: "text" }], primaryKey: ["id"], indexes: [] }]);
    await adapter.commit({ writes: [{ kind: "insert", table: "T", row: ["a"] }] });
    await disk.losePower();
    expect(disk.lost).toBe(1);
  });

  for (const seed of [1, 2, 3, 4, 5]) {
    it(`V3 relay and clients begin again when their stores answer conflict, seed ${seed}`, async () => {
      const random = createRandom(seed);
      const conflicts: { readonly conflicts: number }[] = [];
      const cluster = finished(
        await createCluster({
          schema: noteSchema,
          random,
          adapter: () => {
            // The first commits open the store and may not be retried.
            let commits = 0;
            const adapter = createConflictingAdapter(createMemoryAdapter(), {
              random: () => (commits++ < 3 ? 1 : random.next()),
              rate: 0.3,
            });
            conflicts.push(adapter);
            return adapter;
          },
        }),
      );
      const clients = ["a", "b", "c"].map((name) => cluster.client(name));
      for (let i = 0; i < 60; i++) {
        const client = random.pick(clients);
        const { Note } = client.store.models;
        if (Note === undefined) throw new Error("no Note");
        const id = `n${random.int(4)}`;
        const note = await client.store.query(Note, id);
        if (note === undefined) await client.store.save(new Note({ id, title: `t${i}` }));
        else await client.store.save(Note.copyOf(note, (draft) => void Object.assign(draft, { stars: i })));
      }
      for (const client of clients) await client.store.settled();
      const relay = await holdingsOfRelay(noteSchema, cluster.relay);
      await expect
        .poll(async () => {
          const found: string[] = [];
          for (const client of clients)
            found.push(...differences(await holdingsOfClient(noteSchema, client.store), relay));
          return found;
        })
        .toEqual([]);
      for (const client of clients) expect(await client.store.refused()).toEqual([]);
      expect(conflicts.reduce((sum, one) => sum + one.conflicts, 0)).toBeGreaterThan(20);
    });
  }
});

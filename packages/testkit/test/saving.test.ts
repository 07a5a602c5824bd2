/** What a save writes, seen from the app, on SQLite files and on a store that conflicts at random. */
import { createMemoryAdapter } from "@tributary/storage/memory";
import { createConflictingAdapter } from "@tributary/storage/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Cluster, type ClusterClient, createCluster } from "../src/cluster/cluster.ts";
import { createRandom } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";
import { converge, create, edit, get, noteOf } from "./notes.ts";
import { sqlitePlaces } from "./temp-folder.ts";

async function start(adapter = sqlitePlaces().adapter): Promise<Cluster> {
  const cluster = await createCluster({ schema: noteSchema, random: createRandom(1), adapter });
  onTestFinished(() => cluster.stop());
  return cluster;
}

async function withTags(client: ClusterClient, id: string, tags: readonly string[]) {
  return noteOf(client).copyOf(await get(client, id), (draft) => void Object.assign(draft, { tags }));
}

describe("a save", () => {
  it("DS-1 writes the fields that changed since the app saw them, and no others", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const id = await create(a, { title: "t", body: "b" });
    await converge(cluster, a, b);
    const seen = await get(a, id);
    await edit(b, id, { title: "by b" });
    await converge(cluster, a, b);
    await a.store.save(noteOf(a).copyOf(seen, (draft) => void Object.assign(draft, { body: "by a" })));
    await converge(cluster, a, b);
    expect(await get(b, id)).toMatchObject({ title: "by b", body: "by a" });
  });

  it("DS-3 I3 edits the list that the app saw: what others put in meanwhile stays", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const id = await create(a, { title: "t", tags: ["one"] });
    await converge(cluster, a, b);
    const next = await withTags(a, id, ["one", "from a"]);
    await b.store.save(await withTags(b, id, ["one", "from b"]));
    await converge(cluster, a, b);
    await a.store.save(next);
    await converge(cluster, a, b);
    expect((await get(b, id)).tags).toHaveLength(3);
    expect((await get(b, id)).tags).toEqual(expect.arrayContaining(["one", "from a", "from b"]));
  });

  it("DS-3 an instance that is saved again, or was copied from before, repeats nothing", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    const id = await create(a, { title: "t", tags: ["one"] });
    const second = await withTags(a, id, ["one", "two"]);
    const third = noteOf(a).copyOf(second, (draft) => void Object.assign(draft, { tags: ["one", "two", "three"] }));
    await Promise.all([a.store.save(second), a.store.save(third)]);
    await a.store.save(second);
    await a.store.save(third);
    expect((await get(a, id)).tags).toEqual(["one", "two", "three"]);
    expect((await a.store.status()).unsent).toBeLessThanOrEqual(3);
  });

  it("DS-3 V3 loses nothing when the store conflicts, and repeats nothing", async () => {
    const random = createRandom(7);
    let commits = 0;
    const cluster = await start((place) =>
      place === "relay"
        ? createMemoryAdapter()
        : createConflictingAdapter(createMemoryAdapter(), {
            random: () => (commits++ < 3 ? 1 : random.next()),
            rate: 0.5,
          }),
    );
    const a = cluster.client("a");
    const id = await create(a, { title: "t", tags: [] });
    let note = await get(a, id);
    const saves: Promise<unknown>[] = [];
    for (let i = 0; i < 40; i++) {
      note = noteOf(a).copyOf(note, (draft) => void (draft.tags as string[]).push(`t${i}`));
      saves.push(a.store.save(note));
      if (i % 7 === 0) await Promise.all(saves);
    }
    await Promise.all(saves);
    await converge(cluster, a);
    expect((await get(a, id)).tags).toEqual(Array.from({ length: 40 }, (_, i) => `t${i}`));
  });

  it("DS-2 D2 of a record that was deleted meanwhile starts a new life with all that the app holds", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const id = await create(a, { title: "t", body: "b" });
    await converge(cluster, a, b);
    const seen = await get(a, id);
    await b.store.delete(noteOf(b), id);
    await converge(cluster, a, b);
    await a.store.save(noteOf(a).copyOf(seen, (draft) => void Object.assign(draft, { stars: 1 })));
    await converge(cluster, a, b);
    expect(await get(b, id)).toMatchObject({ title: "t", body: "b", stars: 1 });
  });
});

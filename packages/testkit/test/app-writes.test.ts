/** Transactions, taking back and save status, with a relay and others who write. */
import { describe, expect, it, onTestFinished } from "vitest";
import { type Cluster, createCluster } from "../src/cluster/cluster.ts";
import { createRandom } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";
import { converge, create, edit, get, noteOf } from "./notes.ts";
import { sqlitePlaces } from "./temp-folder.ts";

async function start(): Promise<Cluster> {
  const cluster = await createCluster({
    schema: noteSchema,
    random: createRandom(1),
    adapter: sqlitePlaces().adapter,
  });
  onTestFinished(() => cluster.stop());
  return cluster;
}

describe("a transaction", () => {
  it("P1 TX-3 is taken by the relay as one, and reaches others as one", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const [one, two] = [await create(a, { title: "one" }), await create(a, { title: "two" })];
    await converge(cluster, a, b);
    const turns: string[][] = [];
    const stop = cluster.relay.subscribe((changes) => turns.push(changes.map(({ after }) => after.key)));
    a.link.allow(false);
    const Note = noteOf(a);
    await a.store.transaction(async (tx) => {
      for (const id of [one, two]) {
        const note = await tx.query(Note, id);
        if (note === undefined) throw new Error("no note");
        await tx.save(Note.copyOf(note, (draft) => void Object.assign(draft, { body: "together" })));
      }
    });
    a.link.allow(true);
    await converge(cluster, a, b);
    expect(turns).toEqual([[one, two]]);
    expect([(await get(b, one)).body, (await get(b, two)).body]).toEqual(["together", "together"]);
    stop();
  });

  it("P1 P4 TX-3 is refused by the relay as one: nothing of it stays, and the app hears of all of it", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    const [one, two] = [await create(a, { title: "one" }), await create(a, { title: "two" })];
    await converge(cluster, a);
    a.link.allow(false);
    const Note = noteOf(a);
    await a.store.transaction(async (tx) => {
      const [first, second] = [await tx.query(Note, one), await tx.query(Note, two)];
      if (first === undefined || second === undefined) throw new Error("no note");
      await tx.save(Note.copyOf(first, (draft) => void Object.assign(draft, { body: "good" })));
      // Amplify lets a fraction into an Int; the relay does not.
      await tx.save(Note.copyOf(second, (draft) => void Object.assign(draft, { stars: 0.5 })));
    });
    await edit(a, one, { title: "behind" });
    a.link.allow(true);
    await converge(cluster, a);
    expect(await get(a, one)).toMatchObject({ title: "behind", body: null });
    expect(await get(a, two)).toMatchObject({ stars: null });
    expect(await a.store.refused()).toMatchObject([
      { key: one, code: "invalid", intent: { set: { body: "good" } } },
      { key: two, code: "invalid", fields: ["stars"] },
    ]);
  });
});

describe("taking back", () => {
  it("UNDO-2 leaves alone what others wrote since, and keeps what they put into a list", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const id = await create(a, { title: "t", tags: ["x"] });
    await converge(cluster, a, b);
    const undo = a.store.createUndoManager();
    await edit(a, id, { title: "mine", body: "mine", tags: ["x", "mine"] });
    await converge(cluster, a, b);
    await edit(b, id, { body: "theirs", tags: ["theirs", "x", "mine"] });
    await converge(cluster, a, b);
    expect(await undo.undo()).toBe(true);
    await converge(cluster, a, b);
    expect(await get(b, id)).toMatchObject({ title: "t", body: "theirs", tags: ["theirs", "x"] });
    expect(await undo.redo()).toBe(true);
    await converge(cluster, a, b);
    expect(await get(b, id)).toMatchObject({ title: "mine", body: "theirs", tags: ["theirs", "x", "mine"] });
    // Nothing of theirs is mine to take back.
    await edit(b, id, { title: "theirs" });
    await converge(cluster, a, b);
    expect([undo.canUndo, undo.canRedo]).toEqual([true, false]);
  });

  it("UNDO-2 does not bring back over somebody's new record what was deleted, nor delete twice", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const id = await create(a, { title: "t" });
    await converge(cluster, a, b);
    const undo = a.store.createUndoManager();
    await a.store.delete(noteOf(a), id);
    await converge(cluster, a, b);
    await b.store.save(new (noteOf(b))({ id, title: "anew" } as never));
    await converge(cluster, a, b);
    expect(await undo.undo()).toBe(false);
    expect(await get(a, id)).toMatchObject({ title: "anew" });
  });
});

describe("the save status", () => {
  it("STATUS-1 goes from local to acknowledged or refused, and tells each change once", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    a.link.allow(false);
    await a.store.start();
    const Note = noteOf(a);
    const fresh = new Note({ title: "t" });
    expect(await a.store.saveStatus(fresh)).toBe("unknown");
    const seen: string[] = [];
    const subscription = a.store.observeSaveStatus(fresh).subscribe((status) => seen.push(status));
    await expect.poll(() => seen).toEqual(["unknown"]);
    await a.store.save(fresh);
    await expect.poll(() => seen).toEqual(["unknown", "local"]);
    a.link.allow(true);
    await a.store.settled();
    await expect.poll(() => seen).toEqual(["unknown", "local", "acknowledged"]);
    await edit(a, String(fresh.id), { stars: 0.5 });
    await a.store.settled();
    await expect.poll(() => seen).toEqual(["unknown", "local", "acknowledged", "local", "refused"]);
    const [refused] = await a.store.refused();
    await a.store.forgetRefused(refused?.n ?? 0);
    expect(await a.store.saveStatus(fresh)).toBe("acknowledged");
    await expect.poll(() => seen.at(-1)).toBe("acknowledged");
    subscription.unsubscribe();
    expect(() => a.store.observeSaveStatus({})).toThrow("Object is not an instance of a valid model");
  });
});

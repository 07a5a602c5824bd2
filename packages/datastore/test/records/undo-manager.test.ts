import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import { createLocalStore } from "../local-store.ts";

const sdl = `
  type Note @model { id: ID! @primaryKey, title: String!, body: String, tags: [String] }
  type Tag @model { id: ID! @primaryKey, name: String }
`;

async function start(options?: { readonly limit?: number }) {
  const local = createLocalStore({ sdl });
  const { store, model } = local;
  const [Note, Tag] = [model("Note"), model("Tag")];
  await store.start();
  const undo = store.createUndoManager(options);
  const note = async (id = "n") => (await store.query(Note, id)) as Record<string, unknown> | undefined;
  const create = (id: string, fields: object) => store.save(new Note({ id, title: "t", ...fields }));
  const edit = async (fields: object, id = "n") =>
    store.save(Note.copyOf((await note(id)) as never, (draft) => void Object.assign(draft, fields)));
  return { ...local, Note, Tag, undo, note, create, edit };
}

describe("an undo manager", () => {
  it("UNDO-1 takes back edits, creations and deletions, the last first, and does them again", async () => {
    const { store, Note, undo, note, create, edit } = await start();
    expect([undo.canUndo, undo.canRedo, await undo.undo(), await undo.redo()]).toEqual([false, false, false, false]);
    await create("n", { body: "one", tags: ["a"] });
    await edit({ body: "two" });
    await edit({ title: "u", tags: ["a", "b"] });
    await store.delete(Note, "n");
    const seen: unknown[] = [];
    while (await undo.undo()) {
      const now = await note();
      seen.push(now === undefined ? null : [now.title, now.body, now.tags]);
    }
    expect(seen).toEqual([["u", "two", ["a", "b"]], ["t", "two", ["a"]], ["t", "one", ["a"]], null]);
    expect([undo.canUndo, undo.canRedo]).toEqual([false, true]);
    const again: unknown[] = [];
    while (await undo.redo()) {
      const now = await note();
      again.push(now === undefined ? null : [now.title, now.body, now.tags]);
    }
    expect(again).toEqual([["t", "one", ["a"]], ["t", "two", ["a"]], ["u", "two", ["a", "b"]], null]);
    expect([undo.canUndo, undo.canRedo]).toEqual([true, false]);
  });

  it("UNDO-1 takes back a transaction as one, and forgets what could be done again once something else is written", async () => {
    const { store, Note, Tag, undo, note, create, edit } = await start();
    await create("n", {});
    await store.transaction(async (tx) => {
      await tx.save(new Tag({ id: "x", name: "x" }));
      await tx.save(
        Note.copyOf((await tx.query(Note, "n")) as never, (draft) => void Object.assign(draft, { body: "b" })),
      );
    });
    expect(await undo.undo()).toBe(true);
    expect([await store.query(Tag, "x"), (await note())?.body]).toEqual([undefined, null]);
    expect(undo.canRedo).toBe(true);
    await edit({ title: "another" });
    expect(undo.canRedo).toBe(false);
    expect(await undo.undo()).toBe(true);
    expect(await note()).toMatchObject({ title: "t" });
  });

  it("UNDO-3 remembers so many steps, of the models it watches, until it is stopped or everything is cleared", async () => {
    const { store, Tag, undo, create, edit, note } = await start({ limit: 2 });
    const tags = store.createUndoManager({ models: [Tag] });
    await create("n", {});
    for (const body of ["1", "2", "3"]) await edit({ body });
    expect([await undo.undo(), await undo.undo(), await undo.undo()]).toEqual([true, true, false]);
    expect(await note()).toMatchObject({ body: "1" });
    expect(tags.canUndo).toBe(false);
    await store.save(new Tag({ id: "x" }));
    expect(tags.canUndo).toBe(true);
    await store.clear();
    expect([tags.canUndo, undo.canUndo]).toEqual([false, false]);
    expect(() => store.createUndoManager({ limit: 0 })).toThrow("limit is a whole number of 1 or more, 0 received");
  });

  it("UNDO-1 takes steps back one at a time, however fast it is asked", async () => {
    const { undo, create, edit, note } = await start();
    await create("n", { body: "0" });
    for (const body of ["1", "2", "3"]) await edit({ body });
    expect(await Promise.all([undo.undo(), undo.undo(), undo.redo(), undo.undo()])).toEqual([true, true, true, true]);
    expect(await note()).toMatchObject({ body: "1" });
  });

  it("UNDO-1 keeps a step that could not be taken back, and counts none in which a record came and went", async () => {
    const kept = createMemoryAdapter();
    let isFailing = false;
    const adapter: StorageAdapter = {
      ...kept,
      commit: (batch) => (isFailing ? Promise.reject(new Error("no room")) : kept.commit(batch)),
    };
    const { store, model } = createLocalStore({ sdl, adapter: () => adapter });
    const Note = model("Note");
    await store.start();
    const undo = store.createUndoManager();
    await store.save(new Note({ id: "n", title: "t" }));
    await store.transaction(async (tx) => {
      await tx.delete(await tx.save(new Note({ id: "m", title: "t" })));
    });
    isFailing = true;
    await expect(undo.undo()).rejects.toThrow("no room");
    isFailing = false;
    expect(undo.canUndo).toBe(true);
    expect(await undo.undo()).toBe(true);
    expect([await store.query(Note), undo.canUndo]).toEqual([[], false]);
  });

  it("UNDO-3 takes back nothing of what is being cleared", async () => {
    const { store, Note, undo, create } = await start();
    await create("n", {});
    await store.delete(Note, "n");
    const clearing = store.clear();
    expect(await undo.undo()).toBe(false);
    await clearing;
    expect(await store.query(Note)).toEqual([]);
  });
});

import { Predicates } from "@tributary/datastore/node";
import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import { createLocalStore } from "../local-store.ts";

/** Two blogs of two posts with two comments each; one post has a cover. */
async function seeded() {
  const kept = createMemoryAdapter();
  let commits = 0;
  const adapter: StorageAdapter = {
    ...kept,
    commit(batch) {
      commits += 1;
      return kept.commit(batch);
    },
  };
  const local = createLocalStore({ adapter: () => adapter });
  const { store, model } = local;
  for (const name of ["x", "y"]) {
    const blog = await store.save(new (model("Blog"))({ name }));
    for (const title of ["1", "2"]) {
      const cover = title === "1" ? await store.save(new (model("Cover"))({ url: name })) : null;
      const post = await store.save(new (model("Post"))({ title: name + title, blog, cover }));
      for (const text of ["a", "b"]) await store.save(new (model("Comment"))({ text: name + title + text, post }));
    }
  }
  const outbox = async () => (await kept.scan({ table: "$outbox" })).slice(-100);
  return { ...local, commits: () => commits, outbox };
}

const labelOf = (element: Readonly<Record<string, unknown>>) =>
  String(element.text ?? element.title ?? element.name ?? element.url);

describe("a deletion", () => {
  it("DEL-1 takes what the record has with it, children first, in one transaction and as one push", async () => {
    const { store, model, commits, outbox } = await seeded();
    const heard: string[] = [];
    store.observe().subscribe(({ opType, element }) => void heard.push(`${opType} ${labelOf(element)}`));
    const before = commits();
    const deleted = await store.delete(model("Blog"), (b) => b.name?.eq("x") as never);
    expect(commits() - before).toBe(1);
    expect(deleted.map(labelOf)).toEqual(["x"]);
    expect(heard).toHaveLength(8);
    expect(heard.slice(0, 5).sort()).toEqual(["DELETE x", "DELETE x1a", "DELETE x1b", "DELETE x2a", "DELETE x2b"]);
    expect(heard.slice(5)).toEqual(["DELETE x1", "DELETE x2", "DELETE x"]);
    const entries = (await outbox()).slice(-8);
    expect(entries.map(([, , more]) => more)).toEqual([1, 1, 1, 1, 1, 1, 1, 0]);
    expect(entries.at(-1)?.[3]).toBe("Blog");
    expect((await store.query(model("Comment"))).map(labelOf)).toEqual(["y1a", "y1b", "y2a", "y2b"]);
    expect((await store.query(model("Cover"))).map(labelOf)).toEqual(["y"]);
  });

  it("DEL-2 makes each record asked for a push of its own, with its own descendants", async () => {
    const { store, model, outbox } = await seeded();
    const deleted = await store.delete(model("Post"), Predicates.ALL);
    expect(deleted.map(labelOf)).toEqual(["x1", "x2", "y1", "y2"]);
    const entries = (await outbox()).slice(-14);
    const pushes: number[] = [0];
    for (const [, , more] of entries) {
      pushes[pushes.length - 1] = (pushes.at(-1) ?? 0) + 1;
      if (more === 0) pushes.push(0);
    }
    expect(pushes).toEqual([4, 3, 4, 3, 0]);
  });

  it("DEL-3 goes down a tree of one model, and round a circle once", async () => {
    const { store, model } = createLocalStore();
    const Folder = model("Folder");
    await store.save(new Folder({ id: "a", parentId: "c" }));
    await store.save(new Folder({ id: "b", parentId: "a" }));
    await store.save(new Folder({ id: "c", parentId: "b" }));
    await store.save(new Folder({ id: "d" }));
    expect(await store.delete(Folder, "a")).toMatchObject([{ id: "a" }]);
    expect((await store.query(Folder)).map(({ id }) => id)).toEqual(["d"]);
  });

  it("DEL-4 of what is not there changes nothing and says nothing", async () => {
    const { store, model, commits } = await seeded();
    const Post = model("Post");
    const post = new Post({ title: "t" });
    const heard: unknown[] = [];
    store.observe().subscribe((message) => void heard.push(message));
    const before = commits();
    expect(await store.delete(post)).toBe(post);
    expect(await store.delete(Post, "nobody")).toEqual([]);
    expect([heard, commits() - before]).toEqual([[], 0]);
  });

  it("DEL-5 holds to its condition and deletes nothing at all when that fails", async () => {
    const { store, model } = await seeded();
    const [post] = await store.query(model("Post"));
    if (post === undefined) throw new Error("no post");
    await expect(store.delete(post, (p) => p.title?.eq("other") as never)).rejects.toThrow("Conditional update failed");
    expect(await store.query(model("Comment"))).toHaveLength(8);
    expect(await store.delete(post, (p) => p.title?.eq("x1") as never)).toMatchObject({ title: "x1" });
    expect(await store.query(model("Comment"))).toHaveLength(6);
  });

  it.each<[string, unknown[]]>([
    ["Id to delete or criteria required. Do you want to delete all? Pass Predicates.ALL", ["Post"]],
    ["Object is not an instance of a valid model", [{}]],
    ["Models with composite primary keys cannot be deleted by a single key value", ["Seat", "a"]],
    ["Invalid predicate. Terminate your predicate", ["Post", () => {}]],
  ])("DEL-6 says what is wrong: %s", async (message, [what, ...rest]) => {
    const { store, model } = createLocalStore();
    const given = typeof what === "string" ? model(what) : what;
    await expect((store.delete as (...args: unknown[]) => Promise<unknown>)(given, ...rest)).rejects.toThrow(message);
  });

  it("DEL-5 tests a predicate behind what was written before", async () => {
    const { store, model } = createLocalStore();
    const Post = model("Post");
    const post = await store.save(new Post({ title: "old" }));
    const renamed = store.save(Post.copyOf(post, (draft) => void Object.assign(draft, { title: "new" })));
    const deleted = await store.delete(Post, (p) => p.title?.eq("old") as never);
    await renamed;
    expect(deleted).toEqual([]);
    expect((await store.query(Post)).map(labelOf)).toEqual(["new"]);
    const again = store.save(Post.copyOf(await renamed, (draft) => void Object.assign(draft, { title: "newer" })));
    expect(await store.delete(Post, (p) => p.title?.eq("newer") as never)).toHaveLength(1);
    await again;
    expect(await store.query(Post)).toEqual([]);
  });
});

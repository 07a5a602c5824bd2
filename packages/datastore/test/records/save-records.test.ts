import { describe, expect, it } from "vitest";
import { createLocalStore } from "../local-store.ts";

describe("saving many", () => {
  it("BULK-1 stores all in one transaction, and answers them in order", async () => {
    const { store, model } = createLocalStore();
    const [Blog, Post] = [model("Blog"), model("Post")];
    const blog = await store.save(new Blog({ name: "old" }));
    let commits = 0;
    const subscription = store.observe().subscribe(() => commits++);
    const changed = Blog.copyOf(blog, (draft) => void Object.assign(draft, { name: "new" }));
    const saved = await store.saveAll([
      ...Array.from({ length: 3000 }, (_, i) => new Post({ title: `p${i}` })),
      changed,
      new Post({ title: "last", blog } as never),
    ]);
    expect(saved.map((one) => (one as { title?: string; name?: string }).title ?? "-").slice(-3)).toEqual([
      "p2999",
      "-",
      "last",
    ]);
    expect(await store.count(Post)).toBe(3001);
    expect(await store.query(Blog)).toMatchObject([{ name: "new" }]);
    expect(commits).toBe(3002);
    subscription.unsubscribe();
    // Saved instances are stored: saving them again writes nothing.
    commits = 0;
    await store.saveAll(saved);
    expect(commits).toBe(0);
  });

  it("BULK-2 stores none when one cannot be saved, and says which", async () => {
    const { store, model } = createLocalStore();
    const [Post, Comment] = [model("Post"), model("Comment")];
    const [good, bad] = [new Post({ title: "good" }), new Comment({ text: "x", postId: "nobody" } as never)];
    await expect(store.saveAll([good, new Post({} as never)])).rejects.toThrow(
      /^Post id-\d+, at 1 of the list: Field title is required$/,
    );
    expect(await store.count(Post)).toBe(0);
    await expect(store.saveAll([good, {}])).rejects.toThrow("Object is not an instance of a valid model");
    await expect(store.saveAll(good as never)).rejects.toThrow("saveAll takes a list of instances");
    expect(await store.saveAll([])).toEqual([]);
    expect(await store.count(Comment)).toBe(0);
    void bad;
    await store.saveAll([good]);
    expect(await store.count(Post)).toBe(1);
  });

  it("BULK-1 inserts in the order of the list, whether ids were drawn or given", async () => {
    const { store, model } = createLocalStore();
    const Comment = model("Comment");
    await store.saveAll([
      new Comment({ id: "a", text: "1" }),
      new Comment({ text: "2" }),
      new Comment({ id: "b", text: "3" }),
    ]);
    expect((await store.query(Comment)).map(({ text }) => text)).toEqual(["1", "2", "3"]);
  });
});

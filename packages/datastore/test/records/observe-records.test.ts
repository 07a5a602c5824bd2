import { describe, expect, it } from "vitest";
import { createLocalStore } from "../local-store.ts";

async function seeded() {
  const local = createLocalStore();
  const post = await local.store.save(new (local.model("Post"))({ title: "a", rating: 1 }));
  const heard: string[] = [];
  const note = ({ opType, element, model }: { opType: string; element: object; model: unknown }) => {
    heard.push(
      `${opType} ${(element as { title?: string }).title ?? ""} ${(model as { modelName: string }).modelName}`,
    );
  };
  return { ...local, post, heard, note };
}

describe("observe", () => {
  it("OBS-1 tells of every change of all records, of a model's, of one", async () => {
    const { store, model, post, heard, note } = await seeded();
    const Post = model("Post");
    const subscriptions = [
      store.observe().subscribe(note),
      store.observe(Post).subscribe(note),
      store.observe(Post, String(post.id)).subscribe(note),
      store.observe(post).subscribe(note),
    ];
    await store.save(new (model("Blog"))({ name: "b" }));
    expect(heard.splice(0)).toEqual(["INSERT  Blog"]);
    await store.save(new Post({ title: "b" }));
    expect(heard.splice(0)).toEqual(Array(2).fill("INSERT b Post"));
    await store.save(
      Post.copyOf(post, (draft) => {
        draft.title = "c";
      }),
    );
    expect(heard.splice(0)).toEqual(Array(4).fill("UPDATE c Post"));
    await store.delete(Post, String(post.id));
    expect(heard.splice(0)).toEqual(Array(4).fill("DELETE c Post"));
    for (const subscription of subscriptions) subscription.unsubscribe();
    await store.save(new Post({ title: "d" }));
    expect(heard).toEqual([]);
  });

  it("OBS-2 tells of those that meet a predicate, as they are after the change", async () => {
    const { store, model, post, heard, note } = await seeded();
    const Post = model("Post");
    store.observe(Post, (p) => p.rating?.gt(1) as never).subscribe(note);
    for (const rating of [2, 3, 0]) {
      await store.save(
        Post.copyOf(post, (draft) => {
          draft.rating = rating;
        }),
      );
    }
    expect(heard).toEqual(["UPDATE a Post", "UPDATE a Post"]);
  });

  it("APP-10 a subscriber that throws keeps neither the write nor the other subscribers from going on", async () => {
    const { store, model, warnings, heard, note } = await seeded();
    const Post = model("Post");
    store.observe(Post).subscribe(() => {
      throw new Error("in the app");
    });
    store.observe(Post).subscribe(note);
    await expect(store.save(new Post({ title: "b" }))).resolves.toMatchObject({ title: "b" });
    await expect(store.delete(Post, (p) => p.title?.eq("b") as never)).resolves.toHaveLength(1);
    expect(heard).toEqual(["INSERT b Post", "DELETE b Post"]);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("a subscriber failed: Error: in the app");
  });

  it("OBS-3 throws at once for what cannot be observed", async () => {
    const { store, model } = createLocalStore();
    const observe = store.observe as (...args: unknown[]) => unknown;
    expect(() => observe(model("Post"), { id: "x" })).toThrow("Object literal syntax cannot be used with observe");
    expect(() => observe({})).toThrow("Constructor is not for a valid model");
    expect(() => observe(model("Post"), () => undefined)).toThrow("Invalid predicate");
  });
});

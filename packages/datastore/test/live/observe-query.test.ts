import { describe, expect, it } from "vitest";
import { createLocalStore } from "../local-store.ts";

type Condition = { gt(n: number): never; eq(text: string): never };
type PostLike = { rating: Condition; comments: { text: Condition } };

describe("observeQuery", () => {
  it("OBSQ-1 gives the result at once, also an empty one, then one snapshot for the changes of a turn", async () => {
    const { store, model } = createLocalStore();
    const Post = model("Post");
    const snapshots: string[] = [];
    store.observeQuery(Post).subscribe(({ items, isSynced }) => {
      snapshots.push(`${items.map(({ title }) => title).join("")} ${isSynced}`);
    });
    await expect.poll(() => snapshots).toEqual([" false"]);
    // One commit each, all in this turn.
    for (const title of ["a", "b", "c"]) await store.save(new Post({ title }));
    await expect.poll(() => snapshots).toEqual([" false", "abc false"]);
  });

  it("OBSQ-2 lets go of records that leave the set, and follows the sort", async () => {
    const { store, model } = createLocalStore();
    const Post = model("Post");
    const first = await store.save(new Post({ title: "a", rating: 2 }));
    await store.save(new Post({ title: "b", rating: 3 }));
    let last = "";
    const seen = store
      .observeQuery(Post, ((p: PostLike) => p.rating.gt(1)) as never, { sort: (s) => s.rating?.("DESCENDING") })
      .subscribe(({ items }) => {
        last = items.map(({ title }) => title).join("");
      });
    await expect.poll(() => last).toBe("ba");
    const edit = (rating: number) =>
      store.save(
        Post.copyOf(first, (draft) => {
          draft.rating = rating;
        }),
      );
    await edit(5);
    await expect.poll(() => last).toBe("ab");
    await edit(0);
    await expect.poll(() => last).toBe("b");
    seen.unsubscribe();
    await edit(9);
    expect(last).toBe("b");
  });

  it("OBSQ-3 asks a predicate that leads through relations anew when what it looks at changes", async () => {
    const { store, model } = createLocalStore();
    const [Post, Comment] = [model("Post"), model("Comment")];
    const post = await store.save(new Post({ title: "a" }));
    const counts: number[] = [];
    const where = (p: PostLike) => p.comments.text.eq("x");
    store.observeQuery(Post, where as never).subscribe(({ items }) => void counts.push(items.length));
    await expect.poll(() => counts).toEqual([0]);
    const comment = await store.save(new Comment({ text: "x", post }));
    await expect.poll(() => counts.at(-1)).toBe(1);
    await store.delete(comment);
    await expect.poll(() => counts.at(-1)).toBe(0);
  });
});

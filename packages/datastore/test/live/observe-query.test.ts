import type { ModelInstance } from "@tributary/datastore";
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

  it("OBSQ-4 places records anew when what they are sorted by changes in a related record, and keeps their items", async () => {
    const { store, model } = createLocalStore();
    const [Comment, Person] = [model("Comment"), model("Person")];
    const ana = await store.save(new Person({ name: "ana" }));
    const ben = await store.save(new Person({ name: "ben" }));
    await store.save(new Comment({ id: "1", text: "1", author: ben }));
    await store.save(new Comment({ id: "2", text: "2", author: ana }));
    await store.save(new Comment({ id: "3", text: "3" }));
    const seen: ModelInstance[][] = [];
    const texts = () => seen.map((items) => items.map(({ text }) => text).join("")).join(" ");
    store
      .observeQuery(Comment, undefined, { sort: (s) => s.author?.name("DESCENDING") })
      .subscribe(({ items }) => void seen.push(items));
    await expect.poll(texts).toBe("123");
    const rename = (person: ModelInstance, name: string) =>
      store.save(Person.copyOf(person, (draft) => void Object.assign(draft, { name })));
    await rename(ana, "zoe");
    await expect.poll(texts).toBe("123 213");
    const [before, after] = seen;
    expect(after?.[0]).toBe(before?.[1]);
    expect(after?.[2]).toBe(before?.[2]);
    // Nothing moves: there is nothing to tell.
    await rename(ben, "bob");
    await store.save(Comment.copyOf(before?.[2] as ModelInstance, (draft) => void Object.assign(draft, { text: "4" })));
    await expect.poll(texts).toBe("123 213 214");
    expect(seen[2]?.[0]).toBe(before?.[1]);
    await store.delete(ben);
    await expect.poll(texts).toMatch(/ 24$/);
  });
});

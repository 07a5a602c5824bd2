import { describe, expect, it } from "vitest";
import { createLocalStore } from "../local-store.ts";

async function seeded() {
  const local = createLocalStore();
  const { store, model } = local;
  const blog = await store.save(new (model("Blog"))({ name: "blog" }));
  for (const [title, rating, status, withBlog] of [
    ["a", 3, "DRAFT", true],
    ["b", null, "DRAFT", false],
    ["c", 1, "PUBLISHED", true],
    ["d", 7, null, false],
  ] as const) {
    await store.save(new (model("Post"))({ title, rating, status, done: rating === 3, ...(withBlog ? { blog } : {}) }));
  }
  return local;
}

describe("counting and measuring", () => {
  it("AGGREGATE-1 counts all, or those that meet a predicate, also through a relation", async () => {
    const { store, model } = await seeded();
    const Post = model("Post");
    expect(await store.count(Post)).toBe(4);
    expect(await store.count(Post, (p) => p.rating?.gt(2) as never)).toBe(2);
    expect(await store.count(Post, (p) => (p as never as Paths).blog.name.eq("blog") as never)).toBe(2);
    await store.delete(Post, (p) => p.title?.eq("a") as never);
    expect(await store.count(Post)).toBe(3);
  });

  it("AGGREGATE-2 measures by groups, ascending, null among them", async () => {
    const { store, model } = await seeded();
    const options = { groupBy: ["status"], sum: ["rating"], avg: ["rating"], min: ["title", "rating"], max: ["title"] };
    expect(await store.aggregate(model("Post"), options as never)).toEqual([
      {
        group: { status: null },
        count: 1,
        sum: { rating: 7 },
        avg: { rating: 7 },
        min: { title: "d", rating: 7 },
        max: { title: "d" },
      },
      {
        group: { status: "DRAFT" },
        count: 2,
        sum: { rating: 3 },
        avg: { rating: 3 },
        min: { title: "a", rating: 3 },
        max: { title: "b" },
      },
      {
        group: { status: "PUBLISHED" },
        count: 1,
        sum: { rating: 1 },
        avg: { rating: 1 },
        min: { title: "c", rating: 1 },
        max: { title: "c" },
      },
    ]);
    const byDone = await store.aggregate(model("Post"), { groupBy: ["done"] as never });
    expect(byDone.map(({ group, count }) => [group.done, count])).toEqual([
      [false, 3],
      [true, 1],
    ]);
  });

  it("AGGREGATE-2 measures everything as one group, also nothing", async () => {
    const { store, model } = await seeded();
    const where = (p: Record<string, { eq(value: string): unknown }>) => p.title?.eq("nobody");
    const options = { where, sum: ["rating"], avg: ["rating"], max: ["title"] };
    expect(await store.aggregate(model("Post"), options as never)).toEqual([
      { group: {}, count: 0, sum: { rating: 0 }, avg: { rating: null }, min: {}, max: { title: null } },
    ]);
    expect(await store.aggregate(model("Post"))).toEqual([{ group: {}, count: 4, sum: {}, avg: {}, min: {}, max: {} }]);
  });

  it("AGGREGATE-3 says which field cannot be measured or grouped by, and why", async () => {
    const { store, model } = await seeded();
    const Post = model("Post");
    for (const [options, message] of [
      [{ sum: ["title"] }, "sum takes numbers: Post.title is none"],
      [{ avg: ["scores"] }, "avg takes numbers: Post.scores is none"],
      [{ min: ["done"] }, "min takes numbers and texts: Post.done is none"],
      [{ groupBy: ["labels"] }, "groupBy takes single scalars and enums: Post.labels is none"],
      [{ groupBy: ["meta"] }, "groupBy takes single scalars and enums: Post.meta is none"],
      [{ groupBy: ["comments"] }, "Invalid field for model. field: comments, model: Post"],
      [{ sum: ["nothing"] }, "Invalid field for model. field: nothing, model: Post"],
    ] as const) {
      await expect(store.aggregate(Post, options as never)).rejects.toThrow(message);
    }
    await expect(store.count(Post, "id-1" as never)).rejects.toThrow("Invalid criteria for Post");
  });
});

interface Paths {
  readonly blog: { readonly name: { eq(value: string): unknown } };
}

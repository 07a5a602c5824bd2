import { Predicates } from "@tributary/datastore/node";
import type { SortBuilder, SortStep } from "@tributary/model";
import { describe, expect, it } from "vitest";
import { createLocalStore } from "../local-store.ts";

async function seeded() {
  const local = createLocalStore();
  const { store, model } = local;
  for (const [title, rating] of [
    ["a", 3],
    ["b", null],
    ["c", 1],
  ] as const) {
    await store.save(new (model("Post"))({ title, rating }));
  }
  await store.save(new (model("Seat"))({ row: "a", number: 1, guest: "x" }));
  return local;
}

/** `s.author.name` of a builder whose fields nobody declared. */
function by(s: SortBuilder, ...path: string[]): SortStep {
  return path.reduce((step: unknown, name) => (step as SortBuilder)[name], s) as SortStep;
}

describe("a query", () => {
  it("QUERY-1 by key gives one record or undefined", async () => {
    const { store, model, warnings } = await seeded();
    const [Post, Seat] = [model("Post"), model("Seat")];
    expect(await store.query(Post, "id-1")).toMatchObject({ title: "a" });
    expect(await store.query(Post, "nobody")).toBeUndefined();
    expect(await store.query(Post, { id: "id-1" } as never)).toMatchObject({ title: "a" });
    expect(await store.query(Seat, { row: "a", number: 1 } as never)).toMatchObject({ guest: "x" });
    await expect(store.query(Seat, "a")).rejects.toThrow("Models with composite primary keys cannot be queried");
    await expect(store.query(Seat, { row: "a" } as never)).rejects.toThrow("number missing");
    await (store.query as (...args: unknown[]) => Promise<unknown>)(Post, "id-1", { limit: 1 });
    expect(warnings).toEqual(["Pagination is ignored when querying by id"]);
  });

  it("QUERY-2 for all, or by predicate, gives a list: in order of insertion, sorted, cut into pages", async () => {
    const { store, model } = await seeded();
    const Post = model("Post");
    const titles = async (...args: unknown[]) => {
      const found = await (store.query as (...args: unknown[]) => Promise<{ title: string }[]>)(Post, ...args);
      return found.map(({ title }) => title).join("");
    };
    expect(await titles()).toBe("abc");
    expect(await titles(Predicates.ALL)).toBe("abc");
    expect(await titles(() => Predicates.ALL)).toBe("abc");
    expect(await titles((p: never) => (p as { rating: { lt(n: number): unknown } }).rating.lt(2))).toBe("bc");
    expect(await titles(undefined, { sort: (s: { rating(d: string): unknown }) => s.rating("DESCENDING") })).toBe(
      "acb",
    );
    expect(await titles(undefined, { page: 1, limit: 2 })).toBe("c");
    expect(await titles(undefined, { page: 1, limit: 3 })).toBe("");
    expect(await titles(undefined, { limit: 0 })).toBe("abc");
  });

  it("QUERY-5 sorts by fields of related records, and cuts pages from that order", async () => {
    const { store, model } = await seeded();
    const [Post, Comment, Person] = [model("Post"), model("Comment"), model("Person")];
    const [ana, ben] = [await store.save(new Person({ name: "ana" })), await store.save(new Person({ name: "ben" }))];
    const [a, b, c] = await store.query(Post);
    for (const [text, post, author] of [
      ["1", a, ben],
      ["2", b, null],
      ["3", c, ana],
      ["4", a, ana],
    ] as const) {
      await store.save(new Comment({ text, post, author }));
    }
    const query = store.query as (...args: unknown[]) => Promise<{ text: string }[]>;
    const texts = async (sort: (s: SortBuilder) => SortBuilder, page = {}) =>
      (await query(Comment, undefined, { sort, ...page })).map(({ text }) => text).join("");
    const byAuthor = (s: SortBuilder) => by(by(s, "author", "name")("ASCENDING"), "text")("DESCENDING");
    expect(await texts(byAuthor)).toBe("2431");
    expect(await texts(byAuthor, { limit: 2, page: 1 })).toBe("31");
    expect(await texts((s) => by(s, "post", "rating")("DESCENDING"))).toBe("1432");
    await expect(texts((s) => by(s, "author", "comments", "text")("ASCENDING"))).rejects.toThrow(
      "sort by Person.comments is not possible: it leads to many records",
    );
  });

  it.each<[string, unknown, unknown]>([
    ["Limit is required when requesting a page", undefined, { page: 0 }],
    ["Page should be a number", undefined, { page: "a", limit: 1 }],
    ["Page can't be negative", undefined, { page: -1, limit: 1 }],
    ["Limit should be a number", undefined, { limit: Number.NaN }],
    ["Limit can't be negative", undefined, { limit: -1 }],
    ["Invalid predicate. Terminate your predicate with a valid condition", () => undefined, undefined],
    [
      "Invalid field for model. field: nonsense, model: Post",
      (p: { nonsense: { eq(x: 1): 1 } }) => p.nonsense.eq(1),
      undefined,
    ],
    ["sort is a function", undefined, { sort: "title" }],
  ])("QUERY-3 says what is wrong: %s", async (message, criteria, options) => {
    const { store, model } = await seeded();
    const query = store.query as (...args: unknown[]) => Promise<unknown>;
    await expect(query(model("Post"), criteria, options)).rejects.toThrow(message);
    await expect(query(undefined)).rejects.toThrow("Constructor is not for a valid model");
  });

  it("QUERY-4 leads through relations, in records and in what is observed of them", async () => {
    const { store, model } = await seeded();
    const [Post, Comment, Person] = [model("Post"), model("Comment"), model("Person")];
    const [ana, ben] = [await store.save(new Person({ name: "ana" })), await store.save(new Person({ name: "ben" }))];
    const [a, b] = await store.query(Post);
    type ByName = { comments: { author: { name: { eq(name: string): never } }; not(part: unknown): never } };
    const by = (name: string) => (p: unknown) => (p as ByName).comments.author.name.eq(name);
    const seen: unknown[] = [];
    const heard = new Promise<void>((resolve) => {
      store
        .observe(Comment, ((c: { author: { name: { eq(name: string): never } } }) => c.author.name.eq("ben")) as never)
        .subscribe(({ element }) => {
          seen.push(element.text);
          if (seen.length === 2) resolve();
        });
    });
    await store.save(new Comment({ text: "1", post: a, author: ana }));
    await store.save(new Comment({ text: "2", post: b, author: ben }));
    await store.save(new Comment({ text: "3", post: b, author: ana }));
    await store.save(new Comment({ text: "4", post: b, author: ben }));
    await heard;
    expect(seen).toEqual(["2", "4"]);
    const query = store.query as (...args: unknown[]) => Promise<{ title: string }[]>;
    const titles = async (where: unknown) => (await query(Post, where)).map(({ title }) => title);
    expect(await titles(by("ben"))).toEqual(["b"]);
    expect(await titles(by("ana"))).toEqual(["a", "b"]);
    // Not "no comment of ana's": a comment of somebody else's.
    expect(await titles((p: { not(part: unknown): never }) => p.not(by("ana")))).toEqual(["b"]);
    await expect(store.delete(Post, by("ana") as never)).rejects.toThrow("Predication on releated models");
  });

  it("QUERY-2 takes a record that was deleted and made anew for the last inserted, as observeQuery does", async () => {
    const { store, model } = await seeded();
    const Post = model("Post");
    let shown = "";
    store.observeQuery(Post).subscribe(({ items }) => {
      shown = items.map(({ title }) => title).join("");
    });
    const [first] = await store.query(Post);
    if (first === undefined) throw new Error("no post");
    await store.delete(first);
    await store.save(first);
    expect((await store.query(Post)).map(({ title }) => title).join("")).toBe("bca");
    await expect.poll(() => shown).toBe("bca");
  });
});

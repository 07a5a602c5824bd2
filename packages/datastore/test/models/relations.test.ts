import { describe, expect, it } from "vitest";
import type { AsyncCollection } from "../../src/models/async-collection.ts";
import { createLocalStore, type LocalStore } from "../local-store.ts";

type Loose = Record<string, unknown>;
const one = (instance: unknown, field: string) => (instance as Loose)[field] as Promise<Loose | undefined>;
const many = (instance: unknown, field: string) => (instance as Loose)[field] as AsyncCollection<Loose>;

async function withPost(local: LocalStore) {
  const { store, model } = local;
  const blog = await store.save(new (model("Blog"))({ name: "b" }));
  const post = await store.save(new (model("Post"))({ title: "t", blog }));
  return { blog, post };
}

describe("a relation", () => {
  it("REL-1 to one gives a promise of the record or undefined, to many a collection; each is loaded once", async () => {
    const local = createLocalStore();
    const { store, model } = local;
    const { blog, post } = await withPost(local);
    for (const text of ["a", "b", "c"]) await store.save(new (model("Comment"))({ text, post }));
    expect(await one(post, "blog")).toEqual(blog);
    expect(one(post, "blog")).toBe(one(post, "blog"));
    expect(await one(post, "cover")).toBeUndefined();
    const texts: unknown[] = [];
    for await (const comment of many(post, "comments")) texts.push(comment.text);
    expect(texts).toEqual(["a", "b", "c"]);
    await store.save(new (model("Comment"))({ text: "d", post }));
    expect(await many(post, "comments").toArray()).toHaveLength(3);
    expect(await many(post, "comments").toArray({ max: 2 })).toHaveLength(2);
    const [first] = await many(post, "comments").toArray();
    expect((await one(first, "post"))?.id).toBe(post.id);
  });

  it("REL-2 of an instance that never went through a datastore gives nothing, but what it was given", async () => {
    const local = createLocalStore();
    const { model } = local;
    const { blog, post } = await withPost(local);
    const Post = model("Post");
    const fresh = new Post({ title: "t", blog });
    expect(await one(fresh, "blog")).toBe(blog);
    expect(await one(fresh, "cover")).toBeUndefined();
    expect(await many(fresh, "comments").toArray()).toEqual([]);
    expect(
      await one(
        Post.copyOf(post, () => {}),
        "blog",
      ),
    ).toEqual(blog);
  });

  it("REL-3 sets foreign keys where it is given, and clears them for null", async () => {
    const local = createLocalStore();
    const { model, store } = local;
    const { blog, post } = await withPost(local);
    const Post = model("Post");
    const key = "blogPostsId";
    expect(post[key]).toBe(blog.id);
    expect(JSON.parse(JSON.stringify(post))).toMatchObject({ [key]: blog.id });
    const other = await store.save(new (model("Blog"))({ name: "other" }));
    const moved = Post.copyOf(post, (draft) => {
      draft.blog = other;
    });
    expect(moved[key]).toBe(other.id);
    expect(await one(moved, "blog")).toBe(other);
    expect((await store.save(moved))[key]).toBe(other.id);
    expect(
      Post.copyOf(moved, (draft) => {
        (draft as Loose).blog = null;
      })[key],
    ).toBeNull();
    expect(
      Post.copyOf(moved, (draft) => {
        (draft as Loose).blog = undefined;
      })[key],
    ).toBe(other.id);
    expect(() => Reflect.set(moved, "blog", blog)).toThrow("use Post.copyOf");
  });

  it("REL-4 refuses a record of another model, and ignores what is no object", async () => {
    const local = createLocalStore();
    const { post } = await withPost(local);
    const Post = local.model("Post");
    expect(() => new Post({ title: "t", blog: post })).toThrow("Value passed to Post.blog is not an instance of Blog");
    expect(new Post({ title: "t", blog: 5, comments: [post] }).blogPostsId).toBeNull();
  });

  it("REL-5 to many over a join model leads to the records of that", async () => {
    const local = createLocalStore();
    const { store, model } = local;
    const { post } = await withPost(local);
    const topic = await store.save(new (model("Topic"))({ name: "x" }));
    await store.save(new (model("PostTopics"))({ post, topic }));
    const [join] = await many(post, "topics").toArray();
    expect((await one(join, "topic"))?.name).toBe("x");
    expect(await many(topic, "posts").toArray()).toHaveLength(1);
  });

  it("REL-6 goes on when the datastore was stopped meanwhile", async () => {
    const local = createLocalStore();
    const { post } = await withPost(local);
    await local.store.stop();
    expect((await one(post, "blog"))?.name).toBe("b");
  });

  it("REL-7 takes the key out of a plain object, as a record becomes one on its way through JSON", async () => {
    const local = createLocalStore();
    const { blog } = await withPost(local);
    const Post = local.model("Post");
    expect(new Post({ title: "t", blog: '{"id":"x"}' }).blogPostsId).toBe("x");
    expect(new Post({ title: "t", blog: {} }).blogPostsId).toBeNull();
    const post = await local.store.save(new Post({ title: "t", blog: JSON.parse(JSON.stringify(blog)) }));
    expect((await one(post, "blog"))?.name).toBe("b");
    const copy = Post.copyOf(post, (draft) => void Object.assign(draft, { blog: { id: "y" } }));
    expect([copy.blogPostsId, await one(copy, "blog")]).toEqual(["y", undefined]);
  });
});

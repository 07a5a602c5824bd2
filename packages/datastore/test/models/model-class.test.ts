import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it } from "vitest";
import { classesOf } from "../../src/models/schema-classes.ts";
import { blogSdl, createLocalStore } from "../local-store.ts";

type Loose = Record<string, unknown>;

function classes() {
  const warnings: string[] = [];
  let drawn = 0;
  const schema = parseSchema(blogSdl);
  const made = classesOf(schema, { newId: () => `new-${++drawn}`, warn: (text) => warnings.push(text) });
  const named = (name: string) => {
    const found = made.models[name] ?? made.embedded[name];
    if (found === undefined) throw new Error(name);
    return found as unknown as (new (
      init: unknown,
    ) => Loose) & {
      copyOf(source: Loose, mutate: (draft: Loose) => unknown): Loose;
    };
  };
  return {
    Post: named("Post"),
    Comment: named("Comment"),
    Meta: named("Meta"),
    Seat: named("Seat"),
    Account: named("Account"),
    Parcel: named("Parcel"),
    warnings,
  };
}

describe("an instance", () => {
  it("CLASS-1 holds every field, null where nothing was given, and what no field has a name for", () => {
    const { Post } = classes();
    const post = new Post({ title: "t", rating: undefined, other: 1 });
    expect(post).toMatchObject({ title: "t", rating: null, labels: null, other: 1 });
    expect(Object.keys(post)).toContain("postCommentsId" in post ? "postCommentsId" : "blogPostsId");
    expect(JSON.parse(JSON.stringify(post))).not.toHaveProperty("comments");
    expect(JSON.parse(JSON.stringify(post))).not.toHaveProperty("_version");
    expect("_version" in post).toBe(true);
  });

  it("CLASS-2 is frozen at every level, and leaves what it was given alone", () => {
    const { Post } = classes();
    const given = { labels: ["a"], meta: { author: "x", tags: ["b"] } };
    const post = new Post({ title: "t", ...given });
    expect(() => (post.labels as string[]).push("b")).toThrow(TypeError);
    expect(() => (((post.meta as Loose).tags as string[])[0] = "c")).toThrow(TypeError);
    expect(() => (post.title = "u")).toThrow(TypeError);
    given.labels.push("later");
    given.meta.tags.push("later");
    expect(post).toMatchObject({ labels: ["a"], meta: { tags: ["b"] } });
  });

  it("CLASS-3 draws its id: always, when none is given, or never, as the key says", () => {
    const { Post, Comment, Seat, Account, Parcel } = classes();
    expect(new Post({ id: "mine", title: "t" }).id).toBe("new-1");
    expect(new Comment({ id: "mine", text: "t" }).id).toBe("mine");
    expect(new Comment({ text: "t" }).id).toBe("new-2");
    expect(new Seat({ row: "a", number: 1 })).toMatchObject({ row: "a", number: 1 });
    expect(new Parcel({ country: "DE" })).toMatchObject({ country: "DE", id: "new-3" });
    expect(new Parcel({ country: "DE", id: "mine" }).id).toBe("mine");
    expect(() => new Account({ login: "" })).toThrow("An index field cannot contain an empty string value");
  });

  it("CLASS-4 refuses what is there and wrong, and lets pass what is left out", () => {
    const { Post } = classes();
    expect(() => new Post(undefined)).toThrow("new Post() needs an object");
    expect(new Post({}).title).toBeNull();
    expect(() => new Post({ title: null })).toThrow("Field title is required");
    expect(() => new Post({ title: undefined })).toThrow("Field title is required");
    expect(() => new Post({ title: "t", createdAt: "2020-01-01T00:00:00.000Z" })).toThrow("createdAt is read-only.");
    expect(() => new Post({ title: "t", createdAt: "now" })).toThrow("Field createdAt should be of type AWSDateTime");
    expect(new Post({ title: "t", createdAt: null }).createdAt).toBeNull();
  });

  it.each<[string, Loose]>([
    ["Field title should be of type string, number received. 1", { title: 1 }],
    ["Field rating should be of type number, string received. 1", { title: "t", rating: "1" }],
    ["Field mail should be of type AWSEmail, validation failed. nobody", { title: "t", mail: "nobody" }],
    [
      "All elements in the labels array should be of type string | null | undefined, [number] received. 1",
      { title: "t", labels: [1] },
    ],
    ["All elements in the scores array should be of type number, [null] received. ", { title: "t", scores: [null] }],
    ["Field labels should be of type [string | null | undefined], string received. a", { title: "t", labels: "a" }],
    ["Field data is an invalid JSON object. {", { title: "t", data: "{" }],
    ["Field data is an invalid JSON object. text", { title: "t", data: '"text"' }],
    ["Field data should be of type object, number received. 5", { title: "t", data: "5" }],
    ["Field meta should be of type Meta, number recieved. 5", { title: "t", meta: 5 }],
    ["Field author is required", { title: "t", meta: {} }],
    [
      "Field rating should be of type Int, validation failed. Infinity",
      { title: "t", rating: Number.POSITIVE_INFINITY },
    ],
    ["Field rating should be of type Int, validation failed. NaN", { title: "t", rating: Number.NaN }],
  ])("CLASS-4 says in Amplify's words: %s", (message, init) => {
    const { Post } = classes();
    expect(() => new Post(init)).toThrow(message);
  });

  it("CLASS-5 is as loose as Amplify: any number for an Int, any text for an enum, text of JSON for lists and objects", () => {
    const { Post } = classes();
    const post = new Post({
      title: "t",
      rating: 1.5,
      status: "NONSENSE",
      labels: '["a"]',
      data: '{"b":1}',
      meta: '{"author":"x"}',
    });
    expect(post).toMatchObject({
      rating: 1.5,
      status: "NONSENSE",
      labels: ["a"],
      data: { b: 1 },
      meta: { author: "x" },
    });
    expect(new Post({ title: "t", day: "2024-99-99", done: 1 })).toMatchObject({ day: "2024-99-99", done: true });
  });
});

describe("a copy", () => {
  it("CLASS-10 may be made of a record with text of JSON that is nested more deeply than a value may be", () => {
    const { Post } = classes();
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(Array.isArray(new Post({ title: "t", data: nested(60) }).data)).toBe(true);
    const post = new Post({ title: "t", data: nested(200_000) });
    const copy = Post.copyOf(post, (draft) => {
      draft.title = "u";
    });
    expect(copy).toMatchObject({ title: "u", data: nested(200_000) });
  });

  it("CLASS-6 has what the function did in place; what it returns is ignored, the source stays", () => {
    const { Post } = classes();
    const post = new Post({ title: "t", labels: ["a"], meta: { author: "x" } });
    const copy = Post.copyOf(post, (draft) => {
      draft.title = "u";
      (draft.labels as string[]).push("b");
      (draft.meta as Loose).rating = 3;
      draft.rating = undefined;
      return { title: "ignored" };
    });
    expect(copy).toMatchObject({ title: "u", labels: ["a", "b"], meta: { author: "x", rating: 3 }, rating: null });
    expect(copy).toBeInstanceOf(Post);
    expect(post).toMatchObject({ title: "t", labels: ["a"] });
    expect(() => (copy.labels as string[]).push("c")).toThrow(TypeError);
  });

  it("CLASS-7 keeps its key, with a warning, and what is read-only, with an error", () => {
    const { Post, warnings } = classes();
    const post = new Post({ title: "t" });
    expect(
      Post.copyOf(post, (draft) => {
        draft.id = "other";
      }).id,
    ).toBe(post.id);
    expect(warnings).toEqual(["copyOf() does not update PK fields. The 'id' update is being ignored."]);
    expect(() =>
      Post.copyOf(post, (draft) => {
        draft.updatedAt = "2020-01-01T00:00:00.000Z";
      }),
    ).toThrow("updatedAt is read-only.");
    expect(
      Post.copyOf(post, (draft) => {
        draft.updatedAt = null;
      }).updatedAt,
    ).toBeNull();
  });

  it("CLASS-8 of a constructed instance is judged whole", () => {
    const { Post, Comment } = classes();
    expect(() =>
      Post.copyOf(new Post({}), (draft) => {
        draft.rating = 1;
      }),
    ).toThrow("Field title is required");
    expect(() => Post.copyOf(new Post({ title: "t" }), (draft) => void delete draft.title)).toThrow(
      "Field title is required",
    );
    expect(() => Post.copyOf(new Comment({ text: "t" }), () => {})).toThrow(
      "The source object is not a valid model; Post.copyOf takes a Post",
    );
  });
});

describe("an embedded type", () => {
  it("CLASS-9 is a frozen class of its own that checks what it is given", () => {
    const { Post, Meta } = classes();
    const meta = new Meta({ author: "x", tags: ["a"], rating: undefined });
    expect(meta).toMatchObject({ author: "x", tags: ["a"], rating: null });
    expect(() => (meta.tags as string[]).push("b")).toThrow(TypeError);
    expect(() => new Meta({ author: 1 })).toThrow("Field author should be of type string, number received. 1");
    expect(() => new Meta({ author: null })).toThrow("Field author is required");
    const post = new Post({ title: "t", meta });
    expect(post.meta).toBeInstanceOf(Meta);
    const copy = Post.copyOf(post, (draft) => {
      (draft.meta as Loose).author = "y";
    });
    expect(copy.meta).toBeInstanceOf(Meta);
    expect([(post.meta as Loose).author, (copy.meta as Loose).author]).toEqual(["x", "y"]);
  });
});

describe("what is stored of an instance", () => {
  it("CLASS-10 is what fields hold: nothing under other names, of embedded objects only what their type declares", async () => {
    const { store, model } = createLocalStore();
    const Post = model("Post");
    const saved = await store.save(
      new Post({
        title: "t",
        other: 1,
        data: '{"b":[1]}',
        meta: { author: "x", more: 1, inner: { deep: "d", no: 1 } },
      }),
    );
    expect(saved).toMatchObject({ data: { b: [1] }, meta: { author: "x", inner: { deep: "d" } } });
    expect(saved).not.toHaveProperty("other");
    expect(saved.meta).not.toHaveProperty("more");
    expect((saved.meta as Loose).inner).toEqual({ deep: "d" });
    expect(await store.query(Post, String(saved.id))).toEqual(saved);
  });

  it("CLASS-1 holds null in fields that are called as what every object inherits", async () => {
    const sdl =
      "type Odd { valueOf: Int } type Note @model { constructor: String, toString: [Int], hasOwnProperty: Float, odd: Odd }";
    const { store, model } = createLocalStore({ sdl });
    const Note = model("Note");
    const note = await store.save(new Note({ odd: {} }));
    expect(note).toMatchObject({ constructor: null, toString: null, hasOwnProperty: null, odd: {} });
    const edited = Note.copyOf(note, (draft) => {
      Reflect.deleteProperty(draft, "constructor");
      Object.assign(draft, { hasOwnProperty: 1 });
    });
    expect(await store.save(edited)).toMatchObject({ constructor: null, toString: null, hasOwnProperty: 1 });
  });
});

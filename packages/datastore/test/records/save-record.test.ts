import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it } from "vitest";
import { createLocalStore } from "../local-store.ts";

describe("a save", () => {
  it("SAVE-1 is refused with what is missing, and only a new record is judged whole", async () => {
    const { store, model } = createLocalStore();
    const Post = model("Post");
    await expect(store.save(new Post({}))).rejects.toThrow("Field title is required");
    const post = await store.save(new Post({ title: "t" }));
    await expect(
      Promise.resolve().then(() =>
        store.save(
          Post.copyOf(post, (draft) => {
            draft.title = null;
          }),
        ),
      ),
    ).rejects.toThrow("Field title is required");
  });

  it("SAVE-2 of one field is not held up by another that became invalid without the app", async () => {
    const adapter = createMemoryAdapter();
    const loose = createLocalStore({ sdl: "type Note @model { title: String, mail: String }", adapter: () => adapter });
    const { id } = await loose.store.save(new (loose.model("Note"))({ mail: "nobody" }));
    await loose.store.stop();
    const sdl = "type Note @model { title: String!, mail: AWSEmail, body: String }";
    const strict = createLocalStore({ sdl, adapter: () => adapter });
    const Note = strict.model("Note");
    const note = await strict.store.query(Note, String(id));
    if (note === undefined) throw new Error("no note");
    const copyWith = (fields: object) => Note.copyOf(note, (draft) => Object.assign(draft, fields));
    expect(await strict.store.save(copyWith({ body: "fine" }))).toMatchObject({
      body: "fine",
      mail: "nobody",
      title: null,
    });
    expect(() => copyWith({ mail: "still nobody" })).toThrow(
      "Field mail should be of type AWSEmail, validation failed.",
    );
  });

  it("SAVE-3 tests its condition on the record that is there, and on nothing when there is none", async () => {
    const { store, model } = createLocalStore();
    const Post = model("Post");
    const post = await store.save(new Post({ title: "t", rating: 1 }), (p) => p.rating?.eq(5) as never);
    const next = Post.copyOf(post, (draft) => {
      draft.rating = 2;
    });
    await expect(store.save(next, (p) => p.rating?.gt(5) as never)).rejects.toThrow("Conditional update failed");
    expect(await store.save(next, (p) => p.rating?.eq(1) as never)).toMatchObject({ rating: 2 });
    await expect(store.save(next, (p) => p.blog?.eq("x") as never)).rejects.toThrow(
      "Predication on releated models is not supported in this context.",
    );
    await expect(store.save(next, "x" as never)).rejects.toThrow("Invalid criteria");
  });

  it("SAVE-4 wants the records that it says it belongs to, which may be saved beside it", async () => {
    const { store, model } = createLocalStore();
    const [Blog, Post] = [model("Blog"), model("Post")];
    const blog = new Blog({ name: "b" });
    await expect(store.save(new Post({ title: "t", blog }))).rejects.toThrow(
      "Data integrity error. You tried to save a Post",
    );
    const [, post] = await Promise.all([store.save(blog), store.save(new Post({ title: "t", blog }))]);
    expect(post.blogPostsId).toBe(blog.id);
  });

  it("SAVE-5 takes instances of its own schema's models and nothing else", async () => {
    const { store } = createLocalStore();
    const other = createLocalStore();
    await expect(store.save({ title: "t" })).rejects.toThrow("Object is not an instance of a valid model");
    await expect(store.save(new (other.model("Post"))({ title: "t" }))).rejects.toThrow("made from another schema");
  });

  it("SAVE-4 wants them also when a record comes back that was deleted with them", async () => {
    const { store, model } = createLocalStore();
    const [Blog, Post] = [model("Blog"), model("Post")];
    const blog = await store.save(new Blog({ name: "b" }));
    const post = await store.save(new Post({ title: "t", blog }));
    await store.delete(blog);
    const edited = Post.copyOf(post, (draft) => void Object.assign(draft, { title: "u" }));
    const refused = "Data integrity error. You tried to save a Post";
    await expect(store.save(edited)).rejects.toThrow(refused);
    await expect(store.saveAll([edited])).rejects.toThrow(refused);
    await expect(store.transaction((tx) => tx.save(edited))).rejects.toThrow(refused);
    expect(await store.query(Post)).toEqual([]);
    await store.save(blog);
    expect(await store.save(edited)).toMatchObject({ title: "u", blogPostsId: blog.id });
  });

  it("DS-3 edits a list of what the app had handed in, in whatever form that was", async () => {
    const sdl = "type Note @model { data: [AWSJSON], numbers: [Float], texts: [String] }";
    const { store, model } = createLocalStore({ sdl });
    const Note = model("Note");
    const note = new Note({ data: [{ b: 1, a: 2 }, 1], numbers: [-0, 1], texts: ["\ud800", "x"] });
    await store.save(note);
    const edited = Note.copyOf(note, (draft) => {
      for (const name of ["data", "numbers", "texts"]) (draft[name] as unknown[]).shift();
    });
    expect(await store.save(edited)).toMatchObject({ data: [1], numbers: [1], texts: ["x"] });
  });
});

import { describe, expect, it } from "vitest";
import { createLocalStore } from "../local-store.ts";

async function seeded() {
  const local = createLocalStore({
    sdl: "type Note @model { id: ID! @primaryKey, title: String!, body: String, tag: ID, stars: Int, words: [String] } type Bare @model { id: ID!, n: Int }",
  });
  const { store, model } = local;
  for (const [id, title, body] of [
    ["a", "Crème brûlée", "twice a week"],
    ["b", "Shopping", "cream, sugar"],
    ["c", "creme", null],
  ] as const) {
    await store.save(new (model("Note"))({ id, title, body, stars: id === "c" ? 5 : 1 }));
  }
  const found = async (text: string, options?: object): Promise<string[]> =>
    (await store.search(model("Note"), text, options as never)).map(({ id }) => String(id));
  return { ...local, found };
}

describe("a search", () => {
  it("SEARCH-1 finds records by the beginnings of the words in their texts", async () => {
    const { store, model, found } = await seeded();
    expect((await found("creme")).sort()).toEqual(["a", "c"]);
    expect((await found("CRE")).sort()).toEqual(["a", "b", "c"]);
    expect(await found("week creme")).toEqual(["a"]);
    expect(await found("")).toEqual([]);
    const [note] = await store.search(model("Note"), "sugar");
    expect(note).toMatchObject({ id: "b", title: "Shopping", stars: 1 });
    await store.save(model("Note").copyOf(note as never, (draft) => void Object.assign(draft, { body: "salt" })));
    expect(await found("sugar")).toEqual([]);
    expect(await found("salt")).toEqual(["b"]);
    await store.delete(model("Note"), "b");
    expect(await found("salt")).toEqual([]);
  });

  it("SEARCH-2 looks into some fields, where a predicate holds, up to a limit", async () => {
    const { found } = await seeded();
    expect((await found("cre", { fields: ["title"] })).sort()).toEqual(["a", "c"]);
    expect(await found("cre", { fields: ["body"] })).toEqual(["b"]);
    expect(await found("cre", { where: (n: { stars: { gt(value: number): unknown } }) => n.stars.gt(2) })).toEqual([
      "c",
    ]);
    expect(await found("cre", { limit: 2 })).toHaveLength(2);
  });

  it("SEARCH-3 says what it cannot search", async () => {
    const { store, model, found } = await seeded();
    await expect(found("x", { fields: ["stars"] })).rejects.toThrow(
      "search looks into fields of type String: Note.stars is none",
    );
    await expect(found("x", { fields: ["tag"] })).rejects.toThrow("Note.tag is none");
    await expect(found("x", { fields: ["nothing"] })).rejects.toThrow(
      "Invalid field for model. field: nothing, model: Note",
    );
    await expect(found("x", { limit: 0 })).rejects.toThrow("Limit is a whole number of 1 or more, 0 received");
    await expect(store.search(model("Note"), 5 as never)).rejects.toThrow("search takes a text, number received");
    await expect(store.search(model("Bare"), "x")).rejects.toThrow("Bare has no field of type String to search");
  });
});

import { createDataStoreOn, type DataStoreInstance } from "@tributary/datastore/core";
import { parseSchema } from "@tributary/schema/sdl";
import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it, onTestFinished } from "vitest";

const schema = parseSchema(`type Note @model { id: ID!, title: String!, body: String }`);

interface Counted {
  readonly store: DataStoreInstance;
  /** Rows of notes looked up so far. */
  lookedUp(): number;
  /** Commits tried so far. */
  commits(): number;
}

/** A datastore without a relay whose drawn ids are those given, the last one again and again. */
async function start(...ids: readonly string[]): Promise<Counted> {
  let drawn = 0;
  let lookedUp = 0;
  let commits = 0;
  const adapter = createMemoryAdapter();
  const counting: StorageAdapter = {
    ...adapter,
    getMany(table, keys) {
      if (table === "Note") lookedUp += keys.length;
      return adapter.getMany(table, keys);
    },
    commit(batch) {
      commits += 1;
      return adapter.commit(batch);
    },
  };
  const store = createDataStoreOn(
    {
      agent: "test",
      random: { bytes: (count) => new Uint8Array(count).fill(7) },
      now: () => 1_000_000,
      newId: () => ids[Math.min(drawn++, ids.length - 1)] ?? "",
      after: () => () => {},
      createAdapter: () => counting,
      openSocket: () => {
        throw new Error("there is no relay");
      },
    },
    { schema: { ...schema } },
  );
  await store.start();
  onTestFinished(() => store.stop());
  return { store, lookedUp: () => lookedUp, commits: () => commits };
}

function noteOf(store: DataStoreInstance) {
  const { Note } = store.models;
  if (Note === undefined) throw new Error("the schema has no Note");
  return Note;
}

describe("a new record", () => {
  it("DS-4 is not looked up before it is saved", async () => {
    const { store, lookedUp } = await start("a");
    await store.save(new (noteOf(store))({ title: "first" }));
    expect(lookedUp()).toBe(0);
    expect(await store.query(noteOf(store), "a")).toMatchObject({ title: "first" });
  });

  it("DS-4 edits the record that is there against all odds, and other saves of its turn are none the worse", async () => {
    const { store } = await start("a", "b", "a");
    const Note = noteOf(store);
    await store.save(new Note({ title: "first", body: "kept" }));
    await Promise.all([store.save(new Note({ title: "other" })), store.save(new Note({ title: "second" }))]);
    expect(await store.query(Note, "a")).toMatchObject({ title: "second", body: "kept" });
    expect(await store.query(Note, "b")).toMatchObject({ title: "other" });
    expect((await store.status()).unsent).toBe(3);
  });

  it("DS-4 is looked up when it is saved again", async () => {
    const { store, lookedUp, commits } = await start("a");
    const note = new (noteOf(store))({ title: "first" });
    await store.save(note);
    const before = commits();
    await store.save(note);
    expect(lookedUp()).toBe(1);
    expect(commits()).toBe(before);
  });
});

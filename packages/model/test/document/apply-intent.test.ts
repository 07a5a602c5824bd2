import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import {
  applyIntent,
  createDocument,
  type DocumentState,
  diffDocument,
  foldDocument,
  type Intent,
  type JsonValue,
  mergeDocument,
  type Stamp,
  stateVectorOf,
  updateFromDocument,
  type Written,
} from "../../src/index.ts";
import { ALICE, at, BOB, create, message, stampsOf, update } from "../chat-model.ts";

const begin = (set = {}, lists = {}): Written =>
  createDocument(message, 0, create(at(0), { title: "a", body: "b", ...set }, lists), ALICE);

/** Applies an intent that must add something; everything is acknowledged unless said otherwise. */
function write(
  state: DocumentState,
  intent: Intent,
  clientId = ALICE,
  acknowledged: DocumentState | null = state,
): Written {
  const written = applyIntent(message, 0, state, intent, clientId, acknowledged);
  if (written === null) throw new Error("the intent added nothing");
  return written;
}

function merge(state: DocumentState, written: Uint8Array): DocumentState {
  const merged = mergeDocument(message, 0, state, written);
  expect(merged.isComplete).toBe(true);
  return merged.state;
}

function entriesOf(state: DocumentState): JsonValue[] {
  const doc = new Y.Doc({ guid: "d" });
  Y.applyUpdate(doc, updateFromDocument(state));
  return doc.getArray("$writes").toJSON();
}

describe("a register write", () => {
  test("D3 deletes what it supersedes and appends the rest with its old stamp, in one update", () => {
    const before = begin();
    const after = write(before.state, update(at(1), { title: "c" }));
    expect(entriesOf(after.state)).toEqual([
      { t: at(0), f: { id: "m1", body: "b" } },
      { t: at(1), f: { title: "c" } },
    ]);
    expect(merge(before.state, after.update)).toEqual(after.state);
    expect(after.fold).toEqual(foldDocument(message, 0, after.state));
    expect(after.fold.values).toEqual({ id: "m1", title: "c", body: "b" });
    expect(stampsOf(after.state)).toEqual({ id: at(0), title: at(1), body: at(0) });
    expect(after.fold.maxStamp).toBe(at(1));
  });

  test("D3 an overwritten value does not travel on", () => {
    const after = write(begin({ title: "overwritten" }).state, update(at(1), { title: "c" }));
    for (const bytes of [after.state, diffDocument(after.state, new Uint8Array([0]))]) {
      expect(Buffer.from(bytes).includes("overwritten")).toBe(false);
    }
  });

  test("D3 10,000 edits by one replica leave a document below 300 bytes", () => {
    let state = createDocument(message, 0, create(at(0), { title: "a", likes: 0 }), ALICE).state;
    for (let i = 1; i <= 10_000; i++) state = write(state, update(at(i), { likes: i })).state;
    expect(foldDocument(message, 0, state).values["likes"]).toBe(10_000);
    expect(state.length).toBeLessThan(300);
  });

  test("D3 10,000 edits by ten replicas in turn leave a document below 700 bytes", () => {
    let state = createDocument(message, 0, create(at(0), { title: "a", likes: 0 }), ALICE).state;
    for (let i = 1; i <= 10_000; i++) state = write(state, update(at(i), { likes: i }), BOB + (i % 10)).state;
    expect(foldDocument(message, 0, state).values["likes"]).toBe(10_000);
    expect(state.length).toBeLessThan(700);
  });

  test("P3 takes out what its own entry supersedes, acknowledged or not", () => {
    const after = write(begin().state, update(at(1), { title: "c" }), ALICE, null);
    expect(entriesOf(after.state)).toEqual([
      { t: at(0), f: { id: "m1", body: "b" } },
      { t: at(1), f: { title: "c" } },
    ]);
  });

  test("P3 leaves what only an unacknowledged entry supersedes", () => {
    const acknowledged = begin().state;
    // A write of another live document of this database, which a relay may still refuse.
    const unsent = update(at(1, BOB), { title: "c" });
    const other = mergeDocument(message, 0, acknowledged, entryUpdate(BOB, unsent.stamp, { title: "c" })).state;
    const superseded = { t: at(0), f: { id: "m1", title: "a", body: "b" } };
    expect(entriesOf(other)).toContainEqual(superseded);

    const after = write(other, update(at(2), { likes: 1 }), ALICE, acknowledged);
    expect(entriesOf(after.state)).toContainEqual(superseded);
    const settled = write(other, update(at(2), { likes: 1 }), ALICE, other);
    expect(entriesOf(settled.state)).not.toContainEqual(superseded);
    expect(settled.fold.values).toEqual(after.fold.values);
  });

  test("I2 of two concurrent writes the later wins, whoever is merged first, and other fields keep both", () => {
    const base = begin();
    const a = write(base.state, update(at(2, ALICE), { title: "alice", likes: 1 }), ALICE);
    const b = write(base.state, update(at(3, BOB), { title: "bob", body: "bob" }), BOB);
    const ab = merge(a.state, b.update);
    const ba = merge(b.state, a.update);
    expect(foldDocument(message, 0, ab)).toEqual(foldDocument(message, 0, ba));
    expect(foldDocument(message, 0, ab).values).toEqual({ id: "m1", title: "bob", body: "bob", likes: 1 });
  });

  test("I2 equal stamps with different values are decided by the greater canonical JSON", () => {
    const base = begin();
    const write2 = (value: JsonValue, client: number): Written =>
      write(base.state, update(at(2), { data: value }), client);
    const a = write2({ b: 1, a: 2 }, ALICE);
    const b = write2({ a: 10 }, BOB);
    const expected = { a: 2, b: 1 };
    expect(foldDocument(message, 0, merge(a.state, b.update)).values["data"]).toEqual(expected);
    expect(foldDocument(message, 0, merge(b.state, a.update)).values["data"]).toEqual(expected);
  });

  test("I2 a write that would lose adds nothing", () => {
    const { state } = begin();
    const later = write(state, update(at(5), { title: "c" })).state;
    expect(applyIntent(message, 0, later, update(at(4), { title: "d" }), ALICE, later)).toBeNull();
    expect(applyIntent(message, 0, later, update(at(5), { title: "c" }), ALICE, later)).toBeNull();
    expect(
      applyIntent(message, 0, later, update(at(4), { unknown: 1, secret: "of another facet" }), ALICE, later),
    ).toBeNull();
    expect(write(later, update(at(4), { title: "d", likes: 1 })).fold.values).toMatchObject({ title: "c", likes: 1 });
  });

  test("I2 the same value written later counts: it wins against a write in between", () => {
    const { state } = begin();
    const again = write(state, update(at(5), { title: "a" }));
    const between = write(state, update(at(4, BOB), { title: "x" }), BOB);
    expect(foldDocument(message, 0, merge(again.state, between.update)).values["title"]).toBe("a");
  });

  test("DOC-3 a key that stays as it is is not written again", () => {
    const after = write(begin().state, create(at(1), { title: "c" }));
    expect(entriesOf(after.state)).toContainEqual({ t: at(1), f: { title: "c" } });
  });
});

describe("a deletion", () => {
  test("DOC-4 is a register that wins over later edits of other fields, which stay readable", () => {
    const base = begin();
    const deleted = write(base.state, { op: "delete", stamp: at(2) });
    const edited = write(base.state, update(at(3, BOB), { title: "bob" }), BOB);
    for (const state of [merge(deleted.state, edited.update), merge(edited.state, deleted.update)]) {
      const fold = foldDocument(message, 0, state);
      expect(fold.deleted).toBe(at(2));
      expect(fold.values["title"]).toBe("bob");
    }
    expect(entriesOf(deleted.state)).toContainEqual({ t: at(2), f: { _deleted: true } });
  });

  test("DOC-4 nothing is written to a deleted document", () => {
    const { state } = write(begin({}, { tags: ["a"] }).state, { op: "delete", stamp: at(2) });
    const edits: Intent[] = [
      { op: "delete", stamp: at(3) },
      update(at(3), { title: "c" }),
      update(at(3), {}, { tags: { base: ["a"], value: [] } }),
    ];
    for (const intent of edits) expect(applyIntent(message, 0, state, intent, ALICE, state)).toBeNull();
  });
});

describe("a list edit", () => {
  const tags = (...base: string[]) => ({
    to: (...value: string[]) => ({ tags: { base, value } }),
  });
  const tagsOf = (state: DocumentState) => foldDocument(message, 0, state).values["tags"];

  test("LIST-2 changes only the elements that differ", () => {
    const base = begin({}, { tags: ["a", "b", "c"] });
    const edited = write(base.state, update(at(1), {}, tags("a", "b", "c").to("a", "x", "c", "d")));
    expect(tagsOf(edited.state)).toEqual(["a", "x", "c", "d"]);
    expect(edited.fold).toEqual(foldDocument(message, 0, edited.state));
    expect(merge(base.state, edited.update)).toEqual(edited.state);
    const { structs, ds } = Y.decodeUpdate(edited.update);
    expect(structs.reduce((sum, { length }) => sum + length, 0)).toBe(2);
    expect([...ds.clients.values()].flat().reduce((sum, { len }) => sum + len, 0)).toBe(1);
  });

  test("I3 concurrent insertions and deletions all survive", () => {
    const base = begin({}, { tags: ["a", "b", "c"] });
    const a = write(base.state, update(at(1, ALICE), {}, tags("a", "b", "c").to("a", "alice", "b", "c")), ALICE);
    const b = write(base.state, update(at(1, BOB), {}, tags("a", "b", "c").to("a", "c", "bob")), BOB);
    expect(tagsOf(merge(a.state, b.update))).toEqual(["a", "alice", "c", "bob"]);
    expect(tagsOf(merge(b.state, a.update))).toEqual(["a", "alice", "c", "bob"]);
  });

  test("I3 two replicas that create a list at once keep both their elements", () => {
    const base = begin();
    const a = write(base.state, update(at(1, ALICE), {}, tags().to("a1", "a2")), ALICE);
    const b = write(base.state, update(at(1, BOB), {}, tags().to("b1", "b2")), BOB);
    const merged = tagsOf(merge(a.state, b.update));
    expect(merged).toEqual(tagsOf(merge(b.state, a.update)));
    expect([...(merged as string[])].sort()).toEqual(["a1", "a2", "b1", "b2"]);
  });

  test("LIST-3 an edit replayed on another state keeps what came meanwhile, and inserts behind what is left", () => {
    const base = begin({}, { tags: ["a", "b", "c"] });
    const meanwhile = write(base.state, update(at(1, BOB), {}, tags("a", "b", "c").to("a", "new", "c")), BOB);
    const replayed = write(meanwhile.state, update(at(2), {}, tags("a", "b", "c").to("a", "b", "x", "y")), ALICE);
    expect(tagsOf(replayed.state)).toEqual(["a", "x", "y", "new"]);
    const around = write(meanwhile.state, update(at(2), {}, tags("a", "b", "c").to("a", "x", "b", "y", "c")), ALICE);
    expect(tagsOf(around.state)).toEqual(["a", "x", "y", "new", "c"]);
  });

  test("LIST-3 an edit that changes nothing any more adds nothing", () => {
    const base = begin({}, { tags: ["a", "b"] });
    const without = write(base.state, update(at(1), {}, tags("a", "b").to("a"))).state;
    expect(applyIntent(message, 0, without, update(at(2), {}, tags("a", "b").to("a")), ALICE, without)).toBeNull();
    expect(applyIntent(message, 0, without, update(at(2), {}, tags("a").to("a")), ALICE, without)).toBeNull();
  });

  test("LIST-1 a list goes from elements to empty to null and back", () => {
    let { state } = begin({}, { tags: ["a"] });
    state = write(state, update(at(1), {}, tags("a").to())).state;
    expect(tagsOf(state)).toEqual([]);
    state = write(state, update(at(2), { tags: null })).state;
    expect(tagsOf(state)).toBeNull();
    const empty = write(state, update(at(3), {}, tags().to())).state;
    expect(tagsOf(empty)).toEqual([]);
    state = write(state, update(at(3), {}, tags().to("b"))).state;
    expect(tagsOf(state)).toEqual(["b"]);
    state = write(state, update(at(4), {}, tags("b").to())).state;
    expect(tagsOf(state)).toEqual([]);
  });

  test("LIST-1 setting null takes the elements out, but keeps what was inserted concurrently", () => {
    const base = begin({}, { tags: ["a", "b"] });
    const nulled = write(base.state, update(at(2, ALICE), { tags: null }), ALICE);
    expect(nulled.fold.values["tags"]).toBeNull();
    expect(nulled.fold).toEqual(foldDocument(message, 0, nulled.state));
    const inserted = write(base.state, update(at(1, BOB), {}, tags("a", "b").to("a", "b", "c")), BOB);
    expect(tagsOf(merge(nulled.state, inserted.update))).toEqual(["c"]);
    expect(tagsOf(merge(inserted.state, nulled.update))).toEqual(["c"]);
    const replayed = write(inserted.state, update(at(2), { tags: null }, { tags: { base: ["a", "b"], value: [] } }));
    expect(replayed.fold.values["tags"]).toEqual(["c"]);
  });

  test("LIST-4 a list in `set` is an edit from what the document shows", () => {
    const edited = write(begin({}, { tags: ["a", "b"] }).state, update(at(1), { tags: ["b", "c"] }));
    expect(edited.fold.values["tags"]).toEqual(["b", "c"]);
  });

  test("LIST-5 a list written while the field was a register shows until the first edit, which takes it over whole", () => {
    const old = mergeDocument(message, 0, begin().state, entryUpdate(BOB, at(1, BOB), { tags: ["a", "b"] })).state;
    expect(tagsOf(old)).toEqual(["a", "b"]);
    const edited = write(old, update(at(2), {}, tags("a", "b").to("a", "x", "b")));
    expect(tagsOf(edited.state)).toEqual(["a", "x", "b"]);
    const emptied = write(old, update(at(2), {}, tags("a", "b").to()));
    expect(tagsOf(emptied.state)).toEqual([]);
    expect(emptied.fold).toEqual(foldDocument(message, 0, emptied.state));
  });

  test("LIST-2 registers and several lists change in one update", () => {
    const base = begin({}, { tags: ["a"], marks: [1, 2] });
    const edits = { tags: { base: ["a"], value: ["b", "a"] }, marks: { base: [1, 2], value: [2, 3] } };
    const edited = write(base.state, update(at(1), { title: "c" }, edits), BOB);
    expect(edited.fold.values).toEqual({ id: "m1", title: "c", body: "b", tags: ["b", "a"], marks: [2, 3] });
    expect(edited.fold).toEqual(foldDocument(message, 0, edited.state));
    expect(merge(base.state, edited.update)).toEqual(edited.state);
  });
});

describe("a document that consists of very many structs", () => {
  test("DOC-5 is kept in the smaller format, and reads the same", () => {
    let { state } = begin({}, { marks: [0] });
    let marks: JsonValue[] = [0];
    for (let i = 1; i <= 400; i++) {
      const value = [...marks.slice(0, i >> 1), i, ...marks.slice(i >> 1)];
      state = write(state, update(at(i), {}, { marks: { base: marks, value } }), BOB + (i % 7)).state;
      marks = value;
    }
    const v1 = updateFromDocument(state);
    expect(state[0]).toBe(2);
    expect(state.length).toBeLessThan(v1.length);
    expect(foldDocument(message, 0, state).values["marks"]).toEqual(marks);
    expect(mergeDocument(message, 0, null, v1)).toMatchObject({ state, isComplete: true, changed: true });
    expect(Y.decodeStateVector(stateVectorOf(state)).size).toBe(8);
  });
});

/** An update that adds one entry to `$writes` of a document in which the client has written nothing. */
function entryUpdate(client: number, stamp: Stamp, fields: { [field: string]: JsonValue }): Uint8Array {
  const doc = new Y.Doc({ guid: "d" });
  doc.clientID = client;
  doc.getArray("$writes").push([{ t: stamp, f: fields }]);
  return Y.encodeStateAsUpdate(doc);
}

import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { emptyDocument } from "../../src/document/document-state.ts";
import {
  applyIntent,
  createDocument,
  type DocumentState,
  diffDocument,
  documentFromUpdate,
  foldDocument,
  mergeDocument,
  stateVectorOf,
  updateFromDocument,
} from "../../src/index.ts";
import { ALICE, at, BOB, create, message, update } from "../chat-model.ts";
import { rawUpdate } from "../raw-update.ts";

const created = createDocument(message, 0, create(at(0), { title: "a", body: "b" }, { tags: ["x", "y"] }), ALICE);

function edit(state: DocumentState, minute: number, client: number): { state: DocumentState; update: Uint8Array } {
  const intent = update(
    at(minute, client),
    { title: `${client}` },
    { tags: { base: ["x"], value: ["x", `${minute}`] } },
  );
  const written = applyIntent(message, 0, state, intent, client, state);
  if (written === null) throw new Error("the edit added nothing");
  return written;
}

describe("a document at rest", () => {
  test("MODEL-5 is a byte for its format and a Yjs update", () => {
    expect(created.state[0]).toBe(1);
    expect(updateFromDocument(created.state)).toEqual(created.update);
    expect(documentFromUpdate(created.update)).toEqual(created.state);
    const second = new Uint8Array([2, ...Y.convertUpdateFormatV1ToV2(created.update)]);
    expect(foldDocument(message, 0, second)).toEqual(created.fold);
    expect(() => updateFromDocument(new Uint8Array([7, 0, 0]))).toThrow("begins with 1 or 2, not with 7");
    expect(foldDocument(message, 0, emptyDocument())).toEqual({
      values: {},
      deleted: null,
      maxStamp: null,
    });
  });

  test("MODEL-5 that lacks what it builds on is an error", () => {
    const part = documentFromUpdate(edit(created.state, 1, BOB).update);
    expect(() => foldDocument(message, 0, part)).toThrow("fetch the record anew");
  });

  test("MODEL-5 goes to the holder of a state vector as what that lacks, with all deletions", () => {
    const later = edit(created.state, 1, BOB).state;
    const diff = diffDocument(later, stateVectorOf(created.state));
    const { structs, ds } = Y.decodeUpdate(diff);
    expect(new Set(structs.map(({ id }) => id.client))).toEqual(new Set([BOB]));
    expect([...ds.clients.keys()]).toEqual([ALICE]);
    expect(mergeDocument(message, 0, created.state, diff).state).toEqual(later);
    expect(Y.decodeUpdate(diffDocument(later, stateVectorOf(later))).structs).toEqual([]);
    expect(diffDocument(later, stateVectorOf(null))).toEqual(updateFromDocument(later));
    expect(Y.decodeStateVector(stateVectorOf(later))).toEqual(
      Y.decodeStateVector(Y.encodeStateVectorFromUpdate(updateFromDocument(later))),
    );
  });

  test.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["bytes behind its end", new Uint8Array([0, 0])],
    ["more clients than it has bytes", new Uint8Array([255, 255, 3, 1, 1])],
    ["half a client", new Uint8Array([1, 5])],
  ])("A4 a state vector with %s is malformed", (_, vector) => {
    expect(() => diffDocument(created.state, vector)).toThrow(expect.objectContaining({ code: "malformed" }));
  });

  test("A4 a state vector of more clients than any document has is refused before it is read", () => {
    const bytes = new Uint8Array(3 + 2 * 20_000).fill(1);
    bytes.set([0xa0, 0x9c, 0x01]);
    expect(() => diffDocument(created.state, bytes)).toThrow(expect.objectContaining({ code: "tooLarge" }));
  });
});

describe("merging", () => {
  const a = edit(created.state, 1, ALICE);
  const b = edit(created.state, 2, BOB);
  const c = edit(b.state, 3, BOB);

  test("I1 gives the same in every order that is causal, with any update twice", () => {
    const orders = [
      [created, a, b, c],
      [created, b, c, a],
      [created, b, a, c, a, b, created],
      [created, created, b, b, c, c, a, a],
    ];
    const results = orders.map((order) => {
      let state: DocumentState | null = null;
      for (const { update: bytes } of order) {
        const merged = mergeDocument(message, 0, state, bytes);
        expect(merged.isComplete).toBe(true);
        state = merged.state;
      }
      return foldDocument(message, 0, state ?? emptyDocument());
    });
    for (const fold of results) expect(JSON.stringify(fold)).toBe(JSON.stringify(results[0]));
    expect(results[0]?.values).toMatchObject({ title: `${BOB}`, body: "b" });
  });

  test("MODEL-6 of what builds on what is missing changes nothing and says so", () => {
    for (const state of [created.state, null]) {
      const merged = mergeDocument(message, 0, state, c.update);
      expect(merged).toMatchObject({ changed: false, isComplete: false });
      expect(merged.state).toEqual(state ?? emptyDocument());
    }
    const deleting = rawUpdate([], [[BOB, 0, 1]]);
    expect(mergeDocument(message, 0, created.state, deleting).isComplete).toBe(false);
  });

  test("MODEL-6 of what is known answers the state itself", () => {
    const merged = mergeDocument(message, 0, b.state, created.update);
    expect(merged).toMatchObject({ changed: false, isComplete: true, fold: foldDocument(message, 0, b.state) });
    expect(merged.state).toBe(b.state);
  });

  test("MODEL-6 of bytes that are no update throws, and leaves the state alone", () => {
    const before = created.state.slice();
    expect(() => mergeDocument(message, 0, created.state, new Uint8Array([1, 2, 3]))).toThrow(
      expect.objectContaining({ name: "GuardError", code: "malformed" }),
    );
    expect(created.state).toEqual(before);
  });
});

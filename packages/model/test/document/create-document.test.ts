import { modelNamed } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { createDocument, foldDocument, type JsonValue, noFold, projectRow } from "../../src/index.ts";
import { ALICE, at, create, message, place } from "../chat-model.ts";

describe("a creation", () => {
  test("DOC-1 is one entry of $writes with the fields in the facet's order, and a root for each list", () => {
    const { update } = createDocument(
      message,
      0,
      create(
        at(1),
        { likes: 3, title: "x", data: null, unknown: 1, secret: "of another facet" },
        { marks: [1, 2], tags: ["a"] },
      ),
      ALICE,
    );
    const doc = load(update);
    expect(doc.getArray("$writes").toJSON()).toEqual([{ t: at(1), f: { id: "m1", title: "x", likes: 3, data: null } }]);
    expect(Object.keys(doc.getArray<{ f: object }>("$writes").get(0).f)).toEqual(["id", "title", "likes", "data"]);
    expect(doc.getArray("tags").toJSON()).toEqual(["a"]);
    expect(doc.getArray("marks").toJSON()).toEqual([1, 2]);
    expect([...doc.share.keys()].sort()).toEqual(["$writes", "marks", "tags"]);
  });

  test("D1 holds the fields of its own facet only", () => {
    const { update, fold } = createDocument(message, 1, create(at(1), { title: "x", secret: "s" }), ALICE);
    expect(load(update).getArray("$writes").toJSON()).toEqual([{ t: at(1), f: { secret: "s" } }]);
    expect(fold.values).toEqual({ secret: "s" });
  });

  test("D4 writes values in canonical form: sorted keys, no -0, no halves of surrogate pairs", () => {
    const { fold, state } = createDocument(
      message,
      0,
      create(at(1), { likes: -0, title: "a\ud800", data: { b: [-0], a: { z: 1, y: 2 } } }, { tags: ["\udc00"] }),
      ALICE,
    );
    expect(Object.is(fold.values["likes"], 0)).toBe(true);
    expect(fold.values["title"]).toBe("a\ufffd");
    expect(fold.values["tags"]).toEqual(["\ufffd"]);
    expect(JSON.stringify(fold.values["data"])).toBe('{"a":{"y":2,"z":1},"b":[0]}');
    expect(JSON.stringify(foldDocument(message, 0, state))).toBe(JSON.stringify(fold));
  });

  test("LIST-1 tells a list that is null, empty, or not written apart", () => {
    const fold = (set: { tags?: null }, lists: { tags?: JsonValue[] }) =>
      foldDocument(message, 0, createDocument(message, 0, create(at(1), set, lists), ALICE).state).values["tags"];
    expect(fold({}, {})).toBeUndefined();
    expect(fold({ tags: null }, {})).toBeNull();
    expect(fold({}, { tags: [] })).toEqual([]);
    expect(fold({}, { tags: ["a"] })).toEqual(["a"]);
  });

  test("DOC-1 a record cannot begin with its deletion", () => {
    expect(() => createDocument(message, 0, { op: "delete", stamp: at(1) }, ALICE)).toThrow(RangeError);
    expect(() => createDocument(message, 2, create(at(1), {}), ALICE)).toThrow("Message has 2 facets, none numbered 2");
  });
});

describe("a row", () => {
  const folds = (set: { [field: string]: JsonValue }) => [
    createDocument(message, 0, create(at(1), set), ALICE).fold,
    createDocument(message, 1, create(at(1), { secret: "s" }), ALICE).fold,
  ];

  test("ROW-1 has every stored field, null when never written, over all facets", () => {
    expect(projectRow(message, folds({ title: "x" }), { createdAt: null, changedAt: null })).toEqual({
      id: "m1",
      title: "x",
      body: null,
      likes: null,
      data: null,
      tags: null,
      marks: null,
      secret: "s",
      owner: null,
      createdAt: null,
      updatedAt: null,
    });
  });

  test("V5 takes the timestamps from the relay, as ISO text with ms, unless a writer gave a value", () => {
    const times = { createdAt: 0, changedAt: 1_767_225_600_120 };
    const row = projectRow(message, folds({}), times);
    expect(row["createdAt"]).toBe("1970-01-01T00:00:00.000Z");
    expect(row["updatedAt"]).toBe("2026-01-01T00:00:00.120Z");
    expect(projectRow(message, folds({ createdAt: "2020-01-01T00:00:00Z" }), times)["createdAt"]).toBe(
      "2020-01-01T00:00:00Z",
    );
    expect(projectRow(message, folds({ updatedAt: null }), times)["updatedAt"]).toBe("2026-01-01T00:00:00.120Z");
  });

  test("V5 rows of one time and of others in turn show each their own", () => {
    for (const ms of [5, 5, 6, 5, 0, 6]) {
      const row = projectRow(message, folds({}), { createdAt: ms, changedAt: ms + 1 });
      expect([row["createdAt"], row["updatedAt"]]).toEqual([
        new Date(ms).toISOString(),
        new Date(ms + 1).toISOString(),
      ]);
    }
  });

  test("ROW-1 is null in fields that are named as what every object inherits, and each row is one of its own", () => {
    const odd = modelNamed(parseSchema("type Odd @model { id: ID! constructor: String toString: String }"), "Odd");
    if (odd === undefined) throw new Error("the schema has no Odd");
    const rows = [{ id: "1", toString: "mine" }, { id: "2" }].map((values) =>
      projectRow(odd, [{ ...noFold, values }], { createdAt: null, changedAt: null }),
    );
    expect(rows.map((row) => [row["id"], row["constructor"], row["toString"]])).toEqual([
      ["1", null, "mine"],
      ["2", null, null],
    ]);
  });

  test("ROW-1 has no timestamps where the model has none", () => {
    const { fold } = createDocument(place, 0, create(at(1), { country: "CH", number: 1 }), ALICE);
    expect(projectRow(place, [fold], { createdAt: 1, changedAt: 1 })).toEqual({ country: "CH", number: 1, name: null });
  });
});

function load(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc({ guid: "d" });
  Y.applyUpdate(doc, update);
  return doc;
}

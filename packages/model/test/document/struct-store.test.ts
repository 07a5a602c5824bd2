import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { foldDocument, mergeDocument, updateFromDocument } from "../../src/index.ts";
import { message } from "../chat-model.ts";
import { ANY, GC, type RawStruct, rawUpdate } from "../raw-update.ts";

const inTags: RawStruct = { kind: ANY, values: ["kept"], root: "tags" };

describe("an element beside a collected one", () => {
  test.each<[string, RawStruct]>([
    ["on its left", { kind: ANY, values: ["lost"], origin: [5, 0] }],
    ["on its left, with one of a list on its right", { kind: ANY, values: ["lost"], origin: [5, 0], right: [5, 1] }],
    ["on its right, with one of a list on its left", { kind: ANY, values: ["lost"], origin: [5, 1], right: [5, 0] }],
  ])("MODEL-4 has no place any more and is collected, as in Yjs: %s", (_, lost) => {
    const update = rawUpdate([{ client: 5, clock: 0, structs: [{ kind: GC }, inTags, lost] }]);
    const { state, fold } = mergeDocument(message, 0, null, update);
    const doc = new Y.Doc({ guid: "d" });
    Y.applyUpdate(doc, update);
    expect(fold.values.tags).toEqual(doc.getArray("tags").toJSON());
    expect(fold.values.tags).toEqual(["kept"]);
    expect(foldDocument(message, 0, state)).toEqual(fold);
    const structs = Y.decodeUpdate(updateFromDocument(state)).structs.map((struct) => struct instanceof Y.GC);
    expect(structs).toEqual([true, false, true]);
    expect(Buffer.from(state).includes("lost")).toBe(false);
  });
});

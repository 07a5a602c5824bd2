/** Creations against Yjs, byte for byte. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { createDocument, foldDocument, type JsonValue, updateFromDocument } from "../../src/index.ts";
import { at, create, message } from "../chat-model.ts";

const seed = Number(process.env.FUZZ_SEED ?? 7);

describe(`creations, seed ${seed}`, () => {
  test("DOC-2 is to the byte what Yjs writes, and its fold what is read back", () => {
    const json = fc.jsonValue({ maxDepth: 3 }).filter(isPlain) as fc.Arbitrary<JsonValue>;
    const clientId = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat());
    const list = fc.array(json, { maxLength: 5 });
    fc.assert(
      fc.property(
        clientId,
        json,
        fc.string({ unit: "grapheme" }),
        fc.double({ noNaN: true }),
        list,
        list,
        (id, data, title, likes, tags, marks) => {
          const intent = create(at(1, id), { title, likes: Number.isFinite(likes) ? likes : 0, data }, { tags, marks });
          const { update, state, fold } = createDocument(message, 0, intent, id);
          expect(Buffer.from(update).equals(Buffer.from(writtenByYjs(id, fold, { tags, marks })))).toBe(true);
          expect(updateFromDocument(state)).toEqual(update);
          expect(JSON.stringify(foldDocument(message, 0, state))).toBe(JSON.stringify(fold));
        },
      ),
      { seed, numRuns: 1500 },
    );
  });
});

/** What a Y.Doc makes of the same values, in the same order of roots. */
function writtenByYjs(
  clientId: number,
  fold: { values: { readonly [field: string]: JsonValue } },
  lists: { [root: string]: readonly JsonValue[] },
): Uint8Array {
  const doc = new Y.Doc({ guid: "d" });
  doc.clientID = clientId;
  const fields: { [field: string]: JsonValue } = {};
  for (const [field, value] of Object.entries(fold.values)) {
    if (!(field in lists) || (lists[field] ?? []).length === 0) fields[field] = value;
  }
  doc.transact(() => {
    doc.getArray("$writes").push([{ t: at(1, clientId), f: fields }]);
    for (const [root, elements] of Object.entries(lists)) {
      const canonical = fold.values[root] as JsonValue[];
      if (elements.length > 0) doc.getArray(root).push([...canonical]);
    }
  });
  return Y.encodeStateAsUpdate(doc);
}

function isPlain(value: unknown): boolean {
  return !JSON.stringify(value).includes("__proto__");
}

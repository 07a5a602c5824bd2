/** The scan against Yjs' own decoder, on real updates; and whatever bytes against both. */
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { defaultGuardCaps, GuardError, scanUpdate } from "../../src/index.ts";
import { createRandom, mutateBytes, type Random } from "../random.ts";

const seed = Number(process.env.FUZZ_SEED ?? 41);

describe(`scan against Yjs, seed ${seed}`, () => {
  test("SCAN-6 tells the same structs and deletions as Y.decodeUpdate", () => {
    const random = createRandom(seed);
    const seen = { structs: 0, deletes: 0, kinds: new Set<number>() };
    for (let i = 0; i < 1500; i++) {
      const update = randomUpdate(random);
      const expected = Y.decodeUpdate(update);
      const { structs, deletes } = scanUpdate(update, defaultGuardCaps);
      expect(structs.map(({ client, clock, length }) => ({ client, clock, length }))).toEqual(
        expected.structs.map(({ id, length }) => ({ client: id.client, clock: id.clock, length })),
      );
      expect(structs.map(placeOf)).toEqual(expected.structs.map(yjsPlaceOf));
      expect(deletes).toEqual(
        [...expected.ds.clients].flatMap(([client, items]) =>
          items.map(({ clock, len }) => ({ client, clock, length: len })),
        ),
      );
      seen.structs += structs.length;
      seen.deletes += deletes.length;
      for (const { kind } of structs) seen.kinds.add(kind);
    }
    expect(seen.structs).toBeGreaterThan(4000);
    expect(seen.deletes).toBeGreaterThan(400);
    expect([...seen.kinds].sort((a, b) => a - b)).toEqual([0, 1, 3, 4, 7, 8, 10]);
  });

  test("A5 mutated and cut updates end in a scan or a GuardError", () => {
    const random = createRandom(seed + 1);
    let refused = 0;
    let accepted = 0;
    for (let i = 0; i < 8000; i++) {
      const update = mutateBytes(random, randomUpdate(random));
      try {
        scanUpdate(update, defaultGuardCaps);
        accepted += 1;
      } catch (error) {
        if (!(error instanceof GuardError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(4000);
    expect(accepted).toBeGreaterThan(200);
  });
});

function randomUpdate(random: Random): Uint8Array {
  const docs = Array.from({ length: 1 + random.int(3) }, (_, i) => {
    const doc = new Y.Doc({ guid: "d" });
    doc.clientID = (random.chance(0.5) ? random.int(1000) : random.int(2 ** 31) * 2 ** 20) * 3 + i;
    return doc;
  });
  const updates: Uint8Array[] = [];
  for (const doc of docs) doc.on("update", (update: Uint8Array) => updates.push(update));
  for (let i = 2 + random.int(10); i > 0; i--) {
    const doc = random.pick(docs);
    doc.transact(() => editAtRandom(random, doc));
    if (random.chance(0.3)) Y.applyUpdate(random.pick(docs), Y.encodeStateAsUpdate(doc));
  }
  if (random.chance(0.3) && updates.length > 2) {
    // Leaves some out: what is merged has gaps, which Yjs writes as Skip.
    return Y.mergeUpdates(updates.filter(() => random.chance(0.7)).concat(updates.slice(-1)));
  }
  return updates.length > 0 && random.chance(0.5) ? random.pick(updates) : Y.encodeStateAsUpdate(random.pick(docs));
}

function editAtRandom(random: Random, doc: Y.Doc): void {
  const array = doc.getArray<unknown>("array");
  const map = doc.getMap<unknown>("map");
  const text = doc.getText("text");
  const xml = doc.getXmlFragment("xml");
  switch (random.int(8)) {
    case 0:
      text.insert(random.int(text.length + 1), random.pick(["abc", "é", "𝄞", "日本"]));
      break;
    case 1:
      if (text.length > 0) text.delete(random.int(text.length), 1);
      break;
    case 2:
      array.insert(random.int(array.length + 1), [
        random.pick([1, -5, 1.5, 1e300, "text", null, true, { a: [{ b: 1 }] }, 2 ** 40]),
      ]);
      break;
    case 3:
      if (array.length > 0) array.delete(random.int(array.length), 1);
      break;
    case 4:
      map.set(random.pick(["a", "b"]), random.pick([1, new Y.Map(), new Y.Array(), new Uint8Array([1, 2, 3])]));
      break;
    case 5:
      map.delete(random.pick(["a", "b"]));
      break;
    case 6: {
      const element = new Y.XmlElement("p");
      element.insert(0, [new Y.XmlText("inside")]);
      element.setAttribute("class", "x");
      xml.insert(0, [element]);
      break;
    }
    default:
      if (xml.length > 0) xml.delete(0, 1);
  }
}

function placeOf(struct: ReturnType<typeof scanUpdate>["structs"][number]): unknown {
  const { kind, originClient, originClock, rightClient, rightClock, root, parentClient, parentClock, parentSub } =
    struct;
  return {
    kind,
    origin: originClient === -1 ? null : [originClient, originClock],
    right: rightClient === -1 ? null : [rightClient, rightClock],
    parent: parentClient === -1 ? root : [parentClient, parentClock],
    parentSub,
  };
}

function yjsPlaceOf(struct: Y.Item | Y.GC | Y.Skip): unknown {
  if (!(struct instanceof Y.Item)) {
    return { kind: struct instanceof Y.GC ? 0 : 10, origin: null, right: null, parent: null, parentSub: null };
  }
  const idOf = (id: Y.ID | null): unknown => (id === null ? null : [id.client, id.clock]);
  const parent: unknown = struct.parent;
  return {
    kind: struct.content.getRef(),
    origin: idOf(struct.origin),
    right: idOf(struct.rightOrigin),
    parent: parent instanceof Y.ID ? idOf(parent) : parent,
    parentSub: struct.parentSub,
  };
}

import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import {
  applyIntent,
  createDocument,
  type DocumentState,
  diffDocument,
  foldDocument,
  mergeDocument,
  stateVectorOf,
  updateFromDocument,
  type Verdict,
} from "../../src/index.ts";
import { defaultGuardCaps } from "../../src/update/guard-caps.ts";
import { ALICE, at, BOB, create, message, NEW_YEAR, schema, update } from "../chat-model.ts";
import { ANY, DELETED, GC, type RawStruct, rawUpdate, SKIP, STRING, TYPE } from "../raw-update.ts";
import { byBob, entries, entry, judge, stored, yjsEdit } from "./judging.ts";

const MINUTE = 60_000;

function refusal(code: string, fields?: readonly string[]): Partial<Verdict> {
  return expect.objectContaining({ outcome: "refused", code, ...(fields === undefined ? {} : { fields }) });
}

const gap = expect.objectContaining({ outcome: "gap" });

/** A later value of the title, as BOB would write it. */
const later = entry(at(1, BOB), { title: "c" });

describe("an accepted update", () => {
  test("G1 has the next clocks of an own id, and is told with the folds before and after", () => {
    const written = applyIntent(message, 0, stored, update(at(1, BOB), { title: "c" }), BOB, stored);
    const verdict = judge(written?.update ?? new Uint8Array());
    expect(verdict).toMatchObject({
      outcome: "accepted",
      changed: true,
      written: ["title"],
      clientIds: [BOB],
      before: foldDocument(message, 0, stored),
      after: { values: { id: "m1", title: "c", body: "b", tags: ["x", "y", "z"] } },
    });
    expect(verdict).toMatchObject({ state: written?.state, after: written?.fold });
  });

  test("G1 a creation is kept as it came", () => {
    const first = createDocument(message, 0, create(at(0, BOB), { title: "a" }), BOB);
    expect(judge(first.update, { before: null })).toMatchObject({
      outcome: "accepted",
      changed: true,
      before: null,
      state: first.state,
      after: first.fold,
      written: ["id", "title"],
    });
  });

  test("G1 goes on behind the clocks that a client has used", () => {
    const one = judge(entries(later));
    if (one.outcome !== "accepted") throw new Error("the first was not accepted");
    const two = rawUpdate([
      { client: BOB, clock: 1, structs: [{ kind: ANY, values: [entry(at(2, BOB), { likes: 1 })], origin: [BOB, 0] }] },
    ]);
    expect(judge(two, { before: one.state })).toMatchObject({ outcome: "accepted", written: ["likes"] });
  });

  test("G3 a stock client may edit lists", () => {
    const edit = yjsEdit((doc) => {
      doc.getArray("tags").insert(1, ["new"]);
      doc.getArray("tags").delete(0, 1);
    });
    expect(judge(edit)).toMatchObject({
      outcome: "accepted",
      written: ["tags"],
      after: { values: { tags: ["new", "y", "z"] } },
    });
  });

  test("G3 fields count as written, winning or not, but not those of an entry's rest", () => {
    const rest = entry(at(0), { id: "m1", body: "b" });
    const losing = entry(at(-5, BOB), { likes: 1, title: "long ago" });
    const verdict = judge(byBob([{ kind: ANY, values: [rest, later, losing] }], [[ALICE, 0, 1]]));
    expect(verdict).toMatchObject({ outcome: "accepted", after: { values: { title: "c", body: "b", likes: 1 } } });
    expect(verdict).toHaveProperty("written", ["title", "likes"]);
  });

  test("G3 the rest of an entry counts as written when its value is another, or under another stamp", () => {
    for (const rest of [entry(at(0), { body: "forged" }), entry(at(0, BOB), { body: "b" })]) {
      expect(judge(entries(rest))).toMatchObject({ outcome: "accepted", written: ["body"] });
    }
  });

  test("G3 the rest of objects is recognised by value", () => {
    const before = createDocument(message, 0, create(at(0), { data: { b: 1, a: [2] } }), ALICE).state;
    expect(judge(entries(entry(at(0), { data: { a: [2], b: 1 } })), { before })).toMatchObject({ written: [] });
    expect(judge(entries(entry(at(0), { data: { a: [3], b: 1 } })), { before })).toMatchObject({ written: ["data"] });
  });
});

describe("an update that adds nothing", () => {
  const known = updateFromDocument(stored);

  test.each<[string, Uint8Array]>([
    ["is empty", new Uint8Array([0, 0])],
    ["holds known structs of others only", known],
    ["deletes what is deleted", rawUpdate([], [[ALICE, 1, 1]])],
  ])("G4 is neither a write nor an offence, when it %s", (what, bytes) => {
    const before = what === "deletes what is deleted" ? mergeDocument(message, 0, stored, bytes).state : stored;
    const verdict = judge(bytes, { before, isOwnClientId: () => false });
    expect(verdict).toMatchObject({ outcome: "accepted", changed: false, written: [], clientIds: [] });
    expect(verdict).toHaveProperty("state", before);
  });

  test("G4 a record that is not there stays empty", () => {
    expect(judge(new Uint8Array([0, 0]), { before: null })).toMatchObject({
      outcome: "accepted",
      changed: false,
      before: null,
      after: { values: {}, maxStamp: null },
    });
  });

  test("G4 deletions alone are a write", () => {
    expect(judge(rawUpdate([], [[ALICE, 2, 1]]))).toMatchObject({
      outcome: "accepted",
      changed: true,
      written: ["tags"],
      clientIds: [],
      after: { values: { tags: ["x", "z"] } },
    });
  });
});

describe("client ids and clocks", () => {
  test("A2 G1 structs under the id of somebody else are refused, with whatever clock", () => {
    const forged = (clock: number, structs: readonly RawStruct[]): Uint8Array =>
      rawUpdate([{ client: ALICE, clock, structs }]);
    const next = forged(4, [{ kind: ANY, values: [later], origin: [ALICE, 0] }]);
    expect(judge(next)).toEqual(refusal("clientId"));
    expect(judge(next, { isOwnClientId: (id) => id === ALICE })).toMatchObject({ outcome: "accepted" });
    expect(judge(forged(0, [{ kind: ANY, values: [1, 2, 3, 4, later] }]))).toEqual(refusal("clientId"));
    expect(judge(forged(4, [{ kind: GC }]))).toEqual(refusal("clientId"));
    const beside = rawUpdate([
      { client: BOB, clock: 0, structs: [{ kind: ANY, values: [later] }] },
      { client: 77, clock: 0, structs: [{ kind: DELETED, root: "tags" }] },
    ]);
    expect(judge(beside)).toEqual(refusal("clientId"));
  });

  test("G1 a clock above the next is a gap, and the answer says what is held", () => {
    const above = rawUpdate([{ client: BOB, clock: 1, structs: [{ kind: ANY, values: [later] }] }]);
    const verdict = judge(above);
    expect(verdict).toEqual({ outcome: "gap", stateVector: stateVectorOf(stored) });
    expect(judge(above, { before: null })).toEqual({ outcome: "gap", stateVector: new Uint8Array([0]) });
  });

  test("G1 a skip is a gap", () => {
    const skipping = byBob([
      { kind: ANY, values: [later] },
      { kind: SKIP, length: 2 },
      { kind: ANY, values: [later], origin: [BOB, 0] },
    ]);
    expect(judge(skipping)).toEqual(gap);
  });

  test("G1 clocks below the next are passed over, whatever they hold", () => {
    const before = mergeDocument(message, 0, stored, entries(later)).state;
    expect(judge(entries(entry(at(9, BOB), { title: "changed" })), { before })).toMatchObject({ changed: false });
  });

  test("G1 what goes on behind known clocks stands behind them, whichever root the struct names", () => {
    const before = mergeDocument(message, 0, stored, entries(later)).state;
    const smuggled = entry(at(2, BOB), { nonsense: 1 });
    const inTags = byBob([{ kind: ANY, values: ["known", smuggled], root: "tags" }]);
    expect(judge(inTags, { before })).toEqual(refusal("invalid"));
    const going = byBob([{ kind: ANY, values: [later, entry(at(2, BOB), { body: "c" })] }]);
    expect(judge(going, { before })).toMatchObject({ outcome: "accepted", written: ["body"] });
  });

  test("A3 G1 three thousand updates with gaps are each answered with a gap, and nothing of them is kept", () => {
    for (let clock = 1; clock <= 3000; clock++) {
      expect(judge(rawUpdate([{ client: BOB, clock: clock * 2, structs: [{ kind: ANY, values: [later] }] }]))).toEqual(
        gap,
      );
    }
  });
});

describe("neighbours", () => {
  test.each<[string, RawStruct]>([
    ["a left one of an unknown client", { kind: ANY, values: [1], origin: [99, 0] }],
    ["a left one beyond the known clocks", { kind: ANY, values: [1], origin: [ALICE, 4] }],
    ["a right one of an unknown client", { kind: ANY, values: [1], origin: [ALICE, 1], right: [99, 0] }],
    ["a right one beyond the known clocks", { kind: ANY, values: [1], right: [ALICE, 4] }],
    ["itself", { kind: ANY, values: [1], origin: [BOB, 0] }],
  ])("G1 %s is a gap", (_, struct) => {
    expect(judge(byBob([struct]))).toEqual(gap);
  });

  test("G1 two clients of one update that build on each other's clocks are a gap", () => {
    const circle = rawUpdate([
      { client: BOB, clock: 0, structs: [{ kind: ANY, values: [1], origin: [77, 0] }] },
      { client: 77, clock: 0, structs: [{ kind: ANY, values: [1], origin: [BOB, 0] }] },
    ]);
    expect(judge(circle, { isOwnClientId: () => true })).toEqual(gap);
  });

  test("G1 what an update builds on may come with it, in any order", () => {
    const chained = rawUpdate([
      { client: 77, clock: 0, structs: [{ kind: ANY, values: ["b"], origin: [BOB, 0] }] },
      { client: BOB, clock: 0, structs: [{ kind: ANY, values: ["a"], origin: [ALICE, 3] }] },
    ]);
    expect(judge(chained, { isOwnClientId: () => true })).toMatchObject({
      outcome: "accepted",
      after: { values: { tags: ["x", "y", "z", "a", "b"] } },
    });
  });

  test.each<[string, readonly RawStruct[]]>([
    ["of two roots", [{ kind: ANY, values: [later], origin: [ALICE, 0], right: [ALICE, 2] }]],
    [
      "of a root and what was collected",
      [{ kind: GC }, { kind: ANY, values: ["v"], origin: [ALICE, 1], right: [BOB, 0] }],
    ],
    ["of nothing but what was collected", [{ kind: GC }, { kind: DELETED, origin: [BOB, 0] }]],
    ["the wrong way round", [{ kind: ANY, values: ["v"], origin: [ALICE, 3], right: [ALICE, 1] }]],
    ["the same on both sides", [{ kind: ANY, values: ["v"], origin: [ALICE, 2], right: [ALICE, 2] }]],
  ])("G3 neighbours %s are refused", (_, structs) => {
    expect(judge(byBob(structs))).toEqual(refusal("invalid"));
  });

  test("A3 elements that are dear to put in order are refused for their cost, not paid for", () => {
    const count = 2000;
    const tags = Array.from({ length: count }, () => "e");
    const before = createDocument(message, 0, create(at(0), {}, { tags }), ALICE).state;
    const entangled = byBob(
      Array.from({ length: count }, (_, i) => ({ kind: ANY, values: ["v"], right: [ALICE, 1 + i] as const })),
    );
    expect(judge(entangled, { before })).toEqual(refusal("tooLarge"));
    const caps = { ...defaultGuardCaps, maxListSteps: 1 };
    const mild = byBob([
      { kind: ANY, values: ["v"], right: [ALICE, 1] },
      { kind: ANY, values: ["v"], right: [ALICE, 3] },
    ]);
    expect(judge(mild, { caps })).toEqual(refusal("tooLarge"));
    expect(judge(mild)).toMatchObject({ outcome: "accepted" });
  });
});

describe("delete ranges", () => {
  test("A1 G1 a few bytes that delete all a client will ever write are a gap", () => {
    const attack = rawUpdate([], [[ALICE, 0, 2 ** 31]]);
    expect(attack).toHaveLength(17);
    expect(judge(attack)).toEqual(gap);
    const unborn = rawUpdate([], [[123, 0, 2 ** 31]]);
    expect(unborn).toHaveLength(10);
    expect(judge(unborn)).toEqual(gap);
    expect(judge(unborn, { before: null })).toEqual(gap);
  });

  test("G1 one clock beyond the known ones is a gap, the last known one is not", () => {
    expect(judge(rawUpdate([], [[ALICE, 1, 4]]))).toEqual(gap);
    expect(judge(rawUpdate([], [[ALICE, 1, 3]]))).toMatchObject({ outcome: "accepted" });
    expect(judge(byBob([{ kind: ANY, values: [later] }], [[BOB, 0, 2]]))).toEqual(gap);
  });

  test("A1 a victim's later writes stand after an attack", () => {
    judge(rawUpdate([], [[ALICE, 0, 2 ** 31]]));
    const edit = applyIntent(message, 0, stored, update(at(2), { title: "mine" }), ALICE, stored);
    expect(judge(edit?.update ?? new Uint8Array(), { isOwnClientId: (id) => id === ALICE })).toMatchObject({
      after: { values: { title: "mine" } },
    });
  });
});

describe("what an update adds", () => {
  test.each<[string, Uint8Array, string]>([
    ["an undeclared root", byBob([{ kind: ANY, values: [1], root: "nonsense" }]), "nonsense"],
    ["the root of a register", byBob([{ kind: ANY, values: [1], root: "title" }]), "title"],
    ["a root of another facet", byBob([{ kind: ANY, values: [1], root: "secret" }]), "secret"],
    ["deleted clocks in an undeclared root", byBob([{ kind: DELETED, root: "nonsense" }]), "nonsense"],
    ["a root named as what objects inherit", byBob([{ kind: ANY, values: [1], root: "constructor" }]), "constructor"],
  ])("G3 %s is refused", (_, bytes, root) => {
    expect(judge(bytes)).toEqual(refusal("unknownField", [root]));
  });

  test("G3 deletions in an undeclared root that a document still holds are refused", () => {
    const old = mergeDocument(message, 0, stored, byBob([{ kind: ANY, values: [1, 2], root: "former" }])).state;
    expect(judge(rawUpdate([], [[BOB, 0, 1]]), { before: old })).toEqual(refusal("unknownField", ["former"]));
  });

  test.each<[string, readonly RawStruct[]]>([
    ["a shared type in a list", [{ kind: TYPE, root: "tags" }]],
    ["a shared type in $writes", [{ kind: TYPE }]],
    ["text in a list", [{ kind: STRING, root: "tags" }]],
    ["an entry of a map", [{ kind: ANY, values: [1], root: "tags", sub: "key" }]],
    ["something inside of an element", [{ kind: ANY, values: [1], parent: [ALICE, 1] }]],
    ["undefined in a list", [{ kind: ANY, values: [undefined], root: "tags" }]],
    ["bytes in a list", [{ kind: ANY, values: [new Uint8Array([1])], root: "tags" }]],
    ["NaN in a list", [{ kind: ANY, values: [Number.NaN], root: "tags" }]],
  ])("G3 %s is refused", (_, structs) => {
    expect(judge(byBob(structs))).toEqual(refusal("invalid"));
  });

  test.each<[string, (doc: Y.Doc) => void, string]>([
    ["a nested map", (doc) => doc.getArray("tags").push([new Y.Map()]), "invalid"],
    ["a text in a map", (doc) => doc.getMap("tags").set("k", new Y.Text("x")), "invalid"],
    ["a subdocument", (doc) => doc.getArray("tags").push([new Y.Doc({ guid: "sub" })]), "malformed"],
    ["formatting", (doc) => doc.getText("tags").insert(0, "bold", { bold: true }), "malformed"],
    ["an embed", (doc) => doc.getText("tags").insertEmbed(0, { image: "x" }), "malformed"],
    ["an XML element", (doc) => doc.getXmlFragment("tags").push([new Y.XmlElement("p")]), "invalid"],
    ["plain text", (doc) => doc.getText("body").insert(0, "text"), "invalid"],
  ])("G3 a stock client's %s is refused", (_, edit, code) => {
    expect(judge(yjsEdit(edit))).toEqual(refusal(code));
  });

  const stamp = at(1, BOB);
  test.each<[string, unknown]>([
    ["text", "entry"],
    ["null", null],
    ["a list", [stamp, { title: "c" }]],
    ["no stamp", { f: { title: "c" } }],
    ["no fields", { t: stamp }],
    ["fields that are null", { t: stamp, f: null }],
    ["fields that are a list", { t: stamp, f: ["title"] }],
    ["fields without a field", { t: stamp, f: {} }],
    ["one key too many", { t: stamp, f: { title: "c" }, x: 1 }],
    ["a stamp that is none", { t: "yesterday", f: { title: "c" } }],
    ["a number as stamp", { t: 5, f: { title: "c" } }],
    ["a value that is not JSON", { t: stamp, f: { title: undefined } }],
    ["a deletion that is not true", { t: stamp, f: { _deleted: false } }],
    ["a deletion beside other fields", { t: stamp, f: { _deleted: true, title: "c" } }],
    ["elements of a list", { t: stamp, f: { tags: ["a"] } }],
  ])("G3 an entry that is %s is refused", (_, value) => {
    expect(judge(entries(value))).toEqual(refusal("invalid"));
    expect(judge(entries(later, value))).toEqual(refusal("invalid"));
    expect(judge(byBob([{ kind: ANY, values: [value] }], [[BOB, 0, 1]]))).toEqual(refusal("invalid"));
  });

  test.each<[string, string]>([
    ["undeclared", "nonsense"],
    ["of another facet", "secret"],
    ["inherited by every object", "constructor"],
  ])("G3 a field in $writes that is %s is refused", (_, field) => {
    expect(judge(entries(entry(stamp, { title: "c", [field]: 1 })))).toEqual(refusal("unknownField", [field]));
  });

  test("G3 an empty list and null are the registers of a list", () => {
    const before = createDocument(message, 0, create(at(0), {}), ALICE).state;
    expect(judge(entries(entry(stamp, { tags: [] })), { before })).toMatchObject({ after: { values: { tags: [] } } });
    expect(judge(entries(entry(stamp, { tags: null })), { before })).toMatchObject({
      after: { values: { tags: null } },
    });
  });

  test.each<[string, Uint8Array]>([
    ["a root", byBob([{ kind: ANY, values: [1], root: "__proto__" }])],
    ["a field", entries(JSON.parse(`{"t":"${stamp}","f":{"__proto__":1}}`))],
    ["the fields", entries(JSON.parse(`{"t":"${stamp}","__proto__":{}}`))],
    ["a key deep in a value", entries(JSON.parse(`{"t":"${stamp}","f":{"data":[{"a":{"__proto__":{"b":1}}}]}}`))],
    ["a key deep in an element", byBob([{ kind: ANY, values: [JSON.parse('{"__proto__":1}')], root: "tags" }])],
  ])("G3 __proto__ as %s is refused", (_, bytes) => {
    expect(judge(bytes)).toEqual(refusal("malformed"));
  });

  test("G3 an object that names a key twice is refused: readers could differ about it", () => {
    const [first] = Buffer.from("t");
    const bytes = entries({ u: stamp, t: stamp, f: { title: "c" } }).map((byte) =>
      byte === 0x75 ? (first ?? 0) : byte,
    );
    expect(judge(bytes)).toEqual(refusal("malformed"));
  });

  test("G3 a losing value is validated, since it shows nowhere", () => {
    const losing = (fields: { [field: string]: number | string }): Uint8Array => entries(entry(at(-5, BOB), fields));
    expect(judge(losing({ title: 5 }))).toEqual(refusal("invalid", ["title"]));
    expect(judge(losing({ title: "valid" }))).toMatchObject({ outcome: "accepted", written: ["title"] });
  });

  test("G3 a key never changes, but may be written again", () => {
    expect(judge(entries(entry(stamp, { id: "m2" })))).toEqual(refusal("invalid", ["id"]));
    expect(judge(entries(entry(at(-5, BOB), { id: "m2" })))).toEqual(refusal("invalid", ["id"]));
    expect(judge(entries(entry(stamp, { id: "m1" })))).toMatchObject({ outcome: "accepted" });
    const two = entries(entry(stamp, { id: "m1" }), entry(at(2, BOB), { id: "m2" }));
    expect(judge(two, { before: null })).toEqual(refusal("invalid", ["id"]));
  });
});

describe("caps", () => {
  const caps = (change: Partial<typeof defaultGuardCaps>) => ({ caps: { ...defaultGuardCaps, ...change } });
  const small = entries(later);

  test.each<[string, Uint8Array, Partial<typeof defaultGuardCaps>]>([
    ["bytes", small, { maxBytes: small.length - 1 }],
    ["structs", byBob([{ kind: ANY, values: [later] }, { kind: GC }]), { maxStructs: 1 }],
    [
      "clients",
      rawUpdate([1, 2].map((client) => ({ client, clock: 0, structs: [{ kind: ANY, values: ["v"], root: "tags" }] }))),
      { maxClients: 1 },
    ],
    [
      "delete ranges",
      rawUpdate(
        [],
        [
          [ALICE, 1, 1],
          [ALICE, 3, 1],
        ],
      ),
      { maxDeleteRanges: 1 },
    ],
    ["levels", entries(entry(at(1, BOB), { data: [[[1]]] })), { maxDepth: 4 }],
    ["values", entries(entry(at(1, BOB), { data: [1, 2, 3] })), { maxNodes: 6 }],
  ])("A4 G1 more %s than the caps allow are refused, as many are accepted", (_, bytes, change) => {
    const isOwnClientId = (): boolean => true;
    expect(judge(bytes, { isOwnClientId, ...caps(change) })).toEqual(refusal("tooLarge"));
    const [[name, max] = ["maxBytes", 0]] = Object.entries(change);
    expect(judge(bytes, { isOwnClientId, ...caps({ [name]: max + 1 }) })).toMatchObject({ outcome: "accepted" });
  });

  test("A6 G3 a value nested 10,000 deep is refused", () => {
    const open = [...Array.from({ length: 10_000 }, () => [117, 1]).flat(), 126];
    const head = [1, 1, 5, 0, ANY, 1, 6, ...Buffer.from("$writes").subarray(0, 6)];
    expect(judge(new Uint8Array([...head, 1, ...open, 0]), { isOwnClientId: () => true })).toEqual(refusal("tooLarge"));
  });

  test("A6 G3 the merged document is no deeper than its updates: nothing nests by merging", () => {
    const deepest = Array.from({ length: 60 }).reduce<unknown>((inner) => [inner], 1);
    const first = judge(entries(entry(at(1, BOB), { data: deepest as never })));
    if (first.outcome !== "accepted") throw new Error("the deepest value was not accepted");
    const inside = rawUpdate([{ client: BOB, clock: 1, structs: [{ kind: ANY, values: [1], parent: [BOB, 0] }] }]);
    expect(judge(inside, { before: first.state })).toEqual(refusal("invalid"));
    const tooDeep = Array.from({ length: 63 }).reduce<unknown>((inner) => [inner], 1);
    expect(judge(entries(entry(at(1, BOB), { data: tooDeep as never })))).toEqual(refusal("tooLarge"));
  });
});

describe("stamps", () => {
  const now = NEW_YEAR + 60 * MINUTE;
  const ahead = (ms: number, fields = { title: "c" }): Uint8Array =>
    entries(entry(at((60 * MINUTE + ms) / MINUTE, BOB), fields));

  test("S2 a stamp up to now and the drift is accepted, one ms more is refused with the fields it wrote", () => {
    expect(judge(ahead(MINUTE), { nowMs: now, driftMs: MINUTE })).toMatchObject({ outcome: "accepted" });
    expect(judge(ahead(MINUTE + 1), { nowMs: now, driftMs: MINUTE })).toEqual(refusal("drift", ["title"]));
  });

  test("S2 an old stamp is accepted: its writer was offline", () => {
    expect(judge(entries(entry(at(-1e6, BOB), { likes: 1 })))).toMatchObject({ after: { values: { likes: 1 } } });
  });

  test("S2 beyond the drift only the ms of the record's greatest stamp will do, with a higher counter", () => {
    const far = 1e6;
    const before = createDocument(message, 0, create(at(far, ALICE, 5), { title: "a" }), ALICE).state;
    const written = (minute: number, counter: number): Verdict =>
      judge(entries(entry(at(minute, BOB, counter), { title: "c" })), { before });
    expect(written(far, 6)).toMatchObject({ outcome: "accepted", after: { values: { title: "c" } } });
    expect(written(far, 5)).toEqual(refusal("drift", ["title"]));
    expect(written(far, 4)).toEqual(refusal("drift", ["title"]));
    expect(written(far + 1, 0)).toEqual(refusal("drift", ["title"]));
    expect(written(far - 1, 9)).toEqual(refusal("drift", ["title"]));
  });

  test("S2 the rest of an entry beyond the drift may be appended anew", () => {
    const before = createDocument(message, 0, create(at(1e6), { title: "a", body: "b" }), ALICE).state;
    const next = applyIntent(message, 0, before, update(at(1e6, BOB, 1), { title: "c" }), BOB, before);
    expect(judge(next?.update ?? new Uint8Array(), { before })).toMatchObject({
      outcome: "accepted",
      written: ["title"],
    });
  });

  test("I2 a winner gives way to a later write only", () => {
    expect(judge(rawUpdate([], [[ALICE, 0, 1]]))).toEqual(refusal("regression", ["id"]));
    const withRest = (rest: ReturnType<typeof entry>): Uint8Array =>
      byBob([{ kind: ANY, values: [rest, later] }], [[ALICE, 0, 1]]);
    expect(judge(withRest(entry(at(0), { id: "m1" })))).toEqual(refusal("regression", ["body"]));
    expect(judge(withRest(entry(at(-1), { id: "m1", body: "b" })))).toEqual(refusal("regression", ["id"]));
    expect(judge(withRest(entry(at(0), { id: "m1", body: "a" })))).toEqual(refusal("regression", ["body"]));
    expect(judge(withRest(entry(at(0), { id: "m1", body: "b" })))).toMatchObject({ outcome: "accepted" });
  });

  test("I2 winners that the schema does not know are protected, too", () => {
    const doc = new Y.Doc({ guid: "d" });
    doc.clientID = 9;
    doc.getArray("$writes").push([{ t: at(0), f: { former: 1 } }]);
    const before = mergeDocument(message, 0, stored, Y.encodeStateAsUpdate(doc)).state;
    expect(judge(rawUpdate([], [[9, 0, 1]]), { before })).toEqual(refusal("regression", ["former"]));
  });

  test("D3 losers may be taken out by anybody, one or many", () => {
    const losers = Array.from({ length: 40 }, (_, i) => entry(at(-i - 1), { title: `${i}` }));
    const before = mergeDocument(
      message,
      0,
      stored,
      rawUpdate([{ client: 9, clock: 0, structs: [{ kind: ANY, values: losers }] }]),
    ).state;
    for (const count of [1, 20]) {
      const ranges = Array.from({ length: count }, (_, i) => [9, i * 2, 1] as const);
      expect(judge(rawUpdate([], [...ranges, [ALICE, 0, 1]]), { before })).toEqual(refusal("regression", ["id"]));
      expect(judge(rawUpdate([], ranges), { before })).toMatchObject({
        outcome: "accepted",
        changed: true,
        written: [],
      });
    }
  });
});

describe("a deleted life", () => {
  const { state: deleted } = applyIntent(message, 0, stored, { op: "delete", stamp: at(1) }, ALICE, stored) ?? {
    state: stored,
  };

  test("D2 G3 takes neither writes nor list edits", () => {
    expect(judge(entries(later), { before: deleted })).toEqual(refusal("deleted", ["title"]));
    const tag = byBob([{ kind: ANY, values: ["v"], origin: [ALICE, 3] }]);
    expect(judge(tag, { before: deleted })).toEqual(refusal("deleted", ["tags"]));
    expect(judge(rawUpdate([], [[ALICE, 1, 1]]), { before: deleted })).toEqual(refusal("deleted", ["tags"]));
  });

  test("D2 G3 takes another deletion", () => {
    const again = entries(entry(at(2, BOB), { _deleted: true }));
    expect(judge(again, { before: deleted })).toMatchObject({
      outcome: "accepted",
      written: ["_deleted"],
      after: { deleted: at(2, BOB) },
    });
  });

  test("D2 a deletion is told as a write of _deleted, and hides nothing from the fold", () => {
    expect(judge(entries(entry(at(2, BOB), { _deleted: true })))).toMatchObject({
      written: ["_deleted"],
      after: { deleted: at(2, BOB), values: { title: "a" } },
    });
  });

  test("I2 a deletion cannot be taken out", () => {
    const clock = 4;
    expect(judge(rawUpdate([], [[ALICE, clock, 1]]), { before: deleted })).toEqual(refusal("regression", ["_deleted"]));
  });
});

describe("cost", () => {
  /** Entries under one stamp with values that all differ. */
  const manyOfOneStamp = (count: number, value: (i: number) => unknown): unknown[] =>
    Array.from({ length: count }, (_, i) => ({ t: at(1, BOB), f: { data: value(i) } }));

  test("I12 thousands of entries under one stamp beside one large value are judged in linear time", () => {
    const before = judge(entries({ t: at(1, BOB), f: { data: ["z".repeat(200_000)] } }));
    if (before.outcome !== "accepted") throw new Error("the large value was not accepted");
    const many = rawUpdate([
      { client: BOB, clock: 1, structs: [{ kind: ANY, values: manyOfOneStamp(3000, (i) => [i]), origin: [BOB, 0] }] },
    ]);
    const verdict = judge(many, { before: before.state });
    expect(verdict).toMatchObject({ outcome: "accepted", written: ["data"] });
    const more = rawUpdate([
      {
        client: BOB,
        clock: 3001,
        structs: [{ kind: ANY, values: manyOfOneStamp(3000, (i) => [i, i]), origin: [BOB, 0] }],
      },
    ]);
    expect(judge(more, { before: (verdict as { state: DocumentState }).state })).toMatchObject({ outcome: "accepted" });
  });
});

describe("a document that is not whole", () => {
  test("G1 is an error of the store's, not a verdict", () => {
    const broken = mergeDocument(message, 0, stored, entries(later)).state;
    const part = new Uint8Array([1, ...diffDocument(broken, stateVectorOf(stored))]);
    expect(() => judge(entries(later), { before: part, schema })).not.toThrow();
    const needsMore = applyIntent(
      message,
      0,
      stored,
      update(at(1, BOB), {}, { tags: { base: ["x"], value: [] } }),
      BOB,
      stored,
    );
    expect(() => judge(entries(later), { before: new Uint8Array([1, ...(needsMore?.update ?? [])]) })).toThrow(
      "fetch the record anew",
    );
  });
});

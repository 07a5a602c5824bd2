import { createEncoder, toUint8Array, writeAny, writeUint8, writeVarString, writeVarUint } from "lib0/encoding";
import { describe, expect, test } from "vitest";
import { defaultGuardCaps, type GuardCaps, GuardError, scanUpdate } from "../../src/index.ts";
import { ALICE, BOB } from "../chat-model.ts";
import { ANY, DELETED, GC, rawUpdate, SKIP, STRING, TYPE } from "../raw-update.ts";

describe("what an update holds", () => {
  test("SCAN-1 tells structs and delete ranges with ids, places and lengths", () => {
    const update = rawUpdate(
      [
        {
          client: BOB,
          clock: 3,
          structs: [
            { kind: ANY, values: [1, "two"], origin: [BOB, 2], right: [ALICE, 9] },
            { kind: DELETED, length: 4, root: "tags" },
            { kind: GC, length: 2 },
          ],
        },
        {
          client: ALICE,
          clock: 0,
          structs: [
            { kind: TYPE, parent: [BOB, 1], sub: "key" },
            { kind: STRING, text: "a𝄞b", root: "text" },
          ],
        },
      ],
      [
        [BOB, 0, 2],
        [BOB, 5, 1],
        [ALICE, 7, 7],
      ],
    );
    const { structs, deletes } = scanUpdate(update, defaultGuardCaps);
    const none = { originClient: -1, rightClient: -1, parentClient: -1, root: null, parentSub: null };
    expect(structs).toMatchObject([
      {
        ...none,
        client: BOB,
        clock: 3,
        length: 2,
        kind: ANY,
        originClient: BOB,
        originClock: 2,
        rightClient: ALICE,
        rightClock: 9,
      },
      { ...none, client: BOB, clock: 5, length: 4, kind: DELETED, root: "tags" },
      { ...none, client: BOB, clock: 9, length: 2, kind: GC },
      { ...none, client: ALICE, clock: 0, length: 1, kind: TYPE, parentClient: BOB, parentClock: 1, parentSub: "key" },
      { ...none, client: ALICE, clock: 1, length: 4, kind: STRING, root: "text" },
    ]);
    expect(deletes).toEqual([
      { client: BOB, clock: 0, length: 2 },
      { client: BOB, clock: 5, length: 1 },
      { client: ALICE, clock: 7, length: 7 },
    ]);
  });

  test.each([
    [{ a: [1, { b: null }] }, true],
    [undefined, false],
    [[undefined], false],
    [10n, false],
    [new Uint8Array([1]), false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
    [1.5, true],
    [1e300, true],
  ])("SCAN-2 tells whether values are plain JSON: %o %s", (value, isPlain) => {
    const update = rawUpdate([{ client: 1, clock: 0, structs: [{ kind: ANY, values: [value] }] }]);
    expect(scanUpdate(update, defaultGuardCaps).structs[0]?.isPlain).toBe(isPlain);
  });
});

describe("what is no update", () => {
  const one = (structs: Parameters<typeof rawUpdate>[0][number]["structs"]) =>
    rawUpdate([{ client: 1, clock: 0, structs }]);
  const bytes = (write: (encoder: ReturnType<typeof createEncoder>) => void): Uint8Array => {
    const encoder = createEncoder();
    write(encoder);
    return toUint8Array(encoder);
  };
  const content = (kind: number, write: (encoder: ReturnType<typeof createEncoder>) => void) =>
    bytes((encoder) => {
      for (const number of [1, 1, 1, 0]) writeVarUint(encoder, number);
      writeUint8(encoder, kind);
      writeVarUint(encoder, 1);
      writeVarString(encoder, "root");
      write(encoder);
      writeVarUint(encoder, 0);
    });

  test.each<[string, Uint8Array]>([
    ["nothing at all", new Uint8Array()],
    ["bytes behind its end", new Uint8Array([0, 0, 0])],
    ["a client named twice", rawUpdate([1, 1].map((client) => ({ client, clock: 0, structs: [{ kind: GC }] })))],
    ["deletions of a client named twice", new Uint8Array([0, 2, 1, 1, 0, 1, 1, 1, 4, 1])],
    ["a client without structs", new Uint8Array([1, 0, 1, 0, 0, 0, 0, 0])],
    ["an empty struct", one([{ kind: DELETED, length: 0 }])],
    ["an empty list of values", one([{ kind: ANY, values: [] }])],
    ["an empty text", one([{ kind: STRING, text: "" }])],
    ["an empty delete range", rawUpdate([], [[1, 0, 0]])],
    ["a clock beyond 2^53 - 1", rawUpdate([{ client: 1, clock: Number.MAX_SAFE_INTEGER, structs: [{ kind: GC }] }])],
    ["a delete range beyond 2^53 - 1", rawUpdate([], [[1, Number.MAX_SAFE_INTEGER, 1]])],
    ["a number longer than 8 bytes", new Uint8Array([128, 128, 128, 128, 128, 128, 128, 128, 0, 0])],
    ["a GC with bits it has no use for", new Uint8Array([1, 1, 1, 0, 0x80, 1, 0])],
    ["a parent that is neither root nor id", new Uint8Array([1, 1, 1, 0, DELETED, 2, 1, 1, 1, 0])],
    ["an unknown kind of content", content(11, () => undefined)],
    [
      "content with JSON text",
      content(2, (e) => {
        writeVarUint(e, 1);
        writeVarString(e, "1");
      }),
    ],
    ["an embed", content(5, (e) => writeVarString(e, "{}"))],
    [
      "a format",
      content(6, (e) => {
        writeVarString(e, "bold");
        writeVarString(e, "true");
      }),
    ],
    [
      "a document in it",
      content(9, (e) => {
        writeVarString(e, "guid");
        writeAny(e, {});
      }),
    ],
    ["an unknown shared type", content(TYPE, (e) => writeVarUint(e, 7))],
    [
      "an unknown value",
      content(ANY, (e) => {
        writeVarUint(e, 1);
        writeUint8(e, 115);
      }),
    ],
    ["text that is not UTF-8", new Uint8Array([1, 1, 1, 0, DELETED, 1, 1, 0xff, 1, 0])],
    ["a root named __proto__", one([{ kind: ANY, values: [1], root: "__proto__" }])],
    ["a key named __proto__", one([{ kind: ANY, values: [JSON.parse('{"__proto__":1}')] }])],
    ["a key named __proto__ deep inside", one([{ kind: ANY, values: [[{ a: JSON.parse('{"b":2,"__proto__":1}') }]] }])],
    ["a map entry named __proto__", one([{ kind: ANY, values: [1], sub: "__proto__" }])],
  ])("SCAN-3 is refused as malformed: %s", (_, update) => {
    expect(() => scanUpdate(update, defaultGuardCaps)).toThrow(
      expect.objectContaining({ name: "GuardError", code: "malformed" }),
    );
  });

  test.each([
    ["clients", [2 ** 30]],
    ["structs", [1, 2 ** 30, 1, 0]],
    ["values", [1, 1, 1, 0, ANY, 1, 1, 120, 2 ** 30]],
    ["elements of a list", [1, 1, 1, 0, ANY, 1, 1, 120, 1, 117, 2 ** 30]],
    ["bytes of text", [1, 1, 1, 0, ANY, 1, 1, 120, 1, 119, 2 ** 30]],
    ["clients with deletions", [0, 2 ** 30]],
    ["delete ranges", [0, 1, 1, 2 ** 30]],
  ])("A7 a declared number of 2^30 %s with no body is malformed", (_, numbers) => {
    const update = bytes((encoder) => {
      for (const number of numbers) writeVarUint(encoder, number);
    });
    expect(() => scanUpdate(update, defaultGuardCaps)).toThrow(expect.objectContaining({ code: "malformed" }));
  });

  test("SCAN-3 every truncation of an update is malformed", () => {
    const update = rawUpdate(
      [{ client: BOB, clock: 0, structs: [{ kind: ANY, values: [{ t: "text", f: { a: [1.5, 1e300, null] } }] }] }],
      [[BOB, 0, 1]],
    );
    expect(scanUpdate(update, defaultGuardCaps).structs).toHaveLength(1);
    for (let length = 0; length < update.length; length++) {
      expect(() => scanUpdate(update.subarray(0, length), defaultGuardCaps)).toThrow(GuardError);
    }
  });

  test.each<[string, Partial<GuardCaps>, Uint8Array]>([
    ["bytes", { maxBytes: 12 }, one([{ kind: ANY, values: [1] }])],
    ["structs", { maxStructs: 2 }, one([{ kind: GC }, { kind: GC }, { kind: GC }])],
    ["clients", { maxClients: 1 }, rawUpdate([1, 2].map((client) => ({ client, clock: 0, structs: [{ kind: GC }] })))],
    [
      "clients with deletions",
      { maxClients: 1 },
      rawUpdate(
        [],
        [
          [1, 0, 1],
          [2, 0, 1],
        ],
      ),
    ],
    [
      "delete ranges",
      { maxDeleteRanges: 1 },
      rawUpdate(
        [],
        [
          [1, 0, 1],
          [1, 5, 1],
        ],
      ),
    ],
    ["levels", { maxDepth: 3 }, one([{ kind: ANY, values: [[{ a: [[]] }]] }])],
    ["values", { maxNodes: 4 }, one([{ kind: ANY, values: [[1, 2, 3], 4] }])],
  ])("SCAN-4 more %s than the caps allow are too large", (_, caps, update) => {
    expect(() => scanUpdate(update, { ...defaultGuardCaps, ...caps })).toThrow(
      expect.objectContaining({ code: "tooLarge" }),
    );
    expect(() => scanUpdate(update, defaultGuardCaps)).not.toThrow();
  });

  test("SCAN-4 as much as the caps allow is accepted", () => {
    const update = one([{ kind: ANY, values: [[{ a: [1] }]] }]);
    const caps = {
      maxBytes: update.length,
      maxStructs: 1,
      maxClients: 1,
      maxDeleteRanges: 0,
      maxDepth: 3,
      maxNodes: 4,
      maxListSteps: 0,
    };
    expect(scanUpdate(update, caps).structs).toHaveLength(1);
  });

  test("A6 values nested 10,000 deep are too large, and nothing overflows", () => {
    const deep = (open: readonly number[]) =>
      content(ANY, (encoder) => {
        writeVarUint(encoder, 1);
        for (let i = 0; i < 10_000; i++) for (const byte of open) writeUint8(encoder, byte);
        writeUint8(encoder, 126);
      });
    for (const update of [deep([117, 1]), deep([118, 1, 1, 97])]) {
      expect(() => scanUpdate(update, defaultGuardCaps)).toThrow(expect.objectContaining({ code: "tooLarge" }));
    }
  });

  test("SCAN-5 a Skip is told as such: it stands for what is missing", () => {
    expect(scanUpdate(one([{ kind: SKIP, length: 3 }, { kind: GC }]), defaultGuardCaps).structs).toMatchObject([
      { kind: SKIP, clock: 0, length: 3 },
      { kind: GC, clock: 3 },
    ]);
  });
});

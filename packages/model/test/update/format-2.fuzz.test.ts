/** Format 2 against Yjs: what is written is Yjs' own bytes, what Yjs writes is read. */
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { trustedCaps } from "../../src/document/document-state.ts";
import { createByteWriter, writtenBytes } from "../../src/update/byte-writer.ts";
import { scanFormat2, writeFormat2 } from "../../src/update/format-2.ts";
import { scanUpdate } from "../../src/update/scan-update.ts";
import { byClient } from "../../src/update/struct.ts";
import { writeUpdate } from "../../src/update/write-update.ts";
import { createRandom } from "../random.ts";

const seed = Number(process.env.FUZZ_SEED ?? 3);
const DOCUMENTS = 2000;

describe(`format 2, seed ${seed}`, () => {
  test("DOC-5 is written as Yjs writes it, and read as Yjs reads it", () => {
    const work = { structs: 0, deletes: 0, garbage: 0, clients: 0, large: 0 };
    for (let i = 0; i < DOCUMENTS; i++) {
      const random = createRandom(seed * 100_003 + i);
      const clients = Array.from(
        { length: 1 + random.int(4) },
        () => 1 + random.int(2 ** 32) * (random.chance(0.3) ? 2 ** 20 : 1),
      );
      let doc = new Y.Doc({ guid: "d" });
      const roots = ["$writes", "tags", "ä\u{1f600}"];
      for (let step = random.int(60); step >= 0; step--) {
        if (random.chance(0.1)) {
          const next = new Y.Doc({ guid: "d" });
          Y.applyUpdate(next, Y.encodeStateAsUpdate(doc));
          doc = next;
        }
        doc.clientID = random.pick(clients);
        const list = doc.getArray(random.pick(roots));
        if (random.chance(0.1)) {
          // What was inside a nested type becomes garbage.
          list.insert(0, [Y.Array.from([1, 2])]);
          list.delete(0, 1);
        }
        const at = random.int(list.length + 1);
        if (list.length > 0 && random.chance(0.35)) list.delete(Math.min(at, list.length - 1), 1);
        else list.insert(at, [random.pick([{ t: "x", f: { a: 1, b: [null, 0.5, "ä"] } }, "text", 1, true, null])]);
      }
      const update = Y.encodeStateAsUpdate(doc);
      const scan = scanUpdate(update, trustedCaps);
      const second = Y.convertUpdateFormatV1ToV2(update);
      expect(Buffer.from(writeFormat2(scan)).toString("hex")).toBe(Buffer.from(second).toString("hex"));
      const read = scanFormat2(second, { nodes: Number.POSITIVE_INFINITY, maxDepth: 1000 });
      const writer = createByteWriter();
      writeUpdate(writer, byClient(read.structs), read.deletes);
      const again = new Y.Doc({ guid: "d" });
      Y.applyUpdate(again, writtenBytes(writer));
      for (const root of roots) expect(again.getArray(root).toJSON()).toEqual(doc.getArray(root).toJSON());
      const bare = ({
        client,
        clock,
        length,
        kind,
        root,
        originClient,
        originClock,
        rightClient,
        rightClock,
        isPlain,
      }: (typeof scan.structs)[number]) => [
        client,
        clock,
        length,
        kind,
        root,
        originClient,
        originClock,
        rightClient,
        rightClock,
        isPlain,
      ];
      expect(read.structs.map(bare)).toEqual(scan.structs.map(bare));
      expect(read.deletes).toEqual(scan.deletes);
      work.structs += scan.structs.length;
      work.deletes += scan.deletes.length;
      work.garbage += scan.structs.filter(({ kind }) => kind === 0).length;
      work.clients += new Set(scan.structs.map(({ client }) => client)).size;
      if (scan.structs.some(({ client }) => client > 2 ** 40)) work.large++;
    }
    expect(work.structs).toBeGreaterThan(DOCUMENTS * 10);
    expect(work.deletes).toBeGreaterThan(DOCUMENTS * 2);
    expect(work.garbage).toBeGreaterThan(100);
    expect(work.clients).toBeGreaterThan(DOCUMENTS * 1.5);
    expect(work.large).toBeGreaterThan(100);
  });

  test("DOC-5 bytes that were cut short are malformed", () => {
    const doc = new Y.Doc({ guid: "d" });
    for (let i = 0; i < 40; i++) {
      doc.clientID = 1 + (i % 3);
      doc.getArray("tags").insert(i % 7 === 6 ? 0 : Math.floor(doc.getArray("tags").length / 2), [`v${i}`]);
    }
    const whole = Y.encodeStateAsUpdateV2(doc);
    for (let length = 0; length < whole.length; length++) {
      expect(() => scanFormat2(whole.slice(0, length), { nodes: 1000, maxDepth: 100 }), `${length}`).toThrow(
        expect.objectContaining({ name: "GuardError", code: "malformed" }),
      );
    }
  });
});

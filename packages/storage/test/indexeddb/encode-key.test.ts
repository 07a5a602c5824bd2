import { IDBFactory } from "fake-indexeddb";
import { describe, expect, it } from "vitest";
import type { Cell } from "../../src/adapter.ts";
import { compareCells } from "../../src/condition.ts";
import { encodeCell } from "../../src/indexeddb/encode-key.ts";
import { createRandom } from "../random.ts";

const characters = ["\u0000", "a", "b", "\ud7ff", "\ue000", "\ufffe", "\uffff", "\u{10000}", "\u{1f600}", "\u{10ffff}"];

describe("encodeCell", () => {
  it("STORE-6 keys come in the order of cells, whatever their text: seed 1", () => {
    const random = createRandom(1);
    const cells: Cell[] = [null, -(2 ** 53), -0.5, 0, 1e300, "", new Uint8Array([1]), new Uint8Array([1, 0])];
    for (let i = 0; i < 150; i++) {
      cells.push(Array.from({ length: 1 + random.int(4) }, () => random.pick(characters)).join(""));
    }
    const { cmp } = new IDBFactory() as { cmp(left: unknown, right: unknown): number };
    let reordered = 0;
    for (const left of cells) {
      for (const right of cells) {
        const wanted = Math.sign(compareCells(left, right));
        expect(cmp(encodeCell(left), encodeCell(right)), JSON.stringify([left, right])).toBe(wanted);
        if (typeof left === "string" && typeof right === "string" && cmp(left, right) !== wanted) reordered++;
      }
    }
    expect(reordered).toBeGreaterThan(200);
  });

  it("STORE-6 text of the first plane is its own key, and no key holds half a character", () => {
    expect(encodeCell("Zoë \ue000")).toBe("Zoë \ue000");
    const encoded = String(encodeCell(characters.join("")));
    expect(encoded).not.toMatch(/\p{Surrogate}/u);
    expect(encoded).not.toBe(characters.join(""));
  });
});

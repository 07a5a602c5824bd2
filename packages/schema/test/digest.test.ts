import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digest, sha256 } from "../src/digest.ts";

const expected = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex").slice(0, 32);

describe("digest", () => {
  it.each([
    "",
    "abc",
    "é",
    "€",
    "😀",
    "x".repeat(55),
    "x".repeat(56),
    "x".repeat(63),
    "x".repeat(64),
    "😀".repeat(500),
  ])("SCHEMA-7: is the first half of the SHA-256 of %j", (text) => {
    expect(digest(text)).toBe(expected(text));
  });

  it("SCHEMA-7: is that of any text (seed 20240229)", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 300 });
    fc.assert(
      fc.property(text, (value) => digest(value) === expected(value)),
      { seed: 20240229, numRuns: 200 },
    );
  });

  it("SCHEMA-7: agrees with the standard's own example", () => {
    const words = sha256([0x61, 0x62, 0x63]).map((word) => (word >>> 0).toString(16).padStart(8, "0"));
    expect(words.join("")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});

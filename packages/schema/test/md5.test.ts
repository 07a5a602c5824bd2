import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { md5 } from "../src/md5.ts";

describe("md5", () => {
  it.each([
    ["", "d41d8cd98f00b204e9800998ecf8427e"],
    ["abc", "900150983cd24fb0d6963f7d28e17f72"],
    [
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a",
    ],
  ])("SCHEMA-73: %j as in RFC 1321", (text, digest) => {
    expect(md5(text)).toBe(digest);
  });

  it("SCHEMA-73: agrees with Node's over every length around a block, and over UTF-8", () => {
    for (let length = 50; length < 140; length++) {
      const text = "ä€x".repeat(length).slice(0, length);
      expect([length, md5(text)]).toEqual([length, createHash("md5").update(text).digest("hex")]);
    }
  });
});

import { describe, expect, it } from "vitest";
import { type Cursor, createCursorCodec } from "../src/cursor.ts";

const cursor: Cursor = {
  epoch: "e1",
  start: "s1",
  seq: 42,
  scope: "key:abc",
  base: { model: "Note", key: "ü\u{1f600}", schemaHash: "h" },
};

describe("createCursorCodec", () => {
  it("F2 reads back what it wrote", () => {
    const codec = createCursorCodec("00ff".repeat(16));
    expect(codec.decode(codec.encode(cursor))).toEqual(cursor);
    expect(codec.decode(codec.encode({ ...cursor, base: null }))).toEqual({ ...cursor, base: null });
  });

  it("F2 refuses a cursor of another store and a changed one", () => {
    const codec = createCursorCodec("00ff".repeat(16));
    const text = codec.encode(cursor);
    expect(createCursorCodec("11ff".repeat(16)).decode(text)).toBeNull();
    const bytes = Buffer.from(text, "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(codec.decode(changed.toString("base64url"))).toBeNull();
    }
  });

  it("F2 refuses text that is no cursor", () => {
    const codec = createCursorCodec("00ff".repeat(16));
    for (const text of ["", "a", "not a cursor at all", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
      expect(codec.decode(text)).toBeNull();
  });
});

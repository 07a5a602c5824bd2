import { createEncoder, toUint8Array, writeVarString } from "lib0/encoding";
import { describe, expect, test } from "vitest";
import { createByteReader, readNameText, readText } from "../../src/update/byte-reader.ts";
import { GuardError } from "../../src/update/guard-error.ts";

describe("text", () => {
  test("SCAN-7 reads as it was written, at every length, ASCII or not", () => {
    for (let length = 0; length < 100; length++) {
      const ascii = Array.from({ length }, (_, i) => String.fromCharCode(32 + ((i * 7 + length) % 95))).join("");
      for (const text of [ascii, `${ascii}é`, `é${ascii}`, `${ascii}\u{1f600}${ascii}`, `\ufeff${ascii}`]) {
        expect(readText(written(text))).toBe(text);
        expect(readNameText(written(text))).toBe(text);
      }
    }
  });

  test("SCAN-7 a name reads the same whatever was read before it", () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `field${(i * 7919) % 20_000}`);
    for (const name of [...names, ...names]) expect(readNameText(written(name))).toBe(name);
  });

  test("SCAN-7 what is not UTF-8 is malformed, also where the same bytes could stand for a name", () => {
    expect(readNameText(written("name"))).toBe("name");
    for (const bytes of [
      [1, 0xff],
      [4, 0x6e, 0x61, 0x6d, 0xe5],
      [2, 0xc3, 0x28],
    ]) {
      expect(() => readNameText(createByteReader(new Uint8Array(bytes)))).toThrow(GuardError);
      expect(() => readText(createByteReader(new Uint8Array(bytes)))).toThrow(GuardError);
    }
  });
});

function written(text: string): ReturnType<typeof createByteReader> {
  const encoder = createEncoder();
  writeVarString(encoder, text);
  return createByteReader(toUint8Array(encoder));
}

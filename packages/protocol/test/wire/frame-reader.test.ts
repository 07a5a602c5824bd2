import { describe, expect, it } from "vitest";
import { CloseCode } from "../../src/index.ts";
import { FrameReader } from "../../src/wire/frame-reader.ts";
import { FrameWriter } from "../../src/wire/frame-writer.ts";
import { frame, problemOf } from "../frames.ts";

const reader = (...body: number[]): FrameReader => new FrameReader(frame(2, body), "test");
const codeOf = (action: () => unknown): number | undefined => problemOf(action)?.code;

/** The integer `body` says. */
const integer = (...body: number[]): number => {
  const from = reader(...body);
  const value = from.integer("n");
  from.end();
  return value;
};

function written(write: (writer: FrameWriter) => void): number[] {
  const writer = new FrameWriter(0);
  write(writer);
  return [...writer.finish()];
}

describe("FrameReader", () => {
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [300, [0xac, 2]],
    [2 ** 31, [0x80, 0x80, 0x80, 0x80, 8]],
    [2 ** 32 + 1, [0x81, 0x80, 0x80, 0x80, 0x10]],
    [Number.MAX_SAFE_INTEGER, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])("PROTO-2 writes and reads %i in its one form", (value, body) => {
    expect(written((writer) => writer.integer(value))).toEqual(body);
    expect(integer(...body)).toBe(value);
  });

  it.each([
    ["zero in two bytes", [0x80, 0]],
    ["127 in two bytes", [0xff, 0]],
    ["300 in three bytes", [0xac, 0x82, 0]],
    ["2^53", [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ["2^56 - 1", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ["nine bytes", [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]],
    ["a thousand continuation bytes", Array.from({ length: 1000 }, () => 0xff)],
    ["continuation bytes of no value, without end", Array.from({ length: 1000 }, () => 0x80)],
    ["continuation bytes of no value, and an end", [...Array.from({ length: 200 }, () => 0x80), 1]],
    ["no end", [0x80]],
    ["nothing", []],
  ])("PROTO-2 refuses an integer of %s", (_, body) => {
    expect(codeOf(() => integer(...body))).toBe(CloseCode.malformed);
  });

  it.each([-1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])("PROTO-2 writes no %d", (value) => {
    expect(() => written((writer) => writer.integer(value))).toThrow(RangeError);
  });

  it("PROTO-6 refuses a length over the bytes left before it looks at the limit", () => {
    expect(codeOf(() => reader(0xff, 0xff, 0xff, 0xff, 0x0f, 1).bytes("b", 10))).toBe(CloseCode.malformed);
    expect(codeOf(() => reader(3, 1, 2).text("t", 10))).toBe(CloseCode.malformed);
    expect(codeOf(() => reader(3, 1, 2, 3).bytes("b", 2))).toBe(CloseCode.tooLarge);
  });

  it("PROTO-6 refuses a count whose entries cannot fit into the bytes left, at once", () => {
    expect(codeOf(() => reader(0x80, 0x80, 0x80, 0x80, 4, 1, 1).count("c", 1, 2 ** 40))).toBe(CloseCode.malformed);
    expect(codeOf(() => reader(2, 1, 1, 1).count("c", 2, 10))).toBe(CloseCode.malformed);
    expect(reader(2, 1, 1, 1, 1).count("c", 2, 10)).toBe(2);
    expect(codeOf(() => reader(2, 1, 1, 1, 1).count("c", 2, 1))).toBe(CloseCode.tooLarge);
  });

  it("PROTO-2 reads whole UTF-8 only", () => {
    const text = (...body: number[]): string => reader(body.length, ...body).text("t", 100);
    expect(text(0xc3, 0xa4)).toBe("ä");
    expect(text(0xf0, 0x9f, 0x98, 0x80)).toBe("😀");
    expect(text(0xef, 0xbb, 0xbf, 0x41)).toBe("\uFEFFA");
    // Half a surrogate pair, a character in too many bytes, a lone continuation byte, a cut character, beyond Unicode.
    for (const body of [[0xed, 0xa0, 0x80], [0xc1, 0x81], [0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80]]) {
      expect(
        codeOf(() => text(...body)),
        `${body}`,
      ).toBe(CloseCode.malformed);
    }
  });

  it("PROTO-2 writes no half of a surrogate pair", () => {
    expect(() => written((writer) => writer.text("\uD800"))).toThrow(RangeError);
    expect(() => written((writer) => writer.text(`a\uDC00${"b".repeat(600)}`))).toThrow(RangeError);
    expect(written((writer) => writer.text("ä"))).toEqual([2, 0xc3, 0xa4]);
    expect(written((writer) => writer.text("ä😀"))).toEqual([6, 0xc3, 0xa4, 0xf0, 0x9f, 0x98, 0x80]);
    const long = `${"a".repeat(600)}ä`;
    expect(written((writer) => writer.text(long)).length).toBe(2 + 602);
  });

  it("PROTO-2 refuses bits that mean nothing, and empty names", () => {
    expect(codeOf(() => reader(4).flags("f", 3))).toBe(CloseCode.malformed);
    expect(codeOf(() => reader(0).name("n", 3))).toBe(CloseCode.malformed);
  });

  it("PROTO-7 says which message, what, and at which byte", () => {
    expect(problemOf(() => reader(5, 1).bytes("an update", 10))?.message).toBe(
      "test: an update: 5 bytes announced, 1 left (byte 2)",
    );
  });
});

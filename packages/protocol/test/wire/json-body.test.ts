import { describe, expect, it } from "vitest";
import { CloseCode } from "../../src/index.ts";
import { parseJsonBody, parseJsonText, readObject, readOpaque, readString } from "../../src/wire/json-body.ts";
import { frame, problemOf } from "../frames.ts";

const bounds = { maxDepth: 4, maxNodes: 10 };
const parse = (text: string): unknown => parseJsonText(text, "test", bounds);
const codeOf = (action: () => unknown): number | undefined => problemOf(action)?.code;

describe("parseJsonText", () => {
  it("PROTO-8 takes as much depth and as many values as it is told", () => {
    expect(parse("[[[[1]]]]")).toEqual([[[[1]]]]);
    expect(parse("[1,2,3,4,5,6,7,8,9]")).toHaveLength(9);
    expect(codeOf(() => parse("[[[[[1]]]]]"))).toBe(CloseCode.tooLarge);
    expect(codeOf(() => parse("[1,2,3,4,5,6,7,8,9,10]"))).toBe(CloseCode.tooLarge);
    expect(codeOf(() => parse('{"a":{"b":{"c":{"d":{}}}}}'))).toBe(CloseCode.tooLarge);
  });

  it("PROTO-8 counts no bracket and no comma within a string", () => {
    const text = JSON.stringify(["[[[[[[", '",,,,,,,,,,,,', "\\", "{{{{{{\\"]);
    expect(parse(text)).toEqual(JSON.parse(text));
    expect(codeOf(() => parse('["\\\\",[[[[1]]]]]'))).toBe(CloseCode.tooLarge);
  });

  it("PROTO-8 refuses a million brackets without parsing them", () => {
    expect(codeOf(() => parse("[".repeat(1_000_000)))).toBe(CloseCode.tooLarge);
    expect(codeOf(() => parse(`[${"0,".repeat(1_000_000)}0]`))).toBe(CloseCode.tooLarge);
  });

  it.each(["", "{", '"', '"\\', "[1,]", "nul", "01", "{'a':1}", '{"a":1}}', "]", "\uFEFF{}", "NaN"])(
    "PROTO-8 refuses %j",
    (text) => {
      expect(codeOf(() => parse(text))).toBe(CloseCode.malformed);
    },
  );

  it("PROTO-8 refuses a body that is not UTF-8", () => {
    expect(codeOf(() => parseJsonBody(frame(1, [0x22, 0xff, 0x22]), "test", bounds))).toBe(CloseCode.malformed);
  });
});

describe("readers", () => {
  it("PROTO-9 a field named __proto__ passes nowhere", () => {
    const value = parse('{"a":[{"__proto__":1}]}');
    expect(codeOf(() => readOpaque(value, "test"))).toBe(CloseCode.malformed);
    expect(codeOf(() => readObject(parse('{"a":1,"__proto__":1}'), "test", ["a"]))).toBe(CloseCode.malformed);
    // Inherited fields are not there.
    expect(codeOf(() => readObject(parse("{}"), "test", ["toString"]))).toBe(CloseCode.malformed);
    expect(codeOf(() => readObject(parse('{"constructor":1}'), "test", []))).toBe(CloseCode.malformed);
  });

  it("PROTO-9 half a surrogate pair is no string", () => {
    expect(codeOf(() => readString(parse('"\\ud800"'), "test", 0, 10))).toBe(CloseCode.malformed);
    expect(codeOf(() => readString(parse('"a\\udc00"'), "test", 0, 10))).toBe(CloseCode.malformed);
    expect(readString(parse('"\\ud83d\\ude00"'), "test", 0, 10)).toBe("😀");
  });

  it("PROTO-6 strings are measured in bytes", () => {
    expect(readString("äääää", "test", 0, 10)).toBe("äääää");
    expect(codeOf(() => readString("ääääää", "test", 0, 11))).toBe(CloseCode.tooLarge);
    expect(codeOf(() => readString("a".repeat(12), "test", 0, 11))).toBe(CloseCode.tooLarge);
    expect(codeOf(() => readString("", "test", 1, 11))).toBe(CloseCode.malformed);
  });
});

import { describe, expect, test } from "vitest";
import { canonicalJson, canonicalValue, createDocument, foldDocument, type JsonValue } from "../../src/index.ts";
import { ALICE, at, create, message } from "../chat-model.ts";

describe("the canonical form", () => {
  test.each<[string, JsonValue, string]>([
    ["keys in order of code units", { b: 1, a: { d: 1, c: 2 }, B: 3 }, '{"B":3,"a":{"c":2,"d":1},"b":1}'],
    ["no -0", [-0, { a: -0 }], '[0,{"a":0}]'],
    ["what is no number in JSON as null", [Number.NaN, Number.POSITIVE_INFINITY], "[null,null]"],
    ["no halves of surrogate pairs", ["a\ud800", "\udc00b", "𝄞"], '["a\ufffd","\ufffdb","𝄞"]'],
    ["nor in keys, which stay in order", { "\ud800": 1, "\ue000": 2 }, '{"\ue000":2,"\ufffd":1}'],
    ["one key of two that become the same", { "\ud800": 1, "\udc00": 2 }, '{"\ufffd":2}'],
    ["no key __proto__", JSON.parse('{"__proto__":{"x":1},"a":1}'), '{"a":1}'],
  ])("D4 has %s", (_, value, json) => {
    expect(JSON.stringify(canonicalValue(value))).toBe(json);
    expect(canonicalJson(canonicalValue(value))).toBe(json);
  });

  test("D4 gives no object a prototype of the writer's choice", () => {
    const value = canonicalValue(JSON.parse('{"__proto__":{"x":1},"a":1}')) as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect("x" in value).toBe(false);
  });

  test("D4 is the same to whoever wrote a value and whoever reads it", () => {
    const data = { "\ud800": 1, "\ud801": -0, "\ue000": [Number.NaN], ["__proto__"]: 1 };
    const { state, fold } = createDocument(message, 0, create(at(0), { data }), ALICE);
    expect(JSON.stringify(foldDocument(message, 0, state))).toBe(JSON.stringify(fold));
    expect(fold.values.data).toEqual({ "\ue000": [null], "\ufffd": 0 });
  });

  test("D4 has one text for equal values and different texts for different ones", () => {
    expect(canonicalJson({ a: 1, b: [2] })).toBe(canonicalJson({ b: [2], a: 1 }));
    expect(canonicalJson(-0)).toBe(canonicalJson(0));
    const different: JsonValue[] = [null, 0, false, "", [], {}, "0", [0], { a: 0 }, { a: null }];
    expect(new Set(different.map(canonicalJson)).size).toBe(different.length);
  });
});

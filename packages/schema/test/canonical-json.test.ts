import { describe, expect, it } from "vitest";
import { canonicalJson } from "../src/canonical-json.ts";

describe("canonicalJson", () => {
  it("SCHEMA-4: does not depend on the order of keys, but on that of entries", () => {
    expect(canonicalJson({ b: [1, 2], a: { d: null, c: "x" } })).toBe('{"a":{"c":"x","d":null},"b":[1,2]}');
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });

  it("SCHEMA-4: leaves out what is undefined and tells kinds apart", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(new Set([canonicalJson("1"), canonicalJson(1), canonicalJson(true), canonicalJson(null)]).size).toBe(4);
  });
});

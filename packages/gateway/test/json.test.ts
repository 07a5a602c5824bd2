import { describe, expect, it } from "vitest";
import { isJson, jsonProblem, readJson } from "../src/json.ts";

describe("JSON of strangers", () => {
  it("GQL-29 depth is measured without recursion", () => {
    const nested = (depth: number): unknown => {
      let value: unknown = 1;
      for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? [value] : { value };
      return value;
    };
    expect(jsonProblem(nested(32), 32)).toBeNull();
    expect(jsonProblem(nested(33), 32)).toContain("deeper than 32");
    expect(jsonProblem(nested(200_000), 32)).toContain("deeper");
  });

  it("GQL-29 a key that would set a prototype is refused at any depth", () => {
    expect(jsonProblem(JSON.parse('{"a":[{"__proto__":{}}]}'), 32)).toContain("__proto__");
    expect(readJson('{"__proto__":1}')).toMatchObject({ outcome: "refused" });
    expect(readJson('{"proto":1}')).toEqual({ outcome: "read", value: { proto: 1 } });
  });

  it("GQL-29 what is no JSON is none", () => {
    expect([Number.NaN, undefined, () => 1, 1n, [undefined]].map(isJson)).toEqual([false, false, false, false, false]);
    expect(readJson("{")).toEqual({ outcome: "refused", reason: "it is not JSON" });
  });
});

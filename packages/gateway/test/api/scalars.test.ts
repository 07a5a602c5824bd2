import type { ScalarName } from "@tributary/schema";
import { parseConstValue } from "graphql";
import { describe, expect, it } from "vitest";
import { scalarNamed } from "../../src/api/scalars/scalar-named.ts";

const good: readonly (readonly [ScalarName, readonly unknown[]])[] = [
  ["AWSDate", ["2024-02-29", "2023-12-31Z", "2023-01-01+05:30", "2000-02-29-18:00"]],
  ["AWSTime", ["12:30:00", "23:59:59.123456789", "00:00:00Z", "12:30:00.000+01:00:30"]],
  ["AWSDateTime", ["2024-02-29T12:30:00Z", "2024-02-29T12:30:00.000-07:00"]],
  ["AWSTimestamp", [0, -1, 1_700_000_000_000]],
  ["AWSEmail", ["a@b", "first.last+tag@example.com"]],
  ["AWSURL", ["https://example.com/path?q=1", "mailto:a@b"]],
  ["AWSPhone", ["+441234567890", "020 7946-0000"]],
  ["AWSIPAddress", ["192.0.2.1", "192.0.2.0/24", "2001:db8::1", "2001:db8::/128"]],
  ["AWSJSON", ['{"a":[1,null]}', "1", "null", '"text"']],
];

const bad: readonly (readonly [ScalarName, readonly unknown[]])[] = [
  ["AWSDate", ["2023-02-29", "2024-13-01", "2024-1-1", "2024-01-01T00:00:00Z", "2024-01-01+19:00", 20240101]],
  ["AWSTime", ["24:00:00", "12:60:00", "12:30", "12:30:60", "12:30:00+1:00"]],
  ["AWSDateTime", ["2024-02-29T12:30:00", "2024-02-29 12:30:00Z", "2024-02-30T12:30:00Z", "2024-02-29"]],
  ["AWSTimestamp", [1.5, "1", 2 ** 53, Number.NaN]],
  ["AWSEmail", ["a", "@b", "a@", "a b@c", `${"a".repeat(255)}@b`]],
  ["AWSURL", ["example.com", "https://exa mple.com", ""]],
  ["AWSPhone", ["12a", "", "++1", "1".repeat(41)]],
  ["AWSIPAddress", ["256.0.0.1", "192.0.2.0/33", "2001:db8::/129", "fe80::1%eth0", "192.0.2.1/"]],
  ["AWSJSON", ["{", "", { a: 1 }, 1, '{"__proto__":1}', `${"[".repeat(40)}${"]".repeat(40)}`]],
];

describe("AWS scalars", () => {
  it.each(good)("GQL-3 %s takes what is one", (name, values) => {
    for (const value of values) expect(() => scalarNamed(name).parseValue(value), String(value)).not.toThrow();
  });

  it.each(bad)("GQL-3 %s refuses what is none, and says how to write one", (name, values) => {
    for (const value of values) expect(() => scalarNamed(name).parseValue(value), String(value)).toThrow(name);
  });

  it("GQL-3 a literal is checked like a variable", () => {
    const literal = (name: ScalarName, source: string) => scalarNamed(name).parseLiteral(parseConstValue(source), {});
    expect(literal("AWSDate", '"2024-02-29"')).toBe("2024-02-29");
    expect(literal("AWSTimestamp", "1700000000000")).toBe(1_700_000_000_000);
    expect(literal("AWSJSON", '"[1]"')).toEqual([1]);
    expect(() => literal("AWSDate", '"2023-02-29"')).toThrow("AWSDate");
    expect(() => literal("AWSDate", "2023")).toThrow("AWSDate");
    expect(() => literal("AWSTimestamp", '"1"')).toThrow("AWSTimestamp");
    expect(() => literal("AWSJSON", "{a: 1}")).toThrow("AWSJSON");
  });

  it("GQL-3 what is stored goes out as it is; AWSJSON as text", () => {
    expect(scalarNamed("AWSDate").serialize("once upon a time")).toBe("once upon a time");
    expect(scalarNamed("AWSJSON").serialize({ a: [1] })).toBe('{"a":[1]}');
  });
});

import type { ScalarName } from "@tributary/schema";
import { describe, expect, it } from "vitest";
import { scalarNames } from "../../src/scalar-names.ts";
import { valueOfLiteral } from "../../src/sdl/scalar.ts";

const accepted: Readonly<Record<ScalarName, readonly (readonly [text: string, value?: unknown])[]>> = {
  ID: [["a b"], [""]],
  String: [["5"], [""]],
  Int: [
    ["5", 5],
    ["-0", 0],
    ["2147483647", 2147483647],
    ["-2147483648", -2147483648],
  ],
  Float: [
    ["5", 5],
    ["-1.5e3", -1500],
  ],
  Boolean: [
    ["true", true],
    ["false", false],
  ],
  AWSDate: [["2024-02-29"], ["2024-02-29Z"], ["2024-02-29+01:00"]],
  AWSTime: [["12:30"], ["12:30:24"], ["12:30:24.500Z"], ["00:00:00-07:00:30"]],
  AWSDateTime: [["2024-02-29T12:30Z"], ["2024-02-29T12:30:24.5+01:00"]],
  AWSTimestamp: [
    ["0", 0],
    ["1709209824", 1709209824],
  ],
  AWSEmail: [["a.b+c@example.com"], ["a@localhost"]],
  AWSJSON: [
    ['{"a":[1]}', { a: [1] }],
    ["null", null],
    ['"x"', "x"],
  ],
  AWSURL: [["https://example.com/a?b#c"], ["mailto:a@example.com"]],
  AWSPhone: [["+49 30 901820"], ["030-901820"]],
  AWSIPAddress: [["127.0.0.1"], ["10.0.0.0/8"], ["::1"], ["2001:db8::/32"], ["::ffff:1.2.3.4"], ["1:2:3:4:5:6:7:8"]],
};

const refused: Readonly<Record<ScalarName, readonly string[]>> = {
  ID: [],
  String: [],
  Int: ["", "1.5", "2147483648", "-2147483649", "0x10", "1e3", " 1"],
  Float: ["", "NaN", "1e999", "1.", ".5", "1,5"],
  Boolean: ["", "True", "1"],
  AWSDate: ["2024-2-29", "2024-13-01", "2024-01-32", "2024-01-01T00:00Z", "x2024-01-01"],
  AWSTime: ["24:00", "12:60", "12", "12:30:24."],
  AWSDateTime: ["2024-02-29", "2024-02-29T12:30", "2024-02-29 12:30Z"],
  AWSTimestamp: ["-1", "1.5", "now"],
  AWSEmail: ["a", "a@", "@b", "a b@c", "a@b@c", "a@b..c"],
  AWSJSON: ["", "{a:1}", "{", `${"[".repeat(80)}${"]".repeat(80)}`],
  AWSURL: ["example.com", "https://", "https://a b"],
  AWSPhone: ["", "+", "call me", "1"],
  AWSIPAddress: ["", "256.0.0.1", "1.2.3", "::1::", "1:2:3:4:5:6:7", "10.0.0.0/33", "::1/129", "1.2.3.4/8/8", "g::"],
};

describe("literals", () => {
  it.each(
    scalarNames.flatMap((scalar) => accepted[scalar].map(([text, value = text]) => [scalar, text, value] as const)),
  )("SCHEMA-42: %s accepts %j as %j", (scalar, text, value) => {
    expect(valueOfLiteral(scalar, text)).toEqual(value);
  });

  it.each(scalarNames.flatMap((scalar) => refused[scalar].map((text) => [scalar, text] as const)))(
    "SCHEMA-42: %s refuses %j",
    (scalar, text) => {
      expect(valueOfLiteral(scalar, text)).toBeUndefined();
    },
  );
});

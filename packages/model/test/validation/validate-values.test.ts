import { type ModelDescription, modelNamed } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, test } from "vitest";
import { type JsonValue, type Strictness, type Values, validateValues } from "../../src/index.ts";

const schema = parseSchema(
  `
  enum Extent { SMALL LARGE }
  type Inner { code: Int!, next: Leaf }
  type Leaf { day: AWSDate }
  type Thing @model {
    id: ID!
    name: String!
    count: Int
    price: Float
    isNew: Boolean
    at: AWSTimestamp
    day: AWSDate
    time: AWSTime
    moment: AWSDateTime
    email: AWSEmail
    url: AWSURL
    phone: AWSPhone
    address: AWSIPAddress
    data: AWSJSON
    size: Extent
    tags: [String]
    must: [String!]
    needed: [Int]!
    days: [AWSDate]
    sizes: [Extent]
    inner: Inner
    inners: [Inner]
    mustInners: [Inner!]
    constructor: String
  }
  `,
  { allowUnsupported: true },
);
const thing: ModelDescription = existing("Thing");

function existing(name: string): ModelDescription {
  const model = modelNamed(schema, name);
  if (model === undefined) throw new Error(`there is no ${name}`);
  return model;
}

function problems(values: Values, strictness: Strictness, complete = false): string[] {
  return validateValues(schema, thing, values, { complete, strictness }).map(({ message }) => message);
}

describe("messages", () => {
  test.each<[string, JsonValue, string]>([
    ["name", null, "Field name is required"],
    ["name", 5, "Field name should be of type string, number received. 5"],
    ["name", [1, null, "a"], "Field name should be of type string, object received. 1,,a"],
    ["name", { toString: 1 }, "Field name should be of type string, object received. [object Object]"],
    ["count", "5", "Field count should be of type number, string received. 5"],
    ["isNew", 1, "Field isNew should be of type boolean, number received. 1"],
    ["at", "now", "Field at should be of type number, string received. now"],
    ["at", -1, "Field at should be of type AWSTimestamp, validation failed. -1"],
    ["day", "tomorrow", "Field day should be of type AWSDate, validation failed. tomorrow"],
    ["day", 20_200_101, "Field day should be of type string, number received. 20200101"],
    ["data", 5, "Field data should be of type object, number received. 5"],
    ["data", "{", "Field data is an invalid JSON object. {"],
    ["size", 1, "Field size should be of type string, number received. 1"],
    ["tags", "a", "Field tags should be of type [string | null | undefined], string received. a"],
    ["tags", { a: 1 }, "Field tags should be of type [string | null | undefined], object received. [object Object]"],
    [
      "tags",
      [1, null, "a"],
      "All elements in the tags array should be of type string | null | undefined, [number,null,string] received. 1,,a",
    ],
    ["must", [null], "All elements in the must array should be of type string, [null] received. "],
    ["must", [1, 2], "All elements in the must array should be of type string, [number,number] received. 1,2"],
    ["needed", null, "Field needed is required"],
    [
      "days",
      ["2020-01-01", "x"],
      "All elements in the days array should be of type AWSDate, validation failed for one or more elements. 2020-01-01,x",
    ],
    ["inner", 5, "Field inner should be of type Inner, number recieved. 5"],
    ["inner", {}, "Field code is required"],
    ["inner", { code: "x" }, "Field code should be of type number, string received. x"],
    ["inner", { code: 1, next: { day: "x" } }, "Field day should be of type AWSDate, validation failed. x"],
    ["inners", {}, "Field inners should be of type [Inner | null | undefined], object received. [object Object]"],
    ["inners", [null, 5], "All elements in the inners array should be of type Inner, [number] received. 5"],
    ["mustInners", [null], "All elements in the mustInners array should be of type Inner, [object] received. null"],
    ["inners", [{ code: 1 }, {}], "Field code is required"],
  ])("MODEL-13 for %s %j are Amplify's", (field, value, message) => {
    expect(problems({ [field]: value }, "app")).toEqual([message]);
  });

  test("MODEL-13 name every problem, in the order of the fields", () => {
    expect(validateValues(schema, thing, { count: "x", name: 5, id: "i" }, { complete: false })).toEqual([
      { field: "name", message: "Field name should be of type string, number received. 5" },
      { field: "count", message: "Field count should be of type number, string received. x" },
    ]);
  });

  test("MODEL-13 are short, however long the value", () => {
    const [message = ""] = problems({ count: "x".repeat(1_000_000) }, "relay");
    expect(message.length).toBeLessThan(600);
  });
});

describe("what is required", () => {
  test("MODEL-14 may be left out of values that are not all there, but is never null", () => {
    expect(problems({}, "relay")).toEqual([]);
    expect(problems({ name: null }, "relay")).toEqual(["Field name is required"]);
    expect(problems({}, "relay", true)).toEqual([
      "Field id is required",
      "Field name is required",
      "Field needed is required",
    ]);
    expect(problems({ id: "i", name: "n", needed: [] }, "relay", true)).toEqual([]);
  });

  test("MODEL-14 timestamps are the relay's to give", () => {
    expect(problems({ id: "i", name: "n", needed: [], createdAt: null, updatedAt: null }, "relay", true)).toEqual([]);
  });

  test("MODEL-14 a field named as what objects inherit is missing when it is", () => {
    expect(problems({ constructor: 5 }, "relay")).toEqual([
      "Field constructor should be of type string, number received. 5",
    ]);
    expect(problems({}, "relay")).toEqual([]);
  });

  test("MODEL-14 what the schema does not declare is not looked at", () => {
    expect(problems({ nonsense: 5 }, "relay")).toEqual([]);
  });
});

describe("scalars", () => {
  /** Accepted by the relay, by Amplify's DataStore. */
  test.each<[string, JsonValue, boolean, boolean]>([
    ["count", 5, true, true],
    ["count", 1.5, false, true],
    ["count", Number.NaN, false, false],
    ["count", 2 ** 31, false, true],
    ["count", -(2 ** 31), true, true],
    ["price", 1.5, true, true],
    ["price", Number.POSITIVE_INFINITY, false, false],
    ["at", 1_700_000_000, true, true],
    ["at", -5, true, false],
    ["at", 1.5, false, false],
    ["day", "2020-01-31", true, true],
    ["day", "2020-01-31Z", true, true],
    ["day", "2020-01-31+02:00", true, true],
    ["day", "2020-99-31", false, true],
    ["day", "2020-1-31", false, false],
    ["time", "10:30", true, true],
    ["time", "10:30:15.123", true, true],
    ["time", "10:30:15,123", false, true],
    ["time", "99:30", false, true],
    ["moment", "2020-01-31T10:30:00Z", true, true],
    ["moment", "2020-01-31T10:30:00.000+01:00", true, true],
    ["moment", "2020-01-31T10:30", false, true],
    ["moment", "2020-01-31 10:30Z", false, false],
    ["email", "a.b+c@example.org", true, true],
    ["email", "a@b", true, true],
    ["email", "a b@example.org", false, false],
    ["email", "a@b@c", false, false],
    ["email", "@example.org", false, false],
    ["email", "a@-x.org", false, false],
    ["url", "https://example.org/a?b#c", true, true],
    ["url", "mailto:a@b", true, true],
    ["url", "file:///etc", true, true],
    ["url", "https://", false, false],
    ["url", "example.org", false, false],
    ["url", "https://a b", false, false],
    ["phone", "+41 79-000 00 00", true, true],
    ["phone", "1", false, false],
    ["phone", "+x", false, false],
    ["address", "10.0.0.1", true, true],
    ["address", "10.0.0.256", false, false],
    ["address", "10.0.0.01", false, false],
    ["address", "10.0.0", false, false],
    ["address", "::1", true, true],
    ["address", "2001:db8::ff00:42:8329", true, true],
    ["address", "::ffff:10.0.0.1", true, true],
    ["address", "1:2:3:4:5:6:7:8:9", false, false],
    ["address", "1::2::3", false, false],
    ["address", "12345::", false, false],
    ["address", "10.0.0.0/24", true, true],
    ["address", "10.0.0.0/33", false, false],
    ["address", "2001:db8::/129", false, false],
    ["address", "fe80::1%eth0", false, true],
    ["data", { a: [1] }, true, true],
    ["data", [1], true, true],
    ["data", '{"a":1}', true, true],
    ["data", "no JSON", true, false],
    ["data", 5, true, false],
    ["size", "SMALL", true, true],
    ["size", "MEDIUM", false, true],
    ["sizes", ["SMALL", null], true, true],
    ["sizes", ["MEDIUM"], false, true],
    ["tags", ["a", null], true, true],
    ["inner", { code: 1 }, true, true],
    ["inner", { code: 1, nonsense: 2 }, false, true],
    ["inner", [{ code: 1 }], false, false],
    ["inners", [{ code: 1 }, null], true, true],
  ])("MODEL-15 %s %j passes at the relay: %s, in an app: %s", (field, value, atRelay, inApp) => {
    expect(problems({ [field]: value }, "relay").length === 0).toBe(atRelay);
    expect(problems({ [field]: value }, "app").length === 0).toBe(inApp);
    expect(validateValues(schema, thing, { [field]: value }, { complete: false }).length === 0).toBe(atRelay);
  });

  test("MODEL-16 no value is nested deeper than the guard lets through, or holds __proto__", () => {
    const nested = (levels: number): JsonValue =>
      Array.from({ length: levels }).reduce<JsonValue>((inner) => [inner], 1);
    for (const strictness of ["app", "relay"] as const) {
      expect(problems({ data: nested(60) }, strictness)).toEqual([]);
      expect(problems({ data: nested(61) }, strictness)).toEqual(["Field data is nested more than 60 levels deep"]);
      expect(problems({ data: nested(20_000) }, strictness)).toHaveLength(1);
      expect(problems({ inner: { code: 1, deep: nested(100) } }, strictness)).toHaveLength(1);
      const proto = JSON.parse('{"a":[{"__proto__":{}}]}') as JsonValue;
      expect(problems({ data: proto }, strictness)).toEqual([
        "Field data has the key __proto__, which no record may hold",
      ]);
    }
  });
});

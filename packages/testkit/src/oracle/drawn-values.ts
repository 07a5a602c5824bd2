/** Values drawn at random: those that a field takes, what is stored of them, and those that it refuses with which message. */
import type { JsonValue, Values } from "@tributary/model";
import type { Random } from "../cluster/random.ts";
import { type DrawnField, embeddedTypes, enumValues } from "./drawn-schema.ts";

const texts = [
  "",
  "a",
  "ab",
  "b",
  "B",
  "é",
  "\ue000",
  "\uffff",
  "𝄞",
  "𝄟x",
  "0",
  "null",
  '"q"',
  "a'b",
  "%_",
  "a\u0000b",
];
const words = [
  "lamp",
  "Lamp oil",
  "old-fashioned lamp",
  "café",
  "CAFE au lait",
  "ten 10",
  "x".repeat(300),
  "\ud800half",
];

/** Few enough of each that equal ones come up. */
const pools: Readonly<Record<string, readonly unknown[]>> = {
  String: [...texts, ...words],
  ID: [...texts, "n1", "n2"],
  Int: [0, -0, 1, 2, -1, 10, 2_147_483_647, -2_147_483_648, Number.MAX_SAFE_INTEGER, 2 ** 53, 1.5, 1e300],
  Float: [0, -0, 0.1, 0.2, 0.30000000000000004, -1.5, 1e21, 5e-324, 2 ** 53, 123_456.789],
  Boolean: [true, false],
  AWSDate: ["2020-01-01", "2020-02-30", "9999-12-31", "2020-99-01Z", "2020-01-01+01:00"],
  AWSTime: ["00:00", "23:59:59.999", "12:30:00Z", "12:30:00-07:00"],
  AWSDateTime: ["2020-01-01T00:00", "2020-01-01T00:00:00.000Z", "1969-12-31T23:59:59+01:00"],
  AWSTimestamp: [0, 1, 2 ** 31, 2 ** 40],
  AWSEmail: ["a@b", "ana.lopez+x@example.com"],
  AWSURL: ["https://example.com/a?b=c#d", "mailto:a@b", "http://x"],
  AWSPhone: ["+1 555-0100", "555 01"],
  AWSIPAddress: ["127.0.0.1", "::1", "10.0.0.0/8", "fe80::1"],
  AWSJSON: [
    {},
    [],
    { b: 1, a: [1, "x", null] },
    [1, "a", { k: "𝄞" }],
    { k: "\ud800" },
    '{"z":-0,"a":1e2}',
    { "": 0, n: -0 },
    "[null]",
  ],
  Color: [...enumValues, "NOT_DECLARED"],
};

/** What an app gives for the field; null sometimes where that is allowed. */
export function drawValue(random: Random, field: DrawnField): unknown {
  if (!field.isRequired && random.chance(0.2)) return random.chance(0.5) ? null : undefined;
  return field.isList ? drawList(random, field) : drawOne(random, field);
}

/** A single value of the field's type. */
export function drawOne(random: Random, field: DrawnField): unknown {
  return field.kind === "embedded" ? drawEmbedded(random, field.type) : random.pick(pools[field.type] ?? []);
}

function drawList(random: Random, field: DrawnField): unknown {
  const element = { ...field, isList: false };
  return Array.from({ length: random.int(4) }, () =>
    !field.isElementRequired && random.chance(0.15) ? null : parsedJson(field, drawOne(random, element)),
  );
}

/** JSON text is read as JSON for the field, not for an element of its list. */
function parsedJson(field: DrawnField, value: unknown): unknown {
  return field.type === "AWSJSON" && typeof value === "string" ? (JSON.parse(value) as unknown) : value;
}

function drawEmbedded(random: Random, type: string): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const field of embeddedTypes[type] ?? []) {
    if (field.isRequired || random.chance(0.7)) value[field.name] = drawValue(random, field);
  }
  if (random.chance(0.2)) value.undeclared = 1;
  return value;
}

/** The value as it is stored: plain JSON in canonical form. */
export function storedOf(field: DrawnField, value: unknown): JsonValue {
  if (value === undefined || value === null) return null;
  if (field.isList && Array.isArray(value)) {
    return value.map((element) => storedOf({ ...field, isList: false }, element));
  }
  if (field.kind === "embedded") {
    const given = value as Readonly<Record<string, unknown>>;
    const declared = (embeddedTypes[field.type] ?? []).filter(
      (one) => Object.hasOwn(given, one.name) && given[one.name] !== undefined,
    );
    const entries = declared.map((one) => [one.name, storedOf(one, given[one.name])] as const);
    return canonical(Object.fromEntries(entries));
  }
  return canonical(field.type === "AWSJSON" ? parsedJson(field, value) : value);
}

/** Keys in order, no minus zero, no halves of surrogate pairs. */
export function canonical(value: unknown): JsonValue {
  if (typeof value === "number") return value === 0 ? 0 : value;
  if (typeof value === "string") return value.replace(/\p{Surrogate}/gu, "\ufffd");
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return (value ?? null) as JsonValue;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, canonical((value as Readonly<Record<string, unknown>>)[key])]));
}

export function isSameValue(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return JSON.stringify(left ?? null) === JSON.stringify(right ?? null);
}

/** Fields that differ, with the values of `after`. */
export function differing(before: Values, after: Values): Values {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => !isSameValue(before[name], value)));
}

/** A value that the field refuses, and the message it refuses it with; null for fields that refuse nothing. */
export function drawRefused(random: Random, field: DrawnField): readonly [unknown, string] | null {
  const { name, type, isList, isElementRequired, kind } = field;
  if (field.isRequired && random.chance(0.3)) return [null, `Field ${name} is required`];
  const held = kind === "embedded" ? type : jsNames[kind === "enum" ? "Color" : type];
  const element = `${held}${isElementRequired ? "" : " | null | undefined"}`;
  if (isList) {
    if (random.chance(0.5) || kind === "embedded" || type === "AWSJSON") {
      return [7, `Field ${name} should be of type [${element}], number received. 7`];
    }
    const wrong = held === "boolean" ? 1 : true;
    return [
      [wrong],
      `All elements in the ${name} array should be of type ${element}, [${typeof wrong}] received. ${wrong}`,
    ];
  }
  if (kind === "embedded") return [7, `Field ${name} should be of type ${type}, number recieved. 7`];
  if (type === "AWSJSON") {
    return random.chance(0.5)
      ? [7, `Field ${name} should be of type object, number received. 7`]
      : ["{", `Field ${name} is an invalid JSON object. {`];
  }
  const malformed = malformedTexts[type];
  if (malformed !== undefined && random.chance(0.5)) {
    return [malformed, `Field ${name} should be of type ${type}, validation failed. ${malformed}`];
  }
  const wrong = held === "boolean" ? "yes" : true;
  return [wrong, `Field ${name} should be of type ${held}, ${typeof wrong} received. ${wrong}`];
}

const jsNames: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(pools).map((type) => [type, "string"])),
  Int: "number",
  Float: "number",
  AWSTimestamp: "number",
  Boolean: "boolean",
  AWSJSON: "object",
};

const malformedTexts: Readonly<Record<string, string | number>> = {
  AWSDate: "2020-1-1",
  AWSTime: "noon",
  AWSDateTime: "2020-01-01 00:00",
  AWSTimestamp: -1,
  AWSEmail: "nobody",
  AWSURL: "example",
  AWSPhone: "call me",
  AWSIPAddress: "1.2.3",
};

/**
 * The scalars of the schema language, and the literals they accept in `@default`.
 *
 * A literal arrives as text, the way Amplify writes defaults; what comes out is the value as a record holds it: numbers and
 * booleans as such, AWSJSON parsed, everything else as the text itself. Calendar rules (30 days in June) are not checked.
 */
import type { ScalarName } from "../description.ts";

/** What a scalar takes, for error messages. */
export function expectedLiteral(scalar: ScalarName): string {
  return literals[scalar].expected;
}

/** The value that `text` stands for; undefined when the scalar does not accept it. */
export function valueOfLiteral(scalar: ScalarName, text: string): unknown {
  return literals[scalar].read(text);
}

interface Literal {
  readonly expected: string;
  read(text: string): unknown;
}

/** Deep enough for any default, and far from the depth at which walking it could fail. */
const maxJsonDepth = 64;

const zone = "(?:Z|[+-]\\d{2}:\\d{2}(?::\\d{2})?)";
const day = "\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])";
const time = "(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d+)?)?";

const literals: Readonly<Record<ScalarName, Literal>> = {
  ID: { expected: "any text", read: (text) => text },
  String: { expected: "any text", read: (text) => text },
  Int: { expected: "a whole number of 32 bits", read: (text) => integer(text, -(2 ** 31), 2 ** 31 - 1) },
  Float: { expected: "a number", read: float },
  Boolean: {
    expected: "true or false",
    read: (text) => (text === "true" ? true : text === "false" ? false : undefined),
  },
  AWSDate: matching("a date such as 2024-02-29", `${day}${zone}?`),
  AWSTime: matching("a time such as 12:30:24.5Z", `${time}${zone}?`),
  AWSDateTime: matching("a date and time with a zone, such as 2024-02-29T12:30:24Z", `${day}T${time}${zone}`),
  AWSTimestamp: { expected: "a whole number of seconds", read: (text) => integer(text, 0, Number.MAX_SAFE_INTEGER) },
  AWSEmail: matching("an e-mail address", "[^\\s@]+@[^\\s@.]+(?:\\.[^\\s@.]+)*"),
  AWSJSON: { expected: `JSON of at most ${maxJsonDepth} levels`, read: json },
  AWSURL: matching("a URL such as https://example.com", "[A-Za-z][A-Za-z0-9+.-]*:(?://[^\\s/]\\S*|[^\\s/]\\S*)"),
  AWSPhone: matching("a telephone number such as +49 30 901820", "\\+?\\d(?:[ -]?\\d){1,30}"),
  AWSIPAddress: { expected: "an IPv4 or IPv6 address", read: (text) => (isIpAddress(text) ? text : undefined) },
};

function matching(expected: string, pattern: string): Literal {
  const whole = new RegExp(`^${pattern}$`);
  return { expected, read: (text) => (whole.test(text) ? text : undefined) };
}

function integer(text: string, least: number, greatest: number): number | undefined {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= greatest ? value + 0 : undefined;
}

function float(text: string): number | undefined {
  const value = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value + 0 : undefined;
}

function json(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isShallow(value, maxJsonDepth) ? value : undefined;
  } catch {
    // Not JSON: the one thing the caller asks.
    return undefined;
  }
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((entry) => isShallow(entry, levels - 1));
}

/** With an optional `/prefix`, as in CIDR notation. */
function isIpAddress(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  if (rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return false;
  const bits = isIpV4(address) ? 32 : isIpV6(address) ? 128 : -1;
  return bits > 0 && Number(prefix ?? 0) <= bits;
}

function isIpV4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function isIpV6(text: string): boolean {
  const halves = text.split("::");
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1) ?? "";
  const plain = isIpV4(last) ? [...groups.slice(0, -1), "0", "0"] : groups;
  const isFull = halves.length === 1 ? plain.length === 8 : halves.length === 2 && plain.length <= 7;
  return isFull && plain.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group));
}

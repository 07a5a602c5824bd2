/**
 * The AppSync scalars: the JavaScript type each is held as, and the form its text must have.
 *
 * Two strictnesses exist. `app` is what Amplify's DataStore checks before it saves, loose as it is: existing code relies on
 * what passes. `relay` is what the scalars mean, checked before anything is stored for others.
 */
import type { ScalarName } from "@tributary/schema";
import type { JsonValue } from "../json-value.ts";

export type Strictness = "app" | "relay";

/** `typeof` a value of the scalar; AWSJSON holds any JSON. */
export function jsTypeOf(scalar: ScalarName): "string" | "number" | "boolean" | "json" {
  switch (scalar) {
    case "Int":
    case "Float":
    case "AWSTimestamp":
      return "number";
    case "Boolean":
      return "boolean";
    case "AWSJSON":
      return "json";
    default:
      return "string";
  }
}

/** Whether a value of the right JavaScript type is one of the scalar. */
export function isScalarValue(scalar: ScalarName, value: JsonValue, strictness: Strictness): boolean {
  if (typeof value === "number") return isNumber(scalar, value, strictness);
  if (typeof value !== "string") return true;
  if (scalar === "AWSURL") return isUrl(value);
  if (scalar === "AWSIPAddress") return isAddress(strictness === "app" ? withoutZone(value) : value);
  if (scalar === "AWSJSON") return strictness === "relay" || isJsonText(value);
  const form = (strictness === "app" ? looseForms : strictForms).get(scalar);
  return form === undefined || form.test(value);
}

/** JSON has no other than finite numbers, so nothing else can be stored, whatever an app's check lets pass. */
function isNumber(scalar: ScalarName, value: number, strictness: Strictness): boolean {
  if (!Number.isFinite(value)) return false;
  if (scalar === "AWSTimestamp")
    return Number.isInteger(value) && (strictness === "app" ? value >= 0 : Number.isSafeInteger(value));
  if (strictness === "app") return true;
  return scalar !== "Int" || (Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31);
}

const zone = "(Z|[+-]\\d{2}:\\d{2}(:\\d{2})?)";
const looseTime = "\\d{2}:\\d{2}(:\\d{2}(.\\d+)?)?";
/** The form that HTML gives to an address of `<input type="email">`. */
const email = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i;
const looseForms: ReadonlyMap<ScalarName, RegExp> = new Map([
  ["AWSDate", new RegExp(`^\\d{4}-\\d{2}-\\d{2}${zone}?$`)],
  ["AWSTime", new RegExp(`^${looseTime}${zone}?$`)],
  ["AWSDateTime", new RegExp(`^\\d{4}-\\d{2}-\\d{2}T${looseTime}${zone}?$`)],
  ["AWSEmail", email],
  ["AWSPhone", /^\+?\d[\d\s-]+$/],
]);

const date = "\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])";
const time = "([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?)?";
const strictForms: ReadonlyMap<ScalarName, RegExp> = new Map([
  ["AWSDate", new RegExp(`^${date}${zone}?$`)],
  ["AWSTime", new RegExp(`^${time}${zone}?$`)],
  ["AWSDateTime", new RegExp(`^${date}T${time}${zone}$`)],
  ["AWSEmail", email],
  ["AWSPhone", /^\+?\d[\d\s-]+$/],
]);

/** The portable core has no URL class: a scheme, and a host behind it where the scheme needs one. */
function isUrl(value: string): boolean {
  const [, scheme, rest = ""] = /^([a-z][a-z\d+.-]*):(\S*)$/i.exec(value) ?? [];
  if (scheme === undefined) return false;
  const needsHost = /^(https?|wss?|ftp)$/i.test(scheme);
  return needsHost ? /^\/*[^/?#]+/.test(rest) : rest !== "";
}

function isJsonText(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** `fe80::1%eth0`: the interface behind a link-local address, which Amplify lets pass. */
function withoutZone(address: string): string {
  return address.includes(":") ? address.replace(/%.+$/, "") : address;
}

function isAddress(value: string): boolean {
  const [address = "", bits, ...rest] = value.split("/");
  if (rest.length > 0) return false;
  const isV6 = address.includes(":");
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > (isV6 ? 128 : 32))) return false;
  return isV6 ? isV6Address(address) : isV4Address(address);
}

function isV4Address(address: string): boolean {
  const parts = address.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isV6Address(address: string): boolean {
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1);
  const hasV4Tail = last?.includes(".") ?? false;
  if (hasV4Tail && !isV4Address(last ?? "")) return false;
  const plain = hasV4Tail ? groups.slice(0, -1) : groups;
  const count = plain.length + (hasV4Tail ? 2 : 0);
  if (!plain.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? count < 8 : count === 8;
}

/** Records, changes and times, in the words of somebody who tells of them. */
import type { Change, FieldValue, RecordRef } from "../scenario/edit.ts";

/** `message 00412`, `room garden`, `user ana`. */
export function describeRecord({ id }: RecordRef): string {
  const [kind = "", ...rest] = id.split("-");
  return `${kind} ${rest.join("-")}`;
}

/** `text = "Got it"`, `tags + "pinned"`, `deleted`. */
export function describeChange(change: Change): string {
  if (change.do === "delete") return "deleted";
  const sign = { set: "=", add: "+", remove: "-" }[change.do];
  return `${change.field} ${sign} ${describeValue(change.value)}`;
}

/** As JSON, but for what is known to be a file, and for lists, which are told in the order of the alphabet. */
export function describeValue(value: FieldValue): string {
  if (Array.isArray(value)) return value.length === 0 ? "nothing" : value.map(describeListed).toSorted().join(", ");
  if (typeof value === "object" && value !== null && "contentType" in value)
    return `${value.name} (${value.contentType})`;
  return JSON.stringify(value);
}

function describeListed(value: FieldValue): string {
  return typeof value === "string" ? value.replace(/^user-/, "") : JSON.stringify(value);
}

/** `16:52:03.140`, in the time zone of the machine. */
export function describeTime(ms: number): string {
  const time = new Date(ms);
  const two = (number: number): string => String(number).padStart(2, "0");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  return `${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

/** `4,711` */
export function describeCount(count: number, one: string, many: string = `${one}s`): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ",")} ${count === 1 ? one : many}`;
}

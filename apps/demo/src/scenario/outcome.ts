/**
 * What a contested record must end as, and why, worked out from who wrote what when and from nothing else.
 *
 * A register ends as its latest write, a list keeps all that was added and loses what was taken out, a deletion wins over edits.
 * The replicas are compared with this; it does not look at them.
 */
import type { FieldValue, RecordRef, Values, Writer, Written } from "./edit.ts";

export interface FieldOutcome {
  readonly field: string;
  /** For a list in no particular order. */
  readonly value: FieldValue;
  readonly isList: boolean;
  /** Oldest first. */
  readonly writes: readonly Written[];
  /** The write that stands, for a register. */
  readonly winner: Written | null;
  readonly reason: string;
}

export type Outcome =
  | { readonly record: RecordRef; readonly isDeleted: false; readonly fields: readonly FieldOutcome[] }
  | {
      readonly record: RecordRef;
      readonly isDeleted: true;
      readonly writes: readonly Written[];
      readonly reason: string;
    };

/** `before` is the record before anybody touched it; `written` may hold edits of other records too. */
export function outcomeOf(record: RecordRef, before: Values, written: readonly Written[]): Outcome {
  const writes = written
    .filter((one) => one.record.model === record.model && one.record.id === record.id)
    .toSorted((left, right) => left.at - right.at);
  const deletion = writes.find((one) => one.change.do === "delete");
  if (deletion !== undefined) return { record, isDeleted: true, writes, reason: whyDeleted(deletion, writes) };
  const fields = [...new Set(writes.flatMap(({ change }) => (change.do === "delete" ? [] : [change.field])))];
  return {
    record,
    isDeleted: false,
    fields: fields.map((field) => fieldOutcome(field, before[field] ?? null, writes)),
  };
}

function fieldOutcome(field: string, before: FieldValue, all: readonly Written[]): FieldOutcome {
  const writes = all.filter(({ change }) => change.do !== "delete" && change.field === field);
  if (Array.isArray(before) || writes.some(({ change }) => change.do === "add" || change.do === "remove")) {
    return { field, value: editedList(before, writes), isList: true, writes, winner: null, reason: whyList(writes) };
  }
  const winner = writes.findLast(({ change }) => change.do === "set") ?? null;
  const value = winner?.change.do === "set" ? winner.change.value : before;
  return { field, value, isList: false, writes, winner, reason: winner === null ? "" : whyRegister(winner, writes) };
}

function editedList(before: FieldValue, writes: readonly Written[]): FieldValue {
  const values: FieldValue[] = Array.isArray(before) ? [...before] : [];
  for (const { change } of writes) {
    if (change.do === "add") values.push(change.value);
    if (change.do === "remove" && values.includes(change.value)) values.splice(values.indexOf(change.value), 1);
  }
  return values.toSorted();
}

function whyRegister(winner: Written, writes: readonly Written[]): string {
  const losers = distinct(writes.map((one) => one.by)).filter((name) => name !== winner.by);
  if (losers.length === 0) return writes.length === 1 ? "nobody else wrote it" : `only ${winner.by} wrote it`;
  const comparison = losers.length === 1 ? "later" : "the latest";
  const late = distinct(writes.filter((one) => one.isOffline && one !== winner).map((one) => one.by));
  if (!winner.isOffline && late.length > 0) {
    return `${possessive(winner.by)} is ${comparison} and stands, though what ${names(late)} wrote reached the relay after it`;
  }
  return `${possessive(winner.by)} is ${comparison} and stands`;
}

function whyList(writes: readonly Written[]): string {
  const adders = distinct(writes.filter(({ change }) => change.do === "add").map((one) => one.by));
  const removers = distinct(writes.filter(({ change }) => change.do === "remove").map((one) => one.by));
  const added = adders.length === 0 ? [] : [`everything ${names(adders)} added is kept`];
  const removed = removers.length === 0 ? [] : [`what ${names(removers)} took out is gone`];
  return [...added, ...removed].join(", ");
}

function whyDeleted(deletion: Written, writes: readonly Written[]): string {
  const editors = distinct(writes.filter(({ change }) => change.do !== "delete").map((one) => one.by));
  if (editors.length === 0) return `${deletion.by} deleted it`;
  const later = writes.some((one) => one.at > deletion.at) ? ", however late" : "";
  return `${deletion.by} deleted it, which wins over what ${names(editors)} wrote without knowing${later}`;
}

/** `Ana, Ben and Cleo` */
export function names(all: readonly string[]): string {
  const last = all.at(-1) ?? "";
  return all.length < 2 ? last : `${all.slice(0, -1).join(", ")} and ${last}`;
}

function possessive(name: Writer): string {
  return name === "Help desk" ? "The help desk's" : `${name}'s`;
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}

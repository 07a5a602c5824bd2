/**
 * Judges what an update adds to `$writes`: each new entry is exactly `{t, f}` with a stamp that may be and declared fields,
 * and each field in it counts as written, winning or not (G3, S2).
 *
 * A write that the document held before, with the same stamp and value, is not written again: it is what is left of an entry
 * that was taken apart (D3).
 */
import { isListField } from "@tributary/schema";
import { facetFieldNamed } from "../document/facet-fields.ts";
import { maxStampOf, type Registers } from "../document/registers.ts";
import { DELETED_FIELD, parseEntry, valuesOf, WRITES, type WriteEntry } from "../document/write-entry.ts";
import type { JsonValue } from "../json-value.ts";
import { parseStamp, type Stamp, stampMs } from "../stamp.ts";
import { ANY, type Struct } from "../update/struct.ts";
import { canonicalJson } from "../validation/canonical.ts";
import type { JudgeInput } from "./judge-input.ts";
import { type RefusedUpdate, refuse } from "./verdict.ts";

/** One value that the update writes to one field. */
export interface NewWrite {
  readonly field: string;
  readonly stamp: Stamp;
  readonly value: JsonValue;
}

/** The entries among new structs, also those that the update itself deletes. */
export function readNewEntries(added: readonly Struct[]): WriteEntry[] | RefusedUpdate {
  const entries: WriteEntry[] = [];
  for (const struct of added) {
    if (struct.kind !== ANY) continue;
    const { client, clock, home } = struct;
    if (!struct.isPlain) return refuse("invalid", `the value of client ${client} at clock ${clock} is not plain JSON`);
    const values = valuesOf(struct);
    if (home !== WRITES) continue;
    for (const [i, value] of values.entries()) {
      const entry = parseEntry(value);
      if (entry === null) {
        return refuse(
          "invalid",
          `the entry of client ${client} at clock ${clock + i} is not exactly {t: stamp, f: {field: value}}`,
        );
      }
      entries.push({ client, clock: clock + i, ...entry });
    }
  }
  return entries;
}

/** What of the new entries the document before did not hold. `before` are its entries, `registers` their winners. */
export function judgeEntries(
  input: JudgeInput,
  before: readonly WriteEntry[],
  registers: Registers,
  newEntries: readonly WriteEntry[],
): NewWrite[] | RefusedUpdate {
  const writes: NewWrite[] = [];
  const isHeld = createHeldCheck(before);
  const maxStamp = maxStampOf(registers);
  for (const { stamp, fields } of newEntries) {
    const names = Object.keys(fields);
    let isKnown = true;
    for (const field of names) {
      const write: NewWrite = { field, stamp, value: fields[field] ?? null };
      if (isHeld(write)) continue;
      isKnown = false;
      const refusal = judgeWrite(input, write, names.length);
      if (refusal !== null) return refusal;
      writes.push(write);
    }
    if (!isKnown && !isTimely(input, stamp, maxStamp)) {
      return refuse(
        "drift",
        `the stamp ${stamp} is more than ${input.driftMs} ms ahead of the relay's time ${input.nowMs}`,
        names,
      );
    }
  }
  return writes;
}

function judgeWrite(input: JudgeInput, { field, value }: NewWrite, fieldsInEntry: number): RefusedUpdate | null {
  if (field === DELETED_FIELD) {
    if (value === true && fieldsInEntry === 1) return null;
    return refuse("invalid", `${DELETED_FIELD} is written as true, in an entry of its own`, [field]);
  }
  const description = facetFieldNamed(input.model, input.facet, field);
  if (description === undefined) {
    const { name } = input.model;
    return refuse(
      "unknownField",
      `${name} has no field ${field} in this document; update the schema of the relay or the client`,
      [field],
    );
  }
  const isEmptyList = Array.isArray(value) && value.length === 0;
  if (isListField(description) && value !== null && !isEmptyList) {
    return refuse(
      "invalid",
      `${input.model.name}.${field} is a list: only null and [] are written to it as a register`,
      [field],
    );
  }
  return null;
}

/** At most the drift ahead, or a later write in the same ms as the record's last (S2). */
function isTimely(input: JudgeInput, stamp: Stamp, maxStamp: Stamp | null): boolean {
  if (stampMs(stamp) <= input.nowMs + input.driftMs) return true;
  const time = parseStamp(stamp);
  const last = maxStamp === null ? null : parseStamp(maxStamp);
  return time !== null && last !== null && time.ms === last.ms && time.counter > last.counter;
}

/** What the document before holds under one stamp for one field: one value, unless somebody used a stamp twice. */
interface HeldValues {
  readonly values: JsonValue[];
  /** The same as canonical JSON, once it was asked for. */
  texts: Set<string> | null;
}

/** Answers whether the entries before hold a write already. Indexed at the first question. */
function createHeldCheck(before: readonly WriteEntry[]): (write: NewWrite) => boolean {
  if (before.length === 0) return () => false;
  let index: ReadonlyMap<string, HeldValues> | null = null;
  return ({ field, stamp, value }) => {
    index ??= indexWrites(before);
    const held = index.get(stamp + field);
    if (held === undefined) return false;
    if (held.values[0] === value) return true;
    held.texts ??= new Set(held.values.map(canonicalJson));
    return held.texts.has(canonicalJson(value));
  };
}

/** By stamp and field, which need no separator: stamps are all of one length. */
function indexWrites(entries: readonly WriteEntry[]): ReadonlyMap<string, HeldValues> {
  const index = new Map<string, HeldValues>();
  for (const { stamp, fields } of entries) {
    for (const field in fields) {
      const value = fields[field] ?? null;
      const held = index.get(stamp + field);
      if (held === undefined) index.set(stamp + field, { values: [value], texts: null });
      else held.values.push(value);
    }
  }
  return index;
}

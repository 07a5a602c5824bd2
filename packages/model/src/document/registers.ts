/**
 * Who wins: the write with the greatest stamp, and of writes with the same stamp the one whose canonical JSON is greater.
 *
 * Any two replicas that hold the same entries, in any order and number, find the same winners (I1, I2).
 */
import type { JsonValue, Values } from "../json-value.ts";
import type { Stamp } from "../stamp.ts";
import { canonicalJson } from "../validation/canonical.ts";
import type { WriteEntry } from "./write-entry.ts";

/** One value written to one field. */
export interface RegisterWrite {
  readonly stamp: Stamp;
  readonly value: JsonValue;
  /** The value as canonical JSON, once it was asked for: a value that many others are compared with is printed once. */
  json?: string;
}

/** The winning write of each field, `_deleted` and fields the schema does not know included. */
export type Registers = Map<string, RegisterWrite>;

export function registersOf(entries: readonly WriteEntry[]): Registers {
  const registers: Registers = new Map();
  for (const { stamp, fields } of entries) addWrites(registers, stamp, fields);
  return registers;
}

export function addWrites(registers: Registers, stamp: Stamp, fields: Values): void {
  for (const name in fields) {
    const write: RegisterWrite = { stamp, value: fields[name] ?? null };
    const winner = registers.get(name);
    if (winner === undefined || isSuperseded(winner, write)) registers.set(name, write);
  }
}

/** Whether `write` loses against `other`. A write does not lose against itself. */
export function isSuperseded(write: RegisterWrite, other: RegisterWrite): boolean {
  if (write.stamp !== other.stamp) return write.stamp < other.stamp;
  return write.value !== other.value && jsonOf(write) < jsonOf(other);
}

/** Whether two values are the same to every reader. */
export function isSameValue(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  const areBothObjects = typeof a === "object" && typeof b === "object" && a !== null && b !== null;
  return areBothObjects && canonicalJson(a) === canonicalJson(b);
}

/** The greatest stamp of all; null when nothing was written. */
export function maxStampOf(registers: Registers): Stamp | null {
  let max: Stamp | null = null;
  for (const { stamp } of registers.values()) {
    if (max === null || stamp > max) max = stamp;
  }
  return max;
}

function jsonOf(write: RegisterWrite): string {
  write.json ??= canonicalJson(write.value);
  return write.json;
}

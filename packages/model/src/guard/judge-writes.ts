/** Judges what an update's writes do to the document: no winner gets lost, keys stay, and what loses is valid, too. */
import { isSameValue, isSuperseded, type Registers } from "../document/registers.ts";
import { DELETED_FIELD } from "../document/write-entry.ts";
import { validateValues } from "../validation/validate-values.ts";
import type { NewWrite } from "./judge-entries.ts";
import type { JudgeInput } from "./judge-input.ts";
import { type RefusedUpdate, refuse } from "./verdict.ts";

/**
 * A field's winner never gives way to an earlier write, or to none: whoever takes it out brings a later one. Fields that the
 * schema does not know, and `_deleted`, are no exception.
 */
export function judgeRegression(before: Registers, after: Registers): RefusedUpdate | null {
  for (const [field, winner] of before) {
    const now = after.get(field);
    if (now === undefined || isSuperseded(now, winner)) {
      return refuse(
        "regression",
        `the update takes out what was last written to ${field} at ${winner.stamp}, without a later write`,
        [field],
      );
    }
  }
  return null;
}

/** A deleted life takes no writes but another deletion. */
export function judgeDeletedLife(
  input: JudgeInput,
  before: Registers,
  written: ReadonlySet<string>,
): RefusedUpdate | null {
  if (!before.has(DELETED_FIELD)) return null;
  const fields = [...written].filter((field) => field !== DELETED_FIELD);
  if (fields.length === 0) return null;
  return refuse("deleted", `this ${input.model.name} was deleted; save it again to start a new life`, fields);
}

/**
 * Values that win show in the row, and are validated there. One that loses shows nowhere, but would stay in the document
 * and be sent to everybody.
 */
export function judgeLosers(input: JudgeInput, after: Registers, writes: readonly NewWrite[]): RefusedUpdate | null {
  for (const { field, stamp, value } of writes) {
    const winner = after.get(field);
    if (field === DELETED_FIELD || (winner?.stamp === stamp && winner.value === value)) continue;
    const [problem] = validateValues(input.schema, input.model, { [field]: value }, { complete: false });
    if (problem !== undefined) return refuse("invalid", problem.message, [field]);
  }
  return null;
}

/** A key is written once, at creation; writing the same again changes nothing. */
export function judgeKeys(
  input: JudgeInput,
  before: Registers,
  after: Registers,
  writes: readonly NewWrite[],
): RefusedUpdate | null {
  for (const { field, value } of writes) {
    if (!input.model.primaryKey.includes(field)) continue;
    const key = before.get(field) ?? after.get(field);
    if (key !== undefined && !isSameValue(key.value, value)) {
      return refuse(
        "invalid",
        `${input.model.name}.${field} is part of the key and cannot change; create another record instead`,
        [field],
      );
    }
  }
  return null;
}

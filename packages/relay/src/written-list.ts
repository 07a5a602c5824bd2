/**
 * What a GraphQL write means by the list that it sends, whole, as its writer has it (Q2): the difference to the list that he
 * saw. That is the list as it is, the list as it was at the version that he names, or nobody knows which.
 */
import { additionsEdit, type JsonValue, type ListEdit, pastListEdit, type StepSince } from "@tributary/model";
import type { RelayRecord } from "@tributary/storage";
import type { Turn } from "./commit-pipeline.ts";
import type { RecordBase } from "./list-steps.ts";

/** What the writer of a list saw. */
export type WriterView =
  | { readonly saw: "present" }
  /** The list before these changes. */
  | { readonly saw: "past"; readonly since: readonly StepSince[] }
  | { readonly saw: "unknown" };

export const presentView: WriterView = { saw: "present" };

/**
 * The view of a writer who names `base`, another version than the record has, or none. Changes that were made on the same version
 * by the same principal may be his own.
 */
export function viewOfStale(turn: Turn, principal: string, base: RecordBase | null): WriterView {
  const steps = base === null ? null : turn.listSteps(base);
  if (steps === null) return { saw: "unknown" };
  const since = steps.map((step) => ({
    lists: step.lists,
    isOwn: step.base === base?.version && step.principal === principal,
  }));
  return { saw: "past", since };
}

export interface ListWrite {
  /** Whether it writes that there is no list. */
  readonly isNull: boolean;
  /** Null when no element comes or goes, or when all go. */
  readonly edit: ListEdit | null;
}

/** `current` is null for a creation. */
export function writtenList(
  view: WriterView,
  current: RelayRecord | null,
  field: string,
  written: readonly JsonValue[] | null,
): ListWrite {
  const shown = listIn(current, field);
  const isNull = written === null;
  const state = current?.documents[0] ?? null;
  if (view.saw === "past" && state !== null) {
    return { isNull, edit: pastListEdit({ state, field, shown, value: written ?? [] }, view.since) };
  }
  if (view.saw === "unknown") {
    // Nothing goes, so that there is a list.
    return isNull ? { isNull: shown.length === 0, edit: null } : { isNull, edit: additionsEdit(shown, written) };
  }
  return { isNull, edit: isNull ? null : { base: shown, value: written } };
}

function listIn(current: RelayRecord | null, field: string): readonly JsonValue[] {
  const value = current?.values[field];
  return isList(value) ? value : [];
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

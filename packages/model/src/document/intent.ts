/**
 * What a writer meant, apart from the bytes it became: kept in an outbox and replayed on another state after a refusal. JSON.
 */
import type { JsonValue, Values } from "../json-value.ts";
import type { Stamp } from "../stamp.ts";
import type { DocumentState } from "./document-state.ts";
import type { Fold } from "./fold.ts";

/** What a list was, and what the writer made of it. The difference is what is applied. */
export interface ListEdit {
  readonly base: readonly JsonValue[];
  readonly value: readonly JsonValue[];
  /** Which elements are which, where more is known of them than their values. It holds for one state of the list. */
  readonly match?: ListMatch;
}

/** How the elements of an edit's base are those of its value, and of the list that is edited. */
export interface ListMatch {
  /** For each element of the base, its index in the value; -1 for one that the writer took out. Ascending. */
  readonly kept: readonly number[];
  /** For each element of the base, its index in the list; -1 for one that is gone. Ascending. */
  readonly found: readonly number[];
  /** Where in the list that is put which stands behind the first 0, 1, 2, … elements of the base: one more than those. Ascending. */
  readonly behind: readonly ListPlace[];
}

/** A place among all elements that a list ever held. */
export interface ListPlace {
  /** Before the element at this index, and behind the one before it. */
  readonly index: number;
  /** Behind so many of the deleted elements that stand between the two; behind all when there are fewer. */
  readonly gone: number;
}

export interface WriteIntent {
  readonly op: "create" | "update";
  readonly stamp: Stamp;
  /**
   * Registers. A LIST field here is null, meaning that it holds no list; elements to take out are named by its edit in
   * `lists`, without one every element goes.
   */
  readonly set: Values;
  /** Edits of LIST fields. */
  readonly lists: { readonly [field: string]: ListEdit };
}

export interface DeleteIntent {
  readonly op: "delete";
  readonly stamp: Stamp;
}

export type Intent = WriteIntent | DeleteIntent;

/** The outcome of writing an intent into a document. */
export interface Written {
  /** What to send: a Yjs update, format v1. */
  readonly update: Uint8Array;
  /** The whole document afterwards. */
  readonly state: DocumentState;
  readonly fold: Fold;
}

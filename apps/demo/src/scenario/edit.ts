/** What somebody does to a record, as data: the script of the demo is made of these, and the devices carry them out. */
import type { CastName } from "../chat/people.ts";

export type ModelName = "User" | "ChatRoom" | "Message";

export type FieldValue =
  | string
  | number
  | boolean
  | null
  | readonly FieldValue[]
  | { readonly [field: string]: FieldValue };

export type Values = { readonly [field: string]: FieldValue };

export interface RecordRef {
  readonly model: ModelName;
  readonly id: string;
}

export type Change =
  | { readonly do: "set"; readonly field: string; readonly value: FieldValue }
  /** Adds a value at the end of a list. */
  | { readonly do: "add"; readonly field: string; readonly value: string }
  /** Takes a value out of a list. */
  | { readonly do: "remove"; readonly field: string; readonly value: string }
  | { readonly do: "delete" };

/** Who has no device but calls the GraphQL API. */
export const helpDesk = "Help desk";

export type Writer = CastName | typeof helpDesk;

export interface Edit {
  readonly by: Writer;
  readonly record: RecordRef;
  readonly change: Change;
}

/** An edit that was made. */
export interface Written extends Edit {
  /** ms since 1970, by the writer's clock, before and after the write. Each `at` lies behind the `done` of the write before. */
  readonly at: number;
  readonly done: number;
  /** Whether the writer could not reach the relay then. */
  readonly isOffline: boolean;
}

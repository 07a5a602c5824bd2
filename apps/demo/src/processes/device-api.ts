/** What a device of the demo can be asked to do, and what it tells by itself. */
import type { SchemaDescription } from "@tributary/schema";
import type { Message } from "../chat/generate-chat.ts";
import type { Change, FieldValue, ModelName, RecordRef, Values } from "../scenario/edit.ts";

export interface NewRecord {
  readonly model: ModelName;
  readonly values: Values;
}

/** When an edit was made, by the device's clock in ms since 1970. The write's stamp lies in between. */
export interface Moment {
  readonly begun: number;
  readonly done: number;
}

/** A change that the relay refused and that the app is left with. */
export interface RefusedEdit extends RecordRef {
  readonly message: string;
}

export interface DeviceApi {
  /** Opens the device's file, and begins to sync unless it was told to be offline. */
  open(given: {
    readonly schema: SchemaDescription;
    readonly file: string;
    readonly url: string;
    readonly apiKey: string;
  }): Promise<void>;
  /** Saves records, many at a time. Tells its progress. */
  write(records: readonly NewRecord[]): Promise<void>;
  /** Makes an edit, not before its clock has passed `after`. */
  edit(given: { readonly record: RecordRef; readonly change: Change; readonly after: number }): Promise<Moment>;
  /** Saves messages one after the other, as fast as somebody in a hurry; tells of each that is saved. Leaves out what is there. */
  type(messages: readonly Message[]): Promise<void>;
  /** How many of these messages are in the device's file. */
  count(ids: readonly string[]): Promise<number>;
  setOnline(isOnline: boolean): Promise<void>;
  /** Resolves when everything here is acknowledged and everything the relay had is here. */
  settle(given: null): Promise<void>;
  /** Changes that the relay has not answered. */
  unsent(given: null): Promise<number>;
  /** Resolves when a field of a record has this value. */
  waitFor(given: { readonly record: RecordRef; readonly field: string; readonly value: FieldValue }): Promise<void>;
  /** All records of a model. */
  rows(model: ModelName): Promise<readonly Values[]>;
  refused(given: null): Promise<readonly RefusedEdit[]>;
  close(given: null): Promise<void>;
}

export type DeviceNews =
  | { readonly kind: "written"; readonly done: number; readonly total: number }
  | { readonly kind: "typed"; readonly id: string }
  | { readonly kind: "problem"; readonly message: string };

/** What the chapters of the story share. */
import type { SchemaDescription } from "@tributary/schema";
import type { Chat } from "../chat/generate-chat.ts";
import type { GraphqlClient } from "../graphql/graphql-client.ts";
import type { Edit, RecordRef, Values, Written } from "../scenario/edit.ts";
import { helpDesk } from "../scenario/edit.ts";
import type { Script } from "../scenario/write-script.ts";
import type { Family } from "./family.ts";
import type { Narrator } from "./narrator.ts";

export interface Telling {
  readonly script: Script;
  readonly chat: Chat;
  readonly schema: SchemaDescription;
  readonly family: Family;
  readonly graphql: GraphqlClient;
  readonly narrator: Narrator;
  /** Everything of the script that was written, in order. */
  readonly written: Written[];
  /** What should not have happened. Empty, unless there is a bug. */
  readonly surprises: string[];
}

/** A record as it was generated. */
export function generatedRecord({ users, rooms, messages }: Chat, { model, id }: RecordRef): Values {
  const records = [...users, ...rooms, ...messages];
  const record = records.find((one) => one.id === id);
  if (record === undefined) throw new Error(`there is no ${model} ${id}`);
  return record;
}

/**
 * Has an edit made on its writer's device, later by the clock than every edit before: which of two writes is later then follows
 * from the script and not from the machine.
 */
export async function makeEdit({ family, written }: Telling, edit: Edit, isOffline: boolean): Promise<void> {
  if (edit.by === helpDesk) throw new Error("the help desk has no device");
  const { record, change } = edit;
  const moment = await family.device(edit.by).call("edit", { record, change, after: lastMoment(written) });
  written.push({ ...edit, at: moment.begun, done: moment.done, isOffline });
}

/** When the last edit was done. Its stamp is not later. */
export function lastMoment(written: readonly Written[]): number {
  return written.at(-1)?.done ?? 0;
}

/**
 * Puts the generated chat into a new relay, through a client like any other.
 *
 * The records go in a fixed order, and whether the last is there tells whether the chat was written. Broken off in the middle, the
 * next start goes on with what is missing.
 */
import {
  createDataStore,
  type DataStoreInstance,
  type DataStoreProblem,
  type ModelInstance,
} from "@tributary/datastore/node";
import type { SchemaDescription } from "@tributary/schema";
import { generateChat } from "../chat/generate-chat.ts";
import type { GraphqlClient } from "../graphql/graphql-client.ts";

export interface SeedOptions {
  readonly schema: SchemaDescription;
  readonly url: string;
  readonly apiKey: string;
  readonly graphql: GraphqlClient;
  /** Records that the relay has acknowledged. */
  readonly onProgress: (done: number, total: number) => void;
}

const SEED = 1;
const MESSAGES = 2_000;
/** Records saved side by side. */
const WRITES_AT_ONCE = 250;
const PROGRESS_EVERY_MS = 100;

/** Answers how many records it wrote; null when the chat was there, with whatever became of it. */
export async function seedChat({ schema, url, apiKey, graphql, onProgress }: SeedOptions): Promise<number | null> {
  const { users, rooms, messages } = generateChat(SEED, MESSAGES);
  const { last } = await graphql.ask<{ readonly last: unknown }>(
    "query ($id: ID!) { last: getMessage(id: $id) { id } }",
    {
      id: messages.at(-1)?.id ?? "",
    },
  );
  if (last !== null) return null;
  let fail: (error: Error) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // The relay is in this process: whatever comes between is no lost connection that comes back.
  const errorHandler = (problem: DataStoreProblem): void =>
    fail(problem.kind === "sync" ? problem.error : new Error(`the relay refused the chat: ${problem.change.message}`));
  const store = createDataStore({ schema, url, auth: { apiKey }, errorHandler });
  try {
    return await Promise.race([writeChat(), failure]);
  } finally {
    await store.stop();
  }

  async function writeChat(): Promise<number> {
    await store.start();
    await store.settled();
    const written =
      (await writeMissing(store, "User", users)) +
      (await writeMissing(store, "ChatRoom", rooms)) +
      (await writeMissing(store, "Message", messages));
    const timer = setInterval(() => {
      void store.status().then(({ unsent }) => onProgress(written - unsent, written));
    }, PROGRESS_EVERY_MS);
    await store.settled().finally(() => clearInterval(timer));
    return written;
  }
}

async function writeMissing(
  store: DataStoreInstance,
  modelName: string,
  records: readonly { readonly id: string }[],
): Promise<number> {
  const model = store.models[modelName];
  if (model === undefined) throw new Error(`the schema has no model ${modelName}`);
  const known = new Set((await store.query(model)).map((record: ModelInstance) => record.id));
  const missing = records.filter((record) => !known.has(record.id));
  for (let at = 0; at < missing.length; at += WRITES_AT_ONCE) {
    await Promise.all(missing.slice(at, at + WRITES_AT_ONCE).map((record) => store.save(new model({ ...record }))));
  }
  return missing.length;
}

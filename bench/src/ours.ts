/** Tributary's own client on the messages, as an app would use it. */
import path from "node:path";
import {
  createDataStore,
  type DataStoreInstance,
  type ModelClass,
  type ModelInstance,
} from "@tributary/datastore/node";
import { type Message, messageSchema } from "./message.ts";

export interface OurStore {
  readonly store: DataStoreInstance;
  readonly Message: ModelClass;
}

/** A started datastore in `folder`; it syncs when there is a `url`. */
export async function openOurStore(
  folder: string,
  options: { readonly url?: string; readonly name?: string } = {},
): Promise<OurStore> {
  const { url, name = "client" } = options;
  const store = createDataStore({
    schema: messageSchema,
    path: path.join(folder, `${name}.db`),
    errorHandler(problem) {
      const what = problem.kind === "sync" ? problem.error.message : `refused: ${problem.change.message}`;
      process.stderr.write(`bench: ${name}: ${what}\n`);
    },
    ...(url === undefined ? {} : { url }),
  });
  await store.start();
  return { store, Message: messageClass(store) };
}

function messageClass(store: DataStoreInstance): ModelClass {
  const { Message } = store.models;
  if (Message === undefined) throw new Error("the schema has no Message");
  return Message;
}

/** New records, as an app makes them: their ids are drawn by the model class. */
export function instances({ Message }: OurStore, messages: readonly Message[]): ModelInstance[] {
  return messages.map(({ id: _, ...init }) => new Message(init));
}

/** Saves all of them, a thousand in flight: the fastest way the API has for many records. */
export async function saveAll({ store }: OurStore, messages: readonly ModelInstance[]): Promise<void> {
  for (let i = 0; i < messages.length; i += 1000) {
    await Promise.all(messages.slice(i, i + 1000).map((message) => store.save(message)));
  }
}

/** One device of the demo: a process with a datastore on a file of its own, as any app would have it. */
import { setTimeout as wait } from "node:timers/promises";
import { createDataStore, type ModelClass, type ModelInstance } from "@tributary/datastore/node";
import type { Change, ModelName, RecordRef, Values } from "../scenario/edit.ts";
import { serveCalls, tell } from "./calls.ts";
import type { DeviceApi, DeviceNews } from "./device-api.ts";

/** Records saved side by side: they share a transaction. */
const WRITES_AT_ONCE = 250;
/** Between two messages of somebody in a hurry. */
const TYPING_PAUSE_MS = 5;

const store = createDataStore();
const news = (one: DeviceNews): void => tell(one);

serveCalls<DeviceApi>({
  async open({ schema, file, url, apiKey }) {
    store.configure({
      schema,
      path: file,
      url,
      auth: { apiKey },
      errorHandler(problem) {
        // Refused changes are kept, and asked for when everybody is back.
        if (problem.kind === "sync") news({ kind: "problem", message: problem.error.message });
      },
    });
    await store.start();
  },

  async write(records) {
    for (let done = 0; done < records.length; done += WRITES_AT_ONCE) {
      const some = records.slice(done, done + WRITES_AT_ONCE);
      await Promise.all(some.map(({ model, values }) => store.save(new (modelNamed(model))(values))));
      news({ kind: "written", done: Math.min(records.length, done + WRITES_AT_ONCE), total: records.length });
    }
  },

  async edit({ record, change, after }) {
    while (Date.now() <= after) await wait(1);
    const begun = Date.now();
    await carryOut(record, change);
    return { begun, done: Date.now() };
  },

  async type(messages) {
    const Message = modelNamed("Message");
    for (const message of messages) {
      if ((await store.query(Message, message.id)) !== undefined) continue;
      await store.save(new Message(message));
      news({ kind: "typed", id: message.id });
      await wait(TYPING_PAUSE_MS);
    }
  },

  async count(ids) {
    const found = await Promise.all(ids.map((id) => store.query(modelNamed("Message"), id)));
    return found.filter((message) => message !== undefined).length;
  },

  setOnline: (isOnline) => store.setOnline(isOnline),
  settle: () => store.settled(),
  unsent: async () => (await store.status()).unsent,

  async waitFor({ record, field, value }) {
    const model = modelNamed(record.model);
    await new Promise<void>((resolve, reject) => {
      const look = (instance: ModelInstance | undefined): void => {
        if (instance?.[field] !== value) return;
        subscription.unsubscribe();
        resolve();
      };
      const subscription = store.observe(model, record.id).subscribe({
        next: ({ element }) => look(element),
        error: reject,
      });
      store.query(model, record.id).then(look, reject);
    });
  },

  async rows(model) {
    const found = await store.query(modelNamed(model));
    return found.map(({ _version, _lastChangedAt, _deleted, ...values }) => values);
  },

  async refused() {
    // The key of a record with one key field of text is that field's value.
    return (await store.refused()).map(({ model, key, message }) => ({ model: model as ModelName, id: key, message }));
  },

  close: () => store.stop(),
});

async function carryOut({ model, id }: RecordRef, change: Change): Promise<void> {
  const modelClass = modelNamed(model);
  const record = await store.query(modelClass, id);
  if (record === undefined) throw new Error(`${model} ${id} is not here`);
  if (change.do === "delete") await store.delete(record);
  else await store.save(modelClass.copyOf(record, (draft) => Object.assign(draft, changed(record, change))));
}

function changed(record: ModelInstance, change: Exclude<Change, { do: "delete" }>): Values {
  const { field, value } = change;
  if (change.do === "set") return { [field]: value };
  const before = record[field];
  const list = Array.isArray(before) ? before : [];
  return { [field]: change.do === "add" ? [...list, value] : list.filter((one) => one !== value) };
}

function modelNamed(name: ModelName): ModelClass {
  const modelClass = store.models[name];
  if (modelClass === undefined) throw new Error(`the schema has no model ${name}`);
  return modelClass;
}

import { readFileSync } from "node:fs";
import path from "node:path";
import { createDataStore, type DataStoreInstance, type ModelInstance } from "@tributary/datastore/node";
import { parseSchema } from "@tributary/schema/sdl";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "./run-app.ts";
import { apiKey, serve } from "./serve.ts";

const file = path.resolve(import.meta.dirname, "fixtures/chat-v1.graphql");
const schema = parseSchema(readFileSync(file, "utf8"), { file });

function connect(url: string, name: string, folder: string): DataStoreInstance {
  const store = createDataStore({ schema, url, auth: { apiKey }, path: path.join(folder, `${name}.db`) });
  onTestFinished(() => store.stop());
  return store;
}

async function find(store: DataStoreInstance, model: string, id: string): Promise<ModelInstance | undefined> {
  return store.query(store.models[model]!, id);
}

test("DEMO-15 serves the first form of the chat, and syncs its records both ways", async () => {
  expect(schema.dialect).toBe("v1");
  const { url } = await serve(schema);
  const folder = temporaryFolder();
  const [ana, ben] = [connect(url, "ana", folder), connect(url, "ben", folder)];
  const { User, ChatRoom, ChatData } = ana.models;

  const user = await ana.save(new User!({ username: "ana", isVerified: true, chats: { open: ["r"] } }));
  const room = await ana.save(new ChatRoom!({ userID: user.id, otherUserName: "ben", chatId: "c1" }));
  await ana.save(new ChatData!({ message: "hello", chatRoomId: room.id, senderId: user.id }));
  await ana.settled();
  await ben.start();
  await ben.settled();
  expect(await find(ben, "User", String(user.id))).toMatchObject({ username: "ana", isVerified: true });
  expect(await ben.query(ben.models.ChatRoom!, (one) => one.userID!.eq(String(user.id)))).toMatchObject([
    { id: room.id, otherUserName: "ben" },
  ]);
  expect(await ben.query(ben.models.ChatData!)).toMatchObject([{ message: "hello", chatRoomId: room.id }]);

  const heard = new Promise<ModelInstance>((resolve) => {
    ana.observe(ana.models.User, String(user.id)).subscribe(({ element }) => resolve(element));
  });
  const seen = await find(ben, "User", String(user.id));
  await ben.save(ben.models.User!.copyOf(seen!, (draft) => void Object.assign(draft, { bio: "from ben" })));
  expect(await heard).toMatchObject({ username: "ana", bio: "from ben" });

  const query = `{ syncUsers { items { id username bio chats _version _deleted } } }`;
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": apiKey },
    body: JSON.stringify({ query }),
  });
  expect(await response.json()).toEqual({
    data: {
      syncUsers: {
        items: [
          { id: user.id, username: "ana", bio: "from ben", chats: `{"open":["r"]}`, _version: 2, _deleted: null },
        ],
      },
    },
  });
}, 30_000);

import { readFileSync } from "node:fs";
import path from "node:path";
import { createDataStore } from "@tributary/datastore/node";
import { parseSchema } from "@tributary/schema/sdl";
import { expect, onTestFinished, test } from "vitest";
import { generateChat } from "../../src/chat/generate-chat.ts";
import { seedChat } from "../../src/dev/seed-chat.ts";
import { createGraphqlClient } from "../../src/graphql/graphql-client.ts";
import { apiKey, serve } from "../serve.ts";

const file = path.resolve(import.meta.dirname, "../../schema.graphql");
const schema = parseSchema(readFileSync(file, "utf8"), { file });

test("DEMO-12 completes a chat that was broken off, and leaves a whole one alone", async () => {
  const { url } = await serve(schema);
  const store = createDataStore({ schema, url, auth: { apiKey } });
  onTestFinished(() => store.stop());
  const { users, rooms, messages } = generateChat(1, 2_000);
  await store.save(new store.models.User!({ ...users[0] }));
  await store.save(new store.models.ChatRoom!({ ...rooms[0] }));
  await store.settled();

  const total = users.length + rooms.length + messages.length;
  const options = { schema, url, apiKey, graphql: createGraphqlClient({ url, apiKey }), onProgress: () => undefined };
  expect(await seedChat(options)).toBe(total - 2);
  await expect.poll(async () => (await store.query(store.models.Message!)).length).toBe(messages.length);
  // Written a second time, a list would hold everything twice.
  expect((await store.query(store.models.ChatRoom!, rooms[0]!.id))?.memberIds).toEqual(rooms[0]!.memberIds);
  expect(await store.query(store.models.User!)).toHaveLength(users.length);
  expect(await seedChat(options)).toBeNull();
}, 30_000);

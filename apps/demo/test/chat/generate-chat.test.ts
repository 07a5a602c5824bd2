import { readFileSync } from "node:fs";
import path from "node:path";
import { createDataStore } from "@tributary/datastore/node";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, test } from "vitest";
import { generateChat } from "../../src/chat/generate-chat.ts";

describe("the generated chat", () => {
  test("DEMO-1 is the same for the same seed, and another for another", () => {
    expect(generateChat(7, 300)).toEqual(generateChat(7, 300));
    expect(generateChat(8, 300).messages).not.toEqual(generateChat(7, 300).messages);
  });

  test("DEMO-1 keeps its messages when more are asked for", () => {
    const few = generateChat(7, 50);
    const many = generateChat(7, 400);
    expect(many.messages.slice(0, 50)).toEqual(few.messages);
    expect([many.users, many.rooms]).toEqual([few.users, few.rooms]);
  });

  test("DEMO-2 refers only to what exists, in the order of time, with ids of its own", () => {
    const { users, rooms, messages } = generateChat(3, 2_000);
    expect(messages).toHaveLength(2_000);
    expect(new Set(messages.map((message) => message.id)).size).toBe(2_000);
    const membersByRoom = new Map(rooms.map((room) => [room.id, new Set(room.memberIds)]));
    expect(messages.filter((message) => !membersByRoom.get(message.roomId)?.has(message.senderId))).toEqual([]);
    const userIds = new Set(users.map((user) => user.id));
    expect(rooms.flatMap((room) => [room.ownerId, ...room.memberIds]).filter((id) => !userIds.has(id))).toEqual([]);
    const times = messages.map((message) => message.sentAt);
    expect(times.toSorted()).toEqual(times);
  });

  test("DEMO-2 leaves no gap in a text unfilled", () => {
    const { messages } = generateChat(11, 4_000);
    expect(messages.filter((message) => /[{}]|undefined/.test(message.text))).toEqual([]);
    expect(new Set(messages.map((message) => message.text)).size).toBeGreaterThan(1_000);
  });

  test("DEMO-2 is valid in the demo's schema", () => {
    const file = path.resolve(import.meta.dirname, "../../schema.graphql");
    const schema = parseSchema(readFileSync(file, "utf8"), { file });
    const { models } = createDataStore({ schema });
    const chat = generateChat(5, 500);
    const made = [
      ...chat.users.map((user) => new models.User!(user)),
      ...chat.rooms.map((room) => new models.ChatRoom!(room)),
      ...chat.messages.map((message) => new models.Message!(message)),
    ];
    expect(made.slice(-1)[0]).toMatchObject({ ...chat.messages[499] });
  });
});

/** The record all rows work on: a chat message of seven fields, some 245 bytes as JSON. */
import { randomUUID } from "node:crypto";
import type { SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";

export interface Message {
  readonly id: string;
  readonly message: string;
  readonly roomId: string;
  readonly senderId: string;
  readonly createdAt: string;
  readonly status: string;
  readonly likes: number;
}

export const messageSchema: SchemaDescription = parseSchema(`
  enum Status { SENT DELIVERED READ FAILED }

  type Message @model {
    id: ID!
    message: String!
    roomId: ID! @index(name: "byRoom", sortKeyFields: ["createdAt"])
    senderId: ID!
    createdAt: AWSDateTime!
    status: Status
    likes: Int
  }
`);

/** As columns of a hand-written table, in the order of `messageCells`. */
export const messageColumns =
  "id TEXT PRIMARY KEY, message TEXT, roomId TEXT, senderId TEXT, createdAt TEXT, status TEXT, likes INTEGER";
export const messageIndex = "CREATE INDEX byRoom ON message(roomId, createdAt)";

/** Bytes of the update that creates such a record; what the limits store and send in its place. */
export const UPDATE_BYTES = 270;

const WORDS =
  "we could move the review to monday so that everyone has read the draft by then or is that too late".split(" ");
const STATUSES = ["SENT", "DELIVERED", "READ", "FAILED"];
const FIRST_MS = Date.UTC(2026, 0, 1);
const TEXT_LENGTH = 80;
const SENDERS = 50;

/** The `i`th message. All but the id follows from `i`; a message every second, rooms in turn. */
export function makeMessage(i: number, rooms: number): Message {
  let text = `${i}:`;
  for (let word = i; text.length < TEXT_LENGTH; word += 5) text += ` ${WORDS[word % WORDS.length]}`;
  return {
    id: randomUUID(),
    message: text.slice(0, TEXT_LENGTH),
    roomId: roomId(i % rooms),
    senderId: `user-${String((i * 7) % SENDERS).padStart(4, "0")}`,
    createdAt: new Date(FIRST_MS + i * 1000).toISOString(),
    status: STATUSES[i % STATUSES.length] ?? "SENT",
    likes: i % 20,
  };
}

export function makeMessages(count: number, rooms = 200): Message[] {
  return Array.from({ length: count }, (_, i) => makeMessage(i, rooms));
}

export function roomId(room: number): string {
  return `room-${String(room).padStart(4, "0")}`;
}

export function messageCells(message: Message): (string | number)[] {
  const { id, message: text, roomId, senderId, createdAt, status, likes } = message;
  return [id, text, roomId, senderId, createdAt, status, likes];
}

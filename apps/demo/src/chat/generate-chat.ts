/**
 * A chat with its past: users, rooms, and messages in conversations, all of it from one seed.
 *
 * The same seed and number of messages give the same records to the byte. More messages with the same seed keep the ones before
 * as they were.
 */
import { bios, cast, familyNames, others } from "./people.ts";
import { createRandom, type Random } from "./random.ts";
import { days, type RoomPlot, rooms, smallTalk, times } from "./rooms.ts";

// Aliases, because interfaces would not do as values of a record.

export type User = {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly email: string;
  readonly bio: string | null;
  readonly profileImage: string | null;
  readonly isVerified: boolean;
};

export type ChatRoom = {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly description: string;
  readonly ownerId: string;
  readonly memberIds: readonly string[];
};

export type Attachment = {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly url: string;
};

export type Message = {
  readonly id: string;
  readonly roomId: string;
  readonly senderId: string;
  readonly text: string;
  /** ISO 8601 in UTC. */
  readonly sentAt: string;
  readonly status: "SENT" | "DELIVERED" | "READ";
  readonly likes: number;
  readonly tags: readonly string[];
  readonly attachment: Attachment | null;
};

export interface Chat {
  readonly users: readonly User[];
  readonly rooms: readonly ChatRoom[];
  /** Oldest first. */
  readonly messages: readonly Message[];
}

/** The first message of every generated chat. A fixed date: the text would otherwise differ from day to day. */
const BEGIN_MS = Date.UTC(2025, 2, 3, 7, 30);
/** Time between two messages of a conversation at most, and between conversations. */
const ANSWER_WITHIN_S = 240;
const SILENCE_WITHIN_S = 2_400;

export function generateChat(seed: number, messageCount: number): Chat {
  const random = createRandom(seed);
  const users = generateUsers(random.fork("users"));
  const chatRooms = generateRooms(random.fork("rooms"), users);
  return {
    users,
    rooms: chatRooms,
    messages: generateMessages(random.fork("messages"), users, chatRooms, messageCount),
  };
}

function generateUsers(random: Random): User[] {
  return [...cast, ...random.shuffled(others)].map((first) => {
    const displayName = `${first} ${random.pick(familyNames)}`;
    const username = first.toLowerCase();
    return {
      id: `user-${username}`,
      username,
      displayName,
      email: `${username}@chat.example`,
      bio: random.chance(0.6) ? random.pick(bios) : null,
      profileImage: random.chance(0.7) ? `https://chat.example/faces/${username}.jpg` : null,
      isVerified: random.chance(0.8),
    };
  });
}

/** Everybody of the cast is in every room; the others are in some. */
function generateRooms(random: Random, users: readonly User[]): ChatRoom[] {
  const main = users.slice(0, cast.length);
  return rooms.map((plot) => {
    const members = [...main, ...users.slice(cast.length).filter(() => random.chance(0.35))];
    const { name, topic, description } = plot;
    return {
      id: `room-${name}`,
      name,
      topic,
      description,
      ownerId: random.pick(members).id,
      memberIds: members.map((member) => member.id),
    };
  });
}

function generateMessages(
  random: Random,
  users: readonly User[],
  chatRooms: readonly ChatRoom[],
  count: number,
): Message[] {
  const usersById = new Map(users.map((user) => [user.id, user]));
  const messages: Message[] = [];
  let at = BEGIN_MS;
  while (messages.length < count) {
    const plot = random.pick(rooms);
    const room = chatRooms.find((one) => one.name === plot.name);
    const members = (room?.memberIds ?? []).flatMap((id) => usersById.get(id) ?? []);
    at += 1_000 * random.int(60, SILENCE_WITHIN_S);
    for (const line of converse(random, plot, members)) {
      at += 1_000 * random.int(5, ANSWER_WITHIN_S);
      messages.push({
        id: `message-${String(messages.length + 1).padStart(5, "0")}`,
        roomId: `room-${plot.name}`,
        sentAt: new Date(at).toISOString(),
        ...line,
      });
    }
  }
  return messages.slice(0, count);
}

function converse(
  random: Random,
  plot: RoomPlot,
  members: readonly User[],
): Omit<Message, "id" | "roomId" | "sentAt">[] {
  const lines = random.pick(random.chance(0.8) ? plot.conversations : smallTalk);
  const fill = createFiller(random, plot, members);
  let speaker = random.pick(members);
  return lines.map((line, index) => {
    if (index > 0) speaker = random.pick(members.filter((member) => member !== speaker));
    return {
      senderId: speaker.id,
      text: fill(line),
      status: random.chance(0.7) ? "READ" : random.chance(0.8) ? "DELIVERED" : "SENT",
      likes: random.chance(0.25) ? random.int(1, 9) : 0,
      tags: random.chance(0.15) ? random.shuffled(plot.tags).slice(0, random.int(1, 3)) : [],
      attachment: random.chance(0.04) ? attach(random, plot) : null,
    };
  });
}

/** Replaces the `{words}` of a conversation, each by the same all along. A line begins with a capital letter whatever it begins with. */
function createFiller(random: Random, plot: RoomPlot, members: readonly User[]): (line: string) => string {
  const chosen = new Map<string, string>();

  function word(name: string): string {
    const known = chosen.get(name);
    if (known !== undefined) return known;
    const picked = choose(name).replaceAll(/\{(\w+)\}/g, (_, inner: string) => word(inner));
    chosen.set(name, picked);
    return picked;
  }

  function choose(name: string): string {
    if (name === "day") return random.pick(days);
    if (name === "time") return random.pick(times);
    if (name === "number") return String(random.int(3, 60));
    if (name === "person") return firstName(random.pick(members));
    return random.pick(plot.words[name] ?? []);
  }

  return (line) => {
    const text = line.replaceAll(/\{(\w+)\}/g, (_, name: string) => word(name));
    return text.charAt(0).toUpperCase() + text.slice(1);
  };
}

function attach(random: Random, plot: RoomPlot): Attachment {
  const name = random.pick(plot.files);
  return {
    name,
    contentType: contentTypes[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream",
    bytes: random.int(2_000, 4_000_000),
    url: `https://chat.example/files/${plot.name}/${name}`,
  };
}

const contentTypes: Readonly<Record<string, string>> = {
  csv: "text/csv",
  gpx: "application/gpx+xml",
  jpg: "image/jpeg",
  json: "application/json",
  log: "text/plain",
  md: "text/markdown",
  mp3: "audio/mpeg",
  pdf: "application/pdf",
  png: "image/png",
  txt: "text/plain",
};

export function firstName(user: Pick<User, "displayName">): string {
  return user.displayName.split(" ")[0] ?? user.displayName;
}

/**
 * The script of the demo: who goes offline, who is killed, and what everybody does to which records, all from the seed.
 *
 * Nothing here runs. A script keeps to what ends the same whatever the timing: contested writes are made one after the other, and
 * nobody edits a record of which they could have heard that it was deleted.
 */
import type { Chat, ChatRoom, Message } from "../chat/generate-chat.ts";
import { type CastName, cast } from "../chat/people.ts";
import { createRandom, type Random } from "../chat/random.ts";
import { type Change, type Edit, helpDesk, type RecordRef } from "./edit.ts";
import { correctedTexts, newDescriptions, newMessages, newTopics } from "./phrases.ts";

export interface Script {
  /** The two who go offline, and the two who stay. */
  readonly offline: readonly [CastName, CastName];
  readonly online: readonly [CastName, CastName];
  /** The one whose process is killed; stays online, so that pushes are under way. */
  readonly killed: CastName;
  /** Edits while two are offline, in order. */
  readonly apart: readonly Edit[];
  /** New messages that everybody types while the relay and one device are killed. */
  readonly typed: Readonly<Record<CastName, readonly Message[]>>;
  /** Edits while the relay is down, in order. */
  readonly withoutRelay: readonly Edit[];
  /** A write over GraphQL when everybody is back. */
  readonly overGraphql: Edit & { readonly change: Extract<Change, { do: "set" }> };
  /** The contested records, in the order in which the report tells of them. */
  readonly contested: readonly RecordRef[];
}

/** Characters of a message that is edited: enough to be told from others, and few enough for a line with what is added. */
const SHORTEST_TEXT = 12;
const LONGEST_TEXT = 26;

export function writeScript(seed: number, chat: Chat): Script {
  const random = createRandom(seed).fork("script");
  const [a, b, c, d] = random.shuffled(cast);
  if (a === undefined || b === undefined || c === undefined || d === undefined)
    throw new RangeError("the cast is too small");
  const offline = [a, b] as const;
  const online = [c, d] as const;
  const stage = chooseStage(random, chat);
  const topics = random.shuffled(newTopics);
  const contests = writeContests(random, { offline, online, topics, ...stage });
  const withoutRelay = writeLonelyEdits(random, d, stage.alone);
  const overGraphql = {
    by: helpDesk,
    record: { model: "ChatRoom", id: stage.secondRoom.id },
    change: { do: "set", field: "topic", value: topics[5] ?? "" },
  } as const;
  const everything = [...contests.flat(), ...withoutRelay, overGraphql];
  return {
    offline,
    online,
    killed: d,
    apart: interleave(random, contests),
    typed: typeMessages(random, chat),
    withoutRelay,
    overGraphql,
    contested: distinct(everything.map((edit) => edit.record)),
  };
}

/** The records that the contests are about, all different. */
interface Stage {
  readonly earlierOffline: Message;
  readonly laterOffline: Message;
  readonly manyFields: Message;
  readonly tagged: Message;
  readonly deletedOnline: Message;
  readonly deletedOffline: Message;
  readonly alone: Message;
  readonly firstRoom: ChatRoom;
  readonly secondRoom: ChatRoom;
  readonly chat: Chat;
}

interface Roles extends Stage {
  readonly offline: readonly [CastName, CastName];
  readonly online: readonly [CastName, CastName];
  /** All different: each is written once. */
  readonly topics: readonly string[];
}

function chooseStage(random: Random, chat: Chat): Stage {
  const taken = new Set<string>();
  const choose = (fits: (message: Message) => boolean): Message => {
    const free = chat.messages.filter((message) => !taken.has(message.id));
    const fitting = free.filter(fits);
    const message = random.pick(fitting.length > 0 ? fitting : free);
    taken.add(message.id);
    return message;
  };
  const short = ({ text }: Message): boolean => text.length >= SHORTEST_TEXT && text.length <= LONGEST_TEXT;
  const tagged = choose((message) => message.tags.length > 0 && short(message));
  const [firstRoom, secondRoom] = random.shuffled(chat.rooms);
  if (firstRoom === undefined || secondRoom === undefined) throw new RangeError("the chat has too few rooms");
  return {
    tagged,
    earlierOffline: choose(short),
    laterOffline: choose(short),
    manyFields: choose((message) => short(message) && message.status !== "READ" && message.attachment === null),
    deletedOnline: choose(short),
    deletedOffline: choose(short),
    alone: choose(short),
    firstRoom,
    secondRoom,
    chat,
  };
}

/** Each contest is about one record, its edits in the order in which they are made. */
function writeContests(random: Random, roles: Roles): Edit[][] {
  const [away, alsoAway] = roles.offline;
  const [here, alsoHere] = roles.online;
  const textOf = (message: Message, texts: readonly ((text: string) => string)[]): string[] =>
    texts.map((edited) => edited(message.text));
  const [e1 = "", e2 = "", e3 = ""] = textOf(roles.earlierOffline, random.shuffled(correctedTexts));
  const [l1 = "", l2 = ""] = textOf(roles.laterOffline, random.shuffled(correctedTexts));
  const [d1 = ""] = textOf(roles.deletedOnline, random.shuffled(correctedTexts));
  const [d2 = ""] = textOf(roles.deletedOffline, random.shuffled(correctedTexts));
  const plotTags = random.shuffled(["important", "later", "funny", "ask-again", "pinned"]);
  const [leaving = ""] = roles.tagged.tags;
  const newcomers = random.shuffled(roles.chat.users.filter((user) => !roles.firstRoom.memberIds.includes(user.id)));
  const everybody = random.shuffled(cast);

  return [
    // Two edits made offline, then one online: the relay hears of it first and it stands.
    edits(message(roles.earlierOffline), [away, set("text", e1)], [away, set("text", e2)], [here, set("text", e3)]),
    // One online, then one offline: the relay hears of it last and it stands.
    edits(message(roles.laterOffline), [alsoHere, set("text", l1)], [alsoAway, set("text", l2)]),
    // Different fields of one record.
    edits(
      message(roles.manyFields),
      [here, set("status", "READ")],
      [away, set("likes", roles.manyFields.likes + random.int(1, 5))],
      [alsoHere, set("attachment", { name: "notes.md", contentType: "text/markdown", bytes: 5_120, url: null })],
    ),
    // A list: additions of three, and one who takes something out.
    edits(
      message(roles.tagged),
      [here, add("tags", plotTags[0])],
      [away, add("tags", plotTags[1])],
      [alsoAway, leaving === "" ? add("tags", plotTags[3]) : { do: "remove", field: "tags", value: leaving }],
      [away, add("tags", plotTags[2])],
    ),
    // Deleted first, edited later by somebody who could not know.
    edits(message(roles.deletedOnline), [here, { do: "delete" }], [away, set("text", d1)]),
    // Deleted by somebody offline, edited later by somebody online.
    edits(message(roles.deletedOffline), [alsoAway, { do: "delete" }], [alsoHere, set("text", d2)]),
    // All four on one field of a room, and two new members of it.
    edits(
      room(roles.firstRoom),
      ...everybody.map((name, index): [CastName, Change] => [name, set("topic", roles.topics[index] ?? "")]),
      ...newcomers
        .slice(0, 2)
        .map((user, index): [CastName, Change] => [index === 0 ? here : away, add("memberIds", user.id)]),
    ),
    // Another room: one field by each of two; the help desk comes later.
    edits(
      room(roles.secondRoom),
      [alsoAway, set("description", random.pick(newDescriptions))],
      [alsoHere, set("topic", roles.topics[4] ?? "")],
    ),
  ];
}

/** Edits while the relay is down, by those whose devices run: for the relay they all come from offline. */
function writeLonelyEdits(random: Random, killed: CastName, alone: Message): Edit[] {
  const [first, second, third] = random.shuffled(cast.filter((name) => name !== killed));
  if (first === undefined || second === undefined || third === undefined) throw new RangeError("the cast is too small");
  const texts = random.shuffled(correctedTexts).map((edited) => edited(alone.text));
  return edits(
    message(alone),
    [first, set("text", texts[0] ?? "")],
    [second, set("status", alone.status === "READ" ? "DELIVERED" : "READ")],
    [third, set("text", texts[1] ?? "")],
    [second, set("text", texts[2] ?? "")],
  );
}

/** A chapter of new messages for each of the cast, about one in twenty of what is there. */
function typeMessages(random: Random, chat: Chat): Record<CastName, Message[]> {
  const count = Math.max(20, Math.ceil(chat.messages.length / 20 / cast.length));
  const lastAt = Date.parse(chat.messages.at(-1)?.sentAt ?? "2025-03-03T07:30:00.000Z");
  const messagesOf = (name: CastName): Message[] =>
    Array.from({ length: count }, (_, index) => ({
      id: `message-${name.toLowerCase()}-${String(index + 1).padStart(4, "0")}`,
      roomId: random.pick(chat.rooms).id,
      senderId: `user-${name.toLowerCase()}`,
      text: random.pick(newMessages),
      sentAt: new Date(lastAt + 1_000 * (3_600 + 20 * index + cast.indexOf(name))).toISOString(),
      status: "SENT",
      likes: 0,
      tags: [],
      attachment: null,
    }));
  const [ana, ben, cleo, dan] = cast;
  return { [ana]: messagesOf(ana), [ben]: messagesOf(ben), [cleo]: messagesOf(cleo), [dan]: messagesOf(dan) };
}

/** All edits in one order; those of a contest stay in theirs. */
function interleave(random: Random, contests: readonly (readonly Edit[])[]): Edit[] {
  const rest = contests.map((contest) => [...contest]);
  const order: Edit[] = [];
  while (rest.some((contest) => contest.length > 0)) {
    const next = random.pick(rest.filter((contest) => contest.length > 0)).shift();
    if (next !== undefined) order.push(next);
  }
  return order;
}

function edits(record: RecordRef, ...steps: readonly (readonly [CastName, Change])[]): Edit[] {
  return steps.map(([by, change]) => ({ by, record, change }));
}

function set(field: string, value: Extract<Change, { do: "set" }>["value"]): Change {
  return { do: "set", field, value };
}

function add(field: string, value = ""): Change {
  return { do: "add", field, value };
}

function message({ id }: Message): RecordRef {
  return { model: "Message", id };
}

function room({ id }: ChatRoom): RecordRef {
  return { model: "ChatRoom", id };
}

function distinct(records: readonly RecordRef[]): RecordRef[] {
  return [...new Map(records.map((record) => [`${record.model} ${record.id}`, record])).values()];
}

/** One device writes the whole chat, the others start empty and fetch it. */

import type { Chat } from "../chat/generate-chat.ts";
import { cast } from "../chat/people.ts";
import { syncModel } from "../graphql/sync-query.ts";
import type { NewRecord } from "../processes/device-api.ts";
import { describeCount } from "../report/describe.ts";
import { names } from "../scenario/outcome.ts";
import { startWatch } from "./stop-watch.ts";
import type { Telling } from "./telling.ts";

/** Answers what to ask a delta since: a time, by the relay's clock, at which all were in step. */
export async function gather({ chat, family, graphql, narrator, schema }: Telling): Promise<number> {
  const [author, ...readers] = cast;
  const records = recordsOf(chat);
  narrator.chapter("A chat is there");
  narrator.does("relay", `${family.relay.url}, process ${family.relay.pid}`);

  narrator.progress.show(`${author} starts`);
  let took = startWatch();
  const device = await family.start(author);
  await device.call("write", records);
  narrator.progress.show(`${author} sends what was written`);
  await device.call("settle", null);
  const parts = [
    describeCount(chat.users.length, "user"),
    describeCount(chat.rooms.length, "room"),
    describeCount(chat.messages.length, "message"),
  ];
  narrator.does(author, `writes ${names(parts)} and sends them to the relay  ${took()}`);

  took = startWatch();
  narrator.progress.show(`${names(readers)} start`);
  await Promise.all(
    readers.map(async (name) => {
      const reader = await family.start(name);
      await reader.call("settle", null);
    }),
  );
  narrator.does(
    "others",
    `${names(readers)} start empty and fetch all ${describeCount(records.length, "record")}  ${took()}`,
  );
  narrator.progress.show("the gateway loads");
  return (await syncModel(graphql, schema, "Message", null)).startedAt;
}

function recordsOf({ users, rooms, messages }: Chat): NewRecord[] {
  return [
    ...users.map((values): NewRecord => ({ model: "User", values })),
    ...rooms.map((values): NewRecord => ({ model: "ChatRoom", values })),
    ...messages.map((values): NewRecord => ({ model: "Message", values })),
  ];
}

/** Relay and devices come back, one after the other, until everybody has everything. */
import { describeCount, describeRecord } from "../report/describe.ts";
import { reportEdits } from "../report/report-edits.ts";
import { lastMoment, type Telling } from "./telling.ts";

export async function reunite(telling: Telling): Promise<void> {
  const { script, family, narrator } = telling;
  narrator.chapter("All come back");
  narrator.progress.show("the relay starts");
  await family.relay.restart();
  narrator.does("relay", `starts again on the same port and data, process ${family.relay.pid}`);
  await bringBackKilled(telling);
  const [stayed] = script.online;
  narrator.progress.show(`${stayed} reconnects`);
  await family.device(stayed).call("settle", null);
  narrator.does(stayed, "reconnected unasked and sent what had waited");
  for (const name of script.offline) {
    const device = family.device(name);
    const unsent = await device.call("unsent", null);
    narrator.progress.show(`${name} goes online`);
    await device.call("setOnline", true);
    await device.call("settle", null);
    narrator.does(name, `goes online and sends ${describeCount(unsent, "change")}`);
  }
  await callHelpDesk(telling);
}

async function bringBackKilled({ script, family, narrator, surprises }: Telling): Promise<void> {
  const messages = script.typed[script.killed];
  narrator.progress.show(`${script.killed} starts`);
  const device = await family.start(script.killed);
  const saved = [...device.typed];
  const kept = await device.call("count", saved);
  if (kept < saved.length) surprises.push(`${device.name}'s device lost ${saved.length - kept} saved messages`);
  await device.call("type", messages);
  await device.call("settle", null);
  const rest = messages.length - saved.length;
  narrator.does(
    device.name,
    `starts again on the same file: ${kept} of ${saved.length} saved messages are there; types the other ${rest}`,
  );
}

/** A write over GraphQL, the last of all. Whoever has it has everything before it: the feed keeps its order. */
async function callHelpDesk({ script, family, graphql, narrator, written }: Telling): Promise<void> {
  const { overGraphql } = script;
  const { record, change } = overGraphql;
  while (Date.now() <= lastMoment(written)) await new Promise((resolve) => setTimeout(resolve, 1));
  const { room } = await graphql.ask<{ readonly room: { readonly _version: number } }>(
    "query ($id: ID!) { room: getChatRoom(id: $id) { _version } }",
    { id: record.id },
  );
  const at = Date.now();
  const input = { id: record.id, [change.field]: change.value, _version: room._version };
  const { updated } = await graphql.ask<{ readonly updated: { readonly _version: number } }>(
    "mutation ($input: UpdateChatRoomInput!) { updated: updateChatRoom(input: $input) { _version } }",
    { input },
  );
  written.push({ ...overGraphql, at, done: Date.now(), isOffline: false });
  const versions = `_version ${room._version} becomes ${updated._version}`;
  narrator.does("help desk", `calls updateChatRoom over GraphQL for ${describeRecord(record)}; ${versions}`);
  narrator.lines(reportEdits(written.slice(-1), narrator.page));
  narrator.progress.show("waiting until everybody has that");
  await Promise.all(
    family.devices().map((device) => device.call("waitFor", { record, field: change.field, value: change.value })),
  );
}

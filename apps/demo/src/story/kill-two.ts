/** While everybody types, the relay and one device are killed. The others go on without a relay. */
import type { Message } from "../chat/generate-chat.ts";
import { cast } from "../chat/people.ts";
import type { Device } from "../processes/device.ts";
import { describeCount } from "../report/describe.ts";
import { reportEdits } from "../report/report-edits.ts";
import { names } from "../scenario/outcome.ts";
import { makeEdit, type Telling } from "./telling.ts";

const TYPED_AT_ONCE = 3;

export async function killTwo(telling: Telling): Promise<void> {
  const { script, family, narrator, written } = telling;
  const victim = family.device(script.killed);
  const total = script.typed[script.killed].length;
  const others = cast.filter((name) => name !== script.killed);
  narrator.chapter(`kill -9 for the relay and for ${script.killed}'s device, while everybody types`);
  narrator.does("all four", `type ${total} new messages each, as fast as they can`);

  let isKilled = false;
  const typing = Promise.all(others.map((name) => typeAll(family.device(name), script.typed[name])));
  const cutOff = typeAll(victim, script.typed[script.killed]).then(
    () => {
      throw new Error(`${script.killed}'s device had typed everything before it was killed`);
    },
    (error: unknown) => {
      if (!isKilled) throw error;
    },
  );
  // Both are waited for further down; what goes wrong until then is told there.
  for (const promise of [typing, cutOff]) promise.catch(() => undefined);
  const relayPid = family.relay.pid;
  await Promise.race([victim.whenTyped(Math.ceil(total / 3)), cutOff]);
  const relayGone = family.relay.kill();
  await Promise.race([victim.whenTyped(Math.ceil((2 * total) / 3)), cutOff]);
  isKilled = true;
  await Promise.all([victim.kill(), relayGone, cutOff]);
  narrator.does("relay", `kill -9, process ${relayPid}, while pushes come in`);
  narrator.does(
    script.killed,
    `kill -9, process ${victim.pid}, after ${victim.typed.size} of ${total} messages were saved`,
  );
  await typing;
  const unsent = await Promise.all(others.map((name) => family.device(name).call("unsent", null)));
  const waiting = unsent.reduce((sum, count) => sum + count, 0);
  narrator.does(
    "others",
    `${names(others)} type on; ${describeCount(waiting, "change waits", "changes wait")} on their devices`,
  );

  const before = written.length;
  for (const edit of script.withoutRelay) await makeEdit(telling, edit, true);
  narrator.lines(reportEdits(written.slice(before), narrator.page));
}

/** A few at a time: so no device gets far ahead of what is known here, and the kill comes in the middle on any machine. */
async function typeAll(device: Device, messages: readonly Message[]): Promise<void> {
  for (let at = 0; at < messages.length; at += TYPED_AT_ONCE) {
    await device.call("type", messages.slice(at, at + TYPED_AT_ONCE));
  }
}

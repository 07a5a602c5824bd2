/** While everybody types, the relay and one device are killed. The others go on without a relay. */
import { cast } from "../chat/people.ts";
import { describeCount } from "../report/describe.ts";
import { reportEdits } from "../report/report-edits.ts";
import { names } from "../scenario/outcome.ts";
import { makeEdit, type Telling } from "./telling.ts";

export async function killTwo(telling: Telling): Promise<void> {
  const { script, family, narrator, written } = telling;
  const victim = family.device(script.killed);
  const total = script.typed[script.killed].length;
  const others = cast.filter((name) => name !== script.killed);
  narrator.chapter(`kill -9 for the relay and for ${script.killed}'s device, while everybody types`);
  narrator.does("all four", `type ${total} new messages each, as fast as they can`);

  const cutOff = victim.call("type", script.typed[script.killed]).then(
    () => false,
    () => true,
  );
  const typing = others.map((name) => family.device(name).call("type", script.typed[name]));
  const relayPid = family.relay.pid;
  await Promise.race([victim.whenTyped(Math.ceil(total / 3)), cutOff]);
  await family.relay.kill();
  narrator.does("relay", `kill -9, process ${relayPid}, while pushes come in`);
  await Promise.race([victim.whenTyped(Math.ceil((2 * total) / 3)), cutOff]);
  await victim.kill();
  if (!(await cutOff)) telling.surprises.push(`${script.killed}'s device was done before it was killed`);
  narrator.does(
    script.killed,
    `kill -9, process ${victim.pid}, after ${victim.typed.size} of ${total} messages were saved`,
  );
  await Promise.all(typing);
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

/** Two devices lose their connection, and everybody goes on editing the same records. */
import { reportEdits } from "../report/report-edits.ts";
import { names } from "../scenario/outcome.ts";
import { makeEdit, type Telling } from "./telling.ts";

export async function writeApart(telling: Telling): Promise<void> {
  const { script, family, narrator, written } = telling;
  const isAway = (name: string): boolean => script.offline.some((one) => one === name);
  narrator.chapter(`${names(script.offline)} lose their connection, and all four edit the same records`);
  for (const name of script.offline) await family.device(name).call("setOnline", false);
  for (const edit of script.apart) {
    narrator.progress.show("editing", written.length, script.apart.length);
    await makeEdit(telling, edit, isAway(edit.by));
  }
  narrator.lines(reportEdits(written, narrator.page));
}

/** One `save()` after the other, each awaited: row, document and outbox entry in one transaction. */
import { nowUs, perSecond, quantile } from "../clock.ts";
import { freshFolder, removeFolder } from "../fresh-folder.ts";
import { openMessageDatabase } from "../limits/message-database.ts";
import { makeMessages, messageCells } from "../message.ts";
import { instances, openOurStore } from "../ours.ts";
import { amplifySaves } from "../peers/amplify.ts";
import type { Row, Sample, Side, SideContext } from "../row.ts";

const countOf = (context: SideContext): number => context.size(4000, 500);

export const singleSaves: Side = async (context) => ({
  async sample() {
    const folder = freshFolder(context.folder);
    const ours = await openOurStore(folder);
    const messages = instances(ours, makeMessages(countOf(context)));
    const took: number[] = [];
    const startUs = nowUs();
    for (const message of messages) {
      const fromUs = nowUs();
      await ours.store.save(message);
      took.push(nowUs() - fromUs);
    }
    const sample = sampleOf(took, startUs);
    await ours.store.stop();
    removeFolder(folder);
    return sample;
  },
  close: async () => {},
});

const limit: Side = async (context) => ({
  async sample() {
    const folder = freshFolder(context.folder);
    const limit = openMessageDatabase(folder);
    const rows = makeMessages(countOf(context)).map(messageCells);
    const took: number[] = [];
    const startUs = nowUs();
    for (const cells of rows) {
      const fromUs = nowUs();
      limit.save(cells);
      took.push(nowUs() - fromUs);
    }
    const sample = sampleOf(took, startUs);
    limit.database.close();
    removeFolder(folder);
    return sample;
  },
  close: async () => {},
});

function sampleOf(took: readonly number[], startUs: number): Sample {
  return {
    value: perSecond(took.length, startUs),
    notes: { p50_us: quantile(took, 0.5), p99_us: quantile(took, 0.99) },
  };
}

export const save: Row = {
  name: "save",
  title: "one `save()`, awaited",
  unit: "saves/s",
  better: "more",
  goal: 0.75,
  against: "limit: row with document, outbox entry, one transaction",
  durability: "process (NORMAL)",
  ours: singleSaves,
  baseline: limit,
  peers: { amplify: { side: amplifySaves(2000, 200, 1), goal: 1.5, remark: "Amplify DataStore, in memory" } },
};

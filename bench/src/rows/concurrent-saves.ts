/** A thousand saves called side by side share transactions. Held against our own saves one by one. */
import { nowUs, perSecond } from "../clock.ts";
import { freshFolder, removeFolder } from "../fresh-folder.ts";
import { makeMessages } from "../message.ts";
import { instances, openOurStore } from "../ours.ts";
import { amplifySaves } from "../peers/amplify.ts";
import type { Row, Side } from "../row.ts";
import { singleSaves } from "./save.ts";

const WRITERS = 1000;

const ours: Side = async (context) => ({
  async sample() {
    const folder = freshFolder(context.folder);
    const ours = await openOurStore(folder);
    const waves = context.size(8, 2);
    const messages = instances(ours, makeMessages(waves * WRITERS));
    const startUs = nowUs();
    for (let wave = 0; wave < waves; wave++) {
      const own = messages.slice(wave * WRITERS, (wave + 1) * WRITERS);
      await Promise.all(own.map((message) => ours.store.save(message)));
    }
    const value = perSecond(messages.length, startUs);
    await ours.store.stop();
    removeFolder(folder);
    return { value };
  },
  close: async () => {},
});

export const concurrentSaves: Row = {
  name: "concurrent-saves",
  title: "1,000 concurrent `save()`s",
  unit: "saves/s",
  better: "more",
  goal: 3,
  against: "our own saves one by one",
  durability: "process (NORMAL)",
  ours,
  baseline: singleSaves,
  peers: { amplify: { side: amplifySaves(4000, 1000, WRITERS), goal: null, remark: "Amplify DataStore, in memory" } },
};

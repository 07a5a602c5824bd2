/** Many new records with random ids into an indexed model, from an empty database on. */
import { nowUs, perSecond } from "../clock.ts";
import { freshFolder, removeFolder } from "../fresh-folder.ts";
import { insertAll, openMessageDatabase } from "../limits/message-database.ts";
import { makeMessages, messageCells } from "../message.ts";
import { instances, openOurStore, saveAll } from "../ours.ts";
import { amplifySaves } from "../peers/amplify.ts";
import type { Row, Side } from "../row.ts";

const quickShare = 10;

function ours(count: number): Side {
  return async (context) => ({
    async sample() {
      const folder = freshFolder(context.folder);
      const ours = await openOurStore(folder);
      const messages = instances(ours, makeMessages(context.size(count, count / quickShare)));
      const startUs = nowUs();
      await saveAll(ours, messages);
      const value = perSecond(messages.length, startUs);
      await ours.store.stop();
      removeFolder(folder);
      return { value };
    },
    close: async () => {},
  });
}

function limit(count: number): Side {
  return async (context) => ({
    async sample() {
      const folder = freshFolder(context.folder);
      const limit = openMessageDatabase(folder);
      const rows = makeMessages(context.size(count, count / quickShare)).map(messageCells);
      const startUs = nowUs();
      insertAll(limit, rows);
      const value = perSecond(rows.length, startUs);
      limit.database.close();
      removeFolder(folder);
      return { value };
    },
    close: async () => {},
  });
}

function bulkSave(name: string, count: number, goal: number): Row {
  return {
    name,
    title: `bulk save of ${count.toLocaleString("en")}`,
    unit: "records/s",
    better: "more",
    goal,
    against: "limit: rows with documents, 1,000 a transaction, no outbox",
    durability: "process (NORMAL)",
    ours: ours(count),
    baseline: limit(count),
    peers: { amplify: { side: amplifySaves(5000, 1000, 50), goal: 5, remark: "Amplify DataStore, in memory, 5,000" } },
    isLong: count > 10_000,
  };
}

export const bulkSave10k: Row = bulkSave("bulk-save-10k", 10_000, 0.5);
export const bulkSave100k: Row = bulkSave("bulk-save-100k", 100_000, 0.75);

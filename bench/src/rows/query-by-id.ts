/** A record by its id, out of 10,000. */
import { nowUs, perSecond } from "../clock.ts";
import { loadMessages, openMessageDatabase } from "../limits/message-database.ts";
import { makeMessages } from "../message.ts";
import { instances, openOurStore, saveAll } from "../ours.ts";
import { amplifyById } from "../peers/amplify.ts";
import type { Row, Side } from "../row.ts";

const STORED = 10_000;
/** Prime to the number of records: every id comes, in no order the database knows. */
const STRIDE = 7919;

function idAt(records: readonly { readonly id?: unknown }[], i: number): string {
  return String(records[(i * STRIDE) % records.length]?.id);
}

const ours: Side = async (context) => {
  const ours = await openOurStore(context.folder);
  const messages = instances(ours, makeMessages(STORED));
  await saveAll(ours, messages);
  return {
    async sample() {
      const count = context.size(30_000, 3000);
      const startUs = nowUs();
      for (let i = 0; i < count; i++) {
        if ((await ours.store.query(ours.Message, idAt(messages, i))) === undefined) throw new Error("record lost");
      }
      return { value: perSecond(count, startUs) };
    },
    close: () => ours.store.stop(),
  };
};

const limit: Side = async (context) => {
  const limit = openMessageDatabase(context.folder);
  const messages = makeMessages(STORED);
  loadMessages(limit, messages);
  const get = limit.database.prepare(
    "SELECT id, message, roomId, senderId, createdAt, status, likes FROM message WHERE id = ?",
  );
  return {
    async sample() {
      const count = context.size(60_000, 6000);
      const startUs = nowUs();
      for (let i = 0; i < count; i++) {
        if (get.get(idAt(messages, i)) === undefined) throw new Error("record lost");
      }
      return { value: perSecond(count, startUs) };
    },
    async close() {
      limit.database.close();
    },
  };
};

export const queryById: Row = {
  name: "query-by-id",
  title: "query by id, 10,000 stored",
  unit: "queries/s",
  better: "more",
  goal: 0.6,
  against: "limit: one prepared SELECT",
  durability: "read",
  ours,
  baseline: limit,
  peers: { amplify: { side: amplifyById, goal: 4, remark: "Amplify DataStore, in memory" } },
};

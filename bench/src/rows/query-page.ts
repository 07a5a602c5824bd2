/** Two conditions, a sort and a limit of 100, on 10,000 records in 20 rooms: an index holds the answer in order. */
import { nowUs, perSecond } from "../clock.ts";
import { loadMessages, openMessageDatabase } from "../limits/message-database.ts";
import { makeMessages, roomId } from "../message.ts";
import { instances, openOurStore, saveAll } from "../ours.ts";
import { amplifyPage } from "../peers/amplify.ts";
import type { Row, Side } from "../row.ts";

const STORED = 10_000;
const ROOMS = 20;
const LIMIT = 100;
const SINCE = "2026-01-01T00:30:00.000Z";

const ours: Side = async (context) => {
  const ours = await openOurStore(context.folder);
  await saveAll(ours, instances(ours, makeMessages(STORED, ROOMS)));
  return {
    async sample() {
      const count = context.size(1500, 150);
      const startUs = nowUs();
      for (let i = 0; i < count; i++) {
        const room = roomId(i % ROOMS);
        const found = await ours.store.query(
          ours.Message,
          (m) => m.and((m) => [m.roomId!.eq(room), m.createdAt!.gt(SINCE)]),
          {
            sort: (s) => s.createdAt!("DESCENDING"),
            limit: LIMIT,
          },
        );
        if (found.length !== LIMIT) throw new Error(`${found.length} records instead of ${LIMIT}`);
      }
      return { value: perSecond(count, startUs) };
    },
    close: () => ours.store.stop(),
  };
};

const limit: Side = async (context) => {
  const limit = openMessageDatabase(context.folder);
  loadMessages(limit, makeMessages(STORED, ROOMS));
  const page = limit.database.prepare(
    `SELECT id, message, roomId, senderId, createdAt, status, likes FROM message
     WHERE roomId = ? AND createdAt > ? ORDER BY createdAt DESC LIMIT ${LIMIT}`,
  );
  return {
    async sample() {
      const count = context.size(3000, 300);
      const startUs = nowUs();
      for (let i = 0; i < count; i++) {
        const found = page.all(roomId(i % ROOMS), SINCE);
        if (found.length !== LIMIT) throw new Error(`${found.length} records instead of ${LIMIT}`);
      }
      return { value: perSecond(count, startUs) };
    },
    async close() {
      limit.database.close();
    },
  };
};

export const queryPage: Row = {
  name: "query-page",
  title: "predicate, sort, limit 100 of 10,000",
  unit: "queries/s",
  better: "more",
  goal: 0.85,
  against: "limit: one prepared SELECT over the same index",
  durability: "read",
  ours,
  baseline: limit,
  peers: {
    amplify: { side: amplifyPage(ROOMS, roomId, SINCE, LIMIT), goal: 50, remark: "Amplify DataStore, in memory" },
  },
};

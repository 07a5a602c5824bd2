/** A new client takes over 100,000 records: from opening an empty database until all are stored and indexed. */
import { Buffer } from "node:buffer";
import { nowUs, perSecond, sleep } from "../clock.ts";
import { freshFolder, removeFolder } from "../fresh-folder.ts";
import { connect, startLimitRelay } from "../limits/limit-relay.ts";
import { readPage } from "../limits/log-page.ts";
import { openDatabase } from "../limits/message-database.ts";
import { messageColumns, messageIndex } from "../message.ts";
import { openOurStore } from "../ours.ts";
import { startRelay, startWriter } from "../relay/start-relay.ts";
import type { Row, Side, SideContext } from "../row.ts";

const storedOf = (context: SideContext): number => context.size(100_000, 10_000);

const ours: Side = async (context) => {
  const relay = await startRelay(context.folder);
  const writer = await startWriter(context.folder, relay.url);
  await writer.create(storedOf(context));
  await writer.stop();
  return {
    async sample() {
      const folder = freshFolder(context.folder);
      const startUs = nowUs();
      const client = await openOurStore(folder, { url: relay.url });
      await client.store.settled();
      const value = perSecond(storedOf(context), startUs);
      const { length } = await client.store.query(client.Message);
      await client.store.stop();
      removeFolder(folder);
      if (length !== storedOf(context)) throw new Error(`${length} records came`);
      return { value, notes: { first_page_ms: await firstPageMs(context.folder, relay.url) } };
    },
    close: () => relay.child.stop(),
  };
};

/** Until a query answers for the first time. */
async function firstPageMs(parent: string, url: string): Promise<number> {
  const folder = freshFolder(parent);
  const startUs = nowUs();
  const client = await openOurStore(folder, { url });
  while ((await client.store.query(client.Message, undefined, { limit: 1 })).length === 0) await sleep(1);
  const tookMs = (nowUs() - startUs) / 1000;
  await client.store.stop();
  removeFolder(folder);
  return tookMs;
}

/** Pages asked for ahead. */
const CREDITS = 6;

const limit: Side = async (context) => {
  const relay = await startLimitRelay(context.folder);
  await relay.child.ask("fill", storedOf(context));
  return {
    async sample() {
      const folder = freshFolder(context.folder);
      const startUs = nowUs();
      const database = openDatabase(folder, "client", "NORMAL");
      database.exec(`CREATE TABLE message(${messageColumns}, state BLOB)`);
      const insert = database.prepare("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
      const begin = database.prepare("BEGIN");
      const commit = database.prepare("COMMIT");
      const socket = await connect(`${relay.url}/pages?after=0`);
      let received = 0;
      await new Promise<void>((resolve) => {
        socket.on("message", (frame: Buffer) => {
          socket.send(Buffer.alloc(1));
          begin.run();
          const count = readPage(frame, (row, update) =>
            insert.run(...(JSON.parse(row.toString()) as string[]), update),
          );
          commit.run();
          received += count;
          if (count === 0) resolve();
        });
        socket.send(Buffer.alloc(CREDITS));
      });
      database.exec(messageIndex);
      const value = perSecond(received, startUs);
      socket.terminate();
      database.close();
      removeFolder(folder);
      if (received !== storedOf(context)) throw new Error(`${received} records came`);
      return { value };
    },
    close: () => relay.child.stop(),
  };
};

export const firstSync: Row = {
  name: "first-sync",
  title: "first sync of 100,000 records",
  unit: "records/s",
  better: "more",
  goal: 0.6,
  against: "limit: rows and updates in pages, index built last",
  durability: "process (NORMAL)",
  ours,
  baseline: limit,
  isLong: true,
};

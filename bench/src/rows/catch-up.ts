/**
 * A client that was away comes back: from connecting until the 1,000 changes made meanwhile are stored. Half of them are edits
 * of different records, half are new records.
 */
import { median, nowUs } from "../clock.ts";
import { connect, startLimitRelay } from "../limits/limit-relay.ts";
import { readPage } from "../limits/log-page.ts";
import { openDatabase } from "../limits/message-database.ts";
import { openOurStore } from "../ours.ts";
import { startRelay, startWriter } from "../relay/start-relay.ts";
import type { Row, Sampler, Side, SideContext } from "../row.ts";

const BEHIND = 1000;
/** Times a sample is the median of. */
const REPEATS = 5;

function ours(storedOf: (context: SideContext) => number): Side {
  return async (context) => {
    const relay = await startRelay(context.folder);
    const writer = await startWriter(context.folder, relay.url);
    await writer.create(storedOf(context));
    const client = await openOurStore(context.folder, { url: relay.url });
    await client.store.settled();
    async function catchUpMs(): Promise<number> {
      await client.store.setOnline(false);
      const id = await writer.change(BEHIND);
      const fromUs = nowUs();
      await client.store.setOnline(true);
      await client.store.settled();
      const tookMs = (nowUs() - fromUs) / 1000;
      if ((await client.store.query(client.Message, id)) === undefined) throw new Error(`${id} did not come`);
      return tookMs;
    }
    return repeated(catchUpMs, async () => {
      await client.store.stop();
      await writer.stop();
      await relay.child.stop();
    });
  };
}

const limit: Side = async (context) => {
  const relay = await startLimitRelay(context.folder);
  const stored = storedFull(context);
  await relay.child.ask("fill", stored);
  const database = openDatabase(context.folder, "client", "NORMAL");
  database.exec("CREATE TABLE log(seq INTEGER PRIMARY KEY, upd BLOB)");
  const insert = database.prepare("INSERT INTO log(upd) VALUES (?)");
  const [begin, commit] = [database.prepare("BEGIN"), database.prepare("COMMIT")];
  async function catchUpMs(): Promise<number> {
    const fromUs = nowUs();
    const socket = await connect(`${relay.url}/pages?after=${stored - BEHIND}`);
    await new Promise<void>((resolve) => {
      socket.on("message", (frame: Buffer) => {
        begin.run();
        const count = readPage(frame, (_, update) => insert.run(update));
        commit.run();
        if (count === 0) resolve();
        else socket.send(Buffer.alloc(1));
      });
      socket.send(Buffer.alloc(1));
    });
    const tookMs = (nowUs() - fromUs) / 1000;
    socket.terminate();
    return tookMs;
  }
  return repeated(catchUpMs, async () => {
    database.close();
    await relay.child.stop();
  });
};

function repeated(once: () => Promise<number>, close: () => Promise<void>): Sampler {
  return {
    async sample() {
      const took: number[] = [];
      for (let i = 0; i < REPEATS; i++) took.push(await once());
      return { value: median(took) };
    },
    close,
  };
}

const storedFull = (context: SideContext): number => context.size(100_000, 10_000);
const storedFew = (context: SideContext): number => context.size(10_000, 2000);

export const catchUp: Row = {
  name: "catch-up",
  title: "catch-up, 1,000 changes behind, 100,000 stored",
  unit: "ms",
  better: "less",
  goal: 4,
  against: "limit: one page of opaque updates into a log",
  durability: "process (NORMAL)",
  ours: ours(storedFull),
  baseline: limit,
};

export const catchUpGrowth: Row = {
  name: "catch-up-growth",
  title: "the same, against 10,000 stored",
  unit: "ms",
  better: "less",
  goal: 1.15,
  against: "our own with 10,000 stored",
  durability: "process (NORMAL)",
  ours: ours(storedFull),
  baseline: ours(storedFew),
};

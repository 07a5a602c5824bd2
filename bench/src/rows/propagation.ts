/** From the call of `save()` at A to the moment B, in the same room, has the record in its database and tells the app. */
import { setTimeout as delay } from "node:timers/promises";
import { nowUs, quantile } from "../clock.ts";
import { connect, startLimitRelay } from "../limits/limit-relay.ts";
import { openDatabase } from "../limits/message-database.ts";
import { makeMessages, UPDATE_BYTES } from "../message.ts";
import { instances, openOurStore } from "../ours.ts";
import { yWebsocket } from "../peers/y-websocket.ts";
import { startRelay } from "../relay/start-relay.ts";
import type { Row, Sample, Side, SideContext } from "../row.ts";

const countOf = (context: SideContext): number => context.size(400, 60);

const ours: Side = async (context) => {
  const relay = await startRelay(context.folder);
  const a = await openOurStore(context.folder, { name: "a", url: relay.url });
  const b = await openOurStore(context.folder, { name: "b", url: relay.url });
  await Promise.all([a.store.settled(), b.store.settled()]);
  let arrived: (id: string) => void = () => {};
  const subscription = b.store.observe(b.Message).subscribe(({ element }) => arrived(String(element.id)));
  return {
    async sample() {
      const took: number[] = [];
      for (const message of instances(a, makeMessages(countOf(context)))) {
        const seen = new Promise<number>((resolve) => {
          arrived = (id) => {
            if (id === message.id) resolve(nowUs());
          };
        });
        const fromUs = nowUs();
        await a.store.save(message);
        took.push((await seen) - fromUs);
        await a.store.settled();
        if (took.length % 10 === 0) await delay(2);
      }
      return sampleOf(took);
    },
    async close() {
      subscription.unsubscribe();
      await Promise.all([a.store.stop(), b.store.stop()]);
      await relay.child.stop();
    },
  };
};

const limit: Side = async (context) => {
  const relay = await startLimitRelay(context.folder);
  const [a, b] = [openLog(context.folder, "a"), openLog(context.folder, "b")];
  const [fromA, toB] = [await connect(`${relay.url}/live`), await connect(`${relay.url}/live`)];
  return {
    async sample() {
      const took: number[] = [];
      for (let i = 0; i < countOf(context); i++) {
        const update = Buffer.alloc(UPDATE_BYTES, i);
        const acknowledged = new Promise((resolve) => fromA.once("message", resolve));
        const seen = new Promise<number>((resolve) => {
          toB.once("message", (data: Buffer) => {
            b.insert(data);
            resolve(nowUs());
          });
        });
        const fromUs = nowUs();
        a.insert(update);
        fromA.send(update);
        took.push((await seen) - fromUs);
        await acknowledged;
        if (took.length % 10 === 0) await delay(2);
      }
      return sampleOf(took);
    },
    async close() {
      fromA.terminate();
      toB.terminate();
      a.close();
      b.close();
      await relay.child.stop();
    },
  };
};

function openLog(folder: string, name: string): { insert(update: Buffer): void; close(): void } {
  const database = openDatabase(folder, name, "NORMAL");
  database.exec("CREATE TABLE log(seq INTEGER PRIMARY KEY, upd BLOB)");
  const insert = database.prepare("INSERT INTO log(upd) VALUES (?)");
  return { insert: (update) => void insert.run(update), close: () => void database.close() };
}

function sampleOf(took: readonly number[]): Sample {
  return { value: quantile(took, 0.5), notes: { p99_us: quantile(took, 0.99) } };
}

export const propagation: Row = {
  name: "propagation",
  title: "`save()` at A -> relay -> `observe` at B, p50",
  unit: "us",
  better: "less",
  goal: 2,
  against: "limit: one insert at each of the three, raw sockets",
  durability: "A and B process (NORMAL), relay power (FULL)",
  ours,
  baseline: limit,
  peers: { "y-websocket": { side: yWebsocket, goal: 1, remark: "y-websocket, in memory, commits nothing" } },
};

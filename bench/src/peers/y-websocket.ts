/** y-websocket: A's change of a document, through its server, to B's observer. Nobody commits anything on the way. */
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { startChild } from "../child.ts";
import { median, nowUs, quantile } from "../clock.ts";
import { makeMessages } from "../message.ts";
import type { Side } from "../row.ts";
import { importFromPeers } from "./load-peer.ts";

interface YMap {
  set(key: string, value: unknown): void;
  get(key: string): unknown;
  observe(listener: () => void): void;
}

interface YDoc {
  getMap(name: string): YMap;
  destroy(): void;
}

interface Provider {
  once(event: "sync", listener: () => void): void;
  destroy(): void;
}

interface Client {
  readonly map: YMap;
  close(): void;
}

export const yWebsocket: Side = async (context) => {
  const server = startChild("peers/y-websocket-process.js");
  const url = await server.ask<string>("url");
  const [a, b] = [await openClient(url), await openClient(url)];
  let arrived: () => void = () => {};
  b.map.observe(() => arrived());
  return {
    async sample() {
      const took: number[] = [];
      for (const message of makeMessages(context.size(400, 60))) {
        const seen = new Promise<number>((resolve) => {
          arrived = () => resolve(nowUs());
        });
        const fromUs = nowUs();
        a.map.set("record", { ...message });
        took.push((await seen) - fromUs);
        if (took.length % 10 === 0) await delay(2);
      }
      return { value: median(took), notes: { p99_us: quantile(took, 0.99) } };
    },
    async close() {
      a.close();
      b.close();
      await server.stop();
    },
  };
};

async function openClient(url: string): Promise<Client> {
  // The very files that the provider itself imports: a second copy of Yjs would not be the same to it.
  // Ours is loaded here as well and says so; the two never meet.
  Reflect.deleteProperty(globalThis, "__ $YJS$ __");
  const { Doc } = await importFromPeers<{ Doc: new () => YDoc }>("yjs/dist/yjs.mjs");
  const { WebsocketProvider } = await importFromPeers<{
    WebsocketProvider: new (url: string, room: string, doc: YDoc, options: object) => Provider;
  }>("y-websocket/src/y-websocket.js");
  const doc = new Doc();
  const provider = new WebsocketProvider(url, "room", doc, {
    WebSocketPolyfill: WebSocket,
    disableBc: true,
    resyncInterval: -1,
  });
  await new Promise<void>((resolve) => provider.once("sync", resolve));
  return {
    map: doc.getMap("message"),
    close() {
      provider.destroy();
      doc.destroy();
    },
  };
}

/**
 * Records what a real client sends to a relay, so that it can be sent again to another: a load on the relay that costs the
 * sender next to nothing.
 *
 * Frames stay opaque. The first is the greeting; those with pushes are told by their length: a creation takes hundreds of
 * bytes, anything else that a client without records sends fits into a few dozen.
 */
import type { AddressInfo } from "node:net";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { freshFolder, removeFolder } from "../fresh-folder.ts";
import { makeMessages } from "../message.ts";
import { instances, openOurStore, saveAll } from "../ours.ts";
import { startRelay } from "./start-relay.ts";

export interface RecordedClient {
  readonly greeting: Buffer;
  readonly pushes: readonly Buffer[];
}

const SHORTEST_PUSH_BYTES = 256;

/** A client of its own with `count` new records. */
export async function recordPushes(parent: string, count: number): Promise<RecordedClient> {
  const folder = freshFolder(parent);
  const relay = await startRelay(folder);
  const tap = await openTap(relay.url);
  const client = await openOurStore(folder, { url: tap.url });
  await client.store.setOnline(false);
  tap.frames.length = 0;
  await saveAll(client, instances(client, makeMessages(count)));
  await client.store.setOnline(true);
  await client.store.settled();
  await client.store.stop();
  tap.close();
  await relay.child.stop();
  removeFolder(folder);
  const [greeting, ...rest] = tap.frames;
  if (greeting === undefined) throw new Error("the client sent nothing");
  return { greeting, pushes: rest.filter((frame) => frame.length >= SHORTEST_PUSH_BYTES) };
}

/** Sits between client and relay and keeps what the client sends. */
async function openTap(url: string): Promise<{ url: string; frames: Buffer[]; close(): void }> {
  const frames: Buffer[] = [];
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, maxPayload: 64 << 20 });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (client, request) => {
    const relay = new WebSocket(`${url.replace(/^http/, "ws")}${request.url}`, { perMessageDeflate: false });
    const early: RawData[] = [];
    client.on("message", (data) => {
      frames.push(data as Buffer);
      if (relay.readyState === WebSocket.OPEN) relay.send(data);
      else early.push(data);
    });
    relay.on("open", () => {
      for (const data of early) relay.send(data);
    });
    relay.on("message", (data) => client.send(data));
    client.on("close", () => relay.close());
    relay.on("close", () => client.close());
    relay.on("error", () => client.terminate());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    frames,
    close: () => void server.close(),
  };
}

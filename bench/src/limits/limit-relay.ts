/** The limit's relay in a process of its own, and sockets to it. */
import { WebSocket } from "ws";
import { type Child, startChild } from "../child.ts";

export interface LimitRelay {
  readonly url: string;
  readonly child: Child;
}

export async function startLimitRelay(folder: string): Promise<LimitRelay> {
  const child = startChild("limits/limit-relay-process.js", [folder]);
  return { url: await child.ask<string>("url"), child };
}

export async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 64 << 20 });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return socket;
}

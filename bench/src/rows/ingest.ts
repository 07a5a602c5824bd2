/**
 * What one relay takes in: new records that clients push, 100 a frame, each answered after the commit that holds it.
 *
 * The clients' frames were recorded before, so that the relay is measured and not who feeds it. What was committed is read
 * from the relay's metrics; the last answer ends the clock.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { WebSocket } from "ws";
import { type Child, startChild } from "../child.ts";
import { nowUs, sleep } from "../clock.ts";
import { connect, startLimitRelay } from "../limits/limit-relay.ts";
import { UPDATE_BYTES } from "../message.ts";
import { startRelay } from "../relay/start-relay.ts";
import type { Row, Side } from "../row.ts";

/** As many changes as the limit takes in, from as few clients as may push them. */
const CLIENTS = 4;

/** Messages that the limit's client sends ahead of the answers. */
const WINDOW = 2000;

const ours: Side = async (context) => {
  const relay = await startRelay(context.folder);
  const recorder = startChild("relay/recorder-process.js");
  // Fewer than a relay lets a session have unanswered.
  const perClient = context.size(9000, 1000);
  const count = CLIENTS * perClient;
  let total = 0;
  return {
    async sample() {
      const clients: { readonly socket: WebSocket; readonly pushes: readonly Buffer[] }[] = [];
      for (let i = 0; i < CLIENTS; i++) {
        const [greeting, ...pushes] = await recordedFrames(recorder, context.folder, perClient);
        if (greeting === undefined) throw new Error("nothing was recorded");
        clients.push({ socket: await greet(relay.url, greeting), pushes });
      }
      let lastAnswerUs = 0;
      for (const { socket } of clients) {
        socket.on("message", () => {
          lastAnswerUs = nowUs();
        });
      }
      total += count;
      const cpuBefore = await relay.child.ask<number>("cpuUs");
      const startUs = nowUs();
      for (const { socket, pushes } of clients) for (const frame of pushes) socket.send(frame);
      await committed(relay.url, total);
      const cpuUs = (await relay.child.ask<number>("cpuUs")) - cpuBefore;
      // The answers to what was committed are under way.
      await sleep(20);
      for (const { socket } of clients) socket.terminate();
      return { value: (count * 1e6) / (lastAnswerUs - startUs), notes: { "relay cpu per change_us": cpuUs / count } };
    },
    async close() {
      await Promise.all([relay.child.stop(), recorder.stop()]);
    },
  };
};

/** What a new client sends: its greeting, and its pushes. */
async function recordedFrames(recorder: Child, folder: string, count: number): Promise<Buffer[]> {
  const file = path.join(folder, "frames");
  await recorder.ask("record", { folder, count, file });
  const bytes = readFileSync(file);
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const from = at + 4;
    at = from + bytes.readUInt32LE(at);
    frames.push(bytes.subarray(from, at));
  }
  return frames;
}

/** A connection that is through with the greeting. */
async function greet(url: string, greeting: Buffer): Promise<WebSocket> {
  const socket = await connect(`${url.replace(/^http/, "ws")}/sync`);
  const welcome = new Promise((resolve) => socket.once("message", resolve));
  socket.send(greeting);
  await welcome;
  return socket;
}

/** Seldom, since each look costs the relay: the clock is ended by the answers. */
const POLL_MS = 100;
const PATIENCE_MS = 60_000;

async function committed(url: string, total: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    await sleep(POLL_MS);
    const text = await (await fetch(`${url}/metrics`)).text();
    const metric = (name: string): number => Number(new RegExp(`^${name} (\\d+)`, "m").exec(text)?.[1] ?? 0);
    if (metric("tributary_pushes_refused_total") > 0) throw new Error("the relay refused a recorded push");
    if (metric("tributary_changes_committed_total") >= total) return;
  }
  throw new Error(`the relay did not commit ${total} changes in ${PATIENCE_MS} ms`);
}

const limit: Side = async (context) => {
  const relay = await startLimitRelay(context.folder);
  const socket = await connect(`${relay.url}/live?group`);
  const update = Buffer.alloc(UPDATE_BYTES, 9);
  return {
    async sample() {
      const total = context.size(40_000, 4000);
      let sent = 0;
      let acknowledged = 0;
      const startUs = nowUs();
      await new Promise<void>((resolve) => {
        const pump = (): void => {
          for (; sent < total && sent - acknowledged < WINDOW; sent++) socket.send(update);
        };
        socket.removeAllListeners("message");
        socket.on("message", (count: Buffer) => {
          acknowledged += count.readUInt32LE(0);
          if (acknowledged === total) resolve();
          else pump();
        });
        pump();
      });
      return { value: (total * 1e6) / (nowUs() - startUs) };
    },
    async close() {
      socket.terminate();
      await relay.child.stop();
    },
  };
};

export const ingest: Row = {
  name: "ingest",
  title: "relay takes in new records, group commit",
  unit: "changes/s",
  better: "more",
  goal: 0.6,
  against: "limit: opaque updates into an append-only log, group commit",
  durability: "power (FULL)",
  ours,
  baseline: limit,
};

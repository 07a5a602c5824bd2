/**
 * Child process: the least a durable relay can be. `ws` and an append-only log in better-sqlite3; updates are opaque bytes.
 *
 * `/live`: commits each message, answers its sender with the count it committed, and passes it on to everybody else. With
 * `?group` all messages of one event-loop turn share a commit. `/pages?after=N`: one page of the log for each byte received.
 */
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { serve } from "../child.ts";
import { makeMessage, messageCells, UPDATE_BYTES } from "../message.ts";
import { encodePage, type LogRow } from "./log-page.ts";
import { openDatabase } from "./message-database.ts";

const PAGE = 1000;

const [folder = ""] = process.argv.slice(2);
const database = openDatabase(folder, "limit-relay", "FULL");
database.exec("CREATE TABLE log(seq INTEGER PRIMARY KEY, row TEXT, upd BLOB)");
const insert = database.prepare("INSERT INTO log(row, upd) VALUES (?, ?)");
const begin = database.prepare("BEGIN IMMEDIATE");
const commit = database.prepare("COMMIT");
const page = database.prepare("SELECT seq, row, upd FROM log WHERE seq > ? ORDER BY seq LIMIT ?").raw();
const live = new Set<WebSocket>();

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, maxPayload: 64 << 20 });
const listening = new Promise<void>((resolve) => server.once("listening", resolve));
server.on("connection", (socket, request) => {
  const url = new URL(request.url ?? "/", "http://limit");
  if (url.pathname === "/pages") servePages(socket, Number(url.searchParams.get("after")));
  else serveLive(socket, url.searchParams.has("group"));
});

serve(
  {
    async url() {
      await listening;
      return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    fill,
  },
  async () => {
    server.close();
    database.close();
  },
);

function serveLive(socket: WebSocket, isGrouped: boolean): void {
  let waiting: Buffer[] = [];
  live.add(socket);
  socket.on("close", () => live.delete(socket));
  socket.on("message", (data: Buffer) => {
    waiting.push(data);
    if (!isGrouped) flush();
    else if (waiting.length === 1) setImmediate(flush);
  });

  function flush(): void {
    const updates = waiting;
    waiting = [];
    begin.run();
    for (const update of updates) insert.run(null, update);
    commit.run();
    const count = Buffer.allocUnsafe(4);
    count.writeUInt32LE(updates.length);
    socket.send(count);
    const all = Buffer.concat(updates);
    for (const other of live) if (other !== socket) other.send(all);
  }
}

function servePages(socket: WebSocket, after: number): void {
  let last = after;
  socket.on("message", (credits: Buffer) => {
    for (let i = 0; i < credits.length; i++) {
      const rows = page.all(last, PAGE) as LogRow[];
      last = rows.at(-1)?.[0] ?? last;
      socket.send(encodePage(rows));
    }
  });
}

/** Messages in the order of their ids, as a first sync wants them. */
async function fill(count: number): Promise<null> {
  const update = Buffer.alloc(UPDATE_BYTES, 5);
  const rows = Array.from({ length: count }, (_, i) => messageCells(makeMessage(i, 200)));
  rows.sort((left, right) => (String(left[0]) < String(right[0]) ? -1 : 1));
  for (let from = 0; from < count; from += 5000) {
    begin.run();
    for (const cells of rows.slice(from, from + 5000)) insert.run(JSON.stringify(cells), update);
    commit.run();
  }
  database.pragma("wal_checkpoint(TRUNCATE)");
  return null;
}

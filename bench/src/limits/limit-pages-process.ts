/**
 * Child process: the least that answers pages of records over HTTP. Each record's JSON lies in the database as it is sent, in the
 * order in which it is asked for; a page is these texts with commas between them.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "../child.ts";
import { makeMessage } from "../message.ts";
import { openDatabase } from "./message-database.ts";

const PAGE = 1000;

const [folder = ""] = process.argv.slice(2);
const database = openDatabase(folder, "pages", "NORMAL");
database.exec("CREATE TABLE record(seq INTEGER PRIMARY KEY, json TEXT)");
const insert = database.prepare("INSERT INTO record(json) VALUES (?)");
const page = database.prepare(`SELECT json FROM record WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`).pluck();

const server = createServer((request, response) => {
  const after = Number(new URL(request.url ?? "/", "http://limit").searchParams.get("after"));
  const records = page.all(after) as string[];
  const next = records.length < PAGE ? null : String(after + PAGE);
  const body = Buffer.from(
    `{"data":{"syncMessages":{"items":[${records.join(",")}],"nextToken":${JSON.stringify(next)},"startedAt":1}}}`,
  );
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": body.length });
  response.end(body);
});
const listening = new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

serve(
  {
    async url() {
      await listening;
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    fill,
  },
  async () => {
    server.closeAllConnections();
    server.close();
    database.close();
  },
);

async function fill(count: number): Promise<null> {
  const metadata = { _version: 1, _deleted: null, _lastChangedAt: Date.now() };
  database.transaction(() => {
    for (let i = 0; i < count; i++) insert.run(JSON.stringify({ ...makeMessage(i, 200), ...metadata }));
  })();
  database.pragma("wal_checkpoint(TRUNCATE)");
  return null;
}

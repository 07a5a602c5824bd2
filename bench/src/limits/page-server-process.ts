/**
 * Child process: pages of records over HTTP, as little as that can be. Argument: folder.
 *
 * `/json?after=N` joins the text that each record is stored as. `/graphql?after=N` reads columns and has graphql-js resolve them, field
 * by field; it is there once `loadGraphql` was asked for. A request's body, a GraphQL document with its variables, is read and parsed.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "../child.ts";
import { makeMessage, messageColumns } from "../message.ts";
import { importFromPeers } from "../peers/load-peer.ts";
import { openDatabase } from "./message-database.ts";

const PAGE = 1000;
/** What a gateway keeps of each record beside its fields. */
const KEPT = { _version: 1, _deleted: null, _lastChangedAt: 1_767_225_600_000 };

type Execute = (query: string, items: readonly unknown[]) => unknown;

const [folder = ""] = process.argv.slice(2);
const database = openDatabase(folder, "pages", "FULL");
database.exec(
  `CREATE TABLE record(seq INTEGER PRIMARY KEY, ${messageColumns.replace(" PRIMARY KEY", "")},
     _version INTEGER, _deleted INTEGER, _lastChangedAt INTEGER);
   CREATE TABLE stored(seq INTEGER PRIMARY KEY, json TEXT)`,
);
const texts = database.prepare("SELECT json FROM stored WHERE seq > ? ORDER BY seq LIMIT ?").pluck();
const records = database.prepare("SELECT * FROM record WHERE seq > ? ORDER BY seq LIMIT ?");
let execute: Execute | null = null;

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

serve(
  {
    async url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    fill,
    async loadGraphql() {
      execute = await loadGraphql();
      return null;
    },
  },
  async () => {
    server.close();
    database.close();
  },
);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { query } = JSON.parse(Buffer.concat(parts).toString()) as { readonly query: string };
  const url = new URL(request.url ?? "/", "http://limit");
  const after = Number(url.searchParams.get("after"));
  const text =
    url.pathname === "/graphql" ? JSON.stringify(execute?.(query, records.all(after, PAGE))) : joinedPage(after);
  const body = Buffer.from(text);
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
}

function joinedPage(after: number): string {
  const items = (texts.all(after, PAGE) as string[]).join(",");
  return `{"data":{"syncMessages":{"items":[${items}],"nextToken":"${after + PAGE}","startedAt":1}}}`;
}

async function fill(count: number): Promise<null> {
  const text = database.prepare("INSERT INTO stored(json) VALUES (?)");
  const record = database.prepare(
    `INSERT INTO record(id, message, roomId, senderId, createdAt, status, likes, _version, _deleted, _lastChangedAt)
     VALUES (@id, @message, @roomId, @senderId, @createdAt, @status, @likes, @_version, @_deleted, @_lastChangedAt)`,
  );
  database.transaction(() => {
    for (let i = 0; i < count; i++) {
      const row = { ...makeMessage(i, 200), ...KEPT };
      text.run(JSON.stringify(row));
      record.run(row);
    }
  })();
  database.pragma("wal_checkpoint(TRUNCATE)");
  return null;
}

interface GraphqlJs {
  buildSchema(text: string): unknown;
  parse(text: string): unknown;
  execute(options: { schema: unknown; document: unknown; rootValue: unknown }): unknown;
}

async function loadGraphql(): Promise<Execute> {
  const { buildSchema, parse, execute: run } = await importFromPeers<GraphqlJs>("graphql/index.mjs");
  const schema = buildSchema(`
    enum Status { SENT DELIVERED READ FAILED }
    type Message {
      id: ID! message: String! roomId: ID! senderId: ID! createdAt: String! status: Status likes: Int
      _version: Int! _deleted: Boolean _lastChangedAt: Float!
    }
    type Page { items: [Message]! nextToken: String startedAt: Float }
    type Query { syncMessages(limit: Int, nextToken: String): Page }
  `);
  const documents = new Map<string, unknown>();
  return (query, items) => {
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    return run({ schema, document, rootValue: { syncMessages: { items, nextToken: "1", startedAt: 1 } } });
  };
}

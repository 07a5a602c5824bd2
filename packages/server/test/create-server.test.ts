import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type Auth,
  decodeRelayMessage,
  encodeClientMessage,
  PROTOCOL_VERSION,
  type RelayMessage,
} from "@tributary/protocol";
import type { SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import * as sqlite from "@tributary/storage/sqlite";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { createServer, type Server, type ServerOptions } from "../src/create-server.ts";
import { openDataDirectory } from "../src/data/data-directory.ts";
import { StartError } from "../src/start-error.ts";
import { createMemoryLog } from "./fake-engine.ts";

vi.mock("@tributary/storage/sqlite", { spy: true });

const notes = parseSchema("type Note @model @auth(rules: [{ allow: public }]) { id: ID! title: String! }");
const API_KEY = "secret";

let folder = "";
const servers: Server[] = [];
const sockets: WebSocket[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tributary-server-"));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const server of servers.splice(0)) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const directory = openDataDirectory(folder);
  const log = createMemoryLog();
  const server = await createServer({ schema: notes, directory, port: 0, apiKey: API_KEY, log, ...options });
  servers.push(server);
  return server;
}

async function graphql(server: Server, query: string, key: string | null = API_KEY): Promise<unknown> {
  const headers = { "content-type": "application/json", ...(key === null ? {} : { "x-api-key": key }) };
  const response = await fetch(`${server.url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
  return response.json();
}

const create = (id: string) => `mutation { createNote(input: { id: "${id}", title: "t" }) { id _version } }`;
const get = (id: string) => `{ getNote(id: "${id}") { id title _version } }`;

function dial(server: Server, path: string, protocols: string[] = []): WebSocket {
  const socket = new WebSocket(server.url.replace("http", "ws") + path, protocols);
  socket.on("error", () => undefined);
  sockets.push(socket);
  return socket;
}

const opened = (socket: WebSocket) => new Promise<void>((resolve) => socket.once("open", () => resolve()));
const closed = (socket: WebSocket) =>
  new Promise<[number, string]>((resolve) => socket.once("close", (code, reason) => resolve([code, String(reason)])));

function hello(auth: Auth, schema: SchemaDescription = notes): Uint8Array {
  return encodeClientMessage({
    type: "hello",
    protocol: PROTOCOL_VERSION,
    agent: "test",
    features: [],
    replica: "r".repeat(16),
    clientIds: [123_456_789],
    auth,
    schemaHash: schema.hash,
    cursor: null,
    isEmpty: true,
    acknowledged: null,
    models: null,
    expressions: {},
  });
}

/** The first relay message that is one of `types`. */
function relayMessage(socket: WebSocket, ...types: RelayMessage["type"][]): Promise<RelayMessage> {
  return new Promise((resolve) => {
    socket.on("message", (data: Buffer) => {
      const message = decodeRelayMessage(data);
      if (types.includes(message.type)) resolve(message);
    });
  });
}

function jsonMessages(socket: WebSocket): { next(type: string): Promise<unknown> } {
  const seen: { type?: unknown }[] = [];
  let check = (): void => undefined;
  socket.on("message", (data) => {
    seen.push(JSON.parse(String(data)));
    check();
  });
  return {
    next: (type) =>
      new Promise((resolve) => {
        check = () => {
          const at = seen.findIndex((message) => message.type === type);
          if (at < 0) return;
          // What comes from now on is for whoever asks next.
          check = () => undefined;
          resolve(seen.splice(at, 1)[0]);
        };
        check();
      }),
  };
}

async function failure(promise: Promise<unknown>): Promise<StartError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof StartError) return error;
  throw new Error("it started, or failed in another way", { cause: error });
}

describe("the doors, with a relay and a gateway behind them", () => {
  test("SERVER-20 SERVER-50 a sync client with the key is welcomed, one with another is told why not", async () => {
    const server = await start();
    const good = dial(server, "/sync");
    await opened(good);
    const welcome = relayMessage(good, "welcome");
    good.send(hello({ kind: "apiKey", key: API_KEY }));
    expect(await welcome).toMatchObject({ type: "welcome", models: ["Note"], start: "base" });

    const bad = dial(server, "/sync");
    await opened(bad);
    const end = closed(bad);
    bad.send(hello({ kind: "apiKey", key: "other" }));
    expect(await end).toEqual([4401, "the API key is wrong"]);
  });

  test("SERVER-20 GraphQL needs the key, over HTTP and over its socket", async () => {
    const server = await start({ isSandbox: true });
    for (const key of [null, "other"]) {
      expect(JSON.stringify(await graphql(server, create("n1"), key))).toMatch(/API key is (needed|wrong)/);
    }
    expect(await graphql(server, create("n1"))).toEqual({ data: { createNote: { id: "n1", _version: 1 } } });

    const stranger = dial(server, "/graphql", ["graphql-transport-ws"]);
    await opened(stranger);
    const end = closed(stranger);
    stranger.send(JSON.stringify({ type: "connection_init", payload: { "x-api-key": "other" } }));
    expect((await end)[0]).toBe(4403);
  });

  test("SERVER-53 SERVER-56 a known GraphQL socket gets events, and may send more than a stranger", async () => {
    const server = await start();
    const socket = dial(server, "/graphql", ["graphql-transport-ws"]);
    const messages = jsonMessages(socket);
    await opened(socket);
    socket.send(JSON.stringify({ type: "connection_init", payload: { "x-api-key": API_KEY } }));
    await messages.next("connection_ack");
    // More than any stranger may send altogether.
    for (let i = 0; i < 30; i += 1) {
      socket.send(JSON.stringify({ type: "ping", payload: { text: "x".repeat(10_000) } }));
      await messages.next("pong");
    }
    const query = "subscription { onCreateNote { id title } }";
    socket.send(JSON.stringify({ type: "subscribe", id: "1", payload: { query } }));
    // A subscription is in place once an operation sent behind it is answered.
    socket.send(JSON.stringify({ type: "subscribe", id: "2", payload: { query: get("none") } }));
    await messages.next("complete");
    await messages.next("next");
    await graphql(server, 'mutation { createNote(input: { id: "n2", title: "t" }) { id title } }');
    expect(await messages.next("next")).toMatchObject({
      id: "1",
      payload: { data: { onCreateNote: { id: "n2", title: "t" } } },
    });
  });

  test("SERVER-21 a sandbox without a key lets everybody in, as nobody", async () => {
    const drafts = parseSchema("type Draft @model { id: ID! }");
    const server = await start({ schema: drafts, apiKey: null, isSandbox: true });
    const mutation = 'mutation { createDraft(input: { id: "d" }) { id } }';
    expect(await graphql(server, mutation, null)).toEqual({ data: { createDraft: { id: "d" } } });
    const socket = dial(server, "/sync");
    await opened(socket);
    const welcome = relayMessage(socket, "welcome");
    socket.send(hello({ kind: "none" }, drafts));
    expect(await welcome).toMatchObject({ models: ["Draft"] });
  });

  test("SERVER-22 without key and sandbox nobody reads or writes", async () => {
    const server = await start({ apiKey: null });
    const answer = JSON.stringify(await graphql(server, create("n1"), null));
    expect(answer).toMatch(/Unauthorized|not authorized/i);
    expect(answer).not.toContain("_version");
  });

  test("SERVER-41 SERVER-42 readiness and metrics tell of the relay", async () => {
    const server = await start();
    await graphql(server, create("n1"));
    expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ status: "ready" });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/^tributary_changes_committed_total 1$/m);
    expect(metrics).toMatch(/^tributary_head_seq 1$/m);
  });
});

describe("a start", () => {
  test("SERVER-61 opens the relay's store with synchronous=FULL, in the data directory", async () => {
    await start();
    const options = { file: path.join(folder, "relay.db"), synchronous: "FULL" };
    expect(vi.mocked(sqlite.createSqliteAdapter)).toHaveBeenLastCalledWith(expect.objectContaining(options));
  });

  test("SERVER-60 that finds its port taken leaves the data directory free", async () => {
    const blocker = createNetServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => blocker.once("listening", resolve));
    const address = blocker.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { message } = await failure(start({ port }));
    expect(message).toBe(`port ${port} on 127.0.0.1 is taken; stop what uses it or give another with --port`);
    await new Promise((resolve) => blocker.close(resolve));
    await start({ port });
  });

  test("SERVER-60 on a host that is not this machine's", async () => {
    expect((await failure(start({ host: "192.0.2.1" }))).message).toMatch(/the host 192\.0\.2\.1 is not an address/);
  });

  test("SERVER-60 on IPv6 has its address in brackets", async () => {
    const server = await start({ host: "::1" });
    expect(server.url).toBe(`http://[::1]:${server.port}`);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  test.each([
    ["no database", (file: string) => writeFileSync(file, "this is no database. ".repeat(100))],
    ["a database of something else", writeForeignDatabase],
  ])("SERVER-5 on %s names the file and changes nothing", async (_, write) => {
    const file = path.join(folder, "relay.db");
    openDataDirectory(folder).release();
    write(file);
    const { lines } = await failure(start());
    expect(lines).toHaveLength(1);
    expect(lines[0]?.startsWith(`the database ${file} cannot be used: `)).toBe(true);
    rmSync(file);
    await start();
  });
});

describe("conflict resolution", () => {
  test("SERVER-17 is the gateway's", async () => {
    const server = await start({ conflictResolution: { models: { Note: "OPTIMISTIC_CONCURRENCY" } } });
    await graphql(server, create("n1"));
    const update = 'mutation { updateNote(input: { id: "n1", title: "u" }) { title } }';
    expect(await graphql(server, update)).toMatchObject({ errors: [{ errorType: "ConflictUnhandled" }] });
  });

  test("SERVER-17 a model that the schema does not have stops a start, and a change of the schema", async () => {
    const wrong = start({ conflictResolution: { models: { Nope: "MERGE", Note: "MERGE" } } });
    await expect(wrong).rejects.toThrow("conflictResolution names Nope; the schema's models are Note");
    const inherited = Object.fromEntries([["__proto__", "MERGE"]] as const);
    await expect(start({ conflictResolution: { models: inherited } })).rejects.toThrow("names __proto__;");
    const server = await start({ conflictResolution: { models: { Note: "MERGE" } } });
    const next = parseSchema("type Task @model @auth(rules: [{ allow: public }]) { id: ID! }");
    await expect(server.replaceSchema(next)).rejects.toThrow(StartError);
    expect(await graphql(server, get("n1"))).toEqual({ data: { getNote: null } });
  });
});

describe("the gateway", () => {
  test("SERVER-18 has the settings and the limits of the server", async () => {
    const listed = new Map([
      ["schema", "{ __schema { description } }"],
      ["get", get("n1")],
    ]);
    const limits = { maxBatchedOperations: 2 };
    const server = await start({ introspection: "off", persistedQueries: { only: listed }, limits });
    expect(await graphql(server, "{ __schema { description } }")).toMatchObject({
      errors: [{ message: expect.stringContaining("Introspection is switched off") }],
    });
    expect(await graphql(server, get("n2"))).toMatchObject({ errors: [{ errorType: "UnsupportedOperation" }] });
    const headers = { "content-type": "application/json", "x-api-key": API_KEY };
    const body = JSON.stringify(Array(2).fill({ query: get("n1") }));
    const batch = await fetch(`${server.url}/graphql`, { method: "POST", headers, body });
    expect(await batch.json()).toEqual(Array(2).fill({ data: { getNote: null } }));
  });
});

describe("the end", () => {
  test("SERVER-62 sessions are told, the store is closed, and everything is there at the next start", async () => {
    const first = await start();
    await graphql(first, create("n1"));
    const sync = dial(first, "/sync");
    await opened(sync);
    const welcome = relayMessage(sync, "welcome");
    sync.send(hello({ kind: "apiKey", key: API_KEY }));
    await welcome;
    const subscriber = dial(first, "/graphql", ["graphql-transport-ws"]);
    const messages = jsonMessages(subscriber);
    await opened(subscriber);
    subscriber.send(JSON.stringify({ type: "connection_init", payload: { "x-api-key": API_KEY } }));
    await messages.next("connection_ack");
    const gone = Promise.all([closed(sync), closed(subscriber)]);
    await Promise.all([first.close(), first.close()]);
    expect((await gone).map(([code]) => code)).toEqual([1001, 1001]);
    const second = await start();
    expect(await graphql(second, get("n1"))).toEqual({ data: { getNote: { id: "n1", title: "t", _version: 1 } } });
  });

  test("SERVER-62 a write under way is answered", async () => {
    const server = await start();
    // The gateway is loaded with the first request; this one is under way when the server stops.
    await graphql(server, create("n0"));
    const writes = Promise.all(
      Array.from({ length: 20 }, (_, i) => graphql(server, create(`n${i + 1}`)).catch(() => null)),
    );
    await graphql(server, get("n0"));
    await server.close();
    const acknowledged = (await writes).filter((answer) => answer !== null);
    const again = await start();
    for (const answer of acknowledged) {
      const { data } = answer as { data: { createNote: { id: string } } };
      expect(await graphql(again, get(data.createNote.id))).toMatchObject({ data: { getNote: { _version: 1 } } });
    }
    expect(acknowledged.length).toBeGreaterThan(0);
  });
});

test("SERVER-63 another schema is served on the same port and data, and sessions are sent away to come back", async () => {
  const server = await start();
  await graphql(server, create("n1"));
  const sync = dial(server, "/sync");
  await opened(sync);
  const welcome = relayMessage(sync, "welcome");
  sync.send(hello({ kind: "apiKey", key: API_KEY }));
  await welcome;
  const gone = closed(sync);
  const next = parseSchema(
    "type Note @model @auth(rules: [{ allow: public }]) { id: ID! title: String! done: Boolean }",
  );
  await server.replaceSchema(next);
  expect((await gone)[0]).toBe(1001);
  expect(await graphql(server, '{ getNote(id: "n1") { title done } }')).toEqual({
    data: { getNote: { title: "t", done: null } },
  });
  const again = dial(server, "/sync");
  await opened(again);
  const second = relayMessage(again, "welcome");
  again.send(hello({ kind: "apiKey", key: API_KEY }, next));
  expect(await second).toMatchObject({ schemaHash: next.hash });
});

test("SERVER-25 a start and each schema after it tell what nobody can reach", async () => {
  const log = createMemoryLog();
  const owners = parseSchema("type Note @model @auth(rules: [{ allow: owner }]) { id: ID! title: String! }");
  const server = await start({ log, schema: owners });
  const warning = "warn nobody can reach Note: its @auth rules are for owner; this version knows API keys alone";
  expect(log.lines).toEqual([warning]);
  await server.replaceSchema(notes);
  expect(log.lines).toEqual([warning]);
  await server.replaceSchema(owners);
  expect(log.lines).toEqual([warning, warning]);
});

function writeForeignDatabase(file: string): void {
  const database = new Database(file);
  database.exec("CREATE TABLE accounts (id INTEGER PRIMARY KEY)");
  database.close();
}

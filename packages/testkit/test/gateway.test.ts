/** GraphQL and replicas on one relay: what one side writes, the other holds. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createGateway } from "@tributary/gateway";
import { createClient } from "graphql-ws";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type Cluster, createCluster } from "../src/cluster/cluster.ts";
import { createRandom } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";
import { converge, create, edit, get, noteOf } from "./notes.ts";
import { sqlitePlaces } from "./temp-folder.ts";

interface Note {
  readonly id: string;
  readonly title: string;
  readonly body: string | null;
  readonly stars: number | null;
  readonly tags: readonly string[] | null;
  readonly _version: number;
  readonly _deleted: true | null;
}

interface Page {
  readonly items: readonly Note[];
  readonly startedAt: number;
}

const selection = "{ id title body stars tags _version _deleted }";

async function start(seed: number): Promise<{ readonly cluster: Cluster; readonly url: string }> {
  const cluster = await createCluster({
    schema: noteSchema,
    random: createRandom(seed),
    adapter: sqlitePlaces().adapter,
  });
  onTestFinished(() => cluster.stop());
  const gateway = createGateway({
    relay: cluster.relay,
    authenticate: async () => ({ outcome: "accepted", identity: { kind: "apiKey", id: "test" }, expiresAt: null }),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  const server = createServer((request, response) => void gateway.handleHttp(request, response));
  const sockets = new WebSocketServer({ server, handleProtocols: () => "graphql-transport-ws" });
  sockets.on("connection", (socket, request) => gateway.handleSocket(socket, request));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await gateway.close();
    sockets.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { cluster, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` };
}

/** Answers the value of the only field; throws for an error. */
async function ask<T = Note>(url: string, query: string): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data: Record<string, T>; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return Object.values(data)[0] as T;
}

/** The events of the three subscriptions as they come; resolves when they are under way. */
async function listen(url: string): Promise<[string, Note][]> {
  const client = createClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
  onTestFinished(async () => client.dispose());
  const events: [string, Note][] = [];
  for (const field of ["onCreateNote", "onUpdateNote", "onDeleteNote"]) {
    client.subscribe<Record<string, Note>>(
      { query: `subscription { ${field} ${selection} }` },
      {
        next({ data }) {
          const note = data?.[field];
          if (note !== undefined) events.push([field, note]);
        },
        error: () => {},
        complete: () => {},
      },
    );
  }
  await new Promise<void>((resolve, reject) => {
    client.subscribe({ query: "{ __typename }" }, { next: () => {}, error: reject, complete: resolve });
  });
  return events;
}

describe("GraphQL beside replicas", () => {
  it("GQL-18 a mutation reaches a replica, merges with its unsent edit, and takes it off when it deletes", async () => {
    const { cluster, url } = await start(1);
    const client = cluster.client("a");
    await client.store.start();
    const made = await ask(url, `mutation { createNote(input: { title: "one", tags: ["x"] }) ${selection} }`);
    await converge(cluster, client);
    expect(await get(client, made.id)).toMatchObject({ title: "one", tags: ["x"], body: null });

    client.link.allow(false);
    await edit(client, made.id, { body: "from the replica", tags: ["x", "y"] });
    await ask(url, `mutation { updateNote(input: { id: "${made.id}", title: "two", stars: 4, _version: 1 }) { id } }`);
    client.link.allow(true);
    await converge(cluster, client);
    expect(await get(client, made.id)).toMatchObject({
      title: "two",
      stars: 4,
      body: "from the replica",
      tags: ["x", "y"],
    });
    const merged = await ask(url, `{ getNote(id: "${made.id}") ${selection} }`);
    expect(merged).toEqual({
      id: made.id,
      title: "two",
      body: "from the replica",
      stars: 4,
      tags: ["x", "y"],
      _version: 3,
      _deleted: null,
    });

    await ask(url, `mutation { deleteNote(input: { id: "${made.id}", _version: 3 }) { id } }`);
    await converge(cluster, client);
    expect(await client.store.query(noteOf(client), made.id)).toBeUndefined();
  });

  it("GQL-18 what a replica pushes is versioned, found by delta and heard by subscribers", async () => {
    const { cluster, url } = await start(2);
    const client = cluster.client("a");
    await client.store.start();
    const events = await listen(url);
    const { startedAt } = await ask<Page>(url, "{ syncNotes { items { id } startedAt } }");

    const id = await create(client, { title: "one", tags: ["x"] });
    await client.store.settled();
    await edit(client, id, { stars: 2 });
    await client.store.settled();
    await client.store.delete(await get(client, id));
    await client.store.settled();
    await expect.poll(() => events).toHaveLength(3);
    const note = { id, title: "one", body: null, tags: ["x"] };
    expect(events).toEqual([
      ["onCreateNote", { ...note, stars: null, _version: 1, _deleted: null }],
      ["onUpdateNote", { ...note, stars: 2, _version: 2, _deleted: null }],
      ["onDeleteNote", { ...note, stars: 2, _version: 3, _deleted: true }],
    ]);
    const delta = await ask<Page>(url, `{ syncNotes(lastSync: ${startedAt}) { items ${selection} startedAt } }`);
    expect(delta.items).toEqual([{ ...note, stars: 2, _version: 3, _deleted: true }]);
  });

  it("GQL-47 two clients that edit one list on one version, and a replica that is offline, keep what each did", async () => {
    const { cluster, url } = await start(4);
    const client = cluster.client("a");
    await client.store.start();
    const events = await listen(url);
    const made = await ask(url, `mutation { createNote(input: { title: "t", tags: ["x", "y", "z"] }) ${selection} }`);
    await converge(cluster, client);
    client.link.allow(false);
    await edit(client, made.id, { tags: ["of the replica", "x", "y", "z"] });
    const update = (tags: readonly string[], version: string): Promise<Note> => {
      const input = `id: "${made.id}", tags: ${JSON.stringify(tags)}${version}`;
      return ask(url, `mutation { updateNote(input: { ${input} }) ${selection} }`);
    };
    const on = (version: number): string => `, _version: ${version}`;
    const first = await update(["x", "of one", "y", "z"], on(1));
    expect(first).toMatchObject({ tags: ["x", "of one", "y", "z"], _version: 2 });
    const second = await update(["x", "y", "of two"], on(1));
    expect(second).toMatchObject({ tags: ["x", "of one", "y", "of two"], _version: 3 });
    client.link.allow(true);
    await converge(cluster, client);
    const all = ["of the replica", "x", "of one", "y", "of two"];
    expect(await get(client, made.id)).toMatchObject({ tags: all });
    // Who names no version may have seen anything.
    expect(await update(["x", "later"], "")).toMatchObject({ tags: [...all, "later"], _version: 5 });
    expect(await update(["of one"], on(4))).toMatchObject({ tags: ["of one", "later"], _version: 6 });
    await converge(cluster, client);
    expect(await get(client, made.id)).toMatchObject({ tags: ["of one", "later"] });
    await expect.poll(() => events.at(-1)?.[1]).toMatchObject({ tags: ["of one", "later"], _version: 6 });
  });

  it("GQL-18 subscribers hear mutations and pushes in the order of their commits", async () => {
    const { cluster, url } = await start(3);
    const client = cluster.client("a");
    await client.store.start();
    const events = await listen(url);
    const id = await create(client, { title: "0" });
    await client.store.settled();
    for (let i = 1; i <= 10; i += 1) {
      if (i % 2 === 0) await edit(client, id, { title: String(i) });
      else await ask(url, `mutation { updateNote(input: { id: "${id}", title: "${i}" }) { id } }`);
      await converge(cluster, client);
    }
    await expect.poll(() => events).toHaveLength(11);
    expect(events.map(([, { title, _version }]) => [title, _version])).toEqual(
      Array.from({ length: 11 }, (_, i) => [String(i), i + 1]),
    );
  });
});

/** Apollo Client and urql, unmodified, against the command: beside each other and a Tributary client, over both doors. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ApolloLink, gql, HttpLink } from "@apollo/client";
import { BatchHttpLink } from "@apollo/client/link/batch-http";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createDataStore, type DataStoreInstance, type ModelClass } from "@tributary/datastore/node";
import { parseSchema } from "@tributary/schema/sdl";
import { persistedExchange } from "@urql/exchange-persisted";
import { describe, expect, it, onTestFinished } from "vitest";
import { endChildren } from "../src/processes/child.ts";
import { startRelayProcess } from "../src/processes/relay-process.ts";
import {
  apollo,
  apolloClient,
  type Door,
  type Endpoint,
  type Fields,
  type GraphqlClient,
  httpLink,
  socketClient,
  urqlClient,
} from "./graphql-clients.ts";
import { tempFolder } from "./temp-folder.ts";

const schemaFile = path.resolve(import.meta.dirname, "fixtures/chores.graphql");
const apiKey = "clients-test-key";

interface World extends Endpoint {
  readonly url: string;
  restart(how: "kill" | "stop"): Promise<void>;
}

/** `config` is what a config file says beside the schema. */
async function startWorld(config: object = {}): Promise<World> {
  const folder = tempFolder();
  // After the clients, which would look for the relay again.
  onTestFinished(endChildren);
  const configFile = path.join(folder, "config.json");
  writeFileSync(configFile, JSON.stringify({ ...config, schema: schemaFile, data: "data", apiKey }));
  const start = (port: string) => startRelayProcess(["start", "--config", configFile, "--port", port]);
  let relay = await start("0");
  const { url } = relay;
  return {
    url,
    uri: `${url}/graphql`,
    apiKey,
    async restart(how) {
      await relay[how]();
      relay = await start(new URL(url).port);
    },
  };
}

async function startStore({ url }: World): Promise<{ readonly store: DataStoreInstance; readonly Task: ModelClass }> {
  const store = createDataStore({ schema: parseSchema(readFileSync(schemaFile, "utf8")), url, auth: { apiKey } });
  onTestFinished(() => store.stop());
  await store.start();
  const { Task } = store.models;
  if (Task === undefined) throw new Error("the schema lacks a model");
  return { store, Task };
}

const make = { Apollo: apolloClient, urql: urqlClient };
const doors: readonly Door[] = ["HTTP", "a socket"];
const everyWay = (["Apollo", "urql"] as const).flatMap((name) => doors.map((door) => ({ name, door })));

const fragment = `fragment Whole on Task { id title priority labels board { id name } _version _deleted _lastChangedAt }`;
const createTask = `mutation Create($input: CreateTaskInput!) { createTask(input: $input) { ...Whole } } ${fragment}`;
const updateTask = `mutation Update($input: UpdateTaskInput!) { updateTask(input: $input) { ...Whole } } ${fragment}`;
const deleteTask = `mutation Delete($input: DeleteTaskInput!) { deleteTask(input: $input) { ...Whole } } ${fragment}`;
const listTitles = `query Titles($limit: Int, $nextToken: String) {
  listTasks(limit: $limit, nextToken: $nextToken) { items { id title } nextToken }
}`;

async function answerOf(asked: ReturnType<GraphqlClient["ask"]>, field: string): Promise<Fields> {
  const { data, errors } = await asked;
  expect(errors).toEqual([]);
  return data?.[field];
}

/** Waits until the subscriptions that the socket asked for before are there: it answers in order. */
async function settled(client: GraphqlClient): Promise<void> {
  await answerOf(client.ask("query Settled { __typename }"), "__typename");
}

const SOON = { timeout: 15_000, interval: 30 };

describe.each(everyWay)("$name over $door", ({ name, door }) => {
  it("CLIENT-1 CLIENT-2 queries, pages, writes on versions, and is told conflicts with the stored record", async () => {
    const world = await startWorld();
    const client = make[name](world, door);
    const board = await answerOf(
      client.ask("mutation ($input: CreateBoardInput!) { createBoard(input: $input) { id } }", {
        input: { name: "b" },
      }),
      "createBoard",
    );
    const input = { id: "t0", title: "first", priority: 1, labels: ["x"], boardId: board.id };
    expect(await answerOf(client.ask(createTask, { input }), "createTask")).toMatchObject({
      title: "first",
      labels: ["x"],
      board: { id: board.id, name: "b" },
      _version: 1,
      _deleted: null,
    });
    for (let i = 1; i < 7; i += 1) await client.ask(createTask, { input: { id: `t${i}`, title: `task ${i}` } });

    const titles: string[] = [];
    let nextToken: string | null = null;
    let pages = 0;
    do {
      const page: Fields = await answerOf(client.ask(listTitles, { limit: 3, nextToken }), "listTasks");
      titles.push(...page.items.map(({ title }: Fields) => title));
      nextToken = page.nextToken;
      pages += 1;
    } while (nextToken !== null);
    expect([titles.sort(), pages]).toEqual([["first", ...[1, 2, 3, 4, 5, 6].map((i) => `task ${i}`)], 3]);
    const byBoard = "query ($boardId: ID!) { tasksByBoard(boardId: $boardId) { items { id } } }";
    expect((await answerOf(client.ask(byBoard, { boardId: board.id }), "tasksByBoard")).items).toMatchObject([
      { id: "t0" },
    ]);

    const edited = await answerOf(
      client.ask(updateTask, { input: { id: "t0", title: "second", _version: 1 } }),
      "updateTask",
    );
    expect(edited).toMatchObject({ title: "second", priority: 1, _version: 2 });
    const conflict = await client.ask(deleteTask, { input: { id: "t0", _version: 1 } });
    expect(conflict.data).toEqual({ deleteTask: null });
    expect(conflict.errors).toMatchObject([
      {
        message: "Conflict resolver rejects mutation.",
        path: ["deleteTask"],
        errorType: "ConflictUnhandled",
        extensions: { code: "ConflictUnhandled", data: { id: "t0", title: "second", labels: ["x"], _version: 2 } },
      },
    ]);
    const { _version } = conflict.errors[0]?.extensions?.data ?? {};
    expect(await answerOf(client.ask(deleteTask, { input: { id: "t0", _version } }), "deleteTask")).toMatchObject({
      title: "second",
      _version: 3,
      _deleted: true,
    });
    expect((await client.ask("query { nope }")).errors).toMatchObject([
      { message: 'Cannot query field "nope" on type "Query".', extensions: { code: "ValidationError" } },
    ]);
  });

  it("CLIENT-4 with a wrong key is told so", async () => {
    const world = await startWorld();
    const wrong = { ...world, apiKey: "wrong" };
    // The socket client tries five times, for its key may have become another; that takes half a minute.
    const client = make[name](wrong, door, socketClient(wrong, 0));
    const asked = client.ask("query { __typename }").then(
      ({ errors }) => errors.map(({ message, extensions }) => [extensions?.code, message]),
      // urql hands on the socket's close event, Apollo puts it into words.
      (error: Error & { readonly networkError?: unknown }) => error.networkError ?? error.message,
    );
    const said = {
      HTTP: [["UnauthorizedException", "the API key is wrong"]],
      "a socket":
        name === "Apollo"
          ? "Socket closed with event 4403 the API key is wrong"
          : expect.objectContaining({ code: 4403, reason: "the API key is wrong" }),
    };
    expect(await asked).toEqual(said[door]);
  });
});

describe.each(["Apollo", "urql"] as const)("%s's subscriptions", (name) => {
  it("CLIENT-3 hear of what other clients and replicas do, and go on when the relay was restarted", async () => {
    const world = await startWorld();
    const socket = socketClient(world);
    let connections = 0;
    socket.on("connected", () => {
      connections += 1;
    });
    const client = make[name](world, "a socket", socket);
    const other = make[name === "Apollo" ? "urql" : "Apollo"](world, "HTTP");
    const { store, Task } = await startStore(world);
    const whole = `{ ...Whole } } ${fragment}`;
    const created = client.listen(`subscription Created { onCreateTask ${whole}`);
    const updated = client.listen(`subscription Updated { onUpdateTask ${whole}`);
    const urgent = client.listen(
      "subscription ($filter: ModelSubscriptionTaskFilterInput) { onCreateTask(filter: $filter) { id } }",
      { filter: { priority: { gt: 5 }, not: { title: { beginsWith: "no" } } } },
    );
    await settled(client);

    await other.ask(createTask, { input: { id: "a", title: "by another client", priority: 9 } });
    const mine = await store.save(new Task({ title: "no, by a replica", priority: 8 }));
    await expect.poll(() => created.events, SOON).toHaveLength(2);
    await store.save(Task.copyOf(mine, (draft) => void Object.assign(draft, { labels: ["edited"] })));
    await expect
      .poll(() => updated.events, SOON)
      .toMatchObject([{ onUpdateTask: { id: mine.id, title: "no, by a replica", labels: ["edited"], _version: 2 } }]);
    expect(created.events.map(({ onCreateTask }) => onCreateTask)).toMatchObject([
      { id: "a", title: "by another client", _version: 1 },
      { id: mine.id, title: "no, by a replica", _version: 1 },
    ]);
    expect(urgent.events).toMatchObject([{ onCreateTask: { id: "a" } }]);

    for (const [times, how] of [
      [2, "stop"],
      [3, "kill"],
    ] as const) {
      await world.restart(how);
      await expect.poll(() => connections, SOON).toBe(times);
      await settled(client);
      await other.ask(createTask, { input: { id: `after ${how}`, title: "later" } });
      await expect.poll(() => created.events.at(-1)?.onCreateTask.id, SOON).toBe(`after ${how}`);
    }
    expect(created.events).toHaveLength(4);
    expect([...created.failures, ...updated.failures, ...urgent.failures]).toEqual([]);
  });
});

describe("docs/graphql.md", () => {
  it("DOC-8 its links lead Apollo Client to the relay", async () => {
    const world = await startWorld();
    const page = readFileSync(path.resolve(import.meta.dirname, "../../../docs/graphql.md"), "utf8");
    const [, code = ""] = /^```ts\n([\s\S]*?)^```$/m.exec(page) ?? [];
    const own = code.replaceAll("localhost:4000", new URL(world.url).host).replace("the-key-of-the-relay", apiKey);
    const createClient = ({ url, connectionParams }: { readonly url: string; readonly connectionParams: Fields }) =>
      socketClient({ uri: url.replace(/^ws/, "http"), apiKey: connectionParams["x-api-key"] });
    const make = new Function("HttpLink", "GraphQLWsLink", "createClient", `${own}; return [http, socket];`);
    for (const link of make(HttpLink, GraphQLWsLink, createClient)) {
      const { data } = await apollo(link).query<Fields>({ query: gql`{ listTasks { nextToken } }` });
      expect(data).toMatchObject({ listTasks: { nextToken: null } });
    }
  });
});

describe("Apollo's cache", () => {
  it("CLIENT-5 holds each record once, and what is told of it reaches every query", async () => {
    const world = await startWorld();
    const socket = socketClient(world);
    const isSubscription = ({ query }: ApolloLink.Operation): boolean =>
      query.definitions.some((node) => node.kind === "OperationDefinition" && node.operation === "subscription");
    const link = ApolloLink.split(isSubscription, new GraphQLWsLink(socket), httpLink(world));
    const client = apollo(link);
    const other = urqlClient(world, "HTTP");
    for (const id of ["a", "b"]) await other.ask(createTask, { input: { id, title: id } });

    const fields = "id title _version _deleted";
    const watched = client.watchQuery<Fields>({ query: gql`{ listTasks { items { ${fields} } } }` });
    const shown: unknown[] = [];
    const watching = watched.subscribe(({ data, dataState }) => {
      if (dataState === "complete")
        shown.push(data.listTasks.items.map(({ title, _deleted }: Fields) => [title, _deleted]));
    });
    onTestFinished(() => watching.unsubscribe());
    await expect
      .poll(() => shown.at(-1), SOON)
      .toEqual([
        ["a", null],
        ["b", null],
      ]);
    const told: Fields[] = [];
    for (const operation of ["Update", "Delete"]) {
      const query = gql`subscription { on${operation}Task { ${fields} } }`;
      const listening = client.subscribe<Fields>({ query }).subscribe(({ data }) => void (data && told.push(data)));
      onTestFinished(() => listening.unsubscribe());
    }
    await settled(apolloClient(world, "a socket", socket));

    await other.ask(updateTask, { input: { id: "a", title: "edited elsewhere", _version: 1 } });
    await expect
      .poll(() => shown.at(-1), SOON)
      .toEqual([
        ["edited elsewhere", null],
        ["b", null],
      ]);
    const mutation = gql`mutation { updateTask(input: { id: "b", title: "edited here", _version: 1 }) { ${fields} } }`;
    await client.mutate({ mutation });
    await expect.poll(() => shown.at(-1), SOON).toContainEqual(["edited here", null]);
    await other.ask(deleteTask, { input: { id: "a", _version: 2 } });
    await expect
      .poll(() => shown.at(-1), SOON)
      .toEqual([
        ["edited elsewhere", true],
        ["edited here", null],
      ]);
    await expect.poll(() => told, SOON).toHaveLength(3);
    const records = Object.keys(client.cache.extract() as object).filter((key) => !key.startsWith("ROOT_"));
    expect(records.sort()).toEqual(["Task:a", "Task:b"]);
  });
});

/** What each request asked, and how. */
interface Sent {
  readonly method: string;
  readonly hasQuery: boolean;
  readonly hasHash: boolean;
}

/** The requests of a test go through this, over the global `fetch`. */
function recordRequests(): Sent[] {
  const sent: Sent[] = [];
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const text = `${typeof init?.body === "string" ? init.body : ""} ${decodeURIComponent(String(input))}`;
    sent.push({
      method: init?.method ?? "GET",
      hasQuery: /"query":"|[?&]query=/.test(text),
      hasHash: text.includes("sha256Hash"),
    });
    return fetch(input, init);
  };
  onTestFinished(() => {
    globalThis.fetch = fetch;
  });
  return sent;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("persisted queries", () => {
  const clients = {
    Apollo: (world: World, method: string) => {
      const link = new PersistedQueryLink({ sha256, useGETForHashedQueries: method === "GET" });
      const client = apollo(link.concat(httpLink(world)));
      return async (): Promise<unknown> => {
        const query = gql("query Titles { listTasks { items { title } } }");
        return (await client.query<Fields>({ query, fetchPolicy: "network-only" })).data?.listTasks.items;
      };
    },
    urql: (world: World, method: string) => {
      const persisted = persistedExchange({ preferGetForPersistedQueries: method === "GET" ? "force" : false });
      const client = urqlClient(world, "HTTP", undefined, [persisted]);
      return async (): Promise<unknown> =>
        (await answerOf(client.ask("query Titles { listTasks { items { title } } }"), "listTasks")).items;
    },
  };

  it.each([
    ["Apollo", "POST"],
    ["Apollo", "GET"],
    ["urql", "POST"],
    ["urql", "GET"],
  ] as const)(
    "CLIENT-6 %s names its queries by %s, and sends them when the relay does not know them",
    async (name, method) => {
      const world = await startWorld();
      const sent = recordRequests();
      const ask = clients[name](world, method);
      const named: Sent = { method, hasQuery: false, hasHash: true };
      for (let i = 0; i < 2; i += 1) expect(await ask()).toEqual([]);
      expect(sent.splice(0)).toEqual([named, expect.objectContaining({ hasQuery: true, hasHash: true }), named]);
      await world.restart("stop");
      expect(await ask()).toEqual([]);
      expect(await ask()).toEqual([]);
      expect(sent).toEqual([named, expect.objectContaining({ hasQuery: true, hasHash: true }), named]);
    },
  );

  it.each(["Apollo", "urql"] as const)("CLIENT-6 %s gives them up where they are switched off", async (name) => {
    const world = await startWorld({ persistedQueries: "off" });
    const sent = recordRequests();
    const ask = clients[name](world, "POST");
    for (let i = 0; i < 3; i += 1) expect(await ask()).toEqual([]);
    expect(sent.map(({ hasQuery }) => hasQuery)).toEqual([false, true, true, true]);
  });
});

describe("Apollo's batches", () => {
  const both = (world: World) => {
    const client = apollo(new BatchHttpLink({ uri: world.uri, headers: { "x-api-key": apiKey }, batchInterval: 5 }));
    const boards = client.query({ query: gql`{ listBoards { items { id } } }` });
    const tasks = client.query({ query: gql`{ listTasks { items { id } } }` });
    return Promise.allSettled([boards, tasks]);
  };

  it("CLIENT-7 are answered where they are allowed, and refused as a whole elsewhere", async () => {
    const answered = await both(await startWorld({ limits: { maxBatchedOperations: 10 } }));
    expect(answered).toMatchObject([
      { value: { data: { listBoards: { items: [] } } } },
      { value: { data: { listTasks: { items: [] } } } },
    ]);
    const refused = await both(await startWorld());
    const told = { errors: [{ message: "Batching is not supported." }] };
    for (const outcome of refused) expect(outcome).toMatchObject({ status: "rejected", reason: { result: [told] } });
  });
});

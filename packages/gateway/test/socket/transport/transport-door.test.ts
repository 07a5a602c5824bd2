import { setTimeout as sleep } from "node:timers/promises";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { bearer, type Fields, type StartedGateway, startGateway } from "../../start-gateway.ts";
import { heldSocket } from "../held-socket.ts";

interface Listener {
  readonly events: Fields[];
  /** What the subscription failed or was closed with; the string "complete" when it ended well. */
  readonly ended: Promise<unknown>;
  stop(): void;
}

type Client = ReturnType<StartedGateway["client"]>;

/** Subscribes, and resolves when the gateway has taken the subscription. */
async function listen(client: Client, query: string, variables?: Fields): Promise<Listener> {
  const events: Fields[] = [];
  let stop = (): void => {};
  const ended = new Promise<unknown>((resolve) => {
    stop = client.subscribe<Fields>(
      { query, variables: variables ?? null },
      {
        next: (event) => void events.push(event as Fields),
        error: resolve,
        complete: () => resolve("complete"),
      },
    );
  });
  await settle(client);
  return { events, ended, stop };
}

/** A query on the same socket: its answer comes when what was sent before is under way. */
async function settle(client: Client): Promise<void> {
  await new Promise<void>((resolve) => {
    client.subscribe(
      { query: "{ __typename }" },
      { next: () => {}, error: () => resolve(), complete: () => resolve() },
    );
  });
}

/** Of a subscription that answered once and ended. */
const errorsOf = (events: readonly Fields[]): unknown => events.flatMap(({ errors }) => errors);

const create = (id: string, rest = ""): string =>
  `mutation { createTask(input: { id: "${id}", title: "t"${rest} }) { id } }`;

/** A bare socket: answers the code and reason that it is closed with, and keeps what it was sent. */
function bareSocket(gateway: StartedGateway, headers: Record<string, string> = {}) {
  const socket = new WebSocket(gateway.url.replace("http", "ws"), "graphql-transport-ws", { headers });
  onTestFinished(() => socket.terminate());
  const received: Fields[] = [];
  socket.on("message", (data) => received.push(JSON.parse(String(data))));
  const closed = new Promise<[number, string]>((resolve) => {
    socket.on("close", (code, reason) => resolve([code, String(reason)]));
  });
  const opened = new Promise<void>((resolve) => socket.once("open", resolve));
  return { socket, received, closed, opened };
}

describe("WebSocket", () => {
  it("GQL-19 delivers creations, updates and deletions, each to its own subscription", async () => {
    const gateway = await startGateway();
    const client = gateway.client();
    const [created, updated, deleted] = [
      await listen(client, "subscription { onCreateTask { id title _version _deleted } }"),
      await listen(client, "subscription { onUpdateTask { id title stars _version _deleted updatedAt } }"),
      await listen(client, "subscription { onDeleteTask { id title _version _deleted } }"),
    ];
    const other = await listen(gateway.client(), "subscription { onCreateOrder { number } }");
    await gateway.field(create("t1"));
    const change = await gateway.field(
      `mutation { updateTask(input: { id: "t1", stars: 2, _version: 1 }) { updatedAt } }`,
    );
    await gateway.field(`mutation { deleteTask(input: { id: "t1", _version: 2 }) { id } }`);
    await expect.poll(() => deleted.events).toHaveLength(1);
    const task = { id: "t1", title: "t" };
    expect(created.events).toEqual([{ data: { onCreateTask: { ...task, _version: 1, _deleted: null } } }]);
    expect(updated.events).toEqual([
      { data: { onUpdateTask: { ...task, stars: 2, _version: 2, _deleted: null, updatedAt: change.updatedAt } } },
    ]);
    expect(deleted.events).toEqual([{ data: { onDeleteTask: { ...task, _version: 3, _deleted: true } } }]);
    expect(other.events).toEqual([]);
  });

  it("GQL-19 delivers nothing of a refused mutation, and nothing after the subscriber stopped", async () => {
    const gateway = await startGateway();
    const client = gateway.client();
    const created = await listen(client, "subscription { onCreateTask { id } }");
    await gateway.field(create("t1"));
    await gateway.ask(create("t1"));
    await gateway.field(create("t2"));
    await expect.poll(() => created.events).toHaveLength(2);
    created.stop();
    await settle(client);
    await gateway.field(create("t3"));
    await settle(client);
    expect(created.events.map(({ data }) => data.onCreateTask.id)).toEqual(["t1", "t2"]);
    expect(await created.ended).toBe("complete");
  });

  it("GQL-19 looks no more at what was stopped", async () => {
    let looks = 0;
    const gateway = await startGateway({
      inFrontOf: (relay) => ({
        ...relay,
        records: {
          ...relay.records,
          canRead(identity, record) {
            looks += 1;
            return relay.records.canRead(identity, record);
          },
        },
      }),
    });
    const client = gateway.client();
    const { stop } = await listen(client, "subscription { onCreateTask { id } }");
    await gateway.field(create("t1"));
    expect(looks).toBe(1);
    stop();
    await settle(client);
    await gateway.field(create("t2"));
    expect(looks).toBe(1);
  });

  it("GQL-20 a filter chooses among events", async () => {
    const gateway = await startGateway();
    const client = gateway.client();
    const chosen = await listen(
      client,
      "subscription ($filter: ModelSubscriptionTaskFilterInput) { onCreateTask(filter: $filter) { id } }",
      { filter: { or: [{ stars: { in: [1, 2] } }, { tags: { contains: "x" } }], title: { beginsWith: "t" } } },
    );
    const others = await listen(
      client,
      `subscription { onCreateTask(filter: { not: { or: [{ stars: { eq: 1 } }, { tags: { contains: "x" } }] } }) { id } }`,
    );
    const all = await listen(client, "subscription { onCreateTask(filter: null) { id } }");
    await gateway.field(create("t1", ", stars: 1"));
    await gateway.field(create("t2", ", stars: 3"));
    await gateway.field(create("t3", `, tags: ["x"]`));
    await gateway.field(create("t4"));
    await expect.poll(() => all.events).toHaveLength(4);
    await settle(client);
    const ids = ({ events }: Listener) => events.map(({ data }) => data.onCreateTask.id);
    expect([ids(chosen), ids(others)]).toEqual([
      ["t1", "t3"],
      ["t2", "t4"],
    ]);
  });

  it("GQL-52 only documents of the list are served, where there is one", async () => {
    const gateway = await startGateway({
      persistedQueries: { only: new Map([["tasks", "subscription { onCreateTask { id } }"]]) },
    });
    const client = gateway.client();
    const served = await listen(client, "subscription{onCreateTask{id}}");
    const refused = await listen(client, "subscription { onCreateTask { id title } }");
    expect(await refused.ended).toMatchObject([{ errorType: "UnsupportedOperation" }]);
    expect(served.events).toEqual([]);
  });

  it("GQL-53 the schema is not told where introspection is off", async () => {
    const gateway = await startGateway({ introspection: "off" });
    const client = gateway.client();
    const asked = await listen(client, "{ __schema { queryType { name } } }");
    expect(await asked.ended).toMatchObject([
      { errorType: "ValidationError", message: "Introspection is switched off: __schema is not served" },
    ]);
    const named = await listen(client, "{ __typename }");
    await expect.poll(() => named.events).toEqual([{ data: { __typename: "Query" } }]);
  });

  it("GQL-20 an owner argument lets through what has exactly that owner", async () => {
    const schema = parseSchema(`
      type Note @model @auth(rules: [{ allow: public }, { allow: owner }]) {
        owner: String
      }
    `);
    const gateway = await startGateway({ schema });
    const client = gateway.client();
    const query = "subscription ($owner: String) { onCreateNote(owner: $owner) { owner } }";
    const [alices, nobodys, all] = [
      await listen(client, query, { owner: "alice" }),
      await listen(client, query, { owner: null }),
      await listen(client, query, {}),
    ];
    for (const owner of ["alice", "bob", null]) {
      await gateway.field("mutation ($owner: String) { createNote(input: { owner: $owner }) { id } }", { owner });
    }
    await expect.poll(() => all.events).toHaveLength(3);
    await settle(client);
    const owners = ({ events }: Listener) => events.map(({ data }) => data.onCreateNote.owner);
    expect([owners(alices), owners(nobodys), owners(all)]).toEqual([["alice"], [null], ["alice", "bob", null]]);
  });

  it("GQL-20 a filter that means nothing is an error of that subscription alone", async () => {
    const gateway = await startGateway();
    const client = gateway.client();
    const bad = await listen(client, "subscription { onCreateTask(filter: { stars: { gt: null } }) { id } }");
    const unknown = await listen(client, "subscription { onCreateTask(filter: { nope: { eq: 1 } }) { id } }");
    expect(await bad.ended).toBe("complete");
    expect(errorsOf(bad.events)).toMatchObject([
      { errorType: "ValidationError", message: expect.stringContaining("stars.gt") },
    ]);
    expect(await unknown.ended).toMatchObject([{ errorType: "ValidationError" }]);
    const good = await listen(client, "subscription { onCreateTask { id } }");
    await gateway.field(create("t1"));
    await expect.poll(() => good.events).toHaveLength(1);
  });

  it("GQL-30 a closed model cannot be listened to", async () => {
    const gateway = await startGateway();
    const { events, ended } = await listen(gateway.client(), "subscription { onCreateSecret { id } }");
    expect(await ended).toBe("complete");
    expect(errorsOf(events)).toMatchObject([
      { errorType: "Unauthorized", message: "Not Authorized to access onCreateSecret on type Subscription" },
    ]);
  });

  it("GQL-22 serves queries and mutations too", async () => {
    const gateway = await startGateway();
    const client = gateway.client();
    const made = await listen(client, create("t1"));
    expect(await made.ended).toBe("complete");
    expect(made.events).toEqual([{ data: { createTask: { id: "t1" } } }]);
    const refused = await listen(client, create("t1", ", stars: 2"));
    await refused.ended;
    expect(refused.events).toMatchObject([
      { data: { createTask: null }, errors: [{ errorType: "ConditionalCheckFailedException", data: { id: "t1" } }] },
    ]);
  });

  it("GQL-21 a socket has a bounded number of operations", async () => {
    const gateway = await startGateway({ limits: { maxSubscriptionsPerSocket: 2 } });
    const client = gateway.client();
    const query = "subscription { onCreateTask { id } }";
    const first = await listen(client, query);
    client.subscribe({ query }, { next: () => {}, error: () => {}, complete: () => {} });
    const third = await listen(client, query);
    expect(await third.ended).toMatchObject([{ errorType: "MaxSubscriptionsReachedError" }]);
    first.stop();
    await settle(client);
    const fourth = await listen(client, query);
    await gateway.field(create("t1"));
    await expect.poll(() => fourth.events).toHaveLength(1);
  });

  it("GQL-23 takes the key from the first message or the upgrade, and refuses others with 4403", async () => {
    const gateway = await startGateway();
    for (const params of [{}, { "x-api-key": "wrong" }, { headers: { "X-Api-Key": "wrong" } }]) {
      const { ended } = await listen(gateway.client(params), "{ __typename }");
      expect(await ended).toMatchObject({ code: 4403, reason: "the API key is wrong" });
    }
    for (const params of [{ "X-Api-Key": "right" }, { headers: { "x-api-key": "right" } }]) {
      const { ended } = await listen(gateway.client(params), "{ __typename }");
      expect(await ended).toBe("complete");
    }
    const { socket, received, opened } = bareSocket(gateway, { "x-api-key": "right" });
    await opened;
    socket.send('{"type":"connection_init"}');
    await expect.poll(() => received).toEqual([{ type: "connection_ack" }]);
  });

  it("GQL-23 serves nothing before the first message", async () => {
    const gateway = await startGateway();
    const { socket, closed, opened } = bareSocket(gateway, { "x-api-key": "right" });
    await opened;
    socket.send('{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}');
    expect((await closed)[0]).toBe(4401);
  });

  it("GQL-23 closes a socket that does not say in time who it is", async () => {
    const gateway = await startGateway({ limits: { maxInitWaitMs: 30 } });
    const { closed } = bareSocket(gateway, { "x-api-key": "right" });
    expect((await closed)[0]).toBe(4408);
  });

  it("GQL-23 closes a socket when its credential expires", async () => {
    const gateway = await startGateway({
      authenticate: async () => ({ outcome: "accepted", identity: bearer, expiresAt: Date.now() + 50 }),
    });
    const { ended } = await listen(gateway.client(), "subscription { onCreateTask { id } }");
    expect(await ended).toMatchObject({ code: 4403, reason: "the credential expired" });
  });

  it.each(["nothing", "[]", "null", '{"type":"subscribe","id":1}', '{"type":"what"}'])(
    "GQL-24 ends a socket that sends %s, and no other",
    async (message) => {
      const gateway = await startGateway();
      const client = gateway.client();
      const other = await listen(client, "subscription { onCreateTask { id } }");
      const { socket, closed, opened } = bareSocket(gateway);
      await opened;
      socket.send(message);
      expect((await closed)[0]).toBe(4400);
      await gateway.field(create("t1"));
      await expect.poll(() => other.events).toHaveLength(1);
    },
  );

  it("GQL-24 tells a request on a socket what is wrong with it", async () => {
    const gateway = await startGateway();
    const client = gateway.client();
    for (const [query, errorType] of [
      ["{ nope }", "ValidationError"],
      ["{", "ValidationError"],
      ["query A { __typename } query B { __typename }", "BadRequest"],
    ] as const) {
      const { ended } = await listen(client, query);
      expect(await ended, query).toMatchObject([{ errorType }]);
    }
  });

  it("GQL-21 ends the subscription of a socket that takes its events too slowly", async () => {
    const gateway = await startGateway({ limits: { maxQueuedEvents: 2 } });
    const socket = heldSocket(gateway, "graphql-transport-ws");
    await socket.take("connection_ack");
    socket.receive({ type: "subscribe", id: "1", payload: { query: "subscription { onCreateTask { id } }" } });
    await gateway.field(create("t0"));
    await expect.poll(() => socket.held).toHaveLength(1);
    for (const id of ["t1", "t2", "t3"]) await gateway.field(create(id));
    expect(await socket.take("next")).toMatchObject({ id: "1", payload: { data: { onCreateTask: { id: "t0" } } } });
    expect(await socket.take("error")).toMatchObject({ id: "1", payload: [{ errorType: "LimitExceededError" }] });
  });

  it("GQL-21 cuts off a socket whose network takes nothing", async () => {
    const gateway = await startGateway({ limits: { maxBufferedBytes: 1_000 } });
    const socket = heldSocket(gateway, "graphql-transport-ws");
    await socket.take("connection_ack");
    socket.receive({ type: "subscribe", id: "1", payload: { query: "subscription { onCreateTask { id } }" } });
    socket.bufferedAmount = 1_000;
    await gateway.field(create("t0"));
    await socket.take("next");
    expect(socket.isTerminated).toBe(false);
    socket.bufferedAmount = 1_001;
    await gateway.field(create("t1"));
    await expect.poll(() => socket.isTerminated).toBe(true);
    expect(socket.held).toEqual([]);
  });

  it("GQL-19 ends sockets when the gateway closes", async () => {
    const gateway = await startGateway();
    const { ended } = await listen(gateway.client(), "subscription { onCreateTask { id } }");
    await gateway.gateway.close();
    expect(await Promise.race([ended, sleep(2_000, "still open", { ref: false })])).toMatchObject({ code: 1001 });
  });
});

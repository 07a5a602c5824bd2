import type { IncomingMessage } from "node:http";
import type { Relay, StoredRecord } from "@tributary/relay";
import { parseSchema } from "@tributary/schema/sdl";
import type { RealtimeClient, RealtimeSubscription } from "@tributary/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { bearer, type StartedGateway, startGateway } from "../../start-gateway.ts";
import { HeldSocket, heldSocket } from "../held-socket.ts";

afterEach(() => void vi.useRealTimers());

const onCreate = "subscription { onCreateTask { id title _version } }";
const create = (id: string, rest = ""): string =>
  `mutation { createTask(input: { id: "${id}", title: "t"${rest} }) { id } }`;

/** Connected, or the test fails. */
async function connected(gateway: StartedGateway): Promise<RealtimeClient> {
  const client = gateway.realtime();
  expect(await client.connect()).toMatchObject({ type: "connection_ack" });
  return client;
}

/** A stop is answered when what was sent before it is under way, and what it caused has come. */
async function settle(client: RealtimeClient): Promise<void> {
  const before = client.frames.length;
  client.send('{"type":"stop","id":"settle"}');
  await expect.poll(() => client.frames.slice(before).some(({ id }) => id === "settle")).toBe(true);
}

const isStarted = async ({ id, started }: RealtimeSubscription): Promise<void> =>
  expect(await started).toEqual({ id, type: "start_ack", payload: {} });

const bare = (headers: Record<string, string> = {}, url = "/graphql/realtime"): IncomingMessage =>
  ({ headers, url }) as unknown as IncomingMessage;

describe("AppSync's realtime protocol", () => {
  it.each(["subprotocol", "query"] as const)(
    "RT-1 takes the credential from the %s, and answers with connection_ack and ka",
    async (form) => {
      const gateway = await startGateway();
      const client = gateway.realtime({ form });
      await client.connect();
      await expect.poll(() => client.frames).toHaveLength(2);
      expect(client.protocol).toBe("graphql-ws");
      expect(client.sent).toEqual(['{"type":"connection_init"}']);
      expect(client.frames).toEqual([
        { type: "connection_ack", payload: { connectionTimeoutMs: 300_000 } },
        { type: "ka" },
      ]);
    },
  );

  it("RT-1 sends ka every 60 s to each socket, and no more to those that are gone", async () => {
    vi.useFakeTimers();
    const gateway = await startGateway();
    const sockets = Array.from({ length: 40 }, () => heldSocket(gateway, "graphql-ws"));
    await vi.advanceTimersByTimeAsync(0);
    const counts = (): number[] =>
      sockets.map(({ held }) => held.filter(({ message }) => message.type === "ka").length);
    expect(new Set(counts())).toEqual(new Set([1]));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(new Set(counts())).toEqual(new Set([2]));
    const [gone] = sockets;
    gone?.close(1000, "");
    // It would take what is sent: nothing may be.
    Object.assign(gone ?? {}, { readyState: 1 });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(counts()[0]).toBe(2);
    expect(new Set(counts().slice(1))).toEqual(new Set([4]));
  });

  it.each([
    ["a wrong key", { "x-api-key": "wrong" }, "UnauthorizedException", 401, "the API key is wrong"],
    ["no key", {}, "UnauthorizedException", 401, "the API key is wrong"],
    ["a token", { Authorization: "a.b.c" }, "UnauthorizedException", 401, "the API key is wrong"],
  ] as const)("RT-2 refuses %s", async (_, credential, errorType, errorCode, message) => {
    const gateway = await startGateway();
    const client = gateway.realtime({ credential });
    expect(await client.connect()).toEqual({
      type: "connection_error",
      payload: { errors: [{ errorType, errorCode, message }] },
    });
    expect(await client.closed).toEqual([4403, message]);
  });

  it("RT-2 refuses a header that cannot be read", async () => {
    const gateway = await startGateway();
    const socket = new HeldSocket("graphql-ws");
    gateway.gateway.handleSocket(socket, bare({ "sec-websocket-protocol": "graphql-ws, header-bm90aGluZw" }));
    socket.receive({ type: "connection_init" });
    expect(await socket.take("connection_error")).toMatchObject({
      payload: { errors: [{ errorType: "BadRequestException", errorCode: 400 }] },
    });
    expect(socket.closedWith?.[0]).toBe(4403);
  });

  it("RT-3 closes a socket that does not introduce itself in time, and no other", async () => {
    vi.useFakeTimers();
    const gateway = await startGateway();
    const silent = new HeldSocket("graphql-ws");
    gateway.gateway.handleSocket(silent, bare());
    const quick = heldSocket(gateway, "graphql-ws");
    await vi.advanceTimersByTimeAsync(14_999);
    expect(silent.closedWith).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(silent.closedWith).toEqual([4408, "connection_init did not come in time"]);
    expect(quick.closedWith).toBeNull();
  });

  it.each([
    ["start before connection_init", '{"type":"start","id":"1","payload":{"data":"{}"}}', "BadRequestException"],
    ["stop before connection_init", '{"type":"stop","id":"1"}', "BadRequestException"],
    ["no JSON", "nothing", "BadRequestException"],
    ["a list", "[]", "BadRequestException"],
    ["null", "null", "BadRequestException"],
    ["a type that is not known", '{"type":"what"}', "UnsupportedOperation"],
    ["a start without an id", '{"type":"start","payload":{"data":"{}"}}', "BadRequestException"],
    ["a start without data", '{"type":"start","id":"1","payload":{"data":{}}}', "BadRequestException"],
  ])("RT-3 answers %s with an error and ends the socket, and no other", async (_, text, errorType) => {
    const gateway = await startGateway();
    const other = await connected(gateway);
    const subscription = other.subscribe(onCreate);
    await isStarted(subscription);
    const socket = new HeldSocket("graphql-ws");
    gateway.gateway.handleSocket(socket, bare());
    socket.emit("message", text);
    expect(await socket.take("error")).toEqual({
      type: "error",
      payload: { errors: [{ errorType, errorCode: 400, message: expect.any(String) }] },
    });
    expect(socket.closedWith?.[0]).toBe(4400);
    await gateway.field(create("t1"));
    await expect.poll(() => subscription.events).toHaveLength(1);
  });

  it("RT-3 answers a second connection_init, and a start that does not wait for connection_ack", async () => {
    const gateway = await startGateway();
    const client = await connected(gateway);
    client.send('{"type":"connection_init"}');
    expect(await client.closed).toEqual([4400, "connection_init was sent before"]);
    const hasty = heldSocket(gateway, "graphql-ws");
    hasty.receive({ type: "start", id: "1", payload: { data: "{}" } });
    await hasty.take("error");
    expect(hasty.closedWith).toEqual([4400, "start was sent before connection_ack"]);
  });

  it.each(["", "x".repeat(257)])("RT-3 ends a socket whose id is of another length: %j", async (id) => {
    const gateway = await startGateway();
    const client = await connected(gateway);
    client.send(JSON.stringify({ type: "stop", id }));
    expect(await client.closed).toEqual([4400, "stop has no id of 1 to 256 characters"]);
  });

  it("RT-3 closes a socket whose message is too long", async () => {
    const gateway = await startGateway({ limits: { maxRealtimeMessageLength: 200 } });
    const client = await connected(gateway);
    client.send(JSON.stringify({ type: "stop", id: "1", more: "x".repeat(200) }));
    expect(await client.closed).toEqual([1009, "a message may have 200 characters"]);
  });

  it("RT-4 start, start_ack, data, stop, complete", async () => {
    const gateway = await startGateway();
    const client = await connected(gateway);
    const subscription = client.subscribe(onCreate);
    await isStarted(subscription);
    await gateway.field(create("t1"));
    await expect.poll(() => subscription.events).toHaveLength(1);
    subscription.stop();
    expect(await subscription.ended).toEqual({ id: subscription.id, type: "complete" });
    await gateway.field(create("t2"));
    await settle(client);
    expect(client.frames.filter(({ id }) => id === subscription.id)).toEqual([
      { id: subscription.id, type: "start_ack", payload: {} },
      {
        id: subscription.id,
        type: "data",
        payload: { data: { onCreateTask: { id: "t1", title: "t", _version: 1 } } },
      },
      { id: subscription.id, type: "complete" },
    ]);
  });

  it("RT-4 what is stopped, or was on a socket that is gone, is looked at no more", async () => {
    let looks = 0;
    const counted = (relay: Relay): Relay => ({
      ...relay,
      records: {
        ...relay.records,
        canRead(identity, record) {
          looks += 1;
          return relay.records.canRead(identity, record);
        },
      },
    });
    const gateway = await startGateway({ inFrontOf: counted });
    const [client, other] = [await connected(gateway), await connected(gateway)];
    const subscription = client.subscribe(onCreate);
    await isStarted(subscription);
    await isStarted(other.subscribe(onCreate));
    await gateway.field(create("t1"));
    expect(looks).toBe(1);
    subscription.stop();
    await subscription.ended;
    other.close();
    await other.closed;
    await expect
      .poll(async () => {
        const before = looks;
        await gateway.field(create(`t${crypto.randomUUID()}`));
        return looks - before;
      })
      .toBe(0);
    await isStarted(client.subscribe(onCreate));
    await gateway.field(create("t2"));
    expect(looks).toBeGreaterThan(1);
  });

  it("RT-4 an id that is under way is refused, and the subscription that has it goes on", async () => {
    const gateway = await startGateway();
    const client = await connected(gateway);
    const subscription = client.subscribe(onCreate);
    await isStarted(subscription);
    client.send(client.sent.at(-1) ?? "");
    await expect
      .poll(() => client.frames.at(-1))
      .toEqual({
        id: subscription.id,
        type: "error",
        payload: {
          errors: [
            {
              errorType: "DuplicatedOperationError",
              errorCode: 400,
              message: `Duplicated operation with id ${subscription.id}`,
            },
          ],
        },
      });
    await gateway.field(create("t1"));
    await expect.poll(() => subscription.events).toHaveLength(1);
  });

  it("RT-4 a connection has a bounded number of subscriptions", async () => {
    const gateway = await startGateway({ limits: { maxSubscriptionsPerSocket: 2 } });
    const client = await connected(gateway);
    const [first, second, third] = [client.subscribe(onCreate), client.subscribe(onCreate), client.subscribe(onCreate)];
    await Promise.all([isStarted(first), isStarted(second)]);
    expect(await third.started).toMatchObject({
      type: "error",
      payload: {
        errors: [{ errorType: "MaxSubscriptionsReachedError", message: "Max number of 2 subscriptions reached" }],
      },
    });
    first.stop();
    await first.ended;
    await isStarted(client.subscribe(onCreate));
  });

  it("RT-4 a subscription that is stopped before it is under way never delivers", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    const gateway = await startGateway({
      authenticate: async () => {
        asked += 1;
        // The first is the connection's own, the second that of the start.
        if (asked === 2) await held;
        return { outcome: "accepted", identity: bearer, expiresAt: null };
      },
    });
    const client = await connected(gateway);
    const subscription = client.subscribe(onCreate);
    subscription.stop();
    expect(await subscription.ended).toMatchObject({ type: "complete" });
    release();
    await gateway.field(create("t1"));
    await settle(client);
    expect(client.frames.filter(({ id }) => id === subscription.id)).toEqual([
      { id: subscription.id, type: "complete" },
    ]);
  });

  it("RT-5 a start is judged by the credential it carries, else by that of the connection", async () => {
    const gateway = await startGateway();
    const client = await connected(gateway);
    const refused = client.subscribe(onCreate, {}, { "x-api-key": "wrong" });
    expect(await refused.started).toEqual({
      id: refused.id,
      type: "error",
      payload: { errors: [{ errorType: "UnauthorizedException", errorCode: 401, message: "the API key is wrong" }] },
    });
    await isStarted(client.subscribe(onCreate, {}, {}));
    await isStarted(client.subscribe(onCreate));
  });

  it("RT-5 a subscription ends when its credential expires; the connection goes on", async () => {
    const gateway = await startGateway({
      authenticate: async (headers) => ({
        outcome: "accepted",
        identity: bearer,
        expiresAt: headers["x-api-key"] === "short" ? Date.now() + 30 : null,
      }),
    });
    const client = await connected(gateway);
    const short = client.subscribe(onCreate, {}, { "x-api-key": "short" });
    await isStarted(short);
    expect(await short.ended).toEqual({
      id: short.id,
      type: "error",
      payload: { errors: [{ errorType: "UnauthorizedException", errorCode: 401, message: "Token expired" }] },
    });
    await isStarted(client.subscribe(onCreate));
  });

  it("RT-5 a connection ends when its credential expires", async () => {
    const gateway = await startGateway({
      authenticate: async () => ({ outcome: "accepted", identity: bearer, expiresAt: Date.now() + 30 }),
    });
    const client = await connected(gateway);
    expect(await client.closed).toEqual([4403, "the credential expired"]);
  });

  it.each([
    ["{ getTask(id: 1) { id } }", {}, "UnsupportedOperation", "query not supported through the realtime channel"],
    ["subscription { nope { id } }", {}, "ValidationError", "Cannot query field"],
    ["subscription {", {}, "ValidationError", "Syntax Error"],
    ["subscription { onCreateSecret { id } }", {}, "Unauthorized", "Not Authorized to access onCreateSecret on type"],
    [
      'subscription { onCreateTask(f: "x") { id } }',
      {},
      "ValidationError",
      "UnknownArgument: Unknown field argument f",
    ],
    [
      "subscription ($f: ModelSubscriptionTaskFilterInput) { onCreateTask(filter: $f) { id } }",
      { f: { nope: { eq: 1 } } },
      "ValidationError",
      "The variables input contains a field name 'nope'",
    ],
    [
      "subscription ($f: ModelSubscriptionTaskFilterInput) { onCreateTask(filter: $f) { id } }",
      { f: { or: Array.from({ length: 6 }, (_, i) => ({ stars: { eq: i } })) } },
      "ValidationError",
      "Filters exceed maximum attributes limit 10",
    ],
    [
      "subscription ($f: ModelSubscriptionTaskFilterInput) { onCreateTask(filter: $f) { id } }",
      { f: { stars: { in: [1, 2, 3, 4, 5, 6] } } },
      "ValidationError",
      "subscription exceeds maximum value limit 5 for operator `in`.",
    ],
  ])("RT-6 %s %j is refused with an error of its own", async (query, variables, errorType, message) => {
    const gateway = await startGateway({ limits: { maxFilterNodes: 10 } });
    const client = await connected(gateway);
    const refused = client.subscribe(query, variables);
    const { payload, ...frame } = await refused.started;
    expect(frame).toEqual({ id: refused.id, type: "error" });
    const errorCode = errorType === "Unauthorized" ? 401 : 400;
    expect(payload).toEqual({ errors: [{ errorType, errorCode, message: expect.stringContaining(message) }] });
    await isStarted(client.subscribe(onCreate));
  });

  it.each(["nothing", "[]", '"x"', "{}", '{"query":1}', '{"query":"subscription { a }","variables":[]}'])(
    "RT-6 the data %j is refused with an error of its own",
    async (data) => {
      const gateway = await startGateway();
      const client = await connected(gateway);
      client.send(JSON.stringify({ type: "start", id: "1", payload: { data } }));
      await expect
        .poll(() => client.frames.at(-1))
        .toMatchObject({ id: "1", type: "error", payload: { errors: [{ errorCode: 400 }] } });
      await isStarted(client.subscribe(onCreate));
    },
  );

  it("RT-6 a failure inside is masked, and logged", async () => {
    const gateway = await startGateway();
    const client = await connected(gateway);
    gateway.relay.records.canReadModel = () => {
      throw new Error("secret");
    };
    const { payload } = await client.subscribe(onCreate).started;
    expect(payload?.errors).toEqual([
      { errorType: "InternalFailure", errorCode: 500, message: "the server failed to answer; its log says why" },
    ]);
    expect(gateway.logged).not.toEqual([]);
  });

  it("RT-7 an event holds every field that is selected, whatever the mutation selected", async () => {
    const gateway = await startGateway();
    const client = await connected(gateway);
    const subscription = client.subscribe(
      "subscription { onCreateTask { id title stars tags address { street } _version } }",
    );
    await isStarted(subscription);
    await gateway.field(create("t1", ', stars: 3, tags: ["a"], address: { street: "s" }'));
    await expect.poll(() => subscription.events).toHaveLength(1);
    expect(subscription.events).toEqual([
      {
        data: {
          onCreateTask: { id: "t1", title: "t", stars: 3, tags: ["a"], address: { street: "s" }, _version: 1 },
        },
      },
    ]);
  });

  it("GQL-52 only documents of the list are served, where there is one", async () => {
    const gateway = await startGateway({ persistedQueries: { only: new Map([["tasks", onCreate]]) } });
    const client = await connected(gateway);
    await isStarted(client.subscribe(onCreate));
    expect(await client.subscribe("subscription { onDeleteTask { id } }").started).toMatchObject({
      type: "error",
      payload: { errors: [{ errorType: "UnsupportedOperation", errorCode: 400 }] },
    });
  });

  it("GQL-20 filters and owner arguments choose among events", async () => {
    const schema = parseSchema(`
      type Note @model @auth(rules: [{ allow: public }, { allow: owner }]) {
        owner: String
        stars: Int
      }
    `);
    const gateway = await startGateway({ schema });
    const client = await connected(gateway);
    const query = `subscription ($owner: String, $filter: ModelSubscriptionNoteFilterInput) {
      onCreateNote(owner: $owner, filter: $filter) { owner stars }
    }`;
    const asked = [
      { owner: "alice" },
      { filter: { stars: { between: [2, 3] } } },
      { owner: "bob", filter: { or: [{ stars: { in: [1] } }, { and: [{ stars: { gt: 2 } }] }] } },
      {},
      { filter: { not: { owner: { eq: "alice" }, stars: { ge: 2 } } } },
      { filter: { stars: { gt: 1 }, and: [{ not: { or: [{ owner: { eq: "bob" } }, { stars: { eq: 3 } }] } }] } },
    ];
    const subscriptions = asked.map((variables) => client.subscribe(query, variables));
    for (const subscription of subscriptions) await isStarted(subscription);
    for (const owner of ["alice", "bob"]) {
      for (const stars of [1, 2, 3]) {
        await gateway.field(`mutation { createNote(input: { owner: "${owner}", stars: ${stars} }) { id } }`);
      }
    }
    await expect.poll(() => subscriptions[3]?.events).toHaveLength(6);
    await settle(client);
    const heard = subscriptions.map(({ events }) =>
      events.map(({ data }) => `${data?.onCreateNote?.owner}${data?.onCreateNote?.stars}`).join(" "),
    );
    expect(heard).toEqual([
      "alice1 alice2 alice3",
      "alice2 alice3 bob2 bob3",
      "bob1 bob3",
      "alice1 alice2 alice3 bob1 bob2 bob3",
      "alice1 bob1 bob2 bob3",
      "alice2",
    ]);
  });

  it("RT-12 reads an event once for all sockets of both protocols that select the same", async () => {
    let reads = 0;
    const counted = (relay: Relay): Relay => ({
      ...relay,
      subscribe: (listener) =>
        relay.subscribe((changes) => {
          const counting: ProxyHandler<StoredRecord["values"]> = {
            ownKeys(values) {
              reads += 1;
              return Reflect.ownKeys(values);
            },
          };
          listener(
            changes.map((change) => {
              const after = { ...change.after, values: new Proxy(change.after.values, counting) };
              return { ...change, after };
            }),
          );
        }),
    });
    const gateway = await startGateway({ inFrontOf: counted });
    const clients = [await connected(gateway), await connected(gateway), await connected(gateway)];
    const subscriptions = clients.flatMap((client) => Array.from({ length: 20 }, () => client.subscribe(onCreate)));
    for (const subscription of subscriptions) await isStarted(subscription);
    const other = gateway.client();
    const heard: unknown[] = [];
    for (let i = 0; i < 5; i += 1) {
      other.subscribe({ query: onCreate }, { next: (event) => heard.push(event), error() {}, complete() {} });
    }
    await new Promise<void>((resolve) => {
      const sink = { next() {}, error: () => resolve(), complete: () => resolve() };
      other.subscribe({ query: "{ __typename }" }, sink);
    });
    await gateway.field(create("t1"));
    await expect.poll(() => subscriptions.filter(({ events }) => events.length === 1)).toHaveLength(60);
    await expect.poll(() => heard).toHaveLength(5);
    expect(new Set(heard.map((event) => JSON.stringify(event))).size).toBe(1);
    expect(reads).toBe(1);
  });

  it("RT-8 cuts off a socket that takes its events too slowly", async () => {
    const gateway = await startGateway({ limits: { maxQueuedEvents: 2 } });
    const socket = heldSocket(gateway, "graphql-ws");
    await socket.take("connection_ack");
    await socket.take("ka");
    socket.receive({ type: "start", id: "1", payload: { data: JSON.stringify({ query: onCreate }) } });
    await socket.take("start_ack");
    await gateway.field(create("t0"));
    await expect.poll(() => socket.held).toHaveLength(1);
    for (const id of ["t1", "t2"]) await gateway.field(create(id));
    expect(socket.isTerminated).toBe(false);
    await gateway.field(create("t3"));
    expect(await socket.take("data")).toMatchObject({ id: "1", payload: { data: { onCreateTask: { id: "t0" } } } });
    await expect.poll(() => socket.isTerminated).toBe(true);
    expect(socket.held).toEqual([]);
  });

  it("RT-8 cuts off a socket whose network takes nothing", async () => {
    const gateway = await startGateway({ limits: { maxBufferedBytes: 1_000 } });
    const socket = heldSocket(gateway, "graphql-ws");
    await socket.take("connection_ack");
    await socket.take("ka");
    socket.bufferedAmount = 1_001;
    socket.receive({ type: "stop", id: "1" });
    await expect.poll(() => socket.isTerminated).toBe(true);
    expect(socket.held).toEqual([]);
  });

  it("GQL-19 ends sockets when the gateway closes", async () => {
    const gateway = await startGateway();
    const client = await connected(gateway);
    const subscription = client.subscribe(onCreate);
    await isStarted(subscription);
    await gateway.gateway.close();
    expect(await client.closed).toEqual([1001, "the gateway stops"]);
    expect(client.frames.at(-1)).toMatchObject({ type: "start_ack" });
  });
});

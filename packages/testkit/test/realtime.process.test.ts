/** AppSync's realtime protocol against the command, as a process of its own: what an Amplify client and replicas do to each other. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { createDataStore } from "@tributary/datastore/node";
import { parseSchema } from "@tributary/schema/sdl";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import {
  createRealtimeClient,
  type RealtimeClient,
  type RealtimeSubscription,
} from "../src/amplify/realtime-client.ts";
import { endChildren } from "../src/processes/child.ts";
import { type RelayProcess, startRelayProcess } from "../src/processes/relay-process.ts";
import { tempFolder } from "./temp-folder.ts";

const schemaFile = path.resolve(import.meta.dirname, "fixtures/kill.graphql");
const KEY = "realtime-test-key";
const credential = { "x-api-key": KEY };

afterEach(endChildren);

const start = (data: string, port = "0"): Promise<RelayProcess> =>
  startRelayProcess(["start", "--schema", schemaFile, "--data", data, "--port", port, "--api-key", KEY]);

async function connect(url: string, form: "subprotocol" | "query"): Promise<RealtimeClient> {
  const client = createRealtimeClient({ endpoint: `${url}/graphql`, credential, form });
  onTestFinished(() => client.close());
  expect(await client.connect()).toMatchObject({ type: "connection_ack" });
  return client;
}

async function listen(client: RealtimeClient, query: string, variables?: object): Promise<RealtimeSubscription> {
  const subscription = client.subscribe(query, variables);
  expect(await subscription.started).toMatchObject({ type: "start_ack" });
  return subscription;
}

async function ask(url: string, query: string): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...credential },
    body: JSON.stringify({ query }),
  });
  expect(await response.json()).not.toHaveProperty("errors");
}

const selection = "{ id title stars tags _version _deleted }";
const titlesOf = ({ events }: RealtimeSubscription, field: string): unknown[] =>
  events.map(({ data }) => data?.[field]?.title);

describe("AppSync's realtime protocol", () => {
  it("RT-1 RT-7 serves clients of both forms, beside mutations and replicas, across a restart", async () => {
    const data = path.join(tempFolder(), "data");
    const relay = await start(data);
    const { url } = relay;
    const [byProtocol, byQuery] = [await connect(url, "subprotocol"), await connect(url, "query")];
    const all = await listen(byProtocol, `subscription { onCreateNote ${selection} }`);
    const updates = await listen(byProtocol, `subscription { onUpdateNote ${selection} }`);
    const starred = await listen(
      byQuery,
      `subscription ($filter: ModelSubscriptionNoteFilterInput) { onCreateNote(filter: $filter) { title } }`,
      { filter: { stars: { ge: 3 } } },
    );

    // The mutation selects nothing but the id.
    await ask(url, 'mutation { createNote(input: { id: "a", title: "by mutation", stars: 3, tags: ["x"] }) { id } }');
    await expect.poll(() => all.events).toHaveLength(1);
    expect(all.events[0]).toEqual({
      data: {
        onCreateNote: { id: "a", title: "by mutation", stars: 3, tags: ["x"], _version: 1, _deleted: null },
      },
    });

    const store = createDataStore({
      schema: parseSchema(readFileSync(schemaFile, "utf8")),
      url,
      auth: { apiKey: KEY },
    });
    onTestFinished(() => store.stop());
    await store.start();
    const { Note } = store.models;
    if (Note === undefined) throw new Error("the schema has no Note");
    const note = await store.save(new Note({ id: "b", title: "by a replica", tags: ["y"] }));
    await expect.poll(() => all.events).toHaveLength(2);
    await store.save(Note.copyOf(note, (draft) => void Object.assign(draft, { stars: 1 })));
    await expect.poll(() => updates.events).toHaveLength(1);
    expect(updates.events[0]).toEqual({
      data: { onUpdateNote: { id: "b", title: "by a replica", stars: 1, tags: ["y"], _version: 2, _deleted: null } },
    });
    expect(titlesOf(starred, "onCreateNote")).toEqual(["by mutation"]);

    expect(await relay.stop()).toBe(0);
    expect(await Promise.all([byProtocol.closed, byQuery.closed])).toEqual(Array(2).fill([1001, "the gateway stops"]));
    const again = await start(data, new URL(url).port);
    const anew = await listen(await connect(again.url, "subprotocol"), `subscription { onDeleteNote ${selection} }`);
    await ask(again.url, 'mutation { deleteNote(input: { id: "a", _version: 1 }) { id } }');
    await expect.poll(() => anew.events).toHaveLength(1);
    expect(anew.events[0]?.data?.onDeleteNote).toMatchObject({ id: "a", _version: 2, _deleted: true });
    expect(await again.stop()).toBe(0);
  });

  it("RT-2 refuses who has another key, or another kind of credential", async () => {
    const relay = await start(path.join(tempFolder(), "data"));
    for (const [given, message] of [
      [{ "x-api-key": "wrong" }, "the API key is wrong"],
      [{ Authorization: "a.b.c" }, "tokens are not accepted by this version: send an API key as x-api-key"],
      [
        { Authorization: "AWS4-HMAC-SHA256 Credential=a" },
        "AWS signatures are not accepted by this version: send an API key as x-api-key",
      ],
    ] as const) {
      const client = createRealtimeClient({ endpoint: `${relay.url}/graphql`, credential: given });
      expect(await client.connect()).toEqual({
        type: "connection_error",
        payload: { errors: [{ errorType: "UnauthorizedException", errorCode: 401, message }] },
      });
      expect(await client.closed).toEqual([4403, message]);
    }
    expect(await relay.stop()).toBe(0);
  });
});

import { parseSchema } from "@tributary/schema/sdl";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { type Cluster, type ClusterClient, createCluster, createRandom } from "@tributary/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import type { HubPayload } from "../src/hub.ts";

const schema = parseSchema(`
  type Note @model @auth(rules: [{ allow: public }]) { id: ID! @primaryKey, title: String!, parts: [Part] @hasMany }
  type Part @model @auth(rules: [{ allow: public }]) { id: ID! @primaryKey, text: String, note: Note @belongsTo }
`);

async function start(): Promise<Cluster> {
  const adapters = new Map<string, ReturnType<typeof createMemoryAdapter>>();
  const cluster = await createCluster({
    schema,
    random: createRandom(3),
    adapter(place) {
      const known = adapters.get(place) ?? createMemoryAdapter();
      adapters.set(place, known);
      return known;
    },
  });
  onTestFinished(() => cluster.stop());
  return cluster;
}

function classOf(client: ClusterClient, name: string) {
  const found = client.store.models[name];
  if (found === undefined) throw new Error(name);
  return found;
}

function listen(client: ClusterClient): HubPayload[] {
  const heard: HubPayload[] = [];
  client.store.hub.listen("datastore", ({ payload }) => void heard.push(payload));
  return heard;
}

const names = (heard: readonly HubPayload[]) => heard.map(({ event }) => event);

describe("the Hub", () => {
  it("HUB-1 tells of a first sync in Amplify's order, then of what is sent", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    const Note = classOf(a, "Note");
    const heard = listen(a);
    await a.store.start();
    await a.store.settled();
    expect(names(heard)).toEqual([
      "storageSubscribed",
      "outboxStatus",
      "networkStatus",
      "subscriptionsEstablished",
      "syncQueriesStarted",
      "modelSynced",
      "modelSynced",
      "syncQueriesReady",
      "ready",
    ]);
    expect(heard[1]?.data).toEqual({ isEmpty: true });
    expect(heard[2]?.data).toEqual({ active: true });
    expect(heard[4]?.data).toEqual({ models: ["Note", "Part"] });
    expect(heard[5]?.data).toMatchObject({ counts: { new: 0, updated: 0, deleted: 0 } });
    heard.length = 0;
    await a.store.save(new Note({ id: "n", title: "t" }));
    await expect
      .poll(() => names(heard))
      .toEqual(["outboxMutationEnqueued", "outboxStatus", "outboxMutationProcessed", "outboxStatus"]);
    expect(heard[0]?.data).toEqual({ model: Note, element: { id: "n", title: "t" } });
    expect(heard[1]?.data).toEqual({ isEmpty: false });
    expect(heard[2]?.data).toMatchObject({ model: Note, element: { id: "n", title: "t", _version: 1 } });
    expect(heard[3]?.data).toEqual({ isEmpty: true });
  });

  it("HUB-2 counts what a sync brought, by model, and tells of a lost connection", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    for (const id of ["1", "2"]) await a.store.save(new (classOf(a, "Note"))({ id, title: "t" }));
    await a.store.settled();
    const heard = listen(b);
    await b.store.start();
    await b.store.settled();
    const synced = () => heard.filter(({ event }) => event === "modelSynced").map(({ data }) => data);
    const Note = classOf(b, "Note");
    expect(synced()).toContainEqual(
      expect.objectContaining({ model: Note, isFullSync: true, counts: { new: 2, updated: 0, deleted: 0 } }),
    );
    heard.length = 0;
    b.link.cut();
    await expect.poll(() => names(heard).at(-1)).toBe("ready");
    expect(heard[0]).toEqual({ event: "networkStatus", data: { active: false } });
    expect(synced()).toContainEqual(
      expect.objectContaining({
        model: Note,
        isFullSync: false,
        isDeltaSync: true,
        counts: { new: 0, updated: 0, deleted: 0 },
      }),
    );
  });

  it("HUB-3 tells of a change that was refused, beside the error handler", async () => {
    const cluster = await start();
    const a = cluster.client("a");
    const heard = listen(a);
    // Five megabytes: no frame takes it.
    await a.store.save(new (classOf(a, "Note"))({ id: "n", title: "x".repeat(5_000_000) }));
    await expect.poll(() => names(heard)).toContain("outboxMutationFailed");
    const failed = heard.find(({ event }) => event === "outboxMutationFailed");
    expect(failed?.data).toMatchObject({ model: classOf(a, "Note"), code: "tooLarge", element: { id: "n" } });
    await expect
      .poll(() => a.problems)
      .toMatchObject([
        { kind: "refused", errorType: "BadRecord", process: "mutate", operation: "Create", model: "Note" },
      ]);
  });
});

describe("a deletion with what it takes along", () => {
  it("DEL-1 reaches the relay and other clients whole", async () => {
    const cluster = await start();
    const [a, b] = [cluster.client("a"), cluster.client("b")];
    const note = await a.store.save(new (classOf(a, "Note"))({ id: "n", title: "t" }));
    for (const id of ["1", "2", "3"]) await a.store.save(new (classOf(a, "Part"))({ id, note }));
    await a.store.settled();
    await b.store.settled();
    expect(await b.store.query(classOf(b, "Part"))).toHaveLength(3);
    await a.store.delete(note);
    await a.store.settled();
    await expect
      .poll(async () => [...(await b.store.query(classOf(b, "Part"))), ...(await b.store.query(classOf(b, "Note")))])
      .toEqual([]);
    expect((await a.store.refused()).length).toBe(0);
  });
});

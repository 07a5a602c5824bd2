/** Clients and relays of one app under schemas of different age: local data and unsent changes stay, and sync goes on. */
import type { ModelClass, ModelInstance } from "@tributary/datastore/node";
import type { SchemaDescription } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Cluster, type ClusterClient, createCluster } from "../src/cluster/cluster.ts";
import { createRandom } from "../src/cluster/random.ts";
import { sqlitePlaces } from "./temp-folder.ts";

const noteSdl = (fields: string, more = ""): SchemaDescription =>
  parseSchema(`
    type Note @model @auth(rules: [{ allow: public }]) {
      id: ID! @primaryKey
      title: String
      ${fields}
    }
    ${more}
  `);

const tag = "type Tag @model @auth(rules: [{ allow: public }]) { id: ID! @primaryKey, name: String! }";
const plain = noteSdl("body: String");
const withStars = noteSdl("body: String\n stars: Int", tag);
const withoutBody = noteSdl("stars: Int");
const withTextStars = noteSdl("body: String\n stars: String");
const withRequiredStars = noteSdl("body: String\n stars: Int!");

async function start(schema: SchemaDescription): Promise<Cluster> {
  const cluster = await createCluster({ schema, random: createRandom(1), adapter: sqlitePlaces().adapter });
  onTestFinished(() => cluster.stop());
  return cluster;
}

function modelOf(client: ClusterClient, name: string): ModelClass {
  const model = client.store.models[name];
  if (model === undefined) throw new Error(`${client.name} has no model ${name}`);
  return model;
}

async function find(client: ClusterClient, id: string): Promise<ModelInstance> {
  const found = await client.store.query(modelOf(client, "Note"), id);
  if (found === undefined) throw new Error(`${client.name} has no note ${id}`);
  return found;
}

async function create(client: ClusterClient, fields: object, model = "Note"): Promise<string> {
  const { id } = await client.store.save(new (modelOf(client, model))({ ...fields }));
  return String(id);
}

async function edit(client: ClusterClient, id: string, fields: object): Promise<void> {
  const note = await find(client, id);
  await client.store.save(modelOf(client, "Note").copyOf(note, (draft) => void Object.assign(draft, fields)));
}

const operator = { kind: "operator" } as const;
const atRelay = async (cluster: Cluster, id: string, model = "Note") =>
  (await cluster.relay.records.get(operator, model, id))?.values ?? null;

/** What the app is told was not taken. */
const refusedBy = async (client: ClusterClient) =>
  (await client.store.refused()).map(({ key, code, fields }) => ({ key, code, fields }));

describe("a client whose schema changed", () => {
  it("EVOLVE-1 keeps records and unsent changes when fields and models are added", async () => {
    const cluster = await start(withStars);
    const a = cluster.client("a", { schema: plain });
    const id = await create(a, { title: "t", body: "b" });
    await a.store.settled();
    a.link.allow(false);
    await edit(a, id, { body: "unsent" });
    const other = await create(a, { title: "unsent too" });
    await a.restart(withStars);
    expect(await find(a, id)).toMatchObject({ title: "t", body: "unsent", stars: null });
    await edit(a, id, { stars: 3 });
    const tagId = await create(a, { name: "n" }, "Tag");
    a.link.allow(true);
    await a.store.settled();
    expect(await atRelay(cluster, id)).toMatchObject({ title: "t", body: "unsent", stars: 3 });
    expect(await atRelay(cluster, other)).toMatchObject({ title: "unsent too" });
    expect(await atRelay(cluster, tagId, "Tag")).toMatchObject({ name: "n" });
    expect(await refusedBy(a)).toEqual([]);
  });

  it("EVOLVE-1 keeps what a removed field held, also unsent, and shows it again when the field is back", async () => {
    const cluster = await start(noteSdl("body: String\n stars: Int"));
    const a = cluster.client("a");
    const id = await create(a, { title: "t", body: "b" });
    await a.store.settled();
    a.link.allow(false);
    await edit(a, id, { body: "unsent" });
    await a.restart(withoutBody);
    expect(await find(a, id)).not.toHaveProperty("body");
    await edit(a, id, { stars: 1 });
    a.link.allow(true);
    await a.store.settled();
    expect(await atRelay(cluster, id)).toMatchObject({ body: "unsent", stars: 1 });
    await a.restart(noteSdl("body: String\n stars: Int"));
    expect(await find(a, id)).toMatchObject({ title: "t", body: "unsent", stars: 1 });
  });

  it("EVOLVE-1 keeps records of a removed model, and what was unsent of them", async () => {
    const cluster = await start(withStars);
    const a = cluster.client("a");
    a.link.allow(false);
    const tagId = await create(a, { name: "n" }, "Tag");
    await a.restart(noteSdl("body: String\n stars: Int"));
    a.link.allow(true);
    await a.store.settled();
    expect(await atRelay(cluster, tagId, "Tag")).toMatchObject({ name: "n" });
    await a.restart(withStars);
    expect(await a.store.query(modelOf(a, "Tag"), tagId)).toMatchObject({ name: "n" });
  });

  it("EVOLVE-2 shows nothing in a field of another type until somebody writes it, and the rest can be edited", async () => {
    const cluster = await start(withStars);
    const [a, b] = [cluster.client("a"), cluster.client("b", { schema: withTextStars })];
    const id = await create(a, { title: "t", stars: 3 });
    await a.store.settled();
    await a.store.stop();
    await cluster.stopRelay();
    await cluster.startRelay("relay", { schema: withTextStars });
    await b.store.start();
    await b.store.settled();
    expect(await find(b, id)).toMatchObject({ title: "t", stars: null });
    await edit(b, id, { body: "edited" });
    await b.store.settled();
    expect(await refusedBy(b)).toEqual([]);
    expect(await atRelay(cluster, id)).toMatchObject({ title: "t", body: "edited", stars: null });
    await edit(b, id, { stars: "three" });
    await b.store.settled();
    expect(await atRelay(cluster, id)).toMatchObject({ stars: "three" });
  });

  it("EVOLVE-2 edits a record that lacks what became required, but creates none", async () => {
    const cluster = await start(withStars);
    const a = cluster.client("a", { schema: plain });
    const id = await create(a, { title: "t" });
    await a.store.settled();
    await cluster.stopRelay();
    await cluster.startRelay("relay", { schema: withRequiredStars });
    await edit(a, id, { body: "edited" });
    const other = await create(a, { title: "without stars" });
    await a.store.settled();
    expect(await atRelay(cluster, id)).toMatchObject({ body: "edited", stars: null });
    expect(await refusedBy(a)).toEqual([{ key: other, code: "invalid", fields: ["stars"] }]);
  });
});

describe("a client newer than its relay", () => {
  it("EVOLVE-3 syncs what both know, and is told of the field and the model that the relay does not", async () => {
    const cluster = await start(plain);
    const [a, b] = [cluster.client("a", { schema: withStars }), cluster.client("b")];
    const id = await create(a, { title: "t", body: "b", stars: 3 });
    const tagId = await create(a, { name: "n" }, "Tag");
    await a.store.settled();
    expect(await refusedBy(a)).toEqual([
      { key: id, code: "unknownField", fields: ["stars"] },
      { key: tagId, code: "unknownModel", fields: [] },
    ]);
    expect(await atRelay(cluster, id)).toMatchObject({ title: "t", body: "b" });
    expect(await find(a, id)).toMatchObject({ title: "t", body: "b", stars: null });
    await edit(a, id, { stars: 4 });
    await edit(a, id, { title: "u", stars: 5 });
    await a.store.settled();
    await b.store.start();
    await b.store.settled();
    expect(await find(b, id)).toMatchObject({ title: "u", body: "b" });
    await edit(b, id, { body: "from b" });
    await b.store.settled();
    await expect.poll(async () => (await find(a, id)).body).toBe("from b");
  });
});

describe("a client older than its relay", () => {
  it("EVOLVE-3 syncs what both know, keeps what it does not know, and shows that once it is updated", async () => {
    const cluster = await start(withStars);
    const [a, b] = [cluster.client("a", { schema: plain }), cluster.client("b")];
    const id = await create(b, { title: "t", stars: 3 });
    const tagId = await create(b, { name: "n" }, "Tag");
    await b.store.settled();
    await a.store.start();
    await a.store.settled();
    expect(await find(a, id)).toMatchObject({ title: "t" });
    await edit(a, id, { body: "from a" });
    await a.store.settled();
    expect(await atRelay(cluster, id)).toMatchObject({ title: "t", body: "from a", stars: 3 });
    await a.restart(withStars);
    await a.store.settled();
    expect(await find(a, id)).toMatchObject({ title: "t", body: "from a", stars: 3 });
    expect(await a.store.query(modelOf(a, "Tag"), tagId)).toMatchObject({ name: "n" });
  });

  it("EVOLVE-3 writes on without a field that the relay removed", async () => {
    const cluster = await start(withoutBody);
    const a = cluster.client("a", { schema: noteSdl("body: String\n stars: Int") });
    const id = await create(a, { title: "t", body: "b", stars: 1 });
    await edit(a, id, { stars: 2 });
    await a.store.settled();
    expect(await atRelay(cluster, id)).toMatchObject({ title: "t", stars: 2 });
    expect(await refusedBy(a)).toEqual([{ key: id, code: "unknownField", fields: ["body"] }]);
    expect(await find(a, id)).toMatchObject({ title: "t", body: null, stars: 2 });
  });
});

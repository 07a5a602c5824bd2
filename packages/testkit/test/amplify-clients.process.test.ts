/**
 * Amplify's published DataStore, unmodified, against the command: several clients, each in a process of its own, beside a
 * Tributary client on the same records. What each scenario leaves behind, all of them hold alike.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  createDataStore,
  type DataStoreInstance,
  type ModelClass,
  type ModelInstance,
} from "@tributary/datastore/node";
import { generateModels } from "@tributary/schema/codegen";
import { parseSchema } from "@tributary/schema/sdl";
import { afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AmplifyProcess, startAmplifyProcess } from "../src/amplify/amplify-process.ts";
import type { AmplifyPredicate, AmplifyRecord, AmplifySettings } from "../src/amplify/client-messages.ts";
import { createFaultyProxy, type FaultyProxy } from "../src/amplify/faulty-proxy.ts";
import { amplifyFolder, installAmplify } from "../src/amplify/install-amplify.ts";
import { endChildren } from "../src/processes/child.ts";
import { startRelayProcess } from "../src/processes/relay-process.ts";
import { tempFolder } from "./temp-folder.ts";

const schemaFile = path.join(amplifyFolder, "schema.graphql");
const sdl = readFileSync(schemaFile, "utf8");
const apiKey = "amplify-test-key";
const MODELS = ["Board", "Task", "Remark", "Reading", "Country"] as const;
const page = readFileSync(path.resolve(import.meta.dirname, "../../../docs/amplify-clients.md"), "utf8");

beforeAll(installAmplify, 300_000);
afterEach(endChildren);

/** What `schema.js` of the app's models folder exports. */
function generatedSchema(): AmplifySettings["schema"] {
  const file = generateModels(sdl, "javascript").find(({ name }) => name === "schema.js");
  return JSON.parse(/^export const schema = (.*);\s*$/s.exec(file?.text ?? "")?.[1] ?? "");
}

/** What the page's block for such surroundings hands to `Amplify.configure`, but for the address and the key. */
function configFromPage(surroundings: AmplifySettings["surroundings"], url: string): object {
  const mark = surroundings === "browser" ? "defaultAuthMode" : "aws_appsync_authenticationType";
  const blocks = [...page.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
  const [block, ...others] = blocks.filter((code) => code.includes(mark));
  if (block === undefined || others.length > 0) throw new Error(`the page needs one block with ${mark}`);
  const code = block
    .replace(/^import .*\n/gm, "")
    // In capitals the library takes the scheme as it is.
    .replace("HTTP://localhost:4000", url.replace("http", "HTTP"))
    .replace("the-key-of-the-relay", apiKey);
  const given: object[] = [];
  new Function("Amplify", code)({ configure: (config: object) => given.push(config) });
  expect(JSON.stringify(given)).toContain(apiKey);
  return given[0] ?? {};
}

interface World {
  readonly url: string;
  /** Between every Amplify client and the relay. */
  readonly proxy: FaultyProxy;
  readonly store: DataStoreInstance;
  readonly classes: Readonly<Record<(typeof MODELS)[number], ModelClass>>;
  /** A client that is not started yet. */
  client(settings: Pick<AmplifySettings, "surroundings" | "wanted">): AmplifyProcess;
  restartRelay(): Promise<void>;
}

async function startWorld(): Promise<World> {
  const data = path.join(tempFolder(), "data");
  const startRelay = (port: string) =>
    startRelayProcess(["start", "--schema", schemaFile, "--data", data, "--port", port, "--api-key", apiKey]);
  let relay = await startRelay("0");
  const { url } = relay;
  const proxy = await createFaultyProxy(url);
  onTestFinished(() => proxy.close());
  const store = createDataStore({ schema: parseSchema(sdl), url, auth: { apiKey } });
  onTestFinished(() => store.stop());
  await store.start();
  const { Board, Task, Remark, Reading, Country } = store.models;
  if (!Board || !Task || !Remark || !Reading || !Country) throw new Error("the schema lacks a model");
  const schema = generatedSchema();
  return {
    url,
    proxy,
    store,
    classes: { Board, Task, Remark, Reading, Country },
    client: (settings) =>
      startAmplifyProcess({ ...settings, config: configFromPage(settings.surroundings, proxy.url), schema }),
    async restartRelay() {
      await relay.kill();
      relay = await startRelay(new URL(url).port);
    },
  };
}

/** Ready, and told of every change from now on. */
async function started(clients: readonly AmplifyProcess[]): Promise<void> {
  await Promise.all(clients.map((client) => client.start()));
  await listening(clients);
}

async function listening(clients: readonly AmplifyProcess[]): Promise<void> {
  for (const client of clients) await expect.poll(() => client.state(), SOON).toMatchObject({ isListening: true });
}

/**
 * One after another: what is committed between a client's sync and its subscriptions comes to it with its next sync only, with
 * AppSync as well.
 */
async function backOnline(clients: readonly AmplifyProcess[]): Promise<void> {
  for (const client of clients) {
    await client.signal(true);
    await listening([client]);
  }
}

async function sent(clients: readonly AmplifyProcess[]): Promise<void> {
  for (const client of clients) await expect.poll(() => client.state(), SOON).toMatchObject({ isOutboxEmpty: true });
}

/** A client without a network takes seconds until it tries again. */
const SOON = { timeout: 10_000, interval: 30 };

interface Connection {
  readonly items: readonly AmplifyRecord[];
  readonly nextToken: string | null;
}

async function ask(url: string, query: string): Promise<Readonly<Record<string, Connection>>> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": apiKey },
    body: JSON.stringify({ query }),
  });
  const body = (await response.json()) as { data: Readonly<Record<string, Connection>> };
  expect(body).not.toHaveProperty("errors");
  return body.data;
}

const selections: Readonly<Record<(typeof MODELS)[number], readonly [query: string, fields: string]>> = {
  Board: ["listBoards", "id name"],
  Task: ["listTasks", "id title state priority labels details place { room floor } dueAt boardId"],
  Remark: ["listRemarks", "id text taskRemarksId"],
  Reading: ["listReadings", "device takenAt degrees comment"],
  Country: ["listCountries", "code name capital"],
};

type Holding = Readonly<Record<string, readonly AmplifyRecord[]>>;

/** By key, whichever a model has: what the relay stamps tells only whose change came first. */
const keyOrder = (a: AmplifyRecord, b: AmplifyRecord): number => (keyText(a) < keyText(b) ? -1 : 1);
const keyText = ({ id, device, takenAt, code }: AmplifyRecord): string => JSON.stringify([id, device, takenAt, code]);

/** The live records that the relay answers, as an Amplify client keeps them. */
async function heldByRelay(url: string): Promise<Holding> {
  const holding: Record<string, AmplifyRecord[]> = {};
  for (const model of MODELS) {
    const [query, fields] = selections[model];
    const records: AmplifyRecord[] = [];
    let token: string | null = null;
    do {
      const root: string = `${query}(limit: 1000, nextToken: ${JSON.stringify(token)})`;
      const selection = `{ ${fields} createdAt updatedAt _version _lastChangedAt _deleted }`;
      const page: Connection | undefined = (await ask(url, `{ ${root} { items ${selection} nextToken } }`))[query];
      records.push(...(page?.items ?? []));
      token = page?.nextToken ?? null;
    } while (token !== null);
    holding[model] = records
      .filter(({ _deleted }) => _deleted === null)
      .map(keepAsAmplify)
      .sort(keyOrder);
  }
  return holding;
}

/** AWSJSON is text on the wire, and a value in the client. Members stand in one order. */
function keepAsAmplify(record: AmplifyRecord): AmplifyRecord {
  const { details } = record;
  const kept = typeof details === "string" ? { ...record, details: JSON.parse(details) } : record;
  return Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function heldByAmplify(client: AmplifyProcess): Promise<Holding> {
  const holding: Record<string, AmplifyRecord[]> = {};
  for (const model of MODELS) holding[model] = (await client.list(model)).map(keepAsAmplify).sort(keyOrder);
  return holding;
}

async function heldByStore({ store, classes }: World): Promise<Holding> {
  const holding: Record<string, AmplifyRecord[]> = {};
  for (const model of MODELS) {
    const rows = JSON.parse(JSON.stringify(await store.query(classes[model]))) as AmplifyRecord[];
    holding[model] = rows.map(fieldsAlone).sort(keyOrder);
  }
  return holding;
}

/** The fields of the schema that have a value: a replica has metadata of its own, and no nulls in what it embeds. */
function fieldsAlone(record: AmplifyRecord): AmplifyRecord {
  const isField = ([name, value]: [string, unknown]): boolean =>
    value !== null && !name.startsWith("_") && !name.endsWith("edAt");
  const kept = Object.entries(keepAsAmplify(record)).filter(isField);
  return JSON.parse(JSON.stringify(Object.fromEntries(kept)), (_, value) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
      : value,
  );
}

/** Everything that was saved is at the relay, and everybody holds the same: Amplify's clients to the last version. */
async function sameEverywhere(world: World, clients: readonly AmplifyProcess[]): Promise<Holding> {
  await sent(clients);
  await world.store.settled();
  const relay = await heldByRelay(world.url);
  for (const client of clients) await expect.poll(() => heldByAmplify(client), SOON).toEqual(relay);
  const rows = Object.fromEntries(MODELS.map((model) => [model, (relay[model] ?? []).map(fieldsAlone).sort(keyOrder)]));
  await expect.poll(() => heldByStore(world), SOON).toEqual(rows);
  return relay;
}

async function untroubled(clients: readonly AmplifyProcess[]): Promise<void> {
  for (const client of clients) expect(await client.state()).toMatchObject({ problems: [] });
}

const wholeTask = {
  title: "water the plants",
  state: "OPEN",
  priority: 2,
  labels: ["home", "green"],
  details: JSON.stringify({ litres: 3, pots: ["fern"] }),
  place: { room: "kitchen", floor: 1 },
  dueAt: "2026-05-01T10:00:00.000Z",
};

const seconds = (count: number): { readonly timeout: number } => ({ timeout: count * 1000 });

describe("Amplify's DataStore against a relay", seconds(90), () => {
  it("DOC-7 AMPLIFY-1 AMPLIFY-2 gets all records in pages, and after a restart what changed since, deletions too", async () => {
    const world = await startWorld();
    const { store, classes, proxy } = world;
    const { Board, Task, Country } = classes;
    const board = await store.save(new Board({ name: "chores" }));
    const task = await store.save(new Task({ ...wholeTask, boardId: board.id }));
    const codes = Array.from({ length: 1_030 }, (_, i) => `C${String(i).padStart(4, "0")}`);
    const countries = await Promise.all(
      codes.map((code) => store.save(new Country({ code, name: `country of ${code}` }))),
    );
    await store.settled();
    const clients = [world.client({ surroundings: "browser" }), world.client({ surroundings: "node" })];
    await started(clients);
    const asked = (): string => proxy.sent.join("\n");
    for (const client of clients) expect(await client.list("Country")).toHaveLength(codes.length);
    // Two pages each.
    expect(asked().match(/syncCountries\(/g)).toHaveLength(2 * clients.length);
    expect(asked()).not.toMatch(/"lastSync":[1-9]/);
    await sameEverywhere(world, clients);

    for (const client of clients) await client.stop();
    await store.save(Task.copyOf(task, (draft) => void Object.assign(draft, { title: "while they were away" })));
    await store.save(new Board({ name: "new" }));
    const [missed] = countries.slice(500);
    if (missed === undefined) throw new Error("no such country");
    await store.delete(missed);
    await store.settled();
    await started(clients);
    expect(asked().match(/"lastSync":[1-9]/g)).toHaveLength(MODELS.length * clients.length);
    const held = await sameEverywhere(world, clients);
    expect(held.Country).toHaveLength(codes.length - 1);
    expect(held.Task).toEqual([expect.objectContaining({ title: "while they were away", _version: 2 })]);
    await untroubled(clients);
  });

  it("AMPLIFY-3 tells each client of what any other did, with all fields and the version", async () => {
    const world = await startWorld();
    const { store, classes } = world;
    const a = world.client({ surroundings: "browser" });
    const b = world.client({ surroundings: "node" });
    const clients = [a, b];
    await started(clients);
    const seen = async (client: AmplifyProcess, model: string, record: AmplifyRecord): Promise<void> =>
      void (await expect.poll(() => client.list(model), SOON).toEqual([expect.objectContaining(record)]));

    const board = await a.create("Board", { name: "chores" });
    const task = await a.create("Task", { ...wholeTask, boardId: board.id });
    const whole = { ...wholeTask, details: JSON.parse(wholeTask.details), boardId: board.id };
    await seen(b, "Task", { ...whole, _version: 1 });
    await expect.poll(() => store.query(classes.Task), SOON).toHaveLength(1);

    await b.change("Task", String(task.id), { state: "DONE", place: { room: "hall" }, labels: ["green"] });
    const changed = { ...whole, state: "DONE", place: { room: "hall", floor: null }, labels: ["green"] };
    await seen(a, "Task", { ...changed, _version: 2 });

    await expect.poll(async () => (await store.query(classes.Task))[0], SOON).toMatchObject({ state: "DONE" });
    const [own] = await store.query(classes.Task);
    if (own === undefined) throw new Error("the store lost the task");
    await store.save(classes.Task.copyOf(own, (draft) => void Object.assign(draft, { priority: 9, dueAt: null })));
    for (const client of clients) await seen(client, "Task", { ...changed, priority: 9, dueAt: null, _version: 3 });
    const other = await store.save(new classes.Board({ name: "by a replica" }));
    for (const client of clients) await expect.poll(() => client.list("Board"), SOON).toHaveLength(2);
    await sameEverywhere(world, clients);

    await b.remove("Task", String(task.id));
    await store.delete(other);
    for (const client of clients) {
      await expect.poll(() => client.list("Task"), SOON).toEqual([]);
      await seen(client, "Board", { name: "chores", _version: 1 });
    }
    const held = await sameEverywhere(world, clients);
    expect(held).toMatchObject({ Task: [], Board: [{ id: board.id }] });
    await untroubled(clients);
  });

  it("AMPLIFY-4 takes what was queued offline, and tells what was missed", async () => {
    const world = await startWorld();
    const { store, classes, proxy } = world;
    const a = world.client({ surroundings: "browser" });
    const b = world.client({ surroundings: "browser" });
    const clients = [a, b];
    await started(clients);
    const kept = await a.create("Task", wholeTask);
    const gone = await b.create("Task", { title: "to be deleted" });
    await sameEverywhere(world, clients);

    for (const client of clients) await client.signal(false);
    proxy.cut();
    const made = await a.create("Task", { title: "made offline" });
    await a.change("Task", String(made.id), { priority: 1, labels: ["folded into its creation"] });
    await a.change("Task", String(kept.id), { title: "edited offline" });
    await a.remove("Task", String(gone.id));
    const passing = await a.create("Board", { name: "never sent" });
    await a.remove("Board", String(passing.id));
    await b.create("Board", { name: "of the other" });
    await store.save(new classes.Country({ code: "IS", name: "Iceland" }));
    await store.settled();
    expect(await b.list("Country")).toEqual([]);
    expect(await a.state()).toMatchObject({ isOutboxEmpty: false });

    proxy.mend();
    await backOnline(clients);
    const held = await sameEverywhere(world, clients);
    expect(held.Task).toHaveLength(2);
    expect(held.Task).toContainEqual(
      expect.objectContaining({
        title: "made offline",
        priority: 1,
        labels: ["folded into its creation"],
        _version: 1,
      }),
    );
    expect(held.Task).toContainEqual(expect.objectContaining({ title: "edited offline", priority: 2, _version: 2 }));
    expect(held.Board).toEqual([expect.objectContaining({ name: "of the other", _version: 1 })]);
    expect(held.Country).toHaveLength(1);
    await untroubled(clients);
  });

  it("AMPLIFY-4 finds the relay again after its kill -9, told by nothing but the broken connection", async () => {
    const world = await startWorld();
    const { store, classes } = world;
    const client = world.client({ surroundings: "node" });
    await started([client]);
    const task = await client.create("Task", wholeTask);
    await sameEverywhere(world, [client]);
    await world.restartRelay();
    await store.save(new classes.Board({ name: "made while it was cut off" }));
    await store.settled();
    await client.change("Task", String(task.id), { title: "edited while cut off" });
    await listening([client]);
    const held = await sameEverywhere(world, [client]);
    expect(held.Board).toHaveLength(1);
    expect(held.Task).toEqual([expect.objectContaining({ title: "edited while cut off", priority: 2 })]);
    await untroubled([client]);
  });

  it("AMPLIFY-5 AMPLIFY-9 keeps edits that two clients made of one version offline, also from a deletion on it", async () => {
    const world = await startWorld();
    const { store, classes } = world;
    const a = world.client({ surroundings: "browser" });
    const b = world.client({ surroundings: "browser" });
    const clients = [a, b];
    await started(clients);
    const task = await a.create("Task", wholeTask);
    const reading = { device: "attic", takenAt: "2026-01-01T00:00:00.000Z" };
    await b.create("Reading", { ...reading, degrees: 19.5, comment: "first" });
    await sameEverywhere(world, clients);
    for (const client of clients) await client.signal(false);
    world.proxy.cut();
    await a.change("Task", String(task.id), { title: "by a", priority: 5 });
    await b.change("Task", String(task.id), { state: "DONE", place: { room: "by b" } });
    await a.change("Reading", reading, { degrees: 20 });
    await b.change("Reading", reading, { comment: "by b" });
    const [own] = await store.query(classes.Task);
    if (own === undefined) throw new Error("the store lost the task");
    await store.save(classes.Task.copyOf(own, (draft) => void Object.assign(draft, { dueAt: null })));
    await store.settled();
    world.proxy.mend();
    await backOnline(clients);
    const held = await sameEverywhere(world, clients);
    const merged = { title: "by a", priority: 5, state: "DONE", place: { room: "by b", floor: null }, dueAt: null };
    expect(held.Task).toEqual([expect.objectContaining({ ...merged, labels: ["home", "green"], _version: 4 })]);
    expect(held.Reading).toEqual([expect.objectContaining({ degrees: 20, comment: "by b", _version: 3 })]);
    await untroubled(clients);

    await b.signal(false);
    await b.remove("Task", String(task.id));
    await a.change("Task", String(task.id), { title: "still needed" });
    await sent([a]);
    await backOnline([b]);
    expect((await sameEverywhere(world, clients)).Task).toEqual([
      expect.objectContaining({ title: "still needed", state: "DONE", _version: 5 }),
    ]);
  });

  it("AMPLIFY-12 keeps what each put into one list offline, and leaves out what each took out", async () => {
    const world = await startWorld();
    const { store, classes, proxy } = world;
    const a = world.client({ surroundings: "browser" });
    const b = world.client({ surroundings: "browser" });
    const clients = [a, b];
    await started(clients);
    const labels = ["home", "green", "soon", "easy"];
    const task = await a.create("Task", { ...wholeTask, labels });
    await sameEverywhere(world, clients);
    for (const client of clients) await client.signal(false);
    proxy.cut();
    await a.change("Task", String(task.id), { labels: ["of a", "home", "soon", "easy"] });
    await b.change("Task", String(task.id), { labels: ["home", "green", "of b", "easy"], priority: 7 });
    const [own] = await store.query(classes.Task);
    if (own === undefined) throw new Error("the store lost the task");
    const ofStore = { labels: [...labels.slice(0, 3), "of the store"] };
    await store.save(classes.Task.copyOf(own, (draft) => void Object.assign(draft, ofStore)));
    await store.settled();
    proxy.mend();
    await backOnline(clients);
    const held = await sameEverywhere(world, clients);
    const merged = ["of a", "home", "of b", "of the store"];
    expect(held.Task).toEqual([expect.objectContaining({ labels: merged, priority: 7, _version: 4 })]);
    // Both go on from what they hold now.
    await a.change("Task", String(task.id), { labels: merged.slice(1) });
    await sent([a]);
    expect((await sameEverywhere(world, clients)).Task).toEqual([
      expect.objectContaining({ labels: merged.slice(1), _version: 5 }),
    ]);
    await untroubled(clients);
  });

  it("AMPLIFY-6 does once what is sent again because the answer was lost", async () => {
    const world = await startWorld();
    const a = world.client({ surroundings: "browser" });
    const b = world.client({ surroundings: "node" });
    const clients = [a, b];
    await started(clients);
    const lose = async (mutation: string, write: () => Promise<unknown>): Promise<void> => {
      const lost = world.proxy.loseAnswerTo(`${mutation}(input`);
      await write();
      await lost;
      await sent(clients);
      expect(world.proxy.sent.join("\n").split(`${mutation}(input`)).toHaveLength(1 + 2);
    };
    await lose("createTask", () => a.create("Task", wholeTask));
    const [task] = (await sameEverywhere(world, clients)).Task ?? [];
    const id = String(task?.id);
    expect(task).toMatchObject({ title: wholeTask.title, _version: 1 });

    await lose("updateTask", () => a.change("Task", id, { labels: ["home", "green", "added"], priority: 3 }));
    expect((await sameEverywhere(world, clients)).Task).toEqual([
      expect.objectContaining({ labels: ["home", "green", "added"], priority: 3, _version: 2 }),
    ]);

    await lose("deleteTask", () => a.remove("Task", id));
    expect((await sameEverywhere(world, clients)).Task).toEqual([]);
    await untroubled(clients);
  });

  it("AMPLIFY-7 gives a client with a sync expression what it wants: at first, live, and after a restart", async () => {
    const world = await startWorld();
    const { store, classes } = world;
    const { Task } = classes;
    await store.save(new Task({ title: "high", priority: 5 }));
    const low = await store.save(new Task({ title: "low", priority: 1 }));
    await store.settled();
    const some = world.client({
      surroundings: "browser",
      wanted: { Task: { field: "priority", operator: "gt", value: 3 } },
    });
    // Amplify's own schema has no such filter of subscriptions: the library would subscribe without, and filter itself.
    const wanted: AmplifyPredicate = {
      or: [
        { field: "title", operator: "beginsWith", value: "low" },
        {
          and: [
            { field: "priority", operator: "gt", value: 8 },
            { not: { field: "title", operator: "eq", value: "no" } },
          ],
        },
      ],
    };
    const others = world.client({ surroundings: "node", wanted: { Task: wanted } });
    const all = world.client({ surroundings: "node" });
    await started([some, others, all]);
    const filtered = async (client: AmplifyProcess): Promise<string[]> => {
      const asked = (await client.state()).subscribed.flatMap(
        (query) => /(\w+)\(filter: \$filter\)/.exec(query)?.[1] ?? [],
      );
      return asked.sort();
    };
    for (const client of [some, others]) {
      expect(await filtered(client)).toEqual(["onCreateTask", "onDeleteTask", "onUpdateTask"]);
    }
    expect(await filtered(all)).toEqual([]);
    const titles = async (client: AmplifyProcess): Promise<unknown[]> =>
      (await client.list("Task")).map(({ title }) => title).sort();
    expect(await titles(some)).toEqual(["high"]);
    expect(await titles(others)).toEqual(["low"]);
    expect(await titles(all)).toEqual(["high", "low"]);

    await all.create("Task", { title: "higher", priority: 7 });
    await store.save(new Task({ title: "lower", priority: 0 }));
    await store.save(Task.copyOf(low, (draft) => void Object.assign(draft, { title: "raised", priority: 4 })));
    await expect.poll(() => titles(some), SOON).toEqual(["high", "higher", "raised"]);
    await expect.poll(() => titles(others), SOON).toEqual(["low", "lower"]);
    await some.stop();
    await store.save(new Task({ title: "missed", priority: 9 }));
    await store.save(new Task({ title: "not missed", priority: 2 }));
    await store.settled();
    await started([some]);
    expect(await titles(some)).toEqual(["high", "higher", "missed", "raised"]);
    expect(world.proxy.sent.join("\n")).toContain('"filter":{"and":[{"priority":{"gt":3}}]}');
    await expect.poll(() => titles(others), SOON).toEqual(["low", "lower", "missed"]);
    await sameEverywhere(world, [all]);
    await untroubled([some, others, all]);
  });

  it("AMPLIFY-8 AMPLIFY-10 takes keys of the app's own, quick edits of one record, children with their parents, and conditions", async () => {
    const world = await startWorld();
    const { store, classes } = world;
    const a = world.client({ surroundings: "browser" });
    const b = world.client({ surroundings: "node" });
    const clients = [a, b];
    await started(clients);
    const first = { device: "attic", takenAt: "2026-01-01T00:00:00.000Z" };
    const second = { device: "attic", takenAt: "2026-01-02T00:00:00.000Z" };
    await a.create("Reading", { ...first, degrees: 19.5 });
    await b.create("Reading", { ...second, degrees: 21 });
    await a.create("Country", { code: "IS", name: "Iceland" });
    await store.save(new classes.Country({ code: "FI", name: "Finland" }));
    await sameEverywhere(world, clients);
    await b.change("Reading", first, { comment: "by b" });
    await a.change("Reading", second, { degrees: 22 });
    await a.change("Country", { code: "FI" }, { capital: "Helsinki" });
    await b.change("Country", { code: "IS" }, { capital: "Reykjavík" });
    const keyed = await sameEverywhere(world, clients);
    expect(keyed.Reading).toEqual([
      expect.objectContaining({ ...first, degrees: 19.5, comment: "by b", _version: 2 }),
      expect.objectContaining({ ...second, degrees: 22, _version: 2 }),
    ]);
    expect(keyed.Country?.map(({ capital }) => capital).sort()).toEqual(["Helsinki", "Reykjavík"]);
    await a.remove("Reading", second);
    await b.remove("Country", { code: "IS" });
    await sent(clients);
    const left = await sameEverywhere(world, clients);
    expect(left.Reading).toHaveLength(1);
    expect(left.Country).toHaveLength(1);

    const board = await a.create("Board", { name: "chores" });
    const parents = { board: { model: "Board", key: String(board.id) } };
    const { id } = await a.create("Task", { title: "first" }, parents);
    await a.create("Remark", { text: "of the first" }, { task: { model: "Task", key: String(id) } });
    for (let priority = 1; priority <= 10; priority += 1) await a.change("Task", String(id), { priority });
    await a.change("Task", String(id), { title: "last" });
    const held = await sameEverywhere(world, clients);
    expect(held.Task).toEqual([expect.objectContaining({ title: "last", priority: 10, boardId: board.id })]);
    expect(held.Remark).toEqual([expect.objectContaining({ text: "of the first", taskRemarksId: id })]);

    const condition: AmplifyPredicate = { field: "priority", operator: "lt", value: 20 };
    await b.change("Task", String(id), { state: "OPEN" }, condition);
    expect((await sameEverywhere(world, clients)).Task).toEqual([expect.objectContaining({ state: "OPEN" })]);
    await untroubled(clients);
    await a.signal(false);
    const [own] = await store.query(classes.Task);
    if (own === undefined) throw new Error("the store lost the task");
    await store.save(classes.Task.copyOf(own, (draft) => void Object.assign(draft, { priority: 30 })));
    await store.settled();
    await a.change("Task", String(id), { title: "too late" }, condition);
    await backOnline([a]);
    expect((await sameEverywhere(world, clients)).Task).toEqual([
      expect.objectContaining({ title: "last", priority: 30 }),
    ]);
    expect((await a.state()).problems).toEqual([expect.stringContaining("The conditional request failed")]);
  });

  it("AMPLIFY-11 leaves a record deleted that others, who did not know, edited or deleted on an older version", async () => {
    const world = await startWorld();
    const a = world.client({ surroundings: "node" });
    const b = world.client({ surroundings: "browser" });
    const clients = [a, b];
    await started(clients);
    const task = await a.create("Task", wholeTask);
    const reading = { device: "attic", takenAt: "2026-01-01T00:00:00.000Z" };
    await a.create("Reading", { ...reading, degrees: 19.5 });
    await a.create("Country", { code: "IS", name: "Iceland" });
    await sameEverywhere(world, clients);
    await b.signal(false);
    await b.change("Task", String(task.id), { title: "edited too late" });
    await b.remove("Reading", reading);
    await b.remove("Country", { code: "IS" });
    await a.change("Reading", reading, { degrees: 20 });
    await a.change("Country", { code: "IS" }, { name: "Ísland" });
    await sent([a]);
    await a.remove("Task", String(task.id));
    await a.remove("Reading", reading);
    await a.remove("Country", { code: "IS" });
    await sent([a]);
    await backOnline([b]);
    expect(await sameEverywhere(world, clients)).toMatchObject({ Task: [], Reading: [], Country: [] });
  });

  it("AMPLIFY-7 gives a client what it wants of many records, over pages that hold none", async () => {
    const world = await startWorld();
    const { store, classes } = world;
    const codes = Array.from({ length: 10_600 }, (_, i) => `C${String(i).padStart(5, "0")}`);
    await Promise.all(
      codes.map((code, i) => store.save(new classes.Country({ code, name: i === 10_599 ? "wanted" : "other" }))),
    );
    await store.save(new classes.Country({ code: "D", name: "wanted" }));
    await store.settled();
    const wanted: AmplifyPredicate = { field: "name", operator: "eq", value: "wanted" };
    const client = world.client({ surroundings: "browser", wanted: { Country: wanted } });
    await started([client]);
    const held = (await client.list("Country")).map(({ code }) => code).sort();
    expect(held).toEqual(["C10599", "D"]);
    expect(world.proxy.sent.join("\n").match(/syncCountries\(/g)).toHaveLength(2);
    await untroubled([client]);
  });

  it("AMPLIFY-14 keeps what it and a Tributary client made of the same records, both offline, one of them stopped meanwhile", async () => {
    const world = await startWorld();
    const { store, classes } = world;
    const a = world.client({ surroundings: "browser" });
    const b = world.client({ surroundings: "node" });
    const clients = [a, b];
    await started(clients);
    const [task, edited, deleted] = [
      await a.create("Task", wholeTask),
      await a.create("Task", { title: "edited by one, deleted by the other" }),
      await b.create("Task", { title: "deleted by one, edited by the other" }),
    ];
    await sameEverywhere(world, clients);
    const own = async (id: unknown): Promise<ModelInstance> => {
      const found = (await store.query(classes.Task)).find((one) => one.id === id);
      if (found === undefined) throw new Error("the store lost the task");
      return found;
    };
    const edit = async (id: unknown, fields: object): Promise<unknown> =>
      store.save(classes.Task.copyOf(await own(id), (draft) => void Object.assign(draft, fields)));

    await store.setOnline(false);
    await a.signal(false);
    await edit(task.id, { priority: 9, labels: ["green", "of the store"], dueAt: null });
    await edit(edited.id, { title: "edited by the store" });
    await store.delete(await own(deleted.id));
    await store.save(new classes.Board({ name: "of the store" }));
    await a.change("Task", String(task.id), { title: "of a", labels: ["of a", "home", "green"] });
    await a.remove("Task", String(edited.id));
    await a.change("Task", String(deleted.id), { title: "edited by a" });
    await a.create("Board", { name: "of a" });
    await a.stop();
    await b.change("Task", String(task.id), { place: { room: "of b" } });
    await sent([b]);

    await store.setOnline(true);
    await store.settled();
    await a.signal(true);
    await started([a]);
    const held = await sameEverywhere(world, clients);
    const merged = { title: "of a", priority: 9, labels: ["of a", "green", "of the store"], dueAt: null };
    expect(held.Task).toHaveLength(2);
    expect(held.Task).toContainEqual(
      expect.objectContaining({ ...merged, place: { room: "of b", floor: null }, state: "OPEN", _version: 4 }),
    );
    expect(held.Task).toContainEqual(expect.objectContaining({ id: edited.id, title: "edited by the store" }));
    expect(held.Board?.map(({ name }) => name).sort()).toEqual(["of a", "of the store"]);
    await untroubled([b]);
  });

  it("AMPLIFY-13 settles a deletion on an older version by keys of the app's own: at once, and nobody waits for it", async () => {
    const world = await startWorld();
    const { store, classes } = world;
    const a = world.client({ surroundings: "browser" });
    const b = world.client({ surroundings: "browser" });
    const clients = [a, b];
    await started(clients);
    const reading = { device: "attic", takenAt: "2026-01-01T00:00:00.000Z" };
    await a.create("Reading", { ...reading, degrees: 19.5 });
    await a.create("Country", { code: "IS", name: "Iceland" });
    await store.save(new classes.Country({ code: "FI", name: "Finland" }));
    await sameEverywhere(world, clients);
    await b.signal(false);
    await b.remove("Country", { code: "IS" });
    await b.remove("Country", { code: "FI" });
    await b.remove("Reading", reading);
    await b.create("Country", { code: "NO", name: "Norway" });
    await a.change("Country", { code: "IS" }, { name: "Ísland" });
    await a.change("Reading", reading, { degrees: 20 });
    const own = (await store.query(classes.Country)).find(({ code }) => code === "FI");
    if (own === undefined) throw new Error("the store lost the country");
    await store.save(classes.Country.copyOf(own, (draft) => void Object.assign(draft, { capital: "Helsinki" })));
    await store.settled();
    await sent([a]);
    await backOnline([b]);
    const held = await sameEverywhere(world, clients);
    // Where the library can tell its handler of the conflict, it deletes what it was told of.
    expect(held.Reading).toEqual([]);
    expect(held.Country).toEqual([
      expect.objectContaining({ code: "FI", name: "Finland", capital: "Helsinki", _version: 2 }),
      expect.objectContaining({ code: "IS", name: "Ísland", _version: 2 }),
      expect.objectContaining({ code: "NO", name: "Norway", _version: 1 }),
    ]);
    expect(world.proxy.sent.join("\n").split("deleteCountry(input")).toHaveLength(1 + 2);
    // The library tells of its second try, too.
    expect((await b.state()).problems).toEqual([
      expect.stringContaining("The conditional request failed"),
      expect.stringContaining("The conditional request failed"),
      expect.stringContaining("Reading: Unknown RetryMutation"),
    ]);
    await b.remove("Country", { code: "IS" });
    await untroubled([a]);
    expect((await sameEverywhere(world, clients)).Country).toHaveLength(2);
  });
});

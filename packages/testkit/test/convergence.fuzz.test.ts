import type { ModelInstance } from "@tributary/datastore/node";
import type { Values } from "@tributary/model";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Cluster, type ClusterClient, createCluster } from "../src/cluster/cluster.ts";
import { differences, holdingsOfClient, holdingsOfRelay } from "../src/cluster/compare-replicas.ts";
import { createRandom, type Random } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";
import { sqlitePlaces } from "./temp-folder.ts";

/** A schedule of random operations on real SQLite files, and what it must have come to. */
interface Run {
  readonly log: string[];
  readonly cluster: Cluster;
  readonly clients: readonly ClusterClient[];
  /** The value that the latest write of a register left, by `id field`, for notes never deleted. */
  readonly latest: Map<string, unknown>;
  readonly deleted: Set<string>;
  readonly counts: Record<string, number>;
}

const CLIENTS = ["a", "b", "c"];
const NOTES = ["n1", "n2", "n3", "n4"];
const FIELDS = ["title", "body", "stars", "done"] as const;

function noteOf(client: ClusterClient) {
  const { Note } = client.store.models;
  if (Note === undefined) throw new Error("no Note");
  return Note;
}

function valueFor(field: (typeof FIELDS)[number], random: Random): string | number | boolean {
  if (field === "stars") return random.int(1000);
  if (field === "done") return random.chance(0.5);
  return `${field} ${random.int(1000)}`;
}

async function turnLoop(random: Random): Promise<void> {
  for (let turns = random.int(12); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
}

async function schedule(seed: number, steps: number, withDeletes: boolean): Promise<Run> {
  const random = createRandom(seed);
  let clock = 1_800_000_000_000;
  const cluster = await createCluster({
    schema: noteSchema,
    random,
    adapter: sqlitePlaces().adapter,
    now: () => clock,
  });
  onTestFinished(() => cluster.stop());
  const clients = CLIENTS.map((name) => cluster.client(name));
  const run: Run = { log: [], cluster, clients, latest: new Map(), deleted: new Set(), counts: {} };
  const count = (what: string): void => {
    run.counts[what] = (run.counts[what] ?? 0) + 1;
  };
  for (const client of clients) await client.store.start();
  for (let step = 0; step < steps; step++) {
    clock += 10;
    const client = random.pick(clients);
    const id = random.pick(NOTES);
    const roll = random.next();
    if (roll < 0.6) {
      const note = await client.store.query(noteOf(client), id);
      const field = random.pick(FIELDS);
      const value = valueFor(field, random);
      run.log.push(`${clock} ${client.name} ${note ? "edits" : "creates"} ${id} ${field}=${value}`);
      await write(client, note, id, { [field]: value }, run);
      count(note ? "edit" : "create");
    } else if (roll < 0.68) {
      const note = await client.store.query(noteOf(client), id);
      if (note === undefined) continue;
      const tags = [...((note.tags as string[] | null) ?? [])];
      if (tags.length > 0 && random.chance(0.3)) tags.splice(random.int(tags.length), 1);
      else tags.splice(random.int(tags.length + 1), 0, `t${step}`);
      run.log.push(`${clock} ${client.name} tags ${id} ${tags}`);
      await client.store.save(noteOf(client).copyOf(note, (draft) => void Object.assign(draft, { tags })));
      count("list");
    } else if (roll < 0.73 && withDeletes) {
      const note = await client.store.query(noteOf(client), id);
      if (note === undefined) continue;
      run.log.push(`${clock} ${client.name} deletes ${id}`);
      run.deleted.add(id);
      await client.store.delete(note);
      count("delete");
    } else if (roll < 0.83) {
      run.log.push(`${clock} ${client.name} cut`);
      client.link.cut();
      count("cut");
    } else if (roll < 0.9) {
      const isAllowed = random.chance(0.6);
      run.log.push(`${clock} ${client.name} ${isAllowed ? "online" : "offline"}`);
      client.link.allow(isAllowed);
      count("partition");
    } else if (roll < 0.95) {
      run.log.push(`${clock} ${client.name} restarts`);
      await client.restart();
      count("client restart");
    } else if (roll < 0.98) {
      run.log.push(`${clock} relay restarts`);
      await cluster.stopRelay();
      await cluster.startRelay();
      count("relay restart");
    }
    await turnLoop(random);
  }
  for (const client of clients) client.link.allow(true);
  for (const client of clients) await client.store.settled();
  return run;
}

async function write(
  client: ClusterClient,
  note: ModelInstance | undefined,
  id: string,
  fields: Values,
  run: Run,
): Promise<void> {
  if (note === undefined) {
    const created = { title: "untitled", ...fields };
    await client.store.save(new (noteOf(client))({ id, ...created }));
    for (const [field, value] of Object.entries(created)) run.latest.set(`${id} ${field}`, value);
    return;
  }
  const [field, value] = Object.entries(fields)[0] ?? ["", null];
  if (note[field] === value) return;
  await client.store.save(noteOf(client).copyOf(note, (draft) => void Object.assign(draft, fields)));
  run.latest.set(`${id} ${field}`, value);
}

async function expectConverged(run: Run): Promise<void> {
  const relay = await holdingsOfRelay(noteSchema, run.cluster.relay);
  await expect
    .poll(
      async () => {
        const found: string[] = [];
        for (const client of run.clients)
          found.push(...differences(await holdingsOfClient(noteSchema, client.store), relay));
        return found;
      },
      { message: run.log.join("\n"), timeout: 5000 },
    )
    .toEqual([]);
}

/** More schedules for a long run: `TRIBUTARY_FUZZ=2000`. */
const SCHEDULES = Number(process.env.TRIBUTARY_FUZZ ?? 60);
const firstSeed = Number(process.env.TRIBUTARY_SEED ?? 1);
const total: Record<string, number> = {};

describe("random schedules over SQLite files", () => {
  for (let seed = firstSeed; seed < firstSeed + SCHEDULES; seed++) {
    it(`I1 I2 I7 end alike, with the later writes, seed ${seed}`, async () => {
      const run = await schedule(seed, 60, false);
      await expectConverged(run);
      const relay = await holdingsOfRelay(noteSchema, run.cluster.relay);
      for (const [name, value] of run.latest) {
        const [id = "", field = ""] = name.split(" ");
        expect(relay.get(`Note ${id}`)?.[field], `${name}\n${run.log.join("\n")}`).toEqual(value);
      }
      for (const client of run.clients) expect(await client.store.refused(), run.log.join("\n")).toEqual([]);
      for (const [what, times] of Object.entries(run.counts)) total[what] = (total[what] ?? 0) + times;
    });

    it(`I1 D2 end alike with deletions and new lives, seed ${seed}`, async () => {
      const run = await schedule(seed + 100_000, 60, true);
      await expectConverged(run);
      for (const [what, times] of Object.entries(run.counts)) total[what] = (total[what] ?? 0) + times;
    });
  }

  it("did real work of every kind", () => {
    for (const what of ["create", "edit", "list", "delete", "cut", "partition", "client restart", "relay restart"]) {
      expect(total[what] ?? 0, what).toBeGreaterThan(SCHEDULES / 4);
    }
  });
});

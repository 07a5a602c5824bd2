/** Client databases whose commits fail at random, looked at from outside: row, document and outbox always agree. */
import { documentFromUpdate, foldDocument, keyOf, keyValues, mergeDocument, projectRow } from "@tributary/model";
import type { ModelDescription } from "@tributary/schema";
import { openReplicaStore, type ReplicaRecord, type ReplicaStore } from "@tributary/storage";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ClusterClient, createCluster } from "../src/cluster/cluster.ts";
import { createFailingAdapter } from "../src/cluster/failing-adapter.ts";
import { createRandom } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";
import { converge, noteOf } from "./notes.ts";
import { sqlitePlaces } from "./temp-folder.ts";

const IDS = ["n1", "n2", "n3"];

/** What is wrong with a stored record; none when row, document and outbox say the same. */
async function contradictions(store: ReplicaStore, model: ModelDescription, record: ReplicaRecord): Promise<string[]> {
  const found: string[] = [];
  const outbox = (await store.outboxAfter(0, 1000)).filter(
    (entry) => entry.model === model.name && entry.key === record.key,
  );
  if (outbox.length !== record.pending)
    found.push(`${record.key}: ${outbox.length} entries, ${record.pending} pending`);
  const [document] = record.documents;
  if (!document) return found;
  const { createdAt, changedAt } = record;
  const fold = foldDocument(model, 0, document);
  const projected = projectRow(model, [fold], { createdAt, changedAt });
  if (JSON.stringify(projected) !== JSON.stringify(record.values)) {
    found.push(
      `${record.key}: the row says ${JSON.stringify(record.values)}, the document ${JSON.stringify(projected)}`,
    );
  }
  for (const entry of outbox.filter((one) => one.life === record.life && one.intent.op !== "delete")) {
    const merged = mergeDocument(model, 0, document, entry.update);
    if (Buffer.compare(merged.state, document) !== 0 || !merged.isComplete) {
      found.push(`${record.key}: entry ${entry.n} is not in the document`);
    }
  }
  const [acknowledged] = record.acknowledged.documents;
  if (acknowledged && record.acknowledged.life === record.life) {
    const merged = mergeDocument(model, 0, acknowledged, document.subarray(1));
    if (!merged.isComplete) found.push(`${record.key}: the acknowledged document is not part of the local one`);
  }
  return found;
}

async function write(client: ClusterClient, id: string, step: number, chance: number): Promise<void> {
  const Note = noteOf(client);
  const note = await client.store.query(Note, id);
  if (note === undefined) await client.store.save(new Note({ id, title: `t${step}` }));
  else if (chance < 0.1) await client.store.delete(note);
  else {
    const change = chance < 0.4 ? { tags: [...((note.tags ?? []) as string[]), `t${step}`] } : { stars: step };
    await client.store.save(Note.copyOf(note, (draft) => void Object.assign(draft, change)));
  }
}

describe("stores that fail at random", () => {
  for (let seed = 1; seed <= 8; seed++) {
    it(`I6 row, document and outbox agree whatever failed, seed ${seed}`, async () => {
      const random = createRandom(seed);
      const places = sqlitePlaces();
      let isFailing = false;
      const adapters: { readonly failures: number }[] = [];
      const cluster = await createCluster({
        schema: noteSchema,
        random,
        adapter: (place) => {
          const adapter = createFailingAdapter(places.adapter(place), {
            random: () => (isFailing ? random.next() : 1),
            rate: 0.15,
          });
          adapters.push(adapter);
          return adapter;
        },
      });
      onTestFinished(() => cluster.stop());
      const clients = ["a", "b"].map((name) => cluster.client(name));
      for (const client of clients) await client.store.start();
      let rejected = 0;
      for (let round = 0; round < 4; round++) {
        isFailing = true;
        for (let step = 0; step < 30; step++) {
          const client = random.pick(clients);
          await write(client, random.pick(IDS), round * 100 + step, random.next()).catch(() => rejected++);
          if (random.chance(0.1)) client.link.cut();
          for (let turns = random.int(4); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
        }
        isFailing = false;
        for (const client of clients) await client.stop();
        for (const client of clients) {
          const store = await openReplicaStore({
            adapter: places.adapter(client.name),
            schema: noteSchema,
            keyOf,
            keyValues,
          });
          const model = noteSchema.models.find((one) => one.name === "Note");
          if (model === undefined) throw new Error("no Note");
          const found: string[] = [];
          for (const record of await store.records("Note", IDS)) {
            if (record !== null) found.push(...(await contradictions(store, model, record)));
          }
          await store.close();
          expect(found).toEqual([]);
        }
        for (const client of clients) await client.store.start();
        await converge(cluster, ...clients);
      }
      expect(rejected).toBeGreaterThan(0);
      expect(adapters.reduce((sum, adapter) => sum + adapter.failures, 0)).toBeGreaterThan(10);
    });
  }

  it("I6 the comparison notices an update that is in no document", () => {
    const model = noteSchema.models[0];
    if (model === undefined) throw new Error("no model");
    expect(() => foldDocument(model, 0, documentFromUpdate(new Uint8Array([9, 9])))).toThrow();
  });
});

/** Many committers at once, clients cut at any frame: no cursor passes a change, and versions count changes. */
import type { CommittedChange } from "@tributary/relay";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Cluster, type ClusterClient, createCluster } from "../src/cluster/cluster.ts";
import { createRandom, type Random } from "../src/cluster/random.ts";
import { noteSchema } from "./note-schema.ts";
import { converge, noteOf } from "./notes.ts";
import { sqlitePlaces } from "./temp-folder.ts";

const IDS = ["n1", "n2", "n3", "n4", "n5", "n6"];
const operator = { kind: "operator" } as const;

async function save(client: ClusterClient, random: Random, step: number): Promise<void> {
  const Note = noteOf(client);
  const id = random.pick(IDS);
  const note = await client.store.query(Note, id);
  if (note === undefined) await client.store.save(new Note({ id, title: `t${step}` }));
  else await client.store.save(Note.copyOf(note, (draft) => void Object.assign(draft, { stars: step })));
}

/** A write that no replica made, as the gateway hands it in. */
async function submit(cluster: Cluster, random: Random, step: number): Promise<boolean> {
  const id = random.pick(IDS);
  const stored = await cluster.relay.records.get(operator, "Note", id);
  const operation = stored === null ? "create" : "update";
  const values = stored === null ? { id, title: `g${step}` } : { id, body: `g${step}` };
  const base = { model: "Note", operation, values, condition: null } as const;
  const [outcome] = await cluster.relay.submit(operator, [{ ...base, baseVersion: stored?.version ?? null }]);
  return outcome?.outcome === "committed";
}

describe("the change feed under many committers", () => {
  for (let seed = 1; seed <= 12; seed++) {
    it(`I5 I7 V1 V2 V3 reaches clients without a gap, seed ${seed}`, async () => {
      const random = createRandom(seed);
      let clock = 1_800_000_000_000;
      const cluster = await createCluster({
        schema: noteSchema,
        random,
        adapter: sqlitePlaces().adapter,
        // The wall clock also goes back.
        now: () => clock + random.int(40) - 20,
      });
      onTestFinished(() => cluster.stop());
      const writers = ["a", "b", "c", "d"].map((name) => cluster.client(name));
      const reader = cluster.client("reader");
      for (const client of [...writers, reader]) await client.store.start();
      let committed: CommittedChange[] = [];
      const listen = (): void => void cluster.relay.subscribe((changes) => committed.push(...changes));
      listen();
      const all: CommittedChange[] = [];
      let submitted = 0;
      for (let step = 0; step < 60; step++) {
        clock += 5;
        const work: Promise<unknown>[] = [];
        for (let i = random.int(5); i > 0; i--) work.push(save(random.pick(writers), random, step));
        for (let i = random.int(3); i > 0; i--) {
          work.push(submit(cluster, random, step).then((isCommitted) => (submitted += isCommitted ? 1 : 0)));
        }
        await Promise.all(work);
        if (random.chance(0.4)) reader.link.cut();
        if (random.chance(0.1)) random.pick(writers).link.cut();
        for (let turns = random.int(6); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
        if (random.chance(0.04)) {
          await cluster.stopRelay();
          await cluster.startRelay();
          all.push(...committed);
          committed = [];
          listen();
        }
      }
      await converge(cluster, ...writers, reader);
      all.push(...committed);

      const seqs = all.map((change) => change.after.seq);
      expect(seqs).toEqual(Array.from(seqs, (_, i) => i + 1));
      const times = all.map((change) => change.after.changedAt);
      expect(times).toEqual([...times].sort((x, y) => x - y));
      for (const id of IDS) {
        const versions = all.filter((change) => change.after.key === id).map((change) => change.after.version);
        expect(versions, id).toEqual(Array.from(versions, (_, i) => i + 1));
        const stored = await cluster.relay.records.get(operator, "Note", id);
        expect(stored?.version ?? 0).toBe(versions.length);
      }
      expect(submitted).toBeGreaterThan(10);
      expect(all.length).toBeGreaterThan(80);
    });
  }
});

/** What tests do with the notes of a cluster. */
import type { ModelClass, ModelInstance } from "@tributary/datastore/node";
import { expect } from "vitest";
import type { Cluster, ClusterClient } from "../src/cluster/cluster.ts";
import { differences, holdingsOfClient, holdingsOfRelay } from "../src/cluster/compare-replicas.ts";
import { noteSchema } from "./note-schema.ts";

export function noteOf(client: ClusterClient): ModelClass {
  const { Note } = client.store.models;
  if (Note === undefined) throw new Error("no Note");
  return Note;
}

export async function get(client: ClusterClient, id: string): Promise<ModelInstance> {
  const found = await client.store.query(noteOf(client), id);
  if (found === undefined) throw new Error(`${client.name} has no note ${id}`);
  return found;
}

/** Saves a new note; answers its id. */
export async function create(client: ClusterClient, fields: object): Promise<string> {
  const { id } = await client.store.save(new (noteOf(client))({ ...fields }));
  return String(id);
}

export async function edit(client: ClusterClient, id: string, fields: object): Promise<void> {
  const note = await get(client, id);
  await client.store.save(noteOf(client).copyOf(note, (draft) => void Object.assign(draft, fields)));
}

/** Waits until the clients have nothing unsent, and hold what the relay holds. */
export async function converge(cluster: Cluster, ...clients: readonly ClusterClient[]): Promise<void> {
  for (const client of clients) await client.store.settled();
  // A push that settled at one client is on its way to the others until they have answered for it too.
  await expect
    .poll(async () => {
      const relay = await holdingsOfRelay(noteSchema, cluster.relay);
      const found: string[] = [];
      for (const client of clients) found.push(...differences(await holdingsOfClient(noteSchema, client.store), relay));
      return found;
    })
    .toEqual([]);
}

/**
 * The pushes of the outbox that have to do with some records.
 *
 * A push is decided as one: when a record of it is reset, the other records of it are reset with it. So what is affected is
 * found by going from records to their pushes, from these to their records, and on.
 */
import { nameOf, type RecordName } from "@tributary/protocol";
import type { OutboxEntry, OutboxPlace, ReplicaStore } from "@tributary/storage";

/** Unsent changes that go out together, in order. `n` is the last one's number, under which the relay knows them. */
export interface OutboxPush {
  readonly n: number;
  readonly entries: readonly OutboxEntry[];
}

export interface AffectedPushes {
  /** In order. */
  readonly pushes: readonly OutboxPush[];
  /** The records asked for and those that share pushes with them, by name. */
  readonly records: ReadonlyMap<string, RecordName>;
}

export async function affectedPushes(store: ReplicaStore, asked: readonly RecordName[]): Promise<AffectedPushes> {
  const all = groupsOf(await store.outboxPlaces());
  const groupsByRecord = new Map<string, (readonly OutboxPlace[])[]>();
  for (const group of all) {
    for (const place of group) {
      const groups = groupsByRecord.get(nameOf(place));
      if (groups === undefined) groupsByRecord.set(nameOf(place), [group]);
      else if (groups.at(-1) !== group) groups.push(group);
    }
  }
  const records = new Map<string, RecordName>();
  const affected = new Set<readonly OutboxPlace[]>();
  const line: RecordName[] = [...asked];
  for (let name = line.pop(); name !== undefined; name = line.pop()) {
    if (records.has(nameOf(name))) continue;
    records.set(nameOf(name), { model: name.model, key: name.key });
    for (const group of groupsByRecord.get(nameOf(name)) ?? []) {
      affected.add(group);
      line.push(...group);
    }
  }
  const pushes: OutboxPush[] = [];
  for (const group of all) {
    if (affected.has(group)) pushes.push(await readPush(store, group));
  }
  return { pushes, records };
}

function groupsOf(places: readonly OutboxPlace[]): (readonly OutboxPlace[])[] {
  const groups: OutboxPlace[][] = [];
  let isOpen = false;
  for (const place of places) {
    if (isOpen) groups.at(-1)?.push(place);
    else groups.push([place]);
    isOpen = place.more;
  }
  return groups;
}

async function readPush(store: ReplicaStore, group: readonly OutboxPlace[]): Promise<OutboxPush> {
  const first = group[0]?.n ?? 0;
  const entries = await store.outboxAfter(first - 1, group.length);
  return { n: group.at(-1)?.n ?? 0, entries };
}

/** All of the outbox, in order. */
export async function allEntries(store: ReplicaStore): Promise<readonly OutboxEntry[]> {
  const found: OutboxEntry[] = [];
  for (;;) {
    const page = await store.outboxAfter(found.at(-1)?.n ?? 0, 1000);
    found.push(...page);
    if (page.length < 1000) return found;
  }
}

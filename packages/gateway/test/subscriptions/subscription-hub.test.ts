import type { Identity } from "@tributary/model";
import type { CommittedChange, Relay, StoredRecord } from "@tributary/relay";
import { modelNamed } from "@tributary/schema";
import { parseSchema } from "@tributary/schema/sdl";
import { describe, expect, it } from "vitest";
import { allOf, always, type FilterTest } from "../../src/filter/filter-test.ts";
import { createSubscriptionHub } from "../../src/subscriptions/subscription-hub.ts";

const schema = parseSchema(`
  type Task @model @auth(rules: [{ allow: public }]) {
    board: ID
    owner: String
  }
`);
const task = modelNamed(schema, "Task") ?? expect.unreachable("the schema has a Task");

const alice: Identity = { kind: "apiKey", id: "alice" };
const bob: Identity = { kind: "apiKey", id: "bob" };

function record(key: string, owner: string, board: string | null = null): StoredRecord {
  const values = { id: key, owner, board };
  return { model: "Task", key, values, version: 1, changedAt: 1, createdAt: 1, isDeleted: false, life: 1, seq: 1 };
}

/** The part of a relay that the hub uses: records are readable by whom they name as owner. */
function fakeRelay() {
  const listeners = new Set<(changes: readonly CommittedChange[]) => void>();
  let judged = 0;
  const relay = {
    subscribe(listener: (changes: readonly CommittedChange[]) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    records: {
      canRead(identity: Identity, { values }: StoredRecord) {
        judged += 1;
        return identity.kind === "apiKey" && values.owner === identity.id;
      },
    },
  } as unknown as Relay;
  const commit = (...records: StoredRecord[]): void => {
    const changes = records.map((after) => ({ operation: "create", before: null, after, principal: "p" }) as const);
    for (const listener of listeners) listener(changes);
  };
  return { relay, commit, listeners, judged: () => judged };
}

interface Asked {
  readonly key: string;
  readonly test: FilterTest;
}

const everything: Asked = { key: "", test: always };

function start(maxQueuedEvents = 10) {
  const fake = fakeRelay();
  const failures: unknown[] = [];
  const hub = createSubscriptionHub({ relay: fake.relay, maxQueuedEvents, onFailure: (error) => failures.push(error) });
  const subscribe = (identity: Identity, filter: Asked = everything) =>
    hub.subscribe({ identity, model: task, operation: "create", filter });
  return { ...fake, hub, failures, subscribe };
}

/** Filters for one board, which count how often they are evaluated. */
function countedFilters() {
  let evaluations = 0;
  const onBoard = (board: string): Asked => ({
    key: board,
    test: allOf([
      // First, so that it counts also where the board is another.
      {
        kind: "value",
        field: "owner",
        accepts() {
          evaluations += 1;
          return true;
        },
      },
      { kind: "predicate", predicate: { kind: "field", field: "board", op: "eq", value: board } },
    ]),
  });
  return { onBoard, evaluations: () => evaluations };
}

const keyOf = (result: IteratorResult<StoredRecord, undefined>): string | undefined => result.value?.key;

describe("createSubscriptionHub", () => {
  it("GQL-19 delivers a record to those alone who may read it, judged once for an identity", async () => {
    const { subscribe, commit, judged } = start();
    const [a, again, b] = [subscribe(alice), subscribe({ ...alice }), subscribe(bob)];
    commit(record("1", "alice"), record("2", "bob"));
    expect([keyOf(await a.next()), keyOf(await again.next()), keyOf(await b.next())]).toEqual(["1", "1", "2"]);
    expect(judged()).toBe(4);
  });

  it("GQL-19 delivers the changes of one commit in their order", async () => {
    const { subscribe, commit } = start();
    const events = subscribe(alice);
    commit(record("1", "alice"), record("2", "alice"));
    commit(record("3", "alice"));
    expect([keyOf(await events.next()), keyOf(await events.next()), keyOf(await events.next())]).toEqual([
      "1",
      "2",
      "3",
    ]);
  });

  it("GQL-19 knows models and operations apart, and forgets who left", async () => {
    const { hub, subscribe, commit } = start();
    const other = hub.subscribe({ identity: alice, model: task, operation: "update", filter: everything });
    const gone = subscribe(alice);
    const stayed = subscribe(alice);
    await gone.return(undefined);
    expect(hub.subscribers).toBe(2);
    commit(record("1", "alice"));
    expect(keyOf(await stayed.next())).toBe("1");
    expect((await gone.next()).done).toBe(true);
    await Promise.all([other.return(undefined), stayed.return(undefined)]);
    expect(hub.subscribers).toBe(0);
    const late = subscribe(alice);
    commit(record("2", "alice"));
    expect(keyOf(await late.next())).toBe("2");
  });

  it("RT-10 a change evaluates the filters that may mean it, once each, however many subscribers there are", async () => {
    const { hub, subscribe, commit, judged } = start();
    const { onBoard, evaluations } = countedFilters();
    const boards = 5_000;
    const perBoard = 2;
    const all = Array.from({ length: boards }, (_, board) =>
      Array.from({ length: perBoard }, () => subscribe(alice, onBoard(`b${board}`))),
    );
    expect(hub.subscribers).toBe(boards * perBoard);
    commit(record("1", "alice", "b7"), record("2", "alice", "b499"), record("3", "alice", "nowhere"));
    expect(evaluations()).toBe(2);
    expect(judged()).toBe(2);
    for (const subscriber of all[7] ?? []) expect(keyOf(await subscriber.next())).toBe("1");
    for (const subscriber of all[499] ?? []) expect(keyOf(await subscriber.next())).toBe("2");

    const stays = subscribe(alice);
    for (const subscriber of all.flat()) await subscriber.return(undefined);
    commit(record("4", "alice", "b7"));
    expect([hub.subscribers, evaluations()]).toEqual([1, 2]);
    expect(keyOf(await stays.next())).toBe("4");
  });

  it("RT-10 listens to the relay only as long as somebody is subscribed", async () => {
    const { hub, subscribe, commit, listeners } = start();
    expect(listeners.size).toBe(0);
    const [one, other] = [subscribe(alice), subscribe(bob)];
    expect(listeners.size).toBe(1);
    await one.return(undefined);
    commit(record("1", "bob"));
    expect(keyOf(await other.next())).toBe("1");
    await other.return(undefined);
    expect(listeners.size).toBe(0);
    const late = subscribe(alice);
    commit(record("2", "alice"));
    expect(keyOf(await late.next())).toBe("2");
    hub.close();
    expect(listeners.size).toBe(0);
  });

  it("RT-10 all subscribers of a change are given the same object", async () => {
    const { subscribe, commit } = start();
    const [one, other] = [subscribe(alice), subscribe(alice)];
    commit(record("1", "alice"));
    expect((await one.next()).value).toBe((await other.next()).value);
  });

  it("GQL-21 ends a slow subscriber with an error, and no other", async () => {
    const { hub, subscribe, commit } = start(2);
    const [slow, quick] = [subscribe(alice), subscribe(alice)];
    for (const key of ["1", "2", "3"]) {
      const next = quick.next();
      commit(record(key, "alice"));
      expect(keyOf(await next)).toBe(key);
    }
    await expect(slow.next()).rejects.toMatchObject({ errorType: "LimitExceededError" });
    expect(hub.subscribers).toBe(1);
  });

  it("GQL-28 a filter that throws ends the subscriptions that have it", async () => {
    const { subscribe, commit, failures } = start();
    const accepts = (): boolean => {
      throw new Error("defect");
    };
    const broken = subscribe(alice, { key: "broken", test: { kind: "value", field: "owner", accepts } });
    const good = subscribe(alice);
    commit(record("1", "alice"));
    await expect(broken.next()).rejects.toMatchObject({ errorType: "InternalFailure" });
    expect(keyOf(await good.next())).toBe("1");
    expect(failures).toEqual([new Error("defect")]);
  });

  it("GQL-19 ends all when it is closed, and takes nobody after that", async () => {
    const { hub, subscribe, listeners } = start();
    const waiting = subscribe(alice).next();
    hub.close();
    expect((await waiting).done).toBe(true);
    expect((await subscribe(alice).next()).done).toBe(true);
    expect([hub.subscribers, listeners.size]).toEqual([0, 0]);
  });
});

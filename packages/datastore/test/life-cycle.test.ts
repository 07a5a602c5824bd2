import { createDataStore } from "@tributary/datastore/node";
import { CloseCode } from "@tributary/protocol";
import { parseSchema } from "@tributary/schema/sdl";
import type { StorageAdapter } from "@tributary/storage";
import { createMemoryAdapter } from "@tributary/storage/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLifeCycle } from "../src/life-cycle.ts";
import type { SocketEvents } from "../src/sync/sync-socket.ts";
import { createLocalStore } from "./local-store.ts";

/** A datastore whose relay says nothing, and the sockets it opened to it. */
function createSilentlyServed() {
  const sockets: SocketEvents[] = [];
  const local = createLocalStore({
    url: "http://relay",
    openSocket(_url, events) {
      sockets.push(events);
      return { send() {}, close() {} };
    },
  });
  return { ...local, sockets };
}

/** A life cycle whose openings and ends are told in order; `open` may be made to fail. */
function start() {
  const log: string[] = [];
  let opened = 0;
  const failures: Error[] = [];
  const cycle = createLifeCycle(
    async () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      const name = `store ${++opened}`;
      log.push(`open ${name}`);
      return name;
    },
    () => {},
  );
  const close = (name: string) => async (store: string) => void log.push(`${name} ${store}`);
  return { cycle, log, failures, close };
}

describe("the life cycle", () => {
  it("LIFE-1 opens once for all that use it, and anew after an end", async () => {
    const { cycle, log, close } = start();
    await Promise.all([cycle.opened(), cycle.use(async () => {}), cycle.opened()]);
    await cycle.end(close("stop"));
    expect(await cycle.opened()).toBe("store 2");
    expect(log).toEqual(["open store 1", "stop store 1", "open store 2"]);
  });

  it("LIFE-2 ends when the uses under way are done; those that come meanwhile wait and open again", async () => {
    const { cycle, log, close } = start();
    let finish = (): void => {};
    const use = cycle.use(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    await cycle.opened();
    const end = cycle.end(close("stop"));
    const next = cycle.use(async (store) => void log.push(`use ${store}`));
    await Promise.resolve();
    expect(log).toEqual(["open store 1"]);
    finish();
    await Promise.all([use, end, next]);
    expect(log).toEqual(["open store 1", "stop store 1", "open store 2", "use store 2"]);
  });

  it("LIFE-3 an opening that failed is tried again by the next call, and needs no end", async () => {
    const { cycle, log, failures, close } = start();
    failures.push(new Error("no disk"));
    const opening = cycle.opened();
    const end = cycle.end(close("stop"));
    await expect(opening).rejects.toThrow("no disk");
    await end;
    expect(await cycle.opened()).toBe("store 1");
    expect(log).toEqual(["open store 1"]);
    await cycle.end(close("stop"));
    failures.push(new Error("no disk yet"));
    await expect(cycle.opened()).rejects.toThrow("no disk yet");
    expect(await cycle.opened()).toBe("store 2");
  });

  it("LIFE-4 an end that failed is over all the same", async () => {
    const { cycle } = start();
    await cycle.opened();
    await expect(
      cycle.end(async () => {
        throw new Error("cannot close");
      }),
    ).rejects.toThrow("cannot close");
    expect(await cycle.opened()).toBe("store 2");
  });
});

/** Numbers for a schedule, the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("start, stop, clear and calls at once", () => {
  it.each([1, 2, 3, 4, 5, 6])(
    "LIFE-5 end in every order, and the datastore works afterwards (seed %i)",
    async (seed) => {
      const { store, model } = createLocalStore();
      const random = createRandom(seed);
      const Post = model("Post");
      const calls = {
        start: () => store.start(),
        stop: () => store.stop(),
        clear: () => store.clear(),
        save: () => store.save(new Post({ title: "t" })),
        query: () => store.query(Post),
        delete: () => store.delete(Post, (p) => p.title?.eq("t") as never),
        status: () => store.status(),
      };
      const names = Object.keys(calls) as (keyof typeof calls)[];
      const done: Promise<unknown>[] = [];
      for (let i = 0; i < 60; i++) {
        const name = names[Math.floor(random() * names.length)] ?? "start";
        done.push(calls[name]());
        for (let pause = Math.floor(random() * 4); pause > 0; pause--) await Promise.resolve();
      }
      const outcomes = await Promise.allSettled(done);
      expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
      await store.clear();
      await store.save(new Post({ title: "after" }));
      expect(await store.query(Post)).toMatchObject([{ title: "after" }]);
    },
  );

  it("LIFE-6 a wait for all to be settled ends with a stop", async () => {
    const { store } = createSilentlyServed();
    const settled = store.settled();
    await store.start();
    await store.stop();
    await expect(settled).rejects.toThrow("the datastore was stopped");
  });

  it("LIFE-9 without a relay everything is settled", async () => {
    const { store, model } = createLocalStore();
    await store.save(new (model("Blog"))({ name: "b" }));
    await expect(store.settled()).resolves.toBeUndefined();
  });

  it("LIFE-9 a wait ends when the relay will not have the client, until the app starts again", async () => {
    const { store, warnings, sockets } = createSilentlyServed();
    const settled = store.settled();
    await store.start();
    sockets[0]?.onClose(CloseCode.unauthenticated, "the API key is wrong");
    await expect(settled).rejects.toThrow("nothing will be settled: the API key is wrong");
    await expect(store.settled()).rejects.toThrow("nothing will be settled");
    expect(warnings).toEqual(["sync failed: the API key is wrong"]);
    await store.start();
    expect([sockets.length, (await store.status()).state]).toEqual([2, "connecting"]);
    await store.setOnline(false);
    await store.start();
    expect(sockets).toHaveLength(2);
  });

  it("LIFE-7 connects nothing that was stopped while it opened", async () => {
    const { store, sockets } = createSilentlyServed();
    const calls = [store.start(), store.setOnline(true), store.stop()];
    await Promise.all(calls);
    expect(sockets).toHaveLength(0);
    await store.start();
    expect(sockets).toHaveLength(1);
  });

  it("APP-10 an error handler that throws is reported", async () => {
    const { store, warnings, sockets } = createSilentlyServed();
    store.configure({
      errorHandler({ errorType, message }) {
        throw new Error(`${errorType}: ${message}`);
      },
    });
    await store.start();
    sockets[0]?.onClose(CloseCode.unauthenticated, "the API key is wrong");
    await expect.poll(() => warnings).toHaveLength(1);
    expect(warnings[0]).toContain("the error handler failed: Error: Unauthorized: the API key is wrong");
    expect((await store.status()).state).toBe("blocked");
  });
});

describe("records in memory", () => {
  it("LIFE-8 outlive a stop, and end with a clearing", async () => {
    const store = createDataStore({ schema: parseSchema("type Note @model { title: String }") });
    onTestFinished(() => store.stop());
    const { Note } = store.models;
    if (Note === undefined) throw new Error("no Note");
    const note = await store.save(new Note({ title: "kept" }));
    await store.stop();
    expect(await store.query(Note)).toEqual([note]);
    await store.clear();
    expect(await store.query(Note)).toEqual([]);
  });
});

describe("subscribers", () => {
  it("LIFE-7 see what others wrote while the datastore was stopped", async () => {
    const adapter = createMemoryAdapter();
    const [one, two] = [createLocalStore({ adapter: () => adapter }), createLocalStore({ adapter: () => adapter })];
    const counts: number[] = [];
    one.store.observeQuery(one.model("Blog")).subscribe(({ items }) => void counts.push(items.length));
    await expect.poll(() => counts).toEqual([0]);
    await one.store.stop();
    await two.store.save(new (two.model("Blog"))({ name: "b" }));
    await two.store.stop();
    await one.store.start();
    await expect.poll(() => counts).toEqual([0, 1]);
  });

  it("LIFE-7 go on over a stop, and see a clearing as an empty result", async () => {
    const { store, model } = createLocalStore();
    const Post = model("Post");
    const heard: string[] = [];
    const counts: number[] = [];
    store.observe(Post).subscribe(({ element }) => void heard.push(String(element.title)));
    store.observeQuery(Post).subscribe(({ items }) => void counts.push(items.length));
    await store.save(new Post({ title: "a" }));
    await expect.poll(() => counts.at(-1)).toBe(1);
    await store.stop();
    await store.save(new Post({ title: "b" }));
    await expect.poll(() => counts.at(-1)).toBe(2);
    await store.clear();
    expect(counts.at(-1)).toBe(0);
    await store.save(new Post({ title: "c" }));
    await expect.poll(() => counts.at(-1)).toBe(1);
    expect(heard).toEqual(["a", "b", "c"]);
  });
});

describe("observers of a datastore that is stopped with work under way", () => {
  it("LIFE-7 let it stop, and go on with the next start", async () => {
    const kept = createMemoryAdapter();
    let openings = 0;
    const adapter: StorageAdapter = {
      ...kept,
      open() {
        openings += 1;
        return kept.open();
      },
    };
    const { store, model } = createLocalStore({ adapter: () => adapter });
    const Comment = model("Comment");
    const author = await store.save(new (model("Person"))({ name: "ana" }));
    const comment = new Comment({ text: "x", author });
    const [told, statuses, shown]: [string[], string[], number[]] = [[], [], []];
    const byAna = (c: { author: { name: { eq(name: string): never } } }) => c.author.name.eq("ana");
    store.observe(Comment, byAna as never).subscribe(({ opType }) => void told.push(opType));
    store.observeSaveStatus(comment).subscribe((status) => void statuses.push(status));
    store.observeQuery(Comment, byAna as never).subscribe(({ items }) => void shown.push(items.length));
    await expect.poll(() => [statuses, shown]).toEqual([["unknown"], [0]]);
    const saved = store.save(comment);
    await store.stop();
    await saved;
    for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(openings).toBe(1);
    await store.start();
    await expect.poll(() => [told, statuses.at(-1), shown.at(-1)]).toEqual([["INSERT"], "local", 1]);
  });
});

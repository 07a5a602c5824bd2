import { describe, expect, it } from "vitest";
import { createEventQueue } from "../../src/subscriptions/event-queue.ts";

function queueOf(maxEvents: number) {
  let ends = 0;
  const queue = createEventQueue<number>({
    maxEvents,
    onEnd: () => {
      ends += 1;
    },
    overflow: () => new Error("too slow"),
  });
  return { ...queue, ends: () => ends };
}

const done = { value: undefined, done: true };

describe("createEventQueue", () => {
  it("GQL-21 gives events in order, whether taken before or after they come", async () => {
    const { events, push } = queueOf(5);
    push(1);
    push(2);
    expect([await events.next(), await events.next()]).toEqual([
      { value: 1, done: false },
      { value: 2, done: false },
    ]);
    const waiting = [events.next(), events.next()];
    push(3);
    push(4);
    expect(await Promise.all(waiting)).toEqual([
      { value: 3, done: false },
      { value: 4, done: false },
    ]);
  });

  it("GQL-21 holds so many events, and fails once at the next", async () => {
    const { events, push, ends } = queueOf(2);
    push(1);
    push(2);
    expect(ends()).toBe(0);
    push(3);
    expect(ends()).toBe(1);
    push(4);
    await expect(events.next()).rejects.toThrow("too slow");
    expect(await events.next()).toEqual(done);
    expect(ends()).toBe(1);
  });

  it("GQL-21 a failure reaches whoever waits, once", async () => {
    const { events, fail } = queueOf(2);
    const waiting = [events.next(), events.next()];
    fail(new Error("broken"));
    const [first, second] = await Promise.allSettled(waiting);
    expect(first).toMatchObject({ status: "rejected", reason: new Error("broken") });
    expect(second).toEqual({ status: "fulfilled", value: done });
    expect(await events.next()).toEqual(done);
  });

  it("GQL-21 ends without an error when it is returned, while somebody waits too", async () => {
    const { events, push, ends } = queueOf(2);
    push(1);
    expect(await events.return(undefined)).toEqual(done);
    push(2);
    expect(await events.next()).toEqual(done);
    const other = queueOf(2);
    const waiting = other.events.next();
    other.end();
    expect(await waiting).toEqual(done);
    expect([ends(), other.ends()]).toEqual([1, 1]);
  });
});

/**
 * The clock's durable mark: how late a time may have been handed out to readers (V2).
 *
 * A process hands out times only up to a mark it has stored, a little ahead, so that handing out seldom writes. No commit may
 * then be earlier than what was handed out: the process's own clock sees to its own times, and for those of others each
 * commit expects the mark as it was read and is at least as late as it says. A mark never goes back.
 */
import type { StorageAdapter, Write } from "./adapter.ts";
import { commitEventually } from "./commit-eventually.ts";
import { expectMeta, putMeta } from "./meta-writes.ts";
import { metaTable } from "./relay-tables.ts";

export interface ClockLease {
  /** No commit may be earlier: another process, or one before this, may have handed out times up to here. */
  readonly floor: number;
  /** Takes the mark as read from `$meta`; null when there is none. */
  read(value: string | null): void;
  /** Conflicts when the mark is not what was read. */
  expectation(): Write;
  /** Resolves when `at` is covered by the durable mark. */
  cover(at: number): Promise<void>;
}

/** How far ahead of what is asked for the mark is put, in ms. Commits of other processes may be dated that far ahead. */
const LEASE_MS = 1000;

export const CLOCK = "clock";

export function createClockLease(adapter: StorageAdapter, start: string): ClockLease {
  let stored: string | null = null;
  let floor = 0;
  let ownMark = 0;
  let covering: Promise<unknown> = Promise.resolve();

  const read = (value: string | null): void => {
    stored = value;
    const [mark, holder] = (value ?? "0").split(" ");
    if (holder !== start) floor = Math.max(floor, Number(mark));
  };
  const expectation = (): Write => expectMeta(CLOCK, stored);
  const advance = async (at: number): Promise<void> => {
    if (at <= ownMark) return;
    let next = "";
    let mark = 0;
    await commitEventually(adapter, async () => {
      const row = await adapter.get(metaTable.name, [CLOCK]);
      read(row === undefined ? null : String(row[1]));
      mark = Math.max(at + LEASE_MS, floor);
      next = `${mark} ${start}`;
      return { writes: [expectation(), putMeta(CLOCK, next)] };
    });
    stored = next;
    ownMark = mark;
  };

  return {
    get floor() {
      return floor;
    },
    read,
    expectation,
    cover(at) {
      if (at <= ownMark) return Promise.resolve();
      const done = covering.then(() => advance(at));
      covering = done.catch(() => undefined);
      return done;
    },
  };
}

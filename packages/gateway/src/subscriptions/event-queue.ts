/**
 * Events on their way to one subscriber: an async iterator over a bounded queue.
 *
 * Whoever does not take them as fast as they come is ended with an error, and what was waiting is dropped: he has to sync
 * anyway to know what he missed.
 */

export interface EventQueue<T> {
  readonly events: AsyncGenerator<T, undefined, undefined>;
  /** Does nothing once the queue has ended. */
  push(event: T): void;
  /** Ends the iteration with this error. */
  fail(error: Error): void;
  /** Ends the iteration. */
  end(): void;
}

export interface EventQueueOptions {
  readonly maxEvents: number;
  /** Called once, however the queue ended. */
  readonly onEnd: () => void;
  /** What a subscriber is told who is too slow. */
  readonly overflow: () => Error;
}

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: Error) => void;
}

export function createEventQueue<T>({ maxEvents, onEnd, overflow }: EventQueueOptions): EventQueue<T> {
  let waiting: T[] = [];
  let waiters: Waiter<T>[] = [];
  let failure: Error | null = null;
  let hasEnded = false;

  function end(error: Error | null): void {
    if (hasEnded) return;
    hasEnded = true;
    waiting = [];
    const left = waiters;
    waiters = [];
    const [first, ...rest] = left;
    if (error === null || first === undefined) {
      failure = error;
      for (const waiter of left) waiter.resolve({ value: undefined, done: true });
    } else {
      first.reject(error);
      for (const waiter of rest) waiter.resolve({ value: undefined, done: true });
    }
    onEnd();
  }

  function next(): Promise<IteratorResult<T, undefined>> {
    if (failure !== null) {
      const error = failure;
      failure = null;
      return Promise.reject(error);
    }
    if (hasEnded) return Promise.resolve({ value: undefined, done: true });
    const value = waiting.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    return new Promise((resolve, reject) => waiters.push({ resolve, reject }));
  }

  const events: AsyncGenerator<T, undefined, undefined> = {
    next,
    return() {
      end(null);
      failure = null;
      return Promise.resolve({ value: undefined, done: true });
    },
    throw(error: unknown) {
      end(null);
      failure = null;
      return Promise.reject(error);
    },
    [Symbol.asyncIterator]: () => events,
  };

  return {
    events,
    push(event) {
      if (hasEnded) return;
      const waiter = waiters.shift();
      if (waiter !== undefined) waiter.resolve({ value: event, done: false });
      else if (waiting.length < maxEvents) waiting.push(event);
      else end(overflow());
    },
    fail: (error) => end(error),
    end: () => end(null),
  };
}

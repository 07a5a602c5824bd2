/** A minimal observable: enough for `observe` and `observeQuery`, without a dependency. */
import { faultText } from "./fault-text.ts";

export interface Subscription {
  unsubscribe(): void;
  readonly closed: boolean;
}

export interface Observer<Value> {
  readonly next?: (value: Value) => void;
  readonly error?: (error: unknown) => void;
  readonly complete?: () => void;
}

export interface Observable<Value> {
  subscribe(observer?: Observer<Value>): Subscription;
  subscribe(
    next: ((value: Value) => void) | null | undefined,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription;
}

/**
 * `start` runs for each subscriber and answers the way to end it. Nothing reaches a subscriber that unsubscribed. What a subscriber
 * throws goes to `warn`, and no further: whoever has something to tell goes on, and so do the other subscribers.
 */
export function createObservable<Value>(
  warn: (message: string) => void,
  start: (observer: Required<Observer<Value>>) => () => void,
): Observable<Value> {
  /** Answers a function that does not throw. */
  function contained<Told extends readonly unknown[]>(hear: (...told: Told) => void): (...told: Told) => void {
    return (...told) => {
      try {
        hear(...told);
      } catch (error) {
        warn(`a subscriber failed: ${faultText(error)}`);
      }
    };
  }

  return {
    subscribe(
      given?: Observer<Value> | ((value: Value) => void) | null,
      error?: ((error: unknown) => void) | null,
      complete?: (() => void) | null,
    ) {
      const observer = typeof given === "object" && given !== null ? given : { next: given, error, complete };
      const next = contained((value: Value) => observer.next?.(value));
      const fail = contained((error: unknown) => observer.error?.(error));
      const finish = contained(() => observer.complete?.());
      let closed = false;
      let end: () => void = () => {};
      const close = (): void => {
        if (closed) return;
        closed = true;
        end();
      };
      end = start({
        next(value) {
          if (!closed) next(value);
        },
        error(error) {
          if (closed) return;
          close();
          fail(error);
        },
        complete() {
          if (closed) return;
          close();
          finish();
        },
      });
      return {
        unsubscribe: close,
        get closed() {
          return closed;
        },
      };
    },
  };
}

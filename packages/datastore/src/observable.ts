/** A minimal observable: enough for `observe` and `observeQuery`, without a dependency. */

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

/** `start` runs for each subscriber and answers the way to end it. Nothing reaches a subscriber that unsubscribed. */
export function createObservable<Value>(start: (observer: Required<Observer<Value>>) => () => void): Observable<Value> {
  return {
    subscribe(
      given?: Observer<Value> | ((value: Value) => void) | null,
      error?: ((error: unknown) => void) | null,
      complete?: (() => void) | null,
    ) {
      const observer = typeof given === "object" && given !== null ? given : { next: given, error, complete };
      let closed = false;
      let end: () => void = () => {};
      const close = (): void => {
        if (closed) return;
        closed = true;
        end();
      };
      end = start({
        next(value) {
          if (!closed) observer.next?.(value);
        },
        error(error) {
          if (closed) return;
          close();
          observer.error?.(error);
        },
        complete() {
          if (closed) return;
          close();
          observer.complete?.();
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

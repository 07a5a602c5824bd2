import { describe, expect, it } from "vitest";
import { createObservable, type Observer } from "../src/observable.ts";

/** An observable in the hands of the test. */
function start() {
  const warnings: string[] = [];
  const observers: Required<Observer<number>>[] = [];
  let ended = 0;
  const observable = createObservable<number>(
    (message) => void warnings.push(message),
    (observer) => {
      observers.push(observer);
      return () => void ended++;
    },
  );
  return { observable, observers, warnings, ended: () => ended };
}

describe("an observable", () => {
  it("APP-9 tells an observer, or functions, and nobody who unsubscribed", () => {
    const { observable, observers, ended } = start();
    const heard: string[] = [];
    const tell = (what: string) => (value?: unknown) => void heard.push(`${what} ${value ?? ""}`.trim());
    const next = observable.subscribe(tell("a"));
    observable.subscribe(tell("b"), tell("b failed"), tell("b ended"));
    observable.subscribe({ next: tell("c"), error: tell("c failed"), complete: tell("c ended") });
    observable.subscribe(null, tell("d failed"));
    observable.subscribe();
    observable.subscribe(undefined, null, tell("f ended"));
    for (const observer of observers) observer.next(1);
    expect(heard).toEqual(["a 1", "b 1", "c 1"]);
    heard.length = 0;
    next.unsubscribe();
    expect([next.closed, ended()]).toEqual([true, 1]);
    observers[0]?.next(2);
    observers[1]?.error("broken");
    observers[2]?.complete();
    observers[3]?.error("broken");
    observers[4]?.error("broken");
    observers[5]?.complete();
    for (const observer of observers) observer.next(3);
    expect(heard).toEqual(["b failed broken", "c ended", "d failed broken", "f ended"]);
    expect(ended()).toBe(6);
  });

  it("APP-10 reports what a subscriber throws, and goes on", () => {
    const { observable, observers, warnings } = start();
    const heard: number[] = [];
    const throwing = observable.subscribe({
      next(value) {
        throw new Error(`of ${value}`);
      },
      error() {
        throw new Error("of the error");
      },
    });
    observable.subscribe((value) => void heard.push(value));
    observable.subscribe({
      complete() {
        throw new Error("of the end");
      },
    });
    for (const value of [1, 2]) for (const observer of observers) observer.next(value);
    expect(heard).toEqual([1, 2]);
    expect(throwing.closed).toBe(false);
    observers[0]?.error("broken");
    observers[2]?.complete();
    const firstLines = warnings.map((warning) => warning.split("\n")[0]);
    expect(firstLines).toEqual(
      ["of 1", "of 2", "of the error", "of the end"].map((what) => `a subscriber failed: Error: ${what}`),
    );
    expect(warnings[0]).toContain("observable.test.ts");
  });
});

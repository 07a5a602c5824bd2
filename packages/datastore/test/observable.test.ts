import { describe, expect, it } from "vitest";
import { createObservable, type Observer } from "../src/observable.ts";

/** An observable in the hands of the test. */
function start() {
  const observers: Required<Observer<number>>[] = [];
  let ended = 0;
  const observable = createObservable<number>((observer) => {
    observers.push(observer);
    return () => void ended++;
  });
  return { observable, observers, ended: () => ended };
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
});

/** First come, first served. Taking from the front costs what is taken, however much waits behind it. */
export interface WaitingLine<Item> {
  readonly length: number;
  /** Counted from the front. */
  at(index: number): Item | undefined;
  push(item: Item): void;
  /** Takes so many off the front, or all where there are no more. */
  take(count: number): Item[];
  /** Puts items before all others, in their order. */
  putBack(items: readonly Item[]): void;
  /** Leaves those only for which it is true. */
  keep(stays: (item: Item) => boolean): void;
}

export function createWaitingLine<Item>(): WaitingLine<Item> {
  /** The last one first, so that items are taken off its end; refilled from `back` when it is empty. */
  let front: Item[] = [];
  let back: Item[] = [];

  const takeOne = (): Item | undefined => {
    if (front.length === 0) {
      front = back.reverse();
      back = [];
    }
    return front.pop();
  };

  return {
    get length() {
      return front.length + back.length;
    },
    at: (index) => (index < front.length ? front[front.length - 1 - index] : back[index - front.length]),
    push(item) {
      back.push(item);
    },
    take(count) {
      const taken: Item[] = [];
      while (taken.length < count) {
        const item = takeOne();
        if (item === undefined) break;
        taken.push(item);
      }
      return taken;
    },
    putBack(items) {
      for (const item of items.toReversed()) front.push(item);
    },
    keep(stays) {
      back = [...front.reverse(), ...back].filter(stays);
      front = [];
    },
  };
}

/** Functions that want to hear of something, in the order they came. */

export interface Listeners<Message extends readonly unknown[]> {
  /** Answers the way to stop listening. */
  add(listener: (...message: Message) => void): () => void;
  tell(...message: Message): void;
}

export function createListeners<Message extends readonly unknown[]>(): Listeners<Message> {
  const listeners = new Set<{ readonly hear: (...message: Message) => void }>();
  return {
    add(hear) {
      const own = { hear };
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    tell(...message) {
      for (const { hear } of [...listeners]) hear(...message);
    },
  };
}

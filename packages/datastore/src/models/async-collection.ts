/**
 * What a relation to many records gives: they are read when they are first asked for, once.
 */

export class AsyncCollection<T> implements AsyncIterable<T> {
  readonly #read: () => Promise<readonly T[]>;
  #values: Promise<readonly T[]> | null = null;

  /** `values` are the records, a promise of them, or what reads them. */
  constructor(values: readonly T[] | Promise<readonly T[]> | (() => Promise<readonly T[]>)) {
    this.#read = typeof values === "function" ? values : async () => values;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this.#loaded();
  }

  /** The records; the first `max` of them, where that is given. */
  async toArray({ max = Number.MAX_SAFE_INTEGER }: { readonly max?: number } = {}): Promise<T[]> {
    return (await this.#loaded()).slice(0, max);
  }

  #loaded(): Promise<readonly T[]> {
    this.#values ??= this.#read().catch((error: unknown) => {
      this.#values = null;
      throw error;
    });
    return this.#values;
  }
}

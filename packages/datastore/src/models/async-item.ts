/** What a relation to one record gives: a promise of it, or of undefined. */
export class AsyncItem<T> extends Promise<T> {}

/** The parts of IndexedDB that the adapter uses, so that it compiles without a browser's types and runs on any implementation. */

/** A number, text, bytes, or a list of keys; in this order. */
export type IdbKey = number | string | Uint8Array | readonly IdbKey[];

/** What bounds a read; made by `IDBKeyRange`, opaque here. */
export type IdbKeyRange = object;

export interface IdbKeyRanges {
  bound(lower: IdbKey, upper: IdbKey, isLowerOpen?: boolean, isUpperOpen?: boolean): IdbKeyRange;
}

export interface IdbRequest<Result> {
  readonly result: Result;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

export interface IdbCursor {
  readonly value: unknown;
  continue(): void;
}

/** What can be read along its keys: an object store or an index. */
export interface IdbSource {
  getAll(range: IdbKeyRange, count: number): IdbRequest<readonly unknown[]>;
  openCursor(range: IdbKeyRange, direction: "prev"): IdbRequest<IdbCursor | null>;
  count(range: IdbKeyRange): IdbRequest<number>;
}

export interface IdbStore extends IdbSource {
  index(name: string): IdbSource;
  createIndex(name: string, keyPath: string, options: { readonly multiEntry: boolean }): unknown;
  get(key: IdbKey): IdbRequest<unknown>;
  add(value: unknown, key: IdbKey): unknown;
  put(value: unknown, key: IdbKey): unknown;
  delete(key: IdbKey | IdbKeyRange): unknown;
}

export interface IdbTransaction {
  readonly error: unknown;
  objectStore(name: string): IdbStore;
  abort(): void;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
}

export interface IdbDatabase {
  readonly objectStoreNames: { readonly length: number; contains(name: string): boolean };
  createObjectStore(name: string): IdbStore;
  transaction(
    stores: readonly string[],
    mode: "readonly" | "readwrite",
    options: { readonly durability: "relaxed" | "strict" },
  ): IdbTransaction;
  close(): void;
  onversionchange: ((event: { readonly newVersion: number | null }) => void) | null;
  onclose: (() => void) | null;
}

export interface IdbOpenRequest extends IdbRequest<IdbDatabase> {
  onupgradeneeded: (() => void) | null;
}

export interface IdbFactory {
  open(name: string, version?: number): IdbOpenRequest;
}

/** Where the adapter runs: what it takes from the browser. */
export interface IndexedDbEnvironment {
  readonly indexedDB: IdbFactory;
  readonly IDBKeyRange: IdbKeyRanges;
  setTimeout(action: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** The request's result; rejects with its error. */
export function resultOf<Result>(request: IdbRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

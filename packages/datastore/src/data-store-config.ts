/** How a datastore is configured. */
import type { SchemaDescription } from "@tributary/schema";
import type { RefusedChange, StorageAdapter } from "@tributary/storage";

export interface DataStoreConfig {
  readonly schema?: SchemaDescription;
  /** Where the relay is: `http://host:port` or `ws://host:port`. Without it the datastore works on this device only. */
  readonly url?: string;
  /** Credentials, or a function that answers fresh ones for each connection. Default none. */
  readonly auth?: DataStoreAuth | (() => Promise<DataStoreAuth> | DataStoreAuth);
  /** File of the local database. Default: in memory, which keeps nothing. */
  readonly path?: string;
  /** An adapter of your own instead of `path`. */
  readonly storageAdapter?: StorageAdapter;
  /** Hears of what could not be done in the background. */
  readonly errorHandler?: (error: DataStoreProblem) => void;
}

export type DataStoreAuth = { readonly apiKey: string } | { readonly token: string };

/** Something that went wrong without a caller to tell. */
export type DataStoreProblem =
  /** The relay refused a change: it was rolled back here and stands in `refused()`. */
  | { readonly kind: "refused"; readonly change: RefusedChange }
  /** Syncing stopped or was interrupted. */
  | { readonly kind: "sync"; readonly error: Error };

/** The address of a relay's sync endpoint. Throws a `TypeError` for what is no http or ws URL. */
export function syncUrl(url: string): string {
  const match = /^(https?|wss?):\/\/([^/?#]+)(\/[^?#]*)?$/i.exec(url);
  if (match === null)
    throw new TypeError(`url "${url}" is no http(s) or ws(s) address; write it like http://127.0.0.1:4000`);
  const [, scheme = "", host = "", path = ""] = match;
  const isSecure = /^(https|wss)$/i.test(scheme);
  const base = path.replace(/\/+$/, "");
  return `${isSecure ? "wss" : "ws"}://${host}${base.endsWith("/sync") ? base : `${base}/sync`}`;
}

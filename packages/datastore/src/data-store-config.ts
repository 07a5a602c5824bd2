/** How a datastore is configured: by Amplify's options, and by Tributary's own. */
import type { Auth } from "@tributary/protocol";
import type { SchemaDescription } from "@tributary/schema";
import type { StorageAdapter } from "@tributary/storage";
import type { AuthModeStrategyType } from "./amplify/enums.ts";
import type { DataStoreProblem } from "./data-store-problem.ts";
import type { ConflictHandler } from "./sync-conflict.ts";
import type { ModelSyncExpression, SyncExpression } from "./sync-expression.ts";

export interface DataStoreConfig {
  /** What the models are. Default: the schema that was given to `initSchema`. */
  readonly schema?: SchemaDescription;
  /** Where the relay is: `http://host:port` or `ws://host:port`. Without it the datastore works on this device only. */
  readonly url?: string;
  /** Credentials, or a function that answers fresh ones for each connection. Default none. */
  readonly auth?: DataStoreAuth | (() => Promise<DataStoreAuth> | DataStoreAuth);
  /** Where the local database is: a file in Node, a name in browsers. Default in Node: in memory, as long as the process lives. */
  readonly path?: string;
  /** An adapter of your own instead of `path`. */
  readonly storageAdapter?: StorageAdapter;
  /** Names of models that stay on this device: their records are neither sent nor asked for. Default none. */
  readonly localModels?: readonly string[];
  /** Hears of what could not be done in the background. Default: a warning. */
  readonly errorHandler?: ErrorHandler;
  /** Never called: changes merge instead of conflicting. */
  readonly conflictHandler?: ConflictHandler;
  /** Most records of a model that a first sync brings. Default: all. */
  readonly maxRecordsToSync?: number;
  /** Records of a page. Default: what the relay finds best. */
  readonly syncPageSize?: number;
  /** In minutes. Nothing is synced in full by the clock: a cursor tells what is missing, however old. */
  readonly fullSyncInterval?: number;
  /** Which records of a model this device wants. */
  readonly syncExpressions?: readonly (SyncExpression | ModelSyncExpression)[];
  readonly authModeStrategyType?: AuthModeStrategyType;
  readonly authProviders?: AuthProviders;
}

/** Options at the top level or, as Amplify takes them too, under `DataStore`, which win. */
export type ConfigureInput = DataStoreConfig & { readonly DataStore?: DataStoreConfig };

export type ErrorHandler = (error: DataStoreProblem) => void;

export type DataStoreAuth = { readonly apiKey: string } | { readonly token: string };

export interface AuthProviders {
  /** Gives the token that the relay's custom authorizer takes; used where `auth` is not given. */
  readonly functionAuthProvider?: () => Promise<{ readonly token: string }> | { readonly token: string };
}

/** The configuration after a call of `configure`: what is not repeated stays. Throws a `TypeError` for what is no such option. */
export function mergeConfig(before: DataStoreConfig, { DataStore: nested, ...given }: ConfigureInput): DataStoreConfig {
  const config = { ...before, ...given, ...nested };
  if (config.url !== undefined) syncUrl(config.url);
  if (config.auth !== undefined && typeof config.auth !== "function") readAuth(config.auth, "auth");
  for (const name of ["maxRecordsToSync", "syncPageSize", "fullSyncInterval"] as const) {
    const value = config[name];
    if (value !== undefined && !(typeof value === "number" && value > 0)) {
      throw new TypeError(`${name} is ${String(value)}; give a number above 0`);
    }
  }
  return config;
}

/** What the relay is told. Throws a `TypeError` for what is no credential, which it names without showing it. */
export async function authOf({ auth, authProviders }: DataStoreConfig): Promise<Auth> {
  if (typeof auth === "function") return readAuth(await auth(), "what auth() answered");
  if (auth !== undefined) return readAuth(auth, "auth");
  const given = await authProviders?.functionAuthProvider?.();
  return given === undefined ? { kind: "none" } : readAuth(given, "what functionAuthProvider() answered");
}

function readAuth(auth: DataStoreAuth, what: string): Auth {
  const given: { readonly apiKey?: unknown; readonly token?: unknown } = Object(auth);
  for (const [name, value] of [
    ["apiKey", given.apiKey],
    ["token", given.token],
  ] as const) {
    if (!(name in given)) continue;
    if (typeof value === "string" && value !== "") {
      return name === "apiKey" ? { kind: "apiKey", key: value } : { kind: "token", token: value };
    }
    const found = value === "" ? "empty" : value === null ? "null" : `of type ${typeof value}`;
    throw new TypeError(`the ${name} of ${what} is ${found}; give it as text`);
  }
  throw new TypeError(
    `${what} has neither apiKey nor token; give { apiKey } or { token }, or a function that answers one`,
  );
}

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

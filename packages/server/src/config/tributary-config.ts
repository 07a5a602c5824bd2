/** What a config file may say. Each setting of one word is also a flag of `tributary start`, which wins. */
import type { ConflictResolution, ConflictStrategy } from "@tributary/gateway";
import { defaultGatewayLimits, type GatewayLimits } from "@tributary/gateway/limits";

export interface TributaryConfig {
  /** The GraphQL schema file, relative to the config file. */
  readonly schema?: string;
  /** `v1` or `v2`; told from the schema's directives unless given. */
  readonly dialect?: "v1" | "v2";
  /** The providers switched on, the first is the default. This version serves `apiKey`. */
  readonly auth?: "apiKey" | readonly "apiKey"[];
  /** 0 takes a free port. Default 4000. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** The data directory, relative to the config file. Default `.tributary`. */
  readonly data?: string;
  readonly apiKey?: string;
  /** Open models without `@auth` to everybody who passes the API key, or to everybody when there is none. */
  readonly sandbox?: boolean;
  /** Origins of web pages that may connect beside those of the same and of loopback hosts; `*` for all. */
  readonly allowOrigin?: string | readonly string[];
  readonly logLevel?: LogLevel;
  /** Default: text on a terminal, else json. */
  readonly logFormat?: LogFormat;
  readonly limits?: Partial<ServerLimits>;
  /** What becomes of mutations made on an older version of a record: of all models, or model by model. Default `MERGE`. */
  readonly conflictResolution?: ConflictStrategy | ConflictResolution;
  /** Whether GraphQL clients may ask for the schema. Default `on`. */
  readonly introspection?: "on" | "off";
  /**
   * Whether GraphQL requests may name documents by their hash, as Apollo's and urql's clients do, or must be for one of the
   * documents of a JSON file, relative to the config file. Default `automatic`.
   */
  readonly persistedQueries?: "automatic" | "off" | { readonly only: string };
}

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ["text", "json"] as const;
export type LogFormat = (typeof logFormats)[number];

/** What a stranger may cost. What a session may cost is in the protocol's limits. */
export interface ServerLimits extends GatewayLimits {
  /** Open connections of any kind; further ones are dropped. */
  readonly maxConnections: number;
  /** WebSockets that have not said yet who they are; when one more comes, the longest waiting is closed. */
  readonly maxWaitingSockets: number;
}

export const defaultServerLimits: ServerLimits = Object.freeze({
  ...defaultGatewayLimits,
  // Below the file descriptors an ordinary service unit may have.
  maxConnections: 50_000,
  // At 20 KB each before the welcome these hold 20 MB; an honest client waits for some milliseconds.
  maxWaitingSockets: 1_000,
});

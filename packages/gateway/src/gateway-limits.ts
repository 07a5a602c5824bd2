/**
 * How much one caller may ask for. Each is there so that one request cannot hold up the others.
 *
 * It imports nothing, and is an entry of the package: whoever reads settings knows them without loading the gateway.
 */
export interface GatewayLimits {
  readonly maxBodyBytes: number;
  /** Operations in one HTTP request, as an array; with 1 arrays are refused. */
  readonly maxBatchedOperations: number;
  /** Tokens of a document: names, punctuation, literals. */
  readonly maxTokens: number;
  /** Selections within selections; the usual introspection query needs 15. */
  readonly maxDepth: number;
  /** Fields with an alias, fragments spread out: what a document can use to ask for one thing many times. */
  readonly maxAliases: number;
  /** Fields, fragments spread out. */
  readonly maxFields: number;
  /** Characters of all documents together that are kept for clients which name them by their hash. */
  readonly maxPersistedQueryCharacters: number;
  /** Lists and objects within variables and within JSON values. */
  readonly maxValueDepth: number;
  /** Conditions in one filter. */
  readonly maxFilterNodes: number;
  /** Values of `in` and `notIn` in the filter of a subscription. */
  readonly maxSubscriptionValues: number;
  readonly defaultPageSize: number;
  readonly maxPageSize: number;
  /** Records that all pages of one request may hold together. */
  readonly maxRecordsPerRequest: number;
  /** Operations under way on one socket. */
  readonly maxSubscriptionsPerSocket: number;
  /** How long a socket may wait with its first message. */
  readonly maxInitWaitMs: number;
  /** Characters of one message of AppSync's realtime protocol: a document, its variables and credentials. */
  readonly maxRealtimeMessageLength: number;
  /** Events waiting for one subscriber; behind that it is too slow and is ended. */
  readonly maxQueuedEvents: number;
  /** Unsent bytes at which a socket is cut off. */
  readonly maxBufferedBytes: number;
}

export const defaultGatewayLimits: GatewayLimits = {
  // A mutation of one record at the protocol's limit, as JSON.
  maxBodyBytes: 2 * 1024 * 1024,
  // AppSync takes no arrays.
  maxBatchedOperations: 1,
  maxTokens: 10_000,
  maxDepth: 20,
  maxAliases: 100,
  maxFields: 2_000,
  maxPersistedQueryCharacters: 4 * 1024 * 1024,
  maxValueDepth: 32,
  maxFilterNodes: 500,
  // AppSync's number.
  maxSubscriptionValues: 5,
  defaultPageSize: 100,
  maxPageSize: 1_000,
  maxRecordsPerRequest: 10_000,
  maxSubscriptionsPerSocket: 100,
  // What Amplify's clients wait for the answer.
  maxInitWaitMs: 15_000,
  maxRealtimeMessageLength: 256 * 1024,
  maxQueuedEvents: 1_000,
  maxBufferedBytes: 8 * 1024 * 1024,
};

/** Amplify's enums, as constants: their members are what apps write, their values what travels in messages. */

export const SortDirection = { ASCENDING: "ASCENDING", DESCENDING: "DESCENDING" } as const;
export type SortDirection = (typeof SortDirection)[keyof typeof SortDirection];

export const OpType = { INSERT: "INSERT", UPDATE: "UPDATE", DELETE: "DELETE" } as const;
export type OpType = (typeof OpType)[keyof typeof OpType];

/** Numbered both ways, as TypeScript numbers an enum. */
export const QueryOne = { FIRST: 0, LAST: 1, 0: "FIRST", 1: "LAST" } as const;
export type QueryOne = 0 | 1;

export const AuthModeStrategyType = { DEFAULT: "DEFAULT", MULTI_AUTH: "MULTI_AUTH" } as const;
export type AuthModeStrategyType = (typeof AuthModeStrategyType)[keyof typeof AuthModeStrategyType];

export const ModelOperation = { CREATE: "CREATE", READ: "READ", UPDATE: "UPDATE", DELETE: "DELETE" } as const;
export type ModelOperation = (typeof ModelOperation)[keyof typeof ModelOperation];

export const ModelAttributeAuthAllow = {
  CUSTOM: "custom",
  OWNER: "owner",
  GROUPS: "groups",
  PRIVATE: "private",
  PUBLIC: "public",
} as const;
export type ModelAttributeAuthAllow = (typeof ModelAttributeAuthAllow)[keyof typeof ModelAttributeAuthAllow];

export const ModelAttributeAuthProvider = {
  FUNCTION: "function",
  USER_POOLS: "userPools",
  OIDC: "oidc",
  IAM: "iam",
  API_KEY: "apiKey",
} as const;
export type ModelAttributeAuthProvider = (typeof ModelAttributeAuthProvider)[keyof typeof ModelAttributeAuthProvider];

export const ProcessName = { sync: "sync", mutate: "mutate", subscribe: "subscribe" } as const;
export type ProcessName = (typeof ProcessName)[keyof typeof ProcessName];

export const NAMESPACES = { DATASTORE: "datastore", USER: "user", SYNC: "sync", STORAGE: "storage" } as const;
export type NAMESPACES = (typeof NAMESPACES)[keyof typeof NAMESPACES];

export const LimitTimerRaceResolvedValues = { LIMIT: "LIMIT", TIMER: "TIMER" } as const;
export type LimitTimerRaceResolvedValues =
  (typeof LimitTimerRaceResolvedValues)[keyof typeof LimitTimerRaceResolvedValues];

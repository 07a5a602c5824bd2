/** Helpers for tests, imported by tests only: boundary checks, a cluster in one process, an AppSync client, seeded randomness. */
export {
  createRealtimeClient,
  type RealtimeClient,
  type RealtimeClientOptions,
  type RealtimeFrame,
  type RealtimePayload,
  type RealtimeSubscription,
} from "./amplify/realtime-client.ts";
export {
  type AreaRules,
  findManifestViolations,
  findViolations,
  type Manifest,
  type PackageRules,
  type SourceFile,
  type Workspace,
} from "./boundaries/find-violations.ts";
export { type ImportFound, type ImportKind, readImports } from "./boundaries/read-imports.ts";
export { type Cluster, type ClusterClient, type ClusterOptions, createCluster } from "./cluster/cluster.ts";
export { differences, type Holdings, holdingsOfClient, holdingsOfRelay } from "./cluster/compare-replicas.ts";
export { createLink, type Link } from "./cluster/link.ts";
export { createRandom, type Random } from "./cluster/random.ts";

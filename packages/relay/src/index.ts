/** The relay: commit pipeline, sessions, change feed and fan-out over any storage adapter. */
export type { Logger } from "./logger.ts";
export { createRelay, type RelayOptions } from "./relay.ts";
export type {
  Authentication,
  CommittedChange,
  DeltaPage,
  DeltaQuery,
  JsonQuery,
  RecordPage,
  RecordQuery,
  RecordReader,
  RecordWrite,
  Relay,
  RelaySession,
  RelaySocket,
  RelayStats,
  StaleUpdate,
  StoredRecord,
  WriteOutcome,
  WriteRefusal,
} from "./relay-port.ts";

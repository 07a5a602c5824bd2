/** The record store: the adapter contract, and the stores of a relay and of a replica over it. */
export {
  type AdapterCapabilities,
  type Aggregation,
  type Batch,
  type Cell,
  type ColumnLayout,
  type ColumnType,
  type CommitResult,
  type Comparison,
  type Condition,
  type ExistsCondition,
  type Expectation,
  type Head,
  type IndexLayout,
  type JsonPage,
  type JsonScan,
  type Key,
  type Look,
  type Measure,
  type Order,
  type Row,
  type Scan,
  type SeqCell,
  type SequenceRequest,
  type StorageAdapter,
  StorageError,
  type StorageErrorCode,
  type TableLayout,
  type TextSearch,
  type Write,
} from "./adapter.ts";
export type { ExpiryBounds } from "./expire-feed.ts";
export type { RelayCommit } from "./relay-commit.ts";
export {
  type FeedEntry,
  type FeedOperation,
  type ForgottenRecord,
  isAsCreated,
  type RecordListStep,
  type RelayChange,
  type RelayRecord,
  type ReplicaRow,
} from "./relay-rows.ts";
export {
  type ListSteps,
  type ListStepsQuery,
  openRelayStore,
  type RelayCommitResult,
  type RelayPage,
  type RelayScan,
  type RelayStore,
  type RelayStoreOptions,
  type StartRow,
} from "./relay-store.ts";
export { recordColumns } from "./relay-tables.ts";
export {
  createReplicaReader,
  type ReadRecord,
  type RecordAggregation,
  type RecordQuery,
  type RecordSearch,
  type ReplicaReader,
  searchableFields,
} from "./replica-reader.ts";
export {
  type AcknowledgedState,
  type OutboxEntry,
  type OutboxPlace,
  openReplicaStore,
  type RefusedChange,
  type ReplicaCommit,
  type ReplicaRecord,
  type ReplicaStore,
  type ReplicaStoreOptions,
} from "./replica-store.ts";
export {
  type LeafShape,
  type RelatedMember,
  type RowMember,
  type RowShape,
  relatedTables,
  type ValueMember,
  type ValueShape,
} from "./row-shape.ts";
export type { RecordsJson, RecordsJsonScan } from "./scan-json.ts";
export { sortedPage } from "./sorted-page.ts";

/**
 * What a relay offers to the doors around it: the socket listener and the GraphQL gateway.
 *
 * Every door shares one commit pipeline and one read filter. A door authenticates, hands in what was asked, and turns the
 * outcome into its own protocol; it decides nothing about records itself.
 */
import type { Identity, Predicate, SortKey, Values } from "@tributary/model";
import type { SchemaDescription } from "@tributary/schema";
import type { RecordsJson, RecordsJsonScan } from "@tributary/storage";

/** A record as it is stored at the relay. */
export interface StoredRecord {
  readonly model: string;
  readonly key: string;
  /** Every stored field, timestamps included; null where nothing was written. What a deletion left behind when `isDeleted`. */
  readonly values: Values;
  readonly version: number;
  /** `_lastChangedAt`: ms since 1970. */
  readonly changedAt: number;
  /** Creation of this life: ms since 1970. */
  readonly createdAt: number;
  readonly isDeleted: boolean;
  readonly life: number;
  readonly seq: number;
}

/**
 * How an update is taken that was made on another version than the stored one, or names none (Q3). A deletion is refused then,
 * whatever is said here.
 *
 * - `merge`: registers are written as if it had been made now; of lists what its writer did to them, as far as it is known what he
 *   saw, else what they lack (Q2).
 * - `automerge`: what AppSync's strategy of that name leaves of it is written, and counts as a version also when nothing is.
 * - `refuse`: the answer is `conflict`.
 */
export type StaleUpdate = "merge" | "automerge" | "refuse";

/** One write that was not made by a replica: the relay gives it its stamp and its Yjs structs. */
export interface RecordWrite {
  readonly operation: "create" | "update" | "delete";
  readonly model: string;
  /** The key fields (all of them for update and delete; for create those the writer gave) and the fields to write. */
  readonly values: Values;
  /** The `_version` the writer started from; null when it named none. */
  readonly baseVersion: number | null;
  /** Default `merge`. */
  readonly onStale?: StaleUpdate;
  /** The version the stored record must be at, else the write is refused with `condition`. Null, the default, when any will do. */
  readonly expectedVersion?: number | null;
  /**
   * All that the writer asked for, operation and base version included, as a hash. The same write of the same principal, when it comes again
   * within the delta lifetime, is answered with the record as it is then, and changes nothing (Q1). Null, the default, for a
   * write that may be meant twice.
   */
  readonly asked?: string | null;
  /** Must hold on the stored record, else the write is refused with `condition`. */
  readonly condition: Predicate | null;
}

export type WriteRefusal =
  | "unauthorized"
  | "invalid"
  | "condition"
  /** create: the key is taken; update and delete: there is no such record. */
  | "exists"
  | "missing"
  /** The strategy does not merge a write on this base version. */
  | "conflict"
  | "busy";

export type WriteOutcome =
  | { readonly outcome: "committed"; readonly record: StoredRecord }
  | {
      readonly outcome: "refused";
      readonly code: WriteRefusal;
      readonly message: string;
      readonly fields: readonly string[];
      /** The stored record, null when there is none or the identity may not read it. */
      readonly stored: StoredRecord | null;
    };

/** A committed change of one record. */
export interface CommittedChange {
  readonly operation: "create" | "update" | "delete";
  readonly before: StoredRecord | null;
  readonly after: StoredRecord;
  readonly principal: string;
}

export interface RecordQuery {
  readonly model: string;
  /** Which records are gone through: what keys and indexes lead to. Null for all of the model. */
  readonly range: Predicate | null;
  /** Which of those are answered. Null for all. */
  readonly where: Predicate | null;
  /** Ends in the key fields, so that `after` names one place. */
  readonly order: readonly SortKey[];
  readonly limit: number;
  /** Most records to look at, answered or not: one that finds few ends its page early. At least 1. */
  readonly maxLooked: number;
  /** Values of the order's fields of the last record already looked at; null from the start. */
  readonly after: Values | null;
  readonly includeDeleted: boolean;
}

export interface RecordPage {
  readonly records: readonly StoredRecord[];
  /** At most so many records were looked at, those included that the identity may not read. */
  readonly looked: number;
  /** Values of the order's fields to go on behind; null at the end. */
  readonly behind: Values | null;
}

/** All records of a range, those that are accepted as JSON of a shape. */
export interface JsonQuery extends Omit<RecordsJsonScan, "sort"> {
  /** Ends in the key fields, so that `after` names one place. */
  readonly order: readonly SortKey[];
}

export interface DeltaQuery {
  readonly model: string;
  /** Records whose last change is at or behind this time, in the order of their changes. */
  readonly since: number;
  readonly where: Predicate | null;
  readonly limit: number;
  /** Most changes to look at, of whatever model. At least 1. */
  readonly maxLooked: number;
  /** `seq` of the last change already looked at; 0 from the start. */
  readonly afterSeq: number;
}

export interface DeltaPage {
  readonly records: readonly StoredRecord[];
  readonly looked: number;
  /** The `seq` to go on behind; null at the end. */
  readonly behind: number | null;
}

/** Records an identity may read: what it may not read is left out of every answer. */
export interface RecordReader {
  get(identity: Identity, model: string, key: string): Promise<StoredRecord | null>;
  /** One answer a key, in the order asked. */
  getMany(identity: Identity, model: string, keys: readonly string[]): Promise<readonly (StoredRecord | null)[]>;
  query(identity: Identity, query: RecordQuery): Promise<RecordPage>;
  /**
   * A page in one step, without a look at each record. Null where that is no question of the query alone: where a record is to be
   * judged before it is shown, does not fit the shape, or the store does not write JSON.
   */
  queryJson(identity: Identity, query: JsonQuery): Promise<RecordsJson | null>;
  /** Null when `since` lies behind the lifetime of delta entries: answer from the base instead. */
  delta(identity: Identity, query: DeltaQuery): Promise<DeltaPage | null>;
  /** True when `identity` may read some records of the model at all. */
  canReadModel(identity: Identity, model: string): boolean;
  canRead(identity: Identity, record: StoredRecord): boolean;
  /** A time no later commit lies before: what a sync query answers as `startedAt`. */
  startedAt(): Promise<number>;
}

/** A connected socket as the relay sees it. Frames are whole binary messages. */
export interface RelaySocket {
  send(frame: Uint8Array): void;
  /** Bytes handed to `send` that the network has not taken yet. */
  readonly bufferedBytes: number;
  /** Nothing more is read from the network until `resume`; what was read before may still be handed in. */
  pause(): void;
  resume(): void;
  close(code: number, reason: string): void;
}

export interface RelaySession {
  /** Hands in one binary message. Never throws. */
  receive(frame: Uint8Array): void;
  /** Tells that the socket is gone. */
  closed(): void;
}

export interface RelayStats {
  readonly sessions: number;
  readonly pushesAccepted: number;
  readonly pushesRefused: number;
  readonly changesCommitted: number;
  readonly changesDelivered: number;
  readonly bytesSent: number;
  readonly slowReadersDropped: number;
  readonly headSeq: number;
}

export interface Relay {
  readonly schema: SchemaDescription;
  readonly epoch: string;
  readonly records: RecordReader;
  /** Takes over a socket whose upgrade was accepted. The session authenticates in its first message. */
  connect(socket: RelaySocket): RelaySession;
  /** Writes through the same pipeline as a push; resolves after the durable commit. All of `writes` commit together or none does. */
  submit(identity: Identity, writes: readonly RecordWrite[]): Promise<readonly WriteOutcome[]>;
  /** Hears of every committed change in order of `seq`, one call a commit. Returns the way to stop. */
  subscribe(listener: (changes: readonly CommittedChange[]) => void): () => void;
  stats(): RelayStats;
  /** Ends sessions with `goingAway`, waits for the commit under way and closes the store. */
  stop(): Promise<void>;
}

/** What a wrong or expired credential is answered with. */
export type Authentication =
  | {
      readonly outcome: "accepted";
      readonly identity: Identity /** ms since 1970; null never */;
      readonly expiresAt: number | null;
    }
  | { readonly outcome: "refused"; readonly reason: string };

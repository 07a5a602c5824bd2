/** What a session is given to work with. */
import type { Auth, Limits } from "@tributary/protocol";
import type { SchemaDescription } from "@tributary/schema";
import type { RelayStore } from "@tributary/storage";
import type { CommitPipeline } from "./commit-pipeline.ts";
import type { CursorCodec } from "./cursor.ts";
import type { Logger } from "./logger.ts";
import type { PageReader } from "./page-reader.ts";
import type { RecordCounts } from "./record-counts.ts";
import type { RelayClock } from "./relay-clock.ts";
import type { Authentication, RelayStats } from "./relay-port.ts";
import type { Session } from "./session.ts";

export type Counter = Exclude<keyof RelayStats, "sessions" | "headSeq">;

export interface RelayServices {
  readonly schema: SchemaDescription;
  readonly store: RelayStore;
  readonly pipeline: CommitPipeline;
  readonly pages: PageReader;
  readonly recordCounts: RecordCounts;
  readonly cursors: CursorCodec;
  readonly clock: RelayClock;
  readonly limits: Limits;
  readonly log: Logger;
  readonly sandbox: boolean;
  readonly driftMs: number;
  readonly helloTimeoutMs: number;
  /** A socket with more than this unsent is a slow reader. */
  readonly maxBufferedBytes: number;
  /** Bytes of pushes without an answer after which a session is ended. */
  readonly maxPendingBytes: number;
  /** Refused pushes after which a session is ended. */
  readonly maxRefusals: number;
  readonly sessions: Set<Session>;
  readonly randomHex: (bytes: number) => string;
  readonly authenticate: (auth: Auth) => Promise<Authentication>;
  /** Runs `action` later; answers the way to call it off. */
  readonly after: (ms: number, action: () => void) => () => void;
  /** Lets others have their turn between two reads of a session. */
  readonly breathe: () => Promise<void>;
  /** The last sequence number this process saw committed. */
  readonly committedSeq: () => number;
  readonly count: (counter: Counter, by?: number) => void;
  /**
   * Makes `by` the one session of a replica and ends the others (N6). False, and nothing is done, when another principal holds
   * the replica at the moment.
   */
  readonly takeOver: (replica: string, principal: string, by: Session) => boolean;
  /** Starts a new history and ends every session of the old one but `by`, which proved that one is needed. */
  readonly openEpoch: (healSeq: number, by: Session) => Promise<void>;
}

/** One look at a write-ahead log, or one checkpoint of it, on whatever connection. */
import type { Database } from "better-sqlite3";

/** In pages of 4 KiB, those that are copied already included. Both are -1 while another connection makes a checkpoint. */
export interface LogLength {
  readonly log: number;
  readonly checkpointed: number;
}

/** `PASSIVE` copies what nobody's reads or writes stand against; `NOOP` looks only. */
export function checkpoint(database: Database, mode: "NOOP" | "PASSIVE"): LogLength {
  const [length] = database.pragma(`wal_checkpoint(${mode})`) as [LogLength];
  return length;
}

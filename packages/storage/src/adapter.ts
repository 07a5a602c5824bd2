/**
 * The adapter contract: what a database must do for a record store.
 *
 * An adapter keeps tables of plain cells. It reads rows by key, runs scans that are already planned, and commits batches of
 * writes. It knows no models, relations, documents or replicas; the record stores above it do.
 *
 * Duties of an adapter
 * - A batch is committed whole or not at all, and is visible to every read that starts after `commit` resolved.
 * - `commit` resolves only after the batch is as durable as the adapter was opened to make it.
 * - A precondition that does not hold makes the whole batch answer `conflict` and changes nothing; the caller reads again and retries.
 * - Every method but `open` rejects with a `StorageError` (code `CLOSED`) after `close`.
 * - Reads and commits may be called concurrently; each read sees committed batches only.
 *
 * Duties of a caller
 * - Rows hold one cell a column, in the order of the table's layout, of the column's type or null.
 * - Byte arrays handed over are not changed afterwards; byte arrays received are not written to.
 */

/** A stored value. Booleans are 0 and 1, lists and objects are JSON text, bytes are documents and updates. */
export type Cell = null | number | string | Uint8Array;

/** The cells of a row, in column order. */
export type Row = readonly Cell[];

/** The cells of a primary key, in the order of `TableLayout.primaryKey`. */
export type Key = readonly Cell[];

/** `integer` holds any safe integer; `real` any finite number; `json` text that parses as JSON. */
export type ColumnType = "text" | "integer" | "real" | "boolean" | "json" | "blob";

export interface ColumnLayout {
  readonly name: string;
  readonly type: ColumnType;
}

export interface IndexLayout {
  /** Unique within the store. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Index only rows in which this column is not null; null for all rows. */
  readonly whereNotNull?: string;
}

export interface TableLayout {
  readonly name: string;
  readonly columns: readonly ColumnLayout[];
  readonly primaryKey: readonly string[];
  readonly indexes: readonly IndexLayout[];
}

export type Comparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge";

/**
 * A condition on the columns of one row. Two-valued: every condition is true or false, also on null.
 *
 * `eq`/`ne` compare null as a value; `lt le gt ge` are false when either side is null. Numbers compare by value, text by
 * Unicode code point (the order of its UTF-8 bytes, not of UTF-16 units). `hasPrefix` and `hasSubstring` are case-sensitive
 * and false on null. `hasElement` is true when the column's JSON array holds the value (true and false are written as JSON
 * booleans and match 1 and 0), false on null.
 */
export type Condition =
  | { readonly kind: "and" | "or"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  | { readonly kind: "compare"; readonly column: string; readonly op: Comparison; readonly value: Cell }
  | { readonly kind: "in"; readonly column: string; readonly values: readonly Cell[] }
  | { readonly kind: "hasPrefix" | "hasSubstring"; readonly column: string; readonly value: string }
  | { readonly kind: "hasElement"; readonly column: string; readonly value: Cell };

export interface Order {
  readonly column: string;
  readonly direction: "asc" | "desc";
}

/**
 * A planned scan. Rows come in the given order; ties, and a scan without order, in the order of first insertion.
 * Null sorts before everything else ascending, behind it descending.
 */
export interface Scan {
  readonly table: string;
  readonly where?: Condition;
  readonly order?: readonly Order[];
  /** Most rows to answer; all when absent. */
  readonly limit?: number;
  readonly offset?: number;
  /** Only rows behind this tuple of the order's columns. All directions of the order must agree and its columns hold no null. */
  readonly after?: readonly Cell[];
  /** Columns to answer, in this order; all when absent. */
  readonly columns?: readonly string[];
}

/** The row as found must hold `value` in `column`, else the batch conflicts. */
export interface Expectation {
  readonly column: string;
  readonly value: Cell;
}

/** Puts the sequence number `firstSeq + offset` of this commit into a column of the written row. */
export interface SeqCell {
  readonly column: string;
  readonly offset: number;
}

export type Write =
  /** Conflicts when a row with this key exists. */
  | { readonly kind: "insert"; readonly table: string; readonly row: Row; readonly seq?: SeqCell }
  /** Writes every cell of an existing row; conflicts when there is none or the expectation fails. */
  | {
      readonly kind: "replace";
      readonly table: string;
      readonly row: Row;
      readonly expect?: Expectation;
      readonly seq?: SeqCell;
    }
  /** Inserts or replaces. */
  | { readonly kind: "upsert"; readonly table: string; readonly row: Row; readonly seq?: SeqCell }
  /** Sets some cells (parallel to `columns`) of an existing row; conflicts when there is none or the expectation fails. */
  | {
      readonly kind: "update";
      readonly table: string;
      readonly key: Key;
      readonly columns: readonly string[];
      readonly cells: readonly Cell[];
      readonly expect?: Expectation;
    }
  /** Removes a row if it is there; with an expectation, conflicts when it is there and differs. */
  | { readonly kind: "delete"; readonly table: string; readonly key: Key; readonly expect?: Expectation }
  /** Removes every row that meets the condition; all rows when there is none. */
  | { readonly kind: "deleteWhere"; readonly table: string; readonly where?: Condition }
  /** Writes nothing; conflicts unless the row is absent (`null`) or meets the expectation. */
  | { readonly kind: "expect"; readonly table: string; readonly key: Key; readonly expect: Expectation | null };

/**
 * Sequence numbers for a commit. They are taken under a lock as the last step before the commit, so that they become
 * visible in order, also when several processes commit to one database.
 */
export interface SequenceRequest {
  /** How many numbers to take; at least 1. */
  readonly count: number;
  /** The commit's time in ms. Conflicts when the store's last commit has a later one. */
  readonly at: number;
}

export interface Batch {
  readonly writes: readonly Write[];
  readonly sequence?: SequenceRequest;
}

export type CommitResult =
  | { readonly outcome: "committed" /** First number taken; 0 when none were asked for. */; readonly firstSeq: number }
  | {
      readonly outcome: "conflict" /** `$head` when the commit's time was behind the store's. */;
      readonly table: string;
      readonly key: Key;
    };

/** The last sequence number taken, and the time of the commit that took it. Both 0 in a new store. */
export interface Head {
  readonly seq: number;
  readonly at: number;
}

export interface AdapterCapabilities {
  /** What a resolved commit survives: nothing, the death of the process, or loss of power. */
  readonly durability: "none" | "process" | "power";
}

export interface StorageAdapter {
  readonly name: string;
  readonly capabilities: AdapterCapabilities;
  /** Opens the database, creating it when it is not there. */
  open(): Promise<void>;
  /** The layouts of all tables as they are stored. */
  layouts(): Promise<readonly TableLayout[]>;
  /** Creates tables that are not there, in one transaction. Rejects when one is there with another layout. */
  create(layouts: readonly TableLayout[]): Promise<void>;
  /**
   * Gives a table another layout, in one transaction: every row goes through `transform` in insertion order and lands in the
   * new table; rows answered with null are dropped.
   */
  rebuild(layout: TableLayout, transform: (row: Row) => Row | null): Promise<void>;
  drop(table: string): Promise<void>;
  get(table: string, key: Key): Promise<Row | undefined>;
  /** One answer a key, in the order asked. */
  getMany(table: string, keys: readonly Key[]): Promise<readonly (Row | undefined)[]>;
  scan(scan: Scan): Promise<readonly Row[]>;
  count(table: string, where?: Condition): Promise<number>;
  commit(batch: Batch): Promise<CommitResult>;
  head(): Promise<Head>;
  /** Drops a table's secondary indexes for a bulk load, or builds those of its layout that are missing. Both survive a crash: `open` builds what is missing. */
  setIndexed(table: string, indexed: boolean): Promise<void>;
  /** Waits for commits under way and closes. Calling it twice is harmless. */
  close(): Promise<void>;
}

/** A store that cannot do what was asked, for a reason outside the data. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: "CLOSED" | "CANNOT_OPEN" | "FOREIGN" | "LAYOUT" | "FULL" | "FAILED";
  readonly retryable: boolean;

  constructor(
    code: StorageError["code"],
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

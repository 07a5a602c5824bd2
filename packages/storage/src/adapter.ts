/**
 * The adapter contract: what a database must do for a record store.
 *
 * An adapter keeps tables of plain cells. It reads rows by key, runs scans that are already planned, and commits batches of
 * writes. It knows no models, relations, documents or replicas; the record stores above it do.
 *
 * Duties of an adapter
 * - A batch is committed whole or not at all, and is visible to every read that starts after `commit` resolved.
 * - `commit` resolves only after the batch is as durable as the adapter was opened to make it.
 * - A commit on tables that another process gave another layout rejects with code `LAYOUT` and changes nothing.
 * - A precondition that does not hold makes the whole batch answer `conflict` and changes nothing; the caller reads again and retries.
 * - Every method but `open` rejects with a `StorageError` (code `CLOSED`) after `close`.
 * - Reads and commits may be called concurrently; each read sees committed batches only.
 *
 * Duties of a caller
 * - Rows hold one cell a column, in the order of the table's layout, of the column's type or null. Key cells are not null.
 * - Text is well-formed Unicode: no halves of surrogate pairs.
 * - Byte arrays handed over are not changed afterwards; byte arrays received are not written to.
 */

import type { JsonValue } from "@tributary/model";
import type { RowShape } from "./row-shape.ts";

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
  /** The key is one integer column, and stands for the order of insertion: a database may keep rows in its order. */
  readonly isKeyOrdered?: boolean;
  /** What the rows were made from, for whoever laid out the table; kept with the layout, opaque to the adapter. */
  readonly meaning?: string;
}

export type Comparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge";

/**
 * A condition on the columns of one row. Two-valued: every condition is true or false, also on null.
 *
 * `eq`/`ne` compare null as a value; `lt le gt ge` are false when either side is null. Numbers compare by value, text by
 * Unicode code point (the order of its UTF-8 bytes, not of UTF-16 units). `hasPrefix` and `hasSubstring` are case-sensitive
 * and false on null. With `asText` the column is JSON, and counts as the text it holds where it is a JSON string, as null
 * where it is anything else. `hasElement` is true when the column is a JSON array with an element that has the JSON text of
 * `element`.
 */
export type Condition =
  | { readonly kind: "and" | "or"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  | {
      readonly kind: "compare";
      readonly column: string;
      readonly op: Comparison;
      readonly value: Cell;
      readonly asText?: true;
    }
  | { readonly kind: "in"; readonly column: string; readonly values: readonly Cell[] }
  | {
      readonly kind: "hasPrefix" | "hasSubstring";
      readonly column: string;
      readonly value: string;
      readonly asText?: true;
    }
  | { readonly kind: "hasElement"; readonly column: string; readonly element: JsonValue }
  | ExistsCondition;

/**
 * A look from a row into another table: at the rows there whose columns equal those of the row at hand, pair by pair (null
 * equals nothing), and that meet `where`. Only adapters with the capability `joins` are given one.
 */
export interface Look {
  readonly table: string;
  readonly on: readonly { readonly own: string; readonly other: string }[];
  readonly where: Condition;
}

/** True when the look finds a row. */
export interface ExistsCondition extends Look {
  readonly kind: "exists";
}

export interface Order {
  readonly column: string;
  readonly direction: "asc" | "desc";
  /**
   * The column is one of the row at the end of these looks, the first from the row that is sorted; the cell is null where one
   * of them finds nothing. Each finds one row at most. Not together with `after`.
   */
  readonly through?: readonly Look[];
}

/**
 * A planned scan. Rows come in the given order; ties, and a scan without order, in the order of first insertion (of the key
 * in tables that are `isKeyOrdered`). Null sorts before everything else ascending, behind it descending.
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

/** A page of rows as JSON. */
export interface JsonScan {
  /** Its order holds the whole key, and leads through no looks; what it says of columns is not asked. */
  readonly scan: Omit<Scan, "columns"> & { readonly order: readonly Order[]; readonly limit: number };
  readonly shape: RowShape;
  /** What a row must meet to be written; all rows that the scan finds are when absent. */
  readonly accept?: Condition;
}

export interface JsonPage {
  /** The rows that are written, one object each, with commas between them, as UTF-8. */
  readonly json: Uint8Array;
  /** How many rows the scan found, written or not. */
  readonly looked: number;
  /** How many times a written row held the whole key of another that its shape leads to, whether that is there or not. */
  readonly led: number;
  /** The cells of the order's columns in the last row that was found, when there are more behind it; null at the end. */
  readonly behind: readonly Cell[] | null;
}

/** `count` without a column counts rows; every other measure is over the rows in which its column is not null. */
export type Measure =
  | { readonly op: "count"; readonly column: string | null }
  /** Of numbers. The sum of none is 0, their average null. */
  | { readonly op: "sum" | "avg"; readonly column: string }
  /** In the order that scans sort by. Null of none. */
  | { readonly op: "min" | "max"; readonly column: string };

/**
 * Measures of the rows that meet `where`, by groups of rows that are alike in the columns of `groupBy` (nulls are alike). One
 * row a group: the cells of `groupBy`, then the measures; ascending by the former. Without `groupBy` all rows are one group,
 * also when there are none.
 */
export interface Aggregation {
  readonly table: string;
  readonly where?: Condition;
  readonly groupBy: readonly string[];
  readonly measures: readonly Measure[];
}

/**
 * Rows in which every word of `text` begins a word in one of `columns`; the best first, as the adapter judges, and those that
 * are as good in the order of first insertion. Words are runs of letters and digits; case and the marks of Latin letters make
 * no difference. A text without words finds nothing.
 */
export interface TextSearch {
  readonly table: string;
  /** Text columns to index, the same at each search of a table: the index is built at the first, and kept. */
  readonly indexed: readonly string[];
  /** Those of `indexed` to look into. */
  readonly columns: readonly string[];
  readonly text: string;
  readonly where?: Condition;
  /** Most rows to answer. */
  readonly limit: number;
}

/** The row as found must hold `value`, which is not bytes, in `column`; else the batch conflicts. */
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
  /** How many numbers to take. 0 takes none: it moves the head's time, and tells the number the next commit will take. */
  readonly count: number;
  /** The commit's time in ms. Conflicts when the store's last commit has a later one. */
  readonly at: number;
}

export interface Batch {
  readonly writes: readonly Write[];
  readonly sequence?: SequenceRequest;
}

export type CommitResult =
  | {
      readonly outcome: "committed" /** One past the head before this commit; 0 without a sequence request. */;
      readonly firstSeq: number;
    }
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
  /** Looks into other tables are understood. For others they are resolved beforehand, one table after the other. */
  readonly joins?: boolean;
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
   * new table; rows answered with null are dropped. `before` is the layout the rows have, as found under the lock: another
   * process may have changed it. Does nothing when that is `layout` already.
   */
  rebuild(layout: TableLayout, transform: (row: Row, before: TableLayout) => Row | null): Promise<void>;
  /** Gives a table the indexes of `layout`, which is the stored layout in everything else. Rejects when it is not. */
  reindex(layout: TableLayout): Promise<void>;
  drop(table: string): Promise<void>;
  get(table: string, key: Key): Promise<Row | undefined>;
  /** One answer a key, in the order asked. */
  getMany(table: string, keys: readonly Key[]): Promise<readonly (Row | undefined)[]>;
  scan(scan: Scan): Promise<readonly Row[]>;
  /**
   * The JSON is that of `JSON.stringify`, byte for byte. Null where a row that is to be written does not fit its shape, and for
   * shapes that the database cannot write. Absent from adapters that could do no better than a scan.
   */
  scanJson?(scan: JsonScan): Promise<JsonPage | null>;
  count(table: string, where?: Condition): Promise<number>;
  aggregate(aggregation: Aggregation): Promise<readonly Row[]>;
  search(search: TextSearch): Promise<readonly Row[]>;
  commit(batch: Batch): Promise<CommitResult>;
  head(): Promise<Head>;
  /** Drops a table's secondary indexes for a bulk load, or builds those that are missing, which `open` does after a crash. */
  setIndexed(table: string, isIndexed: boolean): Promise<void>;
  /** Waits for commits under way and closes. Calling it twice is harmless. */
  close(): Promise<void>;
}

/**
 * Why a store cannot do what was asked, for a reason outside the data.
 *
 * - `CLOSED`: it is closed.
 * - `CANNOT_OPEN`: the database is not there, not writable, or not of a kind that can be opened.
 * - `FOREIGN`: it holds something else. `NEWER`: a later version wrote it. `DAMAGED`: it cannot be read as what it was.
 * - `LAYOUT`: its tables are not, or cannot become, what was asked for.
 * - `BUSY`: another process held it too long. `FULL`: there is no room left. Both `retryable`.
 * - `FAILED`: anything else.
 */
export type StorageErrorCode =
  | "CLOSED"
  | "CANNOT_OPEN"
  | "FOREIGN"
  | "NEWER"
  | "DAMAGED"
  | "LAYOUT"
  | "BUSY"
  | "FULL"
  | "FAILED";

/** The message is one line that names the database and, where there is something, what to do. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;
  /** The same may work later. */
  readonly retryable: boolean;

  constructor(
    code: StorageErrorCode,
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

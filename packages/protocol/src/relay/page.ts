/**
 * A run of one model's records in key order: the unit of a base sync.
 *
 * Keys are ordered by their UTF-8 bytes. A page covers the keys behind the last one listed before it in its model, up to the
 * last one it lists itself, or to the end of the model when it is the last. Documents of a decoded page are views into the
 * frame.
 */
import { ceilings } from "../ceilings.ts";
import { relayKind } from "../message-kind.ts";
import { FrameReader } from "../wire/frame-reader.ts";
import { FrameWriter } from "../wire/frame-writer.ts";

export interface Page {
  readonly type: "page";
  /** Place of the model in `welcome.models`. */
  readonly model: number;
  readonly records: readonly PageRecord[];
  /** The last page of its model. */
  readonly isLast: boolean;
  /** Where the base sync goes on if it stops behind this page. */
  readonly cursor: string;
}

export interface PageRecord {
  /** Canonical key; null when it follows from `row`. */
  readonly key: string | null;
  /**
   * JSON array text of the stored fields' values in code-unit order of the fields' names, only between equal schema hashes; else
   * null. Fields of a facet that is not sent are null in it.
   */
  readonly row: string | null;
  readonly life: number;
  readonly version: number;
  /** `_lastChangedAt`: ms since 1970. */
  readonly at: number;
  /** Creation of this life: ms since 1970. */
  readonly createdAt: number;
  readonly isDeleted: boolean;
  /** Yjs updates v1 by facet, an empty one for a facet that is not sent. None at all for a tombstone. */
  readonly documents: readonly Uint8Array[];
}

/** Flags, key or row of one byte with its length, life, version, two times, number of documents. */
const minRecordBytes = 8;
const minDocumentBytes = 1;

const hasKey = 1;
const hasRow = 2;
const isTombstone = 4;

export function encodePage(page: Page): Uint8Array {
  const writer = new FrameWriter(pageBytes(page));
  writer.byte(relayKind.page);
  writer.integer(page.model);
  writer.byte(page.isLast ? 1 : 0);
  writer.text(page.cursor);
  writer.integer(page.records.length);
  for (const record of page.records) writeRecord(writer, record);
  return writer.finish();
}

export function readPage(frame: Uint8Array): Page {
  const reader = new FrameReader(frame, "page");
  const model = reader.integer("model");
  const isLast = reader.flags("flags", 1) === 1;
  const cursor = reader.name("cursor", ceilings.cursorBytes);
  const count = reader.count("records", minRecordBytes, Number.MAX_SAFE_INTEGER);
  const records: PageRecord[] = [];
  for (let i = 0; i < count; i++) records.push(readRecord(reader));
  reader.end();
  return { type: "page", model, records, isLast, cursor };
}

function writeRecord(writer: FrameWriter, record: PageRecord): void {
  const { key, row, life, version, at, createdAt, isDeleted, documents } = record;
  if (key === null && row === null) throw new RangeError("cannot encode a page's record that has neither key nor row");
  if (isDeleted !== (documents.length === 0)) {
    throw new RangeError(`cannot encode record ${key ?? row}: only a deleted record has no documents`);
  }
  writer.byte((key === null ? 0 : hasKey) | (row === null ? 0 : hasRow) | (isDeleted ? isTombstone : 0));
  if (key !== null) writer.text(key);
  if (row !== null) writer.text(row);
  writer.integer(life);
  writer.integer(version);
  writer.integer(at);
  writer.integer(createdAt);
  writer.integer(documents.length);
  for (const document of documents) writer.bytes(document);
}

function readRecord(reader: FrameReader): PageRecord {
  const flags = reader.flags("a record's flags", hasKey | hasRow | isTombstone);
  if ((flags & (hasKey | hasRow)) === 0) throw reader.malformed("a record has neither key nor row");
  const isDeleted = (flags & isTombstone) !== 0;
  return {
    key: (flags & hasKey) === 0 ? null : reader.name("a record's key", ceilings.relayFrameBytes),
    row: (flags & hasRow) === 0 ? null : reader.name("a record's row", ceilings.relayFrameBytes),
    life: reader.integer("a record's life"),
    version: reader.integer("a record's version"),
    at: reader.integer("a record's time"),
    createdAt: reader.integer("a record's creation"),
    isDeleted,
    documents: readDocuments(reader, isDeleted),
  };
}

function readDocuments(reader: FrameReader, isDeleted: boolean): Uint8Array[] {
  const count = reader.count("documents", minDocumentBytes, ceilings.facets);
  if (isDeleted !== (count === 0))
    throw reader.malformed(`a record that is ${isDeleted ? "" : "not "}deleted has ${count} documents`);
  const documents: Uint8Array[] = [];
  for (let i = 0; i < count; i++) documents.push(reader.bytes("a document", ceilings.relayFrameBytes));
  return documents;
}

/** An estimate that holds for keys and rows in ASCII; a writer grows when it is short. */
function pageBytes({ cursor, records }: Page): number {
  let bytes = 32 + cursor.length;
  for (const { key, row, documents } of records) {
    bytes += 40 + (key?.length ?? 0) + (row?.length ?? 0);
    for (const document of documents) bytes += 5 + document.length;
  }
  return bytes;
}
